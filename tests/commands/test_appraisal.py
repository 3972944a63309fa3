"""`slawatch appraisal` from files: what it writes, whom it names, and how it refuses."""

from __future__ import annotations

import base64
import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from appraisal.forms.pdf import _press
from tests.commands.appraising import AS_OF, run
from tests.commands.calling import Run

__all__ = ["run"]
FILES = ("events.jsonl", "observed.csv", "rated.csv", "adjusted.csv")
FORM = Path("2026-Q4/forms/desk/agent-li.na.json")


def appraise(run: Run, *more: object, files: tuple[str, ...] = FILES, out: str = "out") -> tuple[int, str, str]:
    """The quarter from files."""
    return run("appraisal", "2026-Q4", "--events", *files, "--as-of", AS_OF, "--out", out, *more)


def read(path: str | Path) -> Any:
    """A file of JSON."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def texts_in(path: Path) -> list[str]:
    """What a file says to whoever opens it: the sheets of a workbook, the pages of a PDF, else its text."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return [book.read(name).decode() for name in book.namelist()]
    if path.suffix == ".pdf":
        reader = PdfReader(path)
        return [str(reader.metadata), *(page.extract_text() for page in reader.pages)]
    return [path.read_text(encoding="utf-8", errors="ignore")]


def test_a_form_is_filled_from_events_observations_ratings_and_appeals_alike(run: Run) -> None:
    """Five tickets of 40 minutes and one article: 90 and 90 share 60 %, 80 has the rest."""
    code, out, err = appraise(run)
    form = read(Path("out") / FORM)

    assert 0 == code, err
    assert "desk  李娜 (agent:li.na)  86.00  3 of 3 measures" in out
    assert ("李娜", "工程师", "陈刚") == tuple(form["subject"][key] for key in ("name", "position", "superior_name"))
    assert [90, 90, 80] == [line["score"] for dimension in form["dimensions"] for line in dimension["measures"]]
    assert (86, 72, 0.72) == (form["total"], form["rating"], form["bonus"])
    assert 89 == form["adjusted_total"]
    assert (1, True) == (form["revision"], form["final"])


def test_totals_have_a_row_for_each_subject_measure_and_split(run: Run) -> None:
    """The desk, each team, and those who are appraised."""
    appraise(run)
    totals = read("out/2026-Q4/totals.json")
    rows = {(row["subject"], row["measure"], row["split"]): row for row in totals["totals"]}

    assert 5 == rows["all", "throughput", ""]["value"]
    assert 5 == rows["team:network", "throughput", "priority:P1"]["value"]
    assert (2400, 90) == tuple(rows["agent:li.na", "resolution_mean", ""][key] for key in ("value", "score"))
    assert "not_reported" == rows["all", "kb_contributions", ""]["status"]
    assert 9 == rows["team:network", "kb_contributions", ""]["value"]
    assert {"all", "team:network", "agent:li.na"} == {subject for subject, _, _ in rows}


def test_any_order_and_repetition_of_files_writes_the_same_bytes(run: Run) -> None:
    """The files read backwards, and some of them twice."""
    appraise(run, "--tickets")
    lines = Path("events.jsonl").read_text(encoding="utf-8").splitlines()
    Path("backwards.jsonl").write_text("\n".join([*reversed(lines), *lines]), encoding="utf-8")
    appraise(
        run,
        "--tickets",
        files=("adjusted.csv", "rated.csv", "backwards.jsonl", "observed.csv", "observed.csv"),
        out="b",
    )
    names = sorted(path.relative_to("out") for path in Path("out").rglob("*") if path.is_file())

    assert names == sorted(path.relative_to("b") for path in Path("b").rglob("*") if path.is_file())
    for name in names:
        assert (Path("out") / name).read_bytes() == (Path("b") / name).read_bytes(), name


def test_pseudonyms_leave_no_name_in_any_file_or_on_the_screen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a subject, a rater, a reason or a file's name; the same person has the same one, and keys differ."""
    code, _, err = appraise(run, "--pseudonyms")
    assert (2, True) == (code, "SLAWATCH_PSEUDONYM_KEY" in err)
    found = []
    for key in ("a secret of thirty characters", "another one of thirty letters"):
        monkeypatch.setenv("SLAWATCH_PSEUDONYM_KEY", key)
        code, out, err = appraise(run, "--pseudonyms", "--tickets", "--subject", "agent:li.na", out=key[:3])
        assert 0 == code, err
        texts = [out, err] + [str(path) for path in Path(key[:3]).rglob("*")]
        texts += [text for path in Path(key[:3]).rglob("*.*") for text in texts_in(path)]
        for name in ("李娜", "li.na", "陈刚", "chen.gang"):
            assert not [text for text in texts if name in text], name
        (form,) = (Path(key[:3]) / "2026-Q4/forms/desk").glob("*.json")
        found.append(read(form))

    assert found[0]["subject"]["id"] != found[1]["subject"]["id"]
    assert found[0]["roles"][1]["raters"][0]["rater"] == found[0]["subject"]["superior"]
    assert [form["total"] for form in found] == [86, 86]


def test_the_tickets_behind_a_figure_add_up_to_it(run: Run) -> None:
    """Each ticket with what it adds, to the figures of everybody who has totals: of the desk, a team, and a person."""
    code, _, err = appraise(run, "--tickets", "--no-pdf")
    assert 0 == code, err
    text = Path("out/2026-Q4/tickets.csv").read_text(encoding="utf-8-sig")
    tickets = list(csv.DictReader(text.splitlines()))
    mean = [row for row in tickets if (row["measure"], row["subject"]) == ("resolution_mean", "agent:li.na")]
    subjects = {row["subject"] for row in read("out/2026-Q4/totals.json")["totals"]}

    assert {"all", "team:network", "agent:li.na"} == subjects
    assert subjects == {row["subject"] for row in tickets}
    assert [f"T{n}" for n in range(5)] == [row["ticket"] for row in mean]
    assert (5 * 2400, 5) == (
        sum(float(row["numerator"]) for row in mean),
        sum(float(row["denominator"]) for row in mean),
    )


def test_without_a_chinese_font_everything_but_the_pdf_is_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mend and exit 2, unless no PDF was asked for; and what was written holds, with a font and without."""
    anew = ("--events", *FILES, "--as-of", AS_OF)
    with monkeypatch.context() as lacking:
        _press.cache_clear()
        lacking.setattr("appraisal.forms.pdf.CHINESE", ())
        code, _, err = appraise(run)
        assert (2, True) == (code, "fonts-noto-cjk" in err and "Everything else is written" in err), err
        forms = sorted(path.suffix for path in Path("out/2026-Q4/forms/desk").iterdir())
        assert [".html", ".json", ".xlsx"] == forms
        assert 0 == appraise(run, "--no-pdf", out="asked")[0]
        assert 0 == run("appraisal", "verify", "out", *anew)[0]
    _press.cache_clear()
    appraise(run, out="printed")

    assert [0, 0, 0] == [run("appraisal", "verify", folder, *anew)[0] for folder in ("out", "asked", "printed")]


def test_whoever_has_no_tickets_closes_with_the_desk(run: Run) -> None:
    """Their form is as final as the others, and says the same whenever it is printed."""
    people = Path("policies/people.yaml")
    with people.open("a", encoding="utf-8") as file:
        file.write("- {id: zhao.min, name: 赵敏, superior: chen.gang, scorecard: desk, teams: [{team: network}]}\n")
    appraise(run)
    form = read("out/2026-Q4/forms/desk/agent-zhao.min.json")

    assert (1, True, read(Path("out") / FORM)["as_of"]) == (form["revision"], form["final"], form["as_of"])


def test_what_no_import_would_take_is_named_and_left_out(run: Run) -> None:
    """From files a rating counts if `rate` would have taken it, and a correction if what it corrects is known."""
    before = (appraise(run)[0], read(Path("out") / FORM)["rating"])
    with Path("rated.csv").open("a", encoding="utf-8") as file:
        file.write("r9,2027-01-11T09:00:00+08:00,2026-Q4,desk,agent:li.na,self,chen.gang,效率,1\n")
    with Path("observed.csv").open("a", encoding="utf-8") as file:
        file.write("o9,2026-11-21T09:00:00+08:00,kb_contributions,agent:li.na,9,,k9\n")
    code, _, err = appraise(run)

    assert before == (code, read(Path("out") / FORM)["rating"])
    assert "r9: rater" in err
    assert "o9: replaces" in err


def test_a_day_that_is_not_kept_any_more_is_refused(run: Run) -> None:
    """Not printed as a day on which nothing happened."""
    code, _, err = run("appraisal", "2026-11-20", "--events", *FILES, "--as-of", AS_OF, "--out", "out")

    assert 2 == code
    assert "ask for its month" in " ".join(err.split())


def test_a_manifest_that_says_another_thing_than_its_events_is_found(run: Run) -> None:
    """What it says of itself is computed anew like the files."""
    appraise(run)
    manifest = Path("out/2026-Q4/manifest.json")
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"revision": 1', '"revision": 9'), "utf-8")
    code, out, err = run("appraisal", "verify", "out", "--events", *FILES)

    assert 1 == code, out + err
    assert "revision" in out + err


def test_what_was_closed_when_written_is_computed_anew_as_closed(run: Run) -> None:
    """Though the files tell of nothing as late as the closing: an archive must not look forged for that."""
    assert 0 == appraise(run, "--no-pdf", files=("events.jsonl",))[0]
    assert read("out/2026-Q4/totals.json")["final"]

    assert 0 == run("appraisal", "verify", "out", "--events", "events.jsonl")[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("2026-Q5",), "is no period"),
        (("2026-Q4", "--lang", "fr"), "write zh or en"),
        (("2026-Q4", "--subject", "network"), "is no subject"),
        (("2026-Q4", "--scorecard", "none"), "there is no scorecard"),
        (("2026", "--scorecard", "desk"), "is for month, quarter"),
        (("2026-Q4", "--subject", "team:network"), "name one with --scorecard"),
        (("2026-Q4", "--as-of", "yesterday"), "--as-of"),
    ],
)
def test_what_cannot_be_appraised_is_refused_with_the_mend(run: Run, arguments: tuple[str, ...], message: str) -> None:
    """Exit code 2, and nothing is written."""
    code, _, err = run("appraisal", *arguments, "--events", "events.jsonl", "--out", "out")

    assert (2, True) == (code, message in err), err
    assert not Path("out").exists()


def test_options_may_stand_before_the_period_and_help_names_it(run: Run) -> None:
    """As people type it."""
    code, _, err = run("appraisal", "--events", "events.jsonl", "--out", "out", "2026-11")

    assert 0 == code, err
    assert Path("out/2026-11/totals.json").exists()
    assert "PERIOD" in run("appraisal", "--help")[1]


def test_a_check_proves_cards_and_people(run: Run) -> None:
    """Exit 0 and how many there are; exit 1 with file, line and mend where one is wrong."""
    code, out, _ = run("check")
    assert (0, True) == (code, "1 scorecards, 0 of them examples; 2 people." in out)
    card = Path("policies/scorecards/desk.yaml")
    card.write_text(card.read_text(encoding="utf-8").replace("weight: 60%", "weight: 50%"), encoding="utf-8")
    code, out, _ = run("check")

    assert (1, True) == (code, "scorecards/desk.yaml:6: the weights of the dimensions add up to 90 %" in out), out


def test_written_files_are_held_against_their_manifest_and_their_events(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed by the key of the settings; one flipped byte is found, and so is another key."""
    Path(".env").write_text(f"SLAWATCH_SIGNING_KEY={base64.b64encode(bytes(32)).decode()}\n", encoding="utf-8")
    appraise(run)
    code, out, err = run("appraisal", "verify", "out", "--events", *FILES, "--as-of", AS_OF)
    assert (0, True) == (code, "signed by" in out), err
    assert 0 == run("appraisal", "verify", "out", "--events", *FILES)[0]
    monkeypatch.setenv("SLAWATCH_SIGNING_KEY", base64.b64encode(bytes(31) + b"1").decode())
    code, _, err = run("appraisal", "verify", "out")
    assert (1, True) == (code, "not with the key" in err), err
    monkeypatch.delenv("SLAWATCH_SIGNING_KEY")
    content = bytearray((Path("out") / FORM).read_bytes())
    content[100] ^= 1
    (Path("out") / FORM).write_bytes(content)
    code, _, err = run("appraisal", "verify", "out")
    assert (1, True) == (code, "agent-li.na.json" in err), err
