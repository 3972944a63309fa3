"""The sheet on data quality: so many of so many tickets lack a field, or their beginning."""

from __future__ import annotations

from decimal import Decimal

from appraisal.form import FilledForm
from appraisal.forms import shown
from appraisal.forms.sheets.cells import Sheet, at

WIDTHS = (60, 14, 14, 14)


def quality(sheet: Sheet, form: FilledForm, top: int) -> None:
    """Writes the lines with their share."""
    words = sheet.words
    sheet.heads(top, [words(name) for name in ("quality_line", "count", "of", "quality_share")])
    for row, line in enumerate(form.data_quality, top + 1):
        sheet.text(row, 0, line.name.in_language(words.language))
        sheet.grow(row, [(line.name.in_language(words.language), sheet.width_of(0))])
        sheet.number(row, 1, line.count, "input")
        sheet.number(row, 2, line.of, "input")
        share = Decimal(line.count) / line.of if line.of else shown.NOTHING
        formula = f'=IF(N({at(row, 2)})=0,"{shown.NOTHING}",{at(row, 1)}/{at(row, 2)})'
        sheet.formula(row, 3, formula, share, number="0.00%")
