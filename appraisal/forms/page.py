"""The form as one page to print: nothing is fetched, nothing runs, and no name can become markup."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from importlib.resources import files

from appraisal.form import FilledForm
from appraisal.forms import shown
from appraisal.forms.laid_out import laid_out
from appraisal.forms.paper import Bar, Group, Paper, Row, Spread, Table

_LANGUAGES = {"zh": "zh-Hans", "en": "en"}


@lru_cache(maxsize=1)
def _css() -> str:
    return files("appraisal.forms").joinpath("page.css").read_text(encoding="utf-8")


def html_form(form: FilledForm, language: str) -> bytes:
    """The form as HTML, in `zh` or `en`: the same bytes for the same form.

    Raises:
        ValueError: another language.
    """
    sheet = laid_out(form, language)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = (
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{_text(sheet.title)} · {_text(sheet.strip)}</title>\n"
        f"<style>\n{_css()}</style>\n"
    )
    body = f"<head>\n{head}</head>\n<body>\n{_sheet(sheet)}</body>"
    return f'<!DOCTYPE html>\n<html lang="{_LANGUAGES[language]}">\n{body}\n</html>\n'.encode()


def _sheet(sheet: Paper) -> str:
    """Everything as one table, for the head of a table is printed again on each page: what every page has to say."""
    warnings = "".join(f'<p class="warning">{_text(one)}</p>' for one in sheet.warnings)
    strip = f'<p class="strip">{_text(sheet.strip)}</p>'
    head = f"<thead><tr><td>{strip}{warnings}</td></tr></thead>\n"
    inside = "".join((*_form(sheet), *_behind(sheet)))
    return f'<table class="sheet" role="presentation">\n{head}<tbody><tr><td>\n{inside}</td></tr></tbody>\n</table>\n'


def _form(sheet: Paper) -> Iterable[str]:
    """The form itself, up to the signatures."""
    words = sheet.words
    yield f"<h1>{_text(sheet.title)}</h1>\n"
    yield _person(sheet)
    yield _measures(sheet)
    yield _pairs(sheet.totals)
    if sheet.ratings:
        yield f"<h2>{_text(words['ratings'])}</h2>\n"
        yield _table(sheet.ratings)
        yield _pairs(sheet.rating)
        if sheet.missing:
            yield f'<p class="note">{_text(sheet.missing)}</p>\n'
    if sheet.raters:
        yield f"<h3>{_text(words['ratings_detail'])}</h3>\n"
        yield _table(sheet.raters, "small")
    if sheet.adjustments:
        yield f"<h2>{_text(words['adjustments'])}</h2>\n"
        yield _table(sheet.adjustments, "small")
        yield f'<p class="note">{_text(words["adjustments_note"])}</p>\n'
    yield f'<h2>{_text(words["notes"])}</h2>\n<ul class="notes">\n'
    yield "".join(f"<li>{_text(one)}</li>\n" for one in sheet.notes)
    yield "</ul>\n"
    yield _interview(sheet)
    yield f'<p class="foot">{_text(sheet.foot)}</p>\n'


def _behind(sheet: Paper) -> Iterable[str]:
    """What the form rests on: calculation, definitions, distributions, the quality of the data."""
    words = sheet.words
    yield f'<section class="behind">\n<h2>{_text(words["calculation"])} · {_text(sheet.heading)}</h2>\n'
    yield f'<p class="note">{_text(words["calculation_note"])}</p>\n'
    yield _table(sheet.calculation, "small")
    yield "<p></p>\n" + _table(sheet.weights, "small")
    yield f"<h2>{_text(words['definitions'])}</h2>\n"
    yield _table(sheet.definitions, "small definitions")
    yield f"<h2>{_text(words['distributions'])}</h2>\n"
    note = words["distributions_note" if sheet.spreads else "nothing_to_show"]
    yield f'<p class="note">{_text(note)}</p>\n'
    yield from map(_spread, sheet.spreads)
    if sheet.quality:
        yield f"<h2>{_text(words['quality'])}</h2>\n"
        yield f'<p class="note">{_text(words["quality_note"])}</p>\n'
        yield _table(sheet.quality)
    yield f'<p class="foot">{_text(sheet.foot)}</p>\n</section>\n'


def _person(sheet: Paper) -> str:
    """Three pairs a row; a seventh, the teams led, has a row of its own."""
    rows = [sheet.person[:3], sheet.person[3:6], sheet.person[6:]]
    cells = [
        "".join(
            f'<th scope="row">{_text(label)}</th><td{" colspan=5" if len(row) == 1 else ""}>{_text(value)}</td>'
            for label, value in row
        )
        for row in rows
        if row
    ]
    return '<table class="grid person">\n' + "".join(f"<tr>{row}</tr>\n" for row in cells) + "</table>\n"


def _measures(sheet: Paper) -> str:
    heads = "".join(f'<th scope="col">{_text(one)}</th>' for one in sheet.heads)
    rows = "".join(_group(group) for group in sheet.groups)
    return f'<table class="grid measures">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n'


def _group(group: Group) -> str:
    name = f"{_text(group.name)}<small>({_text(group.weight)})</small>"
    rows = []
    for place, row in enumerate(group.rows):
        first = f'<td class="group" rowspan="{len(group.rows)}">{name}</td>' if place == 0 else ""
        rows.append(f'<tr><td class="c">{_text(row.number)}</td>{first}{_row(row)}</tr>\n')
    return "".join(rows)


def _row(row: Row) -> str:
    cells = (
        ("l", row.measure, row.standing),
        ("c", row.target, row.rule),
        ("r", row.value, row.spread),
        ("r", row.cases, ""),
        ("r", row.score, ""),
        ("r", row.weight, row.card_weight),
        ("r", row.points, ""),
    )
    return "".join(
        f'<td class="{align}">{_text(said)}{f"<small>{_text(beneath)}</small>" if beneath else ""}</td>'
        for align, said, beneath in cells
    )


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f'<tr><th scope="row">{_text(label)}</th><td>{_text(value)}</td></tr>\n' for label, value in pairs)
    return f'<table class="grid totals">\n{rows}</table>\n'


def _interview(sheet: Paper) -> str:
    employee, superior, date = (_text(one) for one in sheet.signatures)
    *long, last = sheet.interview
    rows = "".join(f'<tr><th scope="row">{_text(one)}</th><td colspan="3"></td></tr>\n' for one in long)
    rows += f'<tr class="low"><th scope="row">{_text(last)}</th><td colspan="3"></td></tr>\n'
    for one in (employee, superior):
        rows += f'<tr class="sign"><th scope="row">{one}</th><td></td><th scope="row">{date}</th><td></td></tr>\n'
    heading = f"<h2>{_text(sheet.words['interview'])}</h2>\n"
    return f'<section class="interview">\n{heading}<table class="grid lines">\n{rows}</table>\n</section>\n'


def _table(table: Table, style: str = "") -> str:
    heads = "".join(f'<th scope="col">{_text(one)}</th>' for one in table.heads)
    rows = []
    for place, row in enumerate(table.rows):
        cells = "".join(f'<td class="{align}">{_text(one)}</td>' for align, one in zip(table.align, row, strict=True))
        strong = ' class="strong"' if place >= len(table.rows) - table.strong else ""
        rows.append(f"<tr{strong}>{cells}</tr>\n")
    name = f"grid {style}".strip()
    return f'<table class="{name}">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{"".join(rows)}</tbody>\n</table>\n'


def _spread(spread: Spread) -> str:
    bars = "".join(
        f"<tr><td>{_text(bar.label)}</td><td>{_text(bar.number)}</td><td>{_bar(bar)}</td></tr>\n" for bar in spread.bars
    )
    found = [f'<section class="spread">\n<h3>{_text(spread.title)}</h3>\n', _table(spread.table, "small")]
    if spread.beside:
        found.append(_table(spread.beside, "small"))
    if bars:
        found.append(f'<table class="bars">\n{bars}</table>\n')
    return "".join((*found, "</section>\n"))


def _bar(bar: Bar) -> str:
    return f'<div class="bar" style="width:{max(bar.share, 0.5)}%"></div>' if bar.share else ""


def _text(words: str) -> str:
    """A text as itself, and turned by nobody: a name from right to left stays within its own bounds."""
    said = escape(words, quote=True).replace("\n", "<br>")
    return said if words.isascii() or not shown.turns(words) else f"<bdi>{said}</bdi>"
