"""The sheet that says what each measure is: its unit and how it is counted, in the catalogue's words."""

from __future__ import annotations

from appraisal.form import FilledForm
from appraisal.forms import shown
from appraisal.forms.sheets.cells import Sheet

WIDTHS = (6, 34, 16, 90)


def definitions(sheet: Sheet, form: FilledForm, top: int) -> None:
    """Writes a row for each measure."""
    words = sheet.words
    sheet.heads(top, [words(name) for name in ("number", "measure", "unit", "formula")])
    for row, line in enumerate(form.lines, top + 1):
        named, formula = shown.named(line, words), line.formula.in_language(words.language)
        sheet.number(row, 0, line.number, "middle")
        sheet.text(row, 1, named)
        sheet.text(row, 2, words.unit(line.unit), "middle")
        sheet.text(row, 3, formula)
        sheet.grow(row, [(named, WIDTHS[1]), (formula, WIDTHS[3])])
