"""The formulas that deal out weights: from the scores of lines and their shares to the points of each and the total."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from appraisal.form import FilledForm
from appraisal.forms.sheets.cells import Sheet, at, span

PERCENT = "0.00%"
TWO = "0.00"
FOUR = "#,##0.0000"


class Columns(NamedTuple):
    """Where a table of lines keeps what weights are dealt out by."""

    score: int
    share: int
    treatment: int
    first: int  # of the seven that are written: counted, blocks, share, score by share, weight, points


class Weighed(NamedTuple):
    """Where the outcome stands, as names of cells: each line's, each dimension's, the total's."""

    weights: list[str]
    points: list[str]
    scores: list[str]
    dimension_weights: list[str]
    total: str


class Values(NamedTuple):
    """What the formulas come to: for each line and each dimension, in order."""

    scores: Sequence[Decimal | None]
    shares: Sequence[Decimal | None]  # effective
    weights: Sequence[Decimal | None]  # effective
    points: Sequence[Decimal | None]
    blocks: Sequence[bool]
    dimension_weights: Sequence[Decimal | None]
    dimension_scores: Sequence[Decimal | None]
    total: Decimal | None


HEADS = ("counted", "blocks", "effective_share", "dimension_points", "counted_weight", "points")


def weigh(sheet: Sheet, form: FilledForm, top: int, columns: Columns, values: Values) -> Weighed:
    """Writes the six columns beside the lines from row `top` on, and the table of dimensions under them."""
    lines = list(form.lines)
    last = top + len(lines) - 1
    below = last + 4  # the first row of the dimensions
    counted, blocks, share, part, weight, points = range(columns.first, columns.first + 6)
    blocked = f"SUM({span(top, last, blocks)})>0"
    any_blocked = any(values.blocks)
    begin = top
    kept_by_dimension: list[Decimal] = []
    for place, dimension in enumerate(form.dimensions):
        end = begin + len(dimension.measures) - 1
        kept = sum(
            (one.share for row, one in enumerate(dimension.measures, begin) if values.scores[row - top] is not None),
            Decimal(0),
        )
        kept_by_dimension.append(kept)
        for row in range(begin, end + 1):
            index = row - top
            score, own = at(row, columns.score), at(row, columns.share)
            scored = values.scores[index]
            sheet.formula(row, counted, f'=IF({score}="",0,1)', 0 if scored is None else 1)
            formula = f'=IF(AND({score}="",{at(row, columns.treatment)}="{sheet.words.treatment("block")}"),1,0)'
            sheet.formula(row, blocks, formula, int(values.blocks[index]))
            formula = (
                f'=IF({blocked},"",IF({at(row, counted)}=0,0,'
                f"{own}/SUMPRODUCT({span(begin, end, columns.share)},{span(begin, end, counted)})))"
            )
            sheet.formula(row, share, formula, values.shares[index], number=PERCENT)
            formula = f'=IF(OR({score}="",{blocked}),"",{score}*{at(row, share)})'
            effective = values.shares[index]
            product = scored * effective if scored is not None and effective is not None else None
            sheet.formula(row, part, formula, product, number=TWO)
            formula = f'=IF({blocked},"",{at(below + place, _EFFECTIVE)}*{at(row, share)})'
            sheet.formula(row, weight, formula, values.weights[index], number=PERCENT)
            formula = f'=IF(OR({score}="",{blocked}),"",{score}*{at(row, weight)})'
            sheet.formula(row, points, formula, values.points[index], number=TWO)
        begin = end + 1
    sheet.text(last + 1, 1, sheet.words("sum"), "strong_label")
    sheet.formula(last + 1, blocks, f"=SUM({span(top, last, blocks)})", sum(values.blocks), "strong")
    known = [one for one in values.weights if one is not None]
    sheet.formula(last + 1, weight, f"=SUM({span(top, last, weight)})", sum(known, Decimal(0)), "strong", PERCENT)
    formula = f'=IF(OR({blocked},COUNT({span(top, last, points)})=0),"",SUM({span(top, last, points)}))'
    sheet.formula(last + 1, points, formula, values.total, "strong", TWO)
    _dimensions(sheet, form, below, top, columns, values, kept_by_dimension, blocked, any_blocked)
    return Weighed(
        weights=[at(row, weight) for row in range(top, last + 1)],
        points=[at(row, points) for row in range(top, last + 1)],
        scores=[at(below + n, _SCORE) for n in range(len(form.dimensions))],
        dimension_weights=[at(below + n, _EFFECTIVE) for n in range(len(form.dimensions))],
        total=at(last + 1, points),
    )


_NUMBER, _NAME, _WEIGHT, _KEPT, _EFFECTIVE, _SCORE = 0, 1, 3, 4, 5, 6


def _dimensions(  # noqa: PLR0917 -- one table, handed over by the one above
    sheet: Sheet, form: FilledForm, below: int, top: int, columns: Columns, values: Values,
    kept: Sequence[Decimal], blocked: str, any_blocked: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """The dimensions: what of each was scored, its weight after that, its score."""
    words = sheet.words
    last = below + len(form.dimensions) - 1
    sheet.heads(below - 1, [words("number")])
    sheet.text(below - 1, _NAME, words("dimension_only"), "head", to=_NAME + 1)
    names = ("weight", "kept", "counted_weight", "dimension_score")
    sheet.heads(below - 1, [words(name) for name in names], _WEIGHT)
    sheet.page.set_row(below - 1, 32)
    counted, part = columns.first, columns.first + 3
    whole = f"SUMPRODUCT({span(below, last, _WEIGHT)},--({span(below, last, _KEPT)}>0))"
    begin = top
    for place, dimension in enumerate(form.dimensions):
        row, end = below + place, begin + len(dimension.measures) - 1
        sheet.number(row, _NUMBER, dimension.number, "middle")
        sheet.text(row, _NAME, dimension.name.in_language(words.language), to=_NAME + 1)
        sheet.number(row, _WEIGHT, dimension.weight, "input", PERCENT)
        formula = f"=SUMPRODUCT({span(begin, end, columns.share)},{span(begin, end, counted)})"
        sheet.formula(row, _KEPT, formula, kept[place], number=PERCENT)
        formula = f'=IF({blocked},"",IF({at(row, _KEPT)}>0,{at(row, _WEIGHT)}/{whole},0))'
        value = None if any_blocked else values.dimension_weights[place]
        sheet.formula(row, _EFFECTIVE, formula, value, number=PERCENT)
        parts = span(begin, end, part)
        sheet.formula(row, _SCORE, f'=IF(COUNT({parts})=0,"",SUM({parts}))', values.dimension_scores[place], number=TWO)
        begin = end + 1
