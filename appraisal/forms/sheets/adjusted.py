"""The sheet of adjustments: the total as it would be with them, by the same formulas, beside the computed one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from appraisal.form import AdjustmentLine, FilledForm
from appraisal.forms import shown
from appraisal.forms.sheets.calculation import Calculated
from appraisal.forms.sheets.cells import Sheet, at, elsewhere
from appraisal.forms.sheets.weighing import HEADS, PERCENT, TWO, Columns, Values, weigh
from appraisal.numbers import decimal
from appraisal.scoring import reweigh

_HEADS = (
    "number", "dimension_only", "measure", "treatment", "computed_score", "adjusted_value", "adjusted_score",
    "used_score", "share", *HEADS,
)  # fmt: skip
_NUMBER, _DIMENSION, _MEASURE, _TREATMENT, _COMPUTED, _VALUE, _ADJUSTED, _USED, _SHARE, _WEIGHED = range(10)
WIDTHS = (5, 16, 34, 14, 10, 11, 10, 10, 10, 7, 8, 10, 10, 10, 10)


def adjusted(sheet: Sheet, form: FilledForm, calculated: Calculated, top: int) -> str:
    """Writes the sheet with its headings in row `top`; answers where the total with adjustments stands."""
    words = sheet.words
    sheet.heads(top, [words(name) for name in _HEADS])
    sheet.page.set_row(top, 32)
    first = top + 1
    held = {one.number: one for one in form.adjustments if one.holds}
    row = first
    for dimension in form.dimensions:
        for line in dimension.measures:
            index = line.number - 1
            instead = held.get(line.number)
            sheet.number(row, _NUMBER, line.number, "middle")
            sheet.text(row, _DIMENSION, dimension.name.in_language(words.language))
            sheet.text(row, _MEASURE, shown.named(line, words))
            sheet.text(row, _TREATMENT, words.treatment(line.treatment) if line.treatment else "", "middle")
            source = elsewhere(calculated.sheet, calculated.scores[index])
            sheet.formula(row, _COMPUTED, f'=IF({source}="","",{source})', line.score, number=TWO)
            sheet.number(row, _VALUE, instead.value if instead else None, "input")
            sheet.formula(
                row, _ADJUSTED, _score(row, index, form, calculated), instead.score if instead else None, number=TWO
            )
            formula = f'=IF({at(row, _ADJUSTED)}="",{at(row, _COMPUTED)},{at(row, _ADJUSTED)})'
            sheet.formula(row, _USED, formula, instead.score if instead else line.score, number=TWO)
            source = elsewhere(calculated.sheet, calculated.shares[index])
            sheet.formula(row, _SHARE, f"={source}", line.share, number=PERCENT)
            row += 1
    columns = Columns(score=_USED, share=_SHARE, treatment=_TREATMENT, first=_WEIGHED)
    weighed = weigh(sheet, form, first, columns, _values(form, held))
    return elsewhere(sheet.name, weighed.total)


def _score(row: int, index: int, form: FilledForm, calculated: Calculated) -> str:
    """The score that an adjusted value would have had, by the target and the steps of its line."""
    rule = list(form.lines)[index].rule
    place = calculated.targets[index]
    value = at(row, _VALUE)
    column = place.rstrip("0123456789")
    number = place[len(column) :]
    target, per, deduct = (elsewhere(calculated.sheet, f"{letter}{number}") for letter in _letters(column))
    gap = f"{target}-{value}" if rule.direction == "at_least" else f"{value}-{target}"
    steps = f"MAX(0,{gap})/{per}"
    if rule.whole:
        steps = f"ROUNDDOWN(ROUND({steps},9),0)"
    return f'=IF({value}="","",MAX(0,100-{steps}*{deduct}))'


def _letters(column: str) -> tuple[str, str, str]:
    """Target, step and deduction stand side by side."""
    return column, chr(ord(column) + 1), chr(ord(column) + 2)


def _values(form: FilledForm, held: dict[int, AdjustmentLine]) -> Values:
    """What the formulas come to. Weights are dealt out as for the form itself, exactly."""
    lines = list(form.lines)
    scores = [held[line.number].score if line.number in held else line.score for line in lines]
    blocks = [score is None and line.treatment == "block" for line, score in zip(lines, scores, strict=True)]
    dealt = []
    index = 0
    for dimension in form.dimensions:
        own = scores[index : index + len(dimension.measures)]
        shares = [(Fraction(one.share), score is not None) for one, score in zip(dimension.measures, own, strict=True)]
        dealt.append((Fraction(dimension.weight), shares))
        index += len(dimension.measures)
    weighed = reweigh(dealt)
    shares_after = [decimal(share) for one in weighed for share in one.shares]
    weights = [decimal(one.weight * share) for one in weighed for share in one.shares]
    stands = not any(blocks)
    points = [
        score * weight if score is not None and stands else None for score, weight in zip(scores, weights, strict=True)
    ]
    by_dimension: list[Decimal | None] = []
    index = 0
    for dimension in form.dimensions:
        end = index + len(dimension.measures)
        parts = [
            score * share
            for score, share in zip(scores[index:end], shares_after[index:end], strict=True)
            if score is not None and stands
        ]
        by_dimension.append(sum(parts, Decimal(0)) if parts else None)
        index = end
    return Values(
        scores=scores,
        shares=[share if stands else None for share in shares_after],
        weights=[weight if stands else None for weight in weights],
        points=points,
        blocks=blocks,
        dimension_weights=[decimal(one.weight) for one in weighed],
        dimension_scores=by_dimension,
        total=form.adjusted_total,
    )
