"""Ratings: the table on the form, a column for each role, and the sheet that names each rater."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from appraisal.form import FilledForm, Rater, RoleLine
from appraisal.forms import shown
from appraisal.forms.sheets.calculation import Calculated
from appraisal.forms.sheets.cells import Sheet, at, elsewhere, span
from appraisal.forms.sheets.weighing import PERCENT, TWO

_NAME, _WEIGHT, _FIRST = 0, 3, 4  # on the form: names over three columns, then two columns for each role
_ROLE, _RATER, _DIMENSIONS = 0, 1, 2  # on the sheet of raters


class Found(NamedTuple):
    """Where several raters of a role stand on their sheet: columns by dimension, rows of those who have finished."""

    sheet: str
    first: int
    last: int


def several(form: FilledForm) -> bool:
    """Whether some role has more than one rater, so that they need a sheet of their own."""
    return any(len(role.raters) > 1 for role in form.roles)


def widths(form: FilledForm) -> list[float]:
    """Columns of the sheet of raters."""
    return [16, 24, *(14 for _ in form.dimensions), 12]


def raters(sheet: Sheet, form: FilledForm, top: int) -> Mapping[str, Found]:
    """Writes the sheet that names each rater; answers where those of each role stand."""
    words = sheet.words
    names = [dimension.name.in_language(words.language) for dimension in form.dimensions]
    sheet.heads(top, [words("role"), words("rater"), *names, words("role_total")])
    last = _DIMENSIONS + len(names) - 1
    sheet.text(top + 1, _ROLE, words("weight"), "strong_label", to=_RATER)
    for column, dimension in enumerate(form.dimensions, _DIMENSIONS):
        sheet.number(top + 1, column, dimension.weight, "input", PERCENT)
    weights = f"{at(top + 1, _DIMENSIONS, fixed=True)}:{at(top + 1, last, fixed=True)}"
    found: dict[str, Found] = {}
    row = top + 2
    for role in form.roles:
        finished = [one for one in role.raters if one.total is not None]
        if len(role.raters) > 1 and finished:
            found[role.role] = Found(sheet.name, row, row + len(finished) - 1)
        for rater in [*finished, *(one for one in role.raters if one.total is None)]:
            _rater(sheet, row, role, rater, weights, last)
            row += 1
    return found


def _rater(sheet: Sheet, row: int, role: RoleLine, rater: Rater, weights: str, last: int) -> None:  # noqa: PLR0917
    sheet.text(row, _ROLE, role.name.in_language(sheet.words.language))
    sheet.text(row, _RATER, rater.name)
    sheet.grow(row, [(rater.name, sheet.width_of(_RATER))])
    for column, score in enumerate(rater.scores, _DIMENSIONS):
        sheet.number(row, column, score, "input", TWO)
    own = f"{at(row, _DIMENSIONS)}:{at(row, last)}"
    formula = f'=IF(COUNT({own})<{last - _DIMENSIONS + 1},"",SUMPRODUCT({own},{weights})/SUM({weights}))'
    sheet.formula(row, last + 1, formula, rater.total, number=TWO)


def rated(
    sheet: Sheet, form: FilledForm, calculated: Calculated, found: Mapping[str, Found], top: int
) -> tuple[int, str, str]:
    """Writes the table on the form; answers the row after it, and where rating and bonus coefficient stand."""
    words = sheet.words
    sheet.text(top, _NAME, words("dimension_only"), "head", to=_WEIGHT - 1)
    sheet.text(top, _WEIGHT, words("weight"), "head")
    first = top + 1
    last = first + len(form.dimensions) - 1
    for row, dimension in enumerate(form.dimensions, first):
        sheet.text(row, _NAME, dimension.name.in_language(words.language), to=_WEIGHT - 1)
        sheet.number(row, _WEIGHT, dimension.weight, number=PERCENT)
    for row, name in ((last + 1, "role_total"), (last + 2, "role_weight"), (last + 3, "weighted")):
        sheet.text(row, _NAME, words(name), "strong_label", to=_WEIGHT)
    for place, role in enumerate(form.roles):
        column = _FIRST + 2 * place
        sheet.text(top, column, shown.role(role, words), "head", to=column + 1)
        _role(sheet, form, role, found.get(role.role), calculated, (first, last, column))
        total = at(last + 1, column)
        sheet.formula(last + 2, column, f"={_decimal(role.weight)}", role.weight, number=PERCENT, to=column + 1)
        weighted = None if role.total is None else role.total * role.weight
        formula = f'=IF({total}="","",{total}*{at(last + 2, column)})'
        sheet.formula(last + 3, column, formula, weighted, number=TWO, to=column + 1)
    sheet.page.set_row(top, 36)
    end = _FIRST + 2 * len(form.roles) - 1
    weighted_row = f"{at(last + 3, _FIRST)}:{at(last + 3, end)}"
    row = last + 4
    sheet.text(row, _NAME, words("rating"), "strong_label", to=_WEIGHT)
    formula = f'=IF(COUNT({weighted_row})<{len(form.roles)},"",SUM({weighted_row}))'
    sheet.formula(row, _FIRST, formula, form.rating, "strong", TWO, to=end)
    sheet.text(row + 1, _NAME, words("bonus"), "strong_label", to=_WEIGHT)
    rating = at(row, _FIRST)
    # What is half a cent on paper may be a hair less in a spreadsheet's binary numbers.
    formula = f'=IF(ISNUMBER({rating}),ROUND(ROUND({rating}/100,9),2),"")'
    sheet.formula(row + 1, _FIRST, formula, form.bonus, "strong", TWO, to=end)
    return row + 2, rating, at(row + 1, _FIRST)


def _role(  # noqa: PLR0917 -- one column of the table
    sheet: Sheet, form: FilledForm, role: RoleLine, found: Found | None, calculated: Calculated,
    place: tuple[int, int, int],
) -> None:  # fmt: skip
    first, last, column = place
    own, weights = span(first, last, column), span(first, last, _WEIGHT)
    for index, row in enumerate(range(first, last + 1)):
        if role.role == "data":
            source = elsewhere(calculated.sheet, calculated.weighed.scores[index])
            score = form.dimensions[index].score
            sheet.formula(row, column, f'=IF({source}="","",{source})', score, number=TWO, to=column + 1)
        elif found:
            cells = _cells(found, _DIMENSIONS + index)
            sheet.formula(row, column, f"=AVERAGE({cells})", shown.given(role, index), number=TWO, to=column + 1)
        else:
            given = role.raters[0].scores[index] if len(role.raters) == 1 else None
            sheet.page.merge_range(row, column, row, column + 1, "", sheet.book.style("input", TWO))
            sheet.number(row, column, given, "input", TWO)
    if role.role == "data":
        source = elsewhere(calculated.sheet, calculated.weighed.total)
        formula = f'=IF({source}="","",{source})'
    elif found:
        formula = f"=AVERAGE({_cells(found, _DIMENSIONS + len(form.dimensions))})"
    else:
        number = last - first + 1
        formula = f'=IF(COUNT({own})<{number},"",SUMPRODUCT({own},{weights})/SUM({weights}))'
    sheet.formula(last + 1, column, formula, role.total, "strong", TWO, to=column + 1)


def _cells(found: Found, column: int) -> str:
    return elsewhere(found.sheet, f"{at(found.first, column)}:{at(found.last, column)}")


def _decimal(number: Decimal) -> str:
    return format(number, "f")
