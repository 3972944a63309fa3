"""The sheet of what lies behind the means: cases, medians, percentiles, histograms, splits, and figures beside."""

from __future__ import annotations

from appraisal.form import FilledForm, MeasureLine, Part
from appraisal.forms import shown
from appraisal.forms.bins import bins_of
from appraisal.forms.sheets.cells import DAY_S, Sheet, at, format_of
from models.measure import Unit

WIDTHS = (34, 13, 13, 13, 10, 12, 12, 12)
_NAME, _NUMERATOR, _DENOMINATOR, _VALUE, _CASES, _P50, _P90, _P95 = range(8)
_HEADS = ("split", "numerator", "denominator", "value", "cases", "median")


def distributions(sheet: Sheet, form: FilledForm, top: int) -> None:
    """Writes a table for each measure that has more to say than its one figure."""
    row = top
    for line in form.lines:
        if line.histogram or line.splits or line.beside:
            row = _measure(sheet, line, row) + 1
    if row == top:
        sheet.text(row, 0, sheet.words("nothing_to_show"), "note", to=sheet.width - 1)


def _measure(sheet: Sheet, line: MeasureLine, row: int) -> int:
    words = sheet.words
    heading = f"{line.number}. {shown.named(line, words)} [{words.unit(line.unit)}]"
    standing = shown.standing(line, words)
    sheet.text(row, 0, f"{heading} {standing}".strip(), "heading", to=sheet.width - 1)
    row += 1
    sheet.heads(row, [*(words(name) for name in _HEADS), "p90", "p95"])
    whole = Part(
        by="",
        label="",
        numerator=line.numerator or 0,
        denominator=line.denominator or 0,
        cases=line.cases,
        value=line.value,
        p50=line.p50,
        p90=line.p90,
        p95=line.p95,
    )
    row = _part(sheet, whole, words("all_cases"), line.unit, row + 1)
    for one in line.splits:
        row = _part(sheet, one, words.split(one.by, one.label), line.unit, row)
    if line.beside:
        row = _beside(sheet, line, row)
    if line.histogram:
        row = _histogram(sheet, line, row)
    return row


def _part(sheet: Sheet, part: Part, name: str, unit: Unit, row: int) -> int:
    sheet.text(row, _NAME, name)
    _quotient(sheet, row, part, unit)
    sheet.number(row, _CASES, part.cases)
    for column, number in ((_P50, part.p50), (_P90, part.p90), (_P95, part.p95)):
        if number is None:
            sheet.text(row, column, shown.NOTHING, "middle")
        else:
            sheet.figure(row, column, shown.within(number, unit), unit)
    return row + 1


def _quotient(sheet: Sheet, row: int, part: Part, unit: Unit) -> None:
    """Numerator and denominator with their quotient as a formula; nothing of nothing."""
    sheet.number(row, _NUMERATOR, part.numerator, "input")
    sheet.number(row, _DENOMINATOR, part.denominator, "input")
    above, below = at(row, _NUMERATOR), at(row, _DENOMINATOR)
    days = f"/{DAY_S}" if unit == "s" else ""
    value = part.value / DAY_S if unit == "s" and part.value is not None else part.value
    formula = f'=IF({below}=0,"{shown.NOTHING}",{above}/{below}{days})'
    sheet.formula(row, _VALUE, formula, shown.NOTHING if value is None else value, number=format_of(part.value, unit))


def _beside(sheet: Sheet, line: MeasureLine, row: int) -> int:
    words = sheet.words
    sheet.text(row, 0, words("beside"), "label", to=sheet.width - 1)
    row += 1
    for one in line.beside:
        sheet.text(row, _NAME, f"{one.name.in_language(words.language)} [{words.unit(one.unit)}]")
        part = Part(
            by="",
            label="",
            numerator=one.numerator or 0,
            denominator=one.denominator or 0,
            cases=one.cases,
            value=one.value,
        )
        _quotient(sheet, row, part, one.unit)
        sheet.number(row, _CASES, one.cases)
        sheet.grow(row, [(one.name.in_language(words.language), sheet.width_of(_NAME) - 6)])
        row += 1
    return row


def _histogram(sheet: Sheet, line: MeasureLine, row: int) -> int:
    """Ranges with their numbers, and bars as long as they are many."""
    words = sheet.words
    sheet.text(row, _NAME, words("of_histogram"), "label")
    sheet.text(row, _NUMERATOR, words("cases"), "head")
    sheet.text(row, _DENOMINATOR, words("quality_share"), "head", to=_CASES)
    row += 1
    found = bins_of(line.histogram or [], line.unit, words)
    last = row + len(found) - 1
    cells = f"{at(row, _NUMERATOR, fixed=True)}:{at(last, _NUMERATOR, fixed=True)}"
    whole = sum(one.number for one in found)
    for place, one in enumerate(found, row):
        sheet.text(place, _NAME, one.label)
        sheet.number(place, _NUMERATOR, one.number, "input")
        formula = f"={at(place, _NUMERATOR)}/SUM({cells})"
        sheet.formula(place, _DENOMINATOR, formula, one.number / whole, number="0.0%", to=_CASES)
    bar = {"type": "data_bar", "bar_solid": True, "bar_color": "#8FB4D9", "min_type": "num", "min_value": 0,
           "max_type": "num", "max_value": 1}  # fmt: skip
    sheet.page.conditional_format(row, _DENOMINATOR, last, _DENOMINATOR, bar)
    return last + 1
