"""A filled form of each scorecard: a quarter of simulated tickets, with what was observed, rated and adjusted.

    python examples/appraisal_forms.py docs/examples-appraisal

Writes <scorecard>/<subject>.json, .xlsx, .html and .pdf: the same bytes each time, on a machine with the same font.
"""

from __future__ import annotations

import argparse
from itertools import takewhile
from pathlib import Path

import orjson

from appraisal.cards import load_cards
from appraisal.entries import known_of
from appraisal.files import form_path, json_files
from appraisal.form import Appraisal, FilledForm
from appraisal.forms import html_form, pdf_form, xlsx_form
from appraisal.from_files import Told, totals_of
from appraisal.people import load_people
from appraisal.period import period_of
from appraisal.setting import Setting
from appraisal.whole import appraise
from models.instant import format_ms, parse_ms
from sla.policy import load_book
from sla.simulate import simulate

HERE = Path(__file__).parent
POLICIES = HERE.parent / "policies"
PERIOD = "2026-Q4"
AS_OF = "2027-01-14T00:00:00+08:00"
#: Who is appraised by which card.
FORMS = (
    ("agent:wang.li", "manager-after-sales"),
    ("agent:黄磊", "internet-team"),
    ("all", "department-kpi"),
    ("team:服务台", "customer-care"),
    ("team:服务台", "service-quality"),
)
PRINTERS = {"xlsx": xlsx_form, "html": html_form, "pdf": pdf_form}
_SEED, _RATE, _OUTAGES_A_DAY = 11, 0.0016, 0.03


def all_told() -> Told:
    """Everything that happened, as files would tell it."""
    found = Told()
    begin, end = parse_ms("2026-09-25T00:00:00+08:00"), parse_ms(AS_OF)
    for _, event in takewhile(lambda one: one[0] < end, simulate(_SEED, begin, _RATE, outages_a_day=_OUTAGES_A_DAY)):
        found.add_line(orjson.dumps(event), "simulated")
    for name in ("observations", "ratings", "adjustments"):
        found.add_csv((HERE / "appraisal" / f"{name}.csv").read_bytes(), f"{name}.csv")
    problems = found.problems()
    if problems:
        raise SystemExit("\n".join(problems))
    return found


def filled() -> list[Appraisal]:
    """The forms, each with its totals."""
    found = all_told()
    book = load_book(POLICIES)
    until = parse_ms(AS_OF)
    replayed = totals_of(found.events, book, until)
    cards = load_cards(POLICIES)
    setting = Setting(
        period_of(PERIOD, book.zone),
        book.zone,
        format_ms(until),
        replayed.documents,
        known_of(found.entries.until(until)),
        load_people(HERE / "appraisal", cards),
        cards,
        replayed.orphans,
    )
    return [appraise(setting, [subject], [card]) for subject, card in FORMS]


def main(arguments: list[str] | None = None) -> int:
    """Write the forms into a folder."""
    parser = argparse.ArgumentParser(description="A filled example of each scorecard: XLSX, HTML and PDF.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    asked = parser.parse_args(arguments)
    for appraisal in filled():
        for form in appraisal.forms:
            kept = json_files(appraisal)[form_path(form, "json")]
            told = FilledForm.model_validate_json(kept)  # to the digits that JSON has: what is kept can be printed anew
            files = {form_path(form, suffix): write(told, asked.lang) for suffix, write in PRINTERS.items()}
            files[form_path(form, "json")] = kept
            for name, content in sorted(files.items()):
                path = asked.folder / name.relative_to("forms")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                print(f"{path}  {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
