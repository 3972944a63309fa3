"""The form as a workbook, so that HR sees how each score comes about, and may try what another target would do."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from xlsxwriter import Workbook

from appraisal.form import FilledForm
from appraisal.forms import shown
from appraisal.forms.sheets import adjusted, calculation, definitions, distributions, front, quality, ratings
from appraisal.forms.sheets.cells import Book, Sheet
from appraisal.forms.words import Vocabulary
from models.instant import parse_ms

_A4 = 9


def xlsx_form(form: FilledForm, language: str) -> bytes:
    """The form as XLSX, in `zh` or `en`: the same bytes for the same form.

    Formulas carry the values that they come to. Nothing that a person or a file brought in can become a formula.

    Raises:
        ValueError: another language.
    """
    words = Vocabulary(language)
    into = BytesIO()
    workbook = Workbook(into, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    created = datetime.fromtimestamp(parse_ms(form.as_of) / 1000, tz=UTC).replace(tzinfo=None, microsecond=0)
    title = shown.text(form.title.in_language(language))
    workbook.set_properties(
        {"title": title, "subject": f"{form.period} {form.subject.id}", "author": "slawatch", "created": created}
    )
    workbook.set_calc_mode("auto")
    _fill(Book(workbook, words), form, title)
    workbook.close()
    return into.getvalue()


def _fill(book: Book, form: FilledForm, title: str) -> None:
    words = book.words
    first = Sheet(book, words("form"), front.WIDTHS)
    second = Sheet(book, words("calculation"), calculation.WIDTHS)
    top = _head(second, form, title, ["calculation_note", "units_note"])
    calculated = calculation.calculation(form, top, second)
    total = None
    if form.adjustments:
        sheet = Sheet(book, words("adjustments"), adjusted.WIDTHS)
        total = adjusted.adjusted(sheet, form, calculated, _head(sheet, form, title, ["adjustments_note"]))
    found = {}
    if ratings.several(form):
        sheet = Sheet(book, words("ratings_detail"), ratings.widths(form))
        found = dict(ratings.raters(sheet, form, _head(sheet, form, title, [])))
    sheet = Sheet(book, words("distributions"), distributions.WIDTHS)
    distributions.distributions(sheet, form, _head(sheet, form, title, ["distributions_note"]))
    if form.data_quality:
        sheet = Sheet(book, words("quality"), quality.WIDTHS)
        quality.quality(sheet, form, _head(sheet, form, title, ["quality_note"]))
    front.front(first, form, calculated, total, found, _head(first, form, title, []))
    sheet = Sheet(book, words("definitions"), definitions.WIDTHS)
    definitions.definitions(sheet, form, _head(sheet, form, title, []))
    first.page.activate()


def _head(sheet: Sheet, form: FilledForm, title: str, notes: list[str]) -> int:
    """Title, warnings and notes of a sheet, and how it is printed; answers the next row."""
    words, last = sheet.words, sheet.width - 1
    row = 0
    said = shown.warnings(form, words)
    for warning in said:
        sheet.text(row, 0, warning, "warning", to=last)
        sheet.tall(row, warning)
        row += 1
    if said:
        sheet.page.repeat_rows(0, row - 1)
    first = sheet.name == words("form")
    whose = title if first else f"{sheet.name} · {shown.subject(form, words)} · {form.period}"
    sheet.text(row, 0, whose, "title", to=last)
    sheet.page.set_row(row, 30)
    row += 1
    for note in notes:
        sheet.text(row, 0, words(note), "note", to=last)
        sheet.tall(row, words(note))
        row += 1
    page = sheet.page
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.hide_gridlines(2)
    page.set_footer("&L" + _safe(form, words) + "&R&P / &N")
    return row + 1


def _safe(form: FilledForm, words: Vocabulary) -> str:
    """Whose page it is, for its foot: `&` begins an instruction there, and 256 characters are too many."""
    name, card = (shown.within_a_line(one)[:40] for one in (shown.subject(form, words), form.scorecard))
    return f"{name} · {card} · {form.period}".replace("&", "&&")
