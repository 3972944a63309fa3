"""The sheet that shows how each score comes about: inputs in blue, everything else a formula."""

from __future__ import annotations

from typing import NamedTuple

from appraisal.form import FilledForm, MeasureLine
from appraisal.forms import shown
from appraisal.forms.sheets.cells import Sheet, at
from appraisal.forms.sheets.weighing import FOUR, HEADS, PERCENT, TWO, Columns, Values, Weighed, weigh

_HEADS = (
    "number", "dimension_only", "measure", "where", "whose", "numerator", "denominator", "value", "cases", "minimum",
    "status", "treatment", "sign", "target", "per", "deduct", "shortfall", "steps", "score", "share", *HEADS,
)  # fmt: skip
(
    _NUMBER, _DIMENSION, _MEASURE, _WHERE, _WHOSE, _NUMERATOR, _DENOMINATOR, _VALUE, _CASES, _MINIMUM,
    _STATUS, _TREATMENT, _SIGN, _TARGET, _PER, _DEDUCT, _SHORTFALL, _STEPS, _SCORE, _SHARE, _WEIGHED,
) = range(21)  # fmt: skip
WIDTHS = (
    5, 13, 26, 13, 15, 11, 11, 12, 9, 7,
    10, 14, 6, 9, 9, 8, 11, 11, 9, 9, 8, 8, 9, 9, 9, 9,
)  # fmt: skip


class Calculated(NamedTuple):
    """Where the form finds what was calculated: names of cells, line by line, and of the weighing."""

    sheet: str
    values: list[str]
    cases: list[str]
    targets: list[str]
    scores: list[str]
    shares: list[str]
    scored: str  # a formula: how many lines were scored by their value
    weighed: Weighed


def values_of(form: FilledForm) -> Values:
    """What the weighing of the computed scores comes to."""
    lines = list(form.lines)
    return Values(
        scores=[line.score for line in lines],
        shares=[line.effective_share for line in lines],
        weights=[line.effective_weight for line in lines],
        points=[line.points for line in lines],
        blocks=[line.number in form.blocked_by for line in lines],
        dimension_weights=[dimension.effective_weight for dimension in form.dimensions],
        dimension_scores=[dimension.score for dimension in form.dimensions],
        total=form.total,
    )


def calculation(form: FilledForm, top: int, sheet: Sheet) -> Calculated:
    """Writes the sheet; its headings are in row `top`."""
    words = sheet.words
    sheet.heads(top, [words(name) for name in _HEADS])
    sheet.page.set_row(top, 32)
    first = top + 1
    row = first
    for dimension in form.dimensions:
        for line in dimension.measures:
            sheet.number(row, _NUMBER, line.number, "middle")
            sheet.text(row, _DIMENSION, dimension.name.in_language(words.language))
            _inputs(sheet, row, line)
            _formulas(sheet, row, line)
            row += 1
    columns = Columns(score=_SCORE, share=_SHARE, treatment=_TREATMENT, first=_WEIGHED)
    weighed = weigh(sheet, form, first, columns, values_of(form))
    rows = range(first, row)
    sheet.page.freeze_panes(first, _WHERE)
    statuses = f"{at(first, _STATUS, fixed=True)}:{at(row - 1, _STATUS, fixed=True)}"
    ok, so_far = words.status("ok"), words.status("so_far")
    name = sheet.name
    return Calculated(
        sheet=name,
        values=[at(one, _VALUE) for one in rows],
        cases=[at(one, _CASES) for one in rows],
        targets=[at(one, _TARGET) for one in rows],
        scores=[at(one, _SCORE) for one in rows],
        shares=[at(one, _SHARE) for one in rows],
        scored=f"COUNTIF('{name}'!{statuses},\"{ok}\")+COUNTIF('{name}'!{statuses},\"{so_far}\")",
        weighed=weighed,
    )


def _inputs(sheet: Sheet, row: int, line: MeasureLine) -> None:
    words = sheet.words
    named = shown.named(line, words)
    sheet.text(row, _MEASURE, line.name.in_language(words.language))
    sheet.text(row, _WHERE, shown.part(line.where, words))
    sheet.text(row, _WHOSE, ", ".join(line.subjects))
    sheet.number(row, _NUMERATOR, line.numerator, "input")
    sheet.number(row, _DENOMINATOR, line.denominator, "input")
    sheet.number(row, _CASES, line.cases, "input")
    sheet.number(row, _MINIMUM, line.minimum, "input")
    sheet.text(row, _STATUS, words.status(line.status), "middle")
    sheet.text(row, _TREATMENT, words.treatment(line.treatment) if line.treatment else "", "middle")
    sheet.text(row, _SIGN, "≥" if line.rule.direction == "at_least" else "≤", "middle")
    sheet.number(row, _TARGET, line.rule.target, "input")
    sheet.number(row, _PER, line.rule.per, "input")
    sheet.number(row, _DEDUCT, line.rule.deduct, "input")
    sheet.number(row, _SHARE, line.share, "input", PERCENT)
    sheet.grow(
        row,
        [
            (named, sheet.width_of(_MEASURE)),
            (shown.part(line.where, words), sheet.width_of(_WHERE)),
            (", ".join(line.subjects), sheet.width_of(_WHOSE)),
        ],
        2,
    )


def _formulas(sheet: Sheet, row: int, line: MeasureLine) -> None:
    words = sheet.words

    def cell(column: int) -> str:
        return at(row, column)

    formula = f'=IF(N({cell(_DENOMINATOR)})=0,"",{cell(_NUMERATOR)}/{cell(_DENOMINATOR)})'
    sheet.formula(row, _VALUE, formula, line.value, number=FOUR)
    says = f'OR({cell(_STATUS)}="{words.status("ok")}",{cell(_STATUS)}="{words.status("so_far")}")'
    short = f'MAX(0,IF({cell(_SIGN)}="≥",{cell(_TARGET)}-{cell(_VALUE)},{cell(_VALUE)}-{cell(_TARGET)}))'
    sheet.formula(row, _SHORTFALL, f'=IF({says},{short},"")', line.shortfall, number=FOUR)
    steps = f"{cell(_SHORTFALL)}/{cell(_PER)}"
    if line.rule.whole:  # What is whole on paper may be a hair less in a spreadsheet's binary numbers.
        steps = f"ROUNDDOWN(ROUND({steps},9),0)"
    sheet.formula(row, _STEPS, f'=IF({cell(_SHORTFALL)}="","",{steps})', line.steps, number=FOUR)
    full, zero = words.treatment("full"), words.treatment("zero")
    otherwise = f'IF({cell(_TREATMENT)}="{full}",100,IF({cell(_TREATMENT)}="{zero}",0,""))'
    formula = f'=IF({cell(_STEPS)}="",{otherwise},MAX(0,100-{cell(_STEPS)}*{cell(_DEDUCT)}))'
    sheet.formula(row, _SCORE, formula, line.score, number=TWO)
