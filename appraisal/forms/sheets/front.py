"""The first sheet: the form as the department prints and signs it."""

from __future__ import annotations

from collections.abc import Mapping

from appraisal.form import FilledForm, MeasureLine
from appraisal.forms import shown
from appraisal.forms.sheets.calculation import Calculated
from appraisal.forms.sheets.cells import DAY_S, Sheet, elsewhere, format_of
from appraisal.forms.sheets.ratings import Found, rated
from appraisal.forms.sheets.weighing import PERCENT, TWO

WIDTHS = (5, 13, 29, 11, 22, 11, 10, 10, 8, 16, 8.5, 9, 9, 9)
_HEADS = ("number", "dimension", "measure", "target", "rule", "value", "median", "", "cases", "status", "score",
          "card_weight", "counted_weight", "points")  # fmt: skip
(_NUMBER, _DIMENSION, _MEASURE, _TARGET, _RULE, _VALUE, _P50, _P90, _CASES, _STATUS, _SCORE, _WEIGHT, _COUNTED,
 _POINTS) = range(14)  # fmt: skip


def front(  # noqa: PLR0917 -- what the form is made of
    sheet: Sheet, form: FilledForm, calculated: Calculated, adjusted: str | None, found: Mapping[str, Found], top: int
) -> None:
    """Writes the form from row `top` on; `adjusted` is where the total with adjustments stands."""
    row = _person(sheet, form, top)
    row = _lines(sheet, form, calculated, row + 1)
    row = _totals(sheet, form, calculated, adjusted, row)
    if form.roles:
        row = _ratings(sheet, form, calculated, found, row + 1)
    if form.adjustments:
        row = _adjustments(sheet, form, row + 1)
    row = _notes(sheet, form, row + 1)
    row = _interview(sheet, form, row + 1)
    _foot(sheet, form, row + 1)


def _person(sheet: Sheet, form: FilledForm, row: int) -> int:
    words, who = sheet.words, form.subject
    first, last = shown.days(form)
    pairs = [
        (
            ("employee" if shown.is_person(form) else "subject", shown.subject(form, words)),
            ("department", who.department),
            ("position", who.position),
        ),
        (("superior", who.superior_name), ("period", f"{form.period} ({first} – {last})"), ("id", who.id)),  # noqa: RUF001
    ]
    for line in pairs:
        for (label, name), (from_, value, to) in zip(line, ((0, 2, 3), (4, 5, 8), (9, 10, 13)), strict=True):
            sheet.text(row, from_, words(label), "label", to=value - 1)
            sheet.text(row, value, name, "cell", to=to)
        texts = [name for _, name in line]
        widths = [sheet.width_of(2) + sheet.width_of(3), 39, 35]
        sheet.grow(row, list(zip(texts, widths, strict=True)))
        row += 1
    if form.led:
        sheet.text(row, 0, words("teams"), "label", to=1)
        said = shown.led(form, words)
        sheet.text(row, 2, said, "cell", to=sheet.width - 1)
        sheet.tall(row, said, 2)
        row += 1
    return row


def _lines(sheet: Sheet, form: FilledForm, calculated: Calculated, row: int) -> int:
    words = sheet.words
    sheet.heads(row, [words(name) if name else "p90" for name in _HEADS])
    sheet.page.set_row(row, 33)
    row += 1
    for dimension in form.dimensions:
        begin = row
        for line in dimension.measures:
            _line(sheet, line, calculated, row)
            row += 1
        name = f"{dimension.name.in_language(words.language)}\n({shown.percent(dimension.weight)})"
        style = sheet.book.style("cell")
        if row - begin > 1:
            sheet.page.merge_range(begin, _DIMENSION, row - 1, _DIMENSION, "", style)
        sheet.text(begin, _DIMENSION, name)
    return row


def _line(sheet: Sheet, line: MeasureLine, calculated: Calculated, row: int) -> None:
    words, index = sheet.words, line.number - 1

    def source(cells: list[str]) -> str:
        return elsewhere(calculated.sheet, cells[index])

    sheet.number(row, _NUMBER, line.number, "middle")
    sheet.text(row, _MEASURE, shown.named(line, words))
    sheet.text(row, _TARGET, shown.target(line.rule, line.unit, words), "middle")
    rule = shown.deduction(line.rule, line.unit, words)
    sheet.text(row, _RULE, rule, "middle")
    if shown.can_be_said(line) and line.value is not None:
        days = f"/{DAY_S}" if line.unit == "s" else ""
        value = line.value / DAY_S if days else line.value
        sheet.formula(row, _VALUE, f"={source(calculated.values)}{days}", value, number=format_of(value, line.unit))
    else:
        sheet.text(row, _VALUE, shown.NOTHING, "middle")
    for column, percentile in ((_P50, line.p50), (_P90, line.p90)):
        said = percentile if percentile is not None and shown.can_be_said(line) else None
        sheet.figure(row, column, None if said is None else shown.within(said, line.unit), line.unit)
    sheet.formula(row, _CASES, f"={source(calculated.cases)}", line.cases, number=format_of(line.cases, "count"))
    standing = shown.standing(line, words)
    sheet.text(row, _STATUS, standing, "middle")
    score = source(calculated.scores)
    dash = shown.NOTHING
    sheet.formula(row, _SCORE, f'=IF({score}="","{dash}",{score})', dash if line.score is None else line.score,
                  number=TWO)  # fmt: skip
    sheet.number(row, _WEIGHT, line.weight, number=PERCENT)
    for column, cells, shows, number in (
        (_COUNTED, calculated.weighed.weights, line.effective_weight, PERCENT),
        (_POINTS, calculated.weighed.points, line.points, TWO),
    ):
        cell = source(cells)
        sheet.formula(row, column, f'=IF({cell}="","{dash}",{cell})', dash if shows is None else shows, number=number)
    sheet.grow(
        row,
        [
            (shown.named(line, words), sheet.width_of(_MEASURE)),
            (rule, sheet.width_of(_RULE)),
            (standing, sheet.width_of(_STATUS)),
        ],
    )


def _totals(sheet: Sheet, form: FilledForm, calculated: Calculated, adjusted: str | None, row: int) -> int:
    words, dash = sheet.words, shown.NOTHING
    total = elsewhere(calculated.sheet, calculated.weighed.total)
    sheet.text(row, 0, words("total"), "strong_label", to=_RULE)
    sheet.formula(
        row, _VALUE, f'={calculated.scored}&" / {form.of}"', f"{form.measured} / {form.of}", "middle", to=_CASES
    )
    said = words("measured")
    sheet.text(row, _STATUS, said, "middle", to=_COUNTED)
    value = dash if form.total is None else form.total
    sheet.formula(row, _POINTS, f'=IF({total}="","{dash}",{total})', value, "strong", TWO)
    row += 1
    sheet.text(row, 0, f"{words('pass')} {shown.plain(form.pass_)}", "strong_label", to=_RULE)
    limit = format(form.pass_, "f")
    formula = f'=IF({total}="","{dash}",IF(ROUND({total},9)>={limit},"{words("passed")}","{words("not_passed")}"))'
    sheet.formula(row, _VALUE, formula, shown.passed(form, words), "strong", to=_POINTS)
    row += 1
    if form.total is None:
        sheet.text(row, 0, shown.total(form, words), "warning", to=_POINTS)
        row += 1
    if adjusted is not None:
        sheet.text(row, 0, words("adjusted_total"), "strong_label", to=_COUNTED)
        value = dash if form.adjusted_total is None else form.adjusted_total
        sheet.formula(row, _POINTS, f'=IF({adjusted}="","{dash}",{adjusted})', value, "strong", TWO)
        row += 1
    return row


def _ratings(sheet: Sheet, form: FilledForm, calculated: Calculated, found: Mapping[str, Found], row: int) -> int:
    words = sheet.words
    sheet.text(row, 0, words("ratings"), "heading", to=sheet.width - 1)
    row, _, _ = rated(sheet, form, calculated, found, row + 1)
    said = shown.missing(form, words)
    if said:
        sheet.text(row, 0, said, "note", to=sheet.width - 1)
        sheet.tall(row, said)
        row += 1
    return row


def _adjustments(sheet: Sheet, form: FilledForm, row: int) -> int:
    words = sheet.words
    sheet.text(row, 0, words("adjustments"), "heading", to=sheet.width - 1)
    row += 1
    columns = (
        ("number", 0, 0), ("measure", 1, 2), ("computed_value", 3, 3), ("computed_score", 4, 4),
        ("adjusted_value", 5, 5), ("adjusted_score", 6, 6), ("holds", 7, 7), ("date", 8, 8), ("approved_by", 9, 9),
        ("reason", 10, 13),
    )  # fmt: skip
    for name, from_, to in columns:
        sheet.text(row, from_, words(name), "head", to=to)
    sheet.page.set_row(row, 33)
    row += 1
    for one in form.adjustments:
        named = shown.of_part(one.name, one.where, words)
        who, day = one.approved_by_name, shown.day(one.occurred_at, form.zone)
        sheet.number(row, 0, one.number, "middle")
        sheet.text(row, 1, named, to=2)
        sheet.figure(row, 3, one.computed_value, one.unit)
        sheet.figure(row, 4, one.computed_score, "points")
        sheet.figure(row, 5, one.value, one.unit)
        sheet.figure(row, 6, one.score, "points")
        sheet.text(row, 7, words("yes" if one.holds else "replaced"), "middle")
        sheet.text(row, 8, day, "middle")
        sheet.text(row, 9, who, "middle")
        sheet.text(row, 10, one.reason, to=13)
        sheet.grow(row, [(named, 42), (who, 16), (one.reason, 35.5), (day, 8), (words("replaced"), 10)], 2)
        row += 1
    sheet.text(row, 0, words("adjustments_note"), "note", to=sheet.width - 1)
    return row + 1


def _notes(sheet: Sheet, form: FilledForm, row: int) -> int:
    words = sheet.words
    sheet.text(row, 0, words("notes"), "heading", to=sheet.width - 1)
    row += 1
    for said in shown.notes(form, words):
        sheet.text(row, 0, said, "note", to=sheet.width - 1)
        sheet.tall(row, said)
        row += 1
    return row


def _interview(sheet: Sheet, form: FilledForm, row: int) -> int:
    words, last = sheet.words, sheet.width - 1
    sheet.text(row, 0, words("interview"), "heading", to=last)
    row += 1
    for name in ("interview_strengths", "interview_improve", "interview_goals", "interview_opinion"):
        sheet.text(row, 0, words(name), "label", to=2)
        sheet.page.merge_range(row, 3, row, last, "", sheet.book.style("blank"))
        sheet.page.set_row(row, 42)
        row += 1
    sheet.text(row, 0, words("interview_date"), "label", to=2)
    sheet.page.merge_range(row, 3, row, last, "", sheet.book.style("blank"))
    sheet.page.set_row(row, 24)
    row += 1
    for name in ("signature_employee" if shown.is_person(form) else "signature_subject", "signature_superior"):
        sheet.text(row, 0, words(name), "label", to=2)
        sheet.page.merge_range(row, 3, row, 8, "", sheet.book.style("blank"))
        sheet.text(row, 9, words("signature_date"), "label")
        sheet.page.merge_range(row, 10, row, last, "", sheet.book.style("blank"))
        sheet.page.set_row(row, 30)
        row += 1
    return row


def _foot(sheet: Sheet, form: FilledForm, row: int) -> None:
    said = shown.foot(form, sheet.words)
    sheet.text(row, 0, said, "note", to=sheet.width - 1)
    sheet.tall(row, said)
