"""The workbook: its formulas come to what the form says, and nothing that is written in it becomes one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from appraisal.form import FilledForm
from appraisal.forms import xlsx_form
from tests.appraisal.forms.office import Cells, cells_of, formulas, part, parts, recalculated
from tests.appraisal.forms.samples import EVIL, five, hostile, odd, running

FRONT, BEHIND = "评定表", "计算过程"


@cache
def printed(name: str, language: str = "zh") -> bytes:
    """A form's workbook, made once."""
    return xlsx_form(forms()[name], language)


def forms() -> dict[str, FilledForm]:
    """One of each card, and the unusual ones."""
    return {**{form.scorecard: form for form in five()}, **odd()}


@pytest.mark.slow
def test_libreoffice_comes_to_what_every_formula_has_stored_and_the_form_says(tmp_path: Path) -> None:
    """Every formula of every form, its stored value taken out, worked out by another program."""
    books = {name: printed(name) for name in forms()} | {"english": printed("whole steps", "en")}
    anew = recalculated(books, tmp_path)
    compared = 0
    for name, content in books.items():
        for place, cell in cells_of(content).items():
            if cell.formula:
                compared += 1
                found = anew[name].get(place)
                assert same(cell.value, found.value if found else ""), (name, place, cell, found)

    assert compared > 2_500
    for name, form in forms().items():
        says_what_the_form_says(anew[name], form)


def same(expected: float | str, found: float | str) -> bool:
    """Equal to the last digit that binary numbers hold in common."""
    if isinstance(expected, str) or isinstance(found, str):
        return expected == found
    return abs(expected - found) <= 1e-9 + 1e-12 * abs(expected)


def says_what_the_form_says(cells: Cells, form: FilledForm) -> None:
    """The figures that HR signs, line by line and at the end, as another program has worked them out."""
    head = min(int(place[1:]) for (sheet, place), cell in cells.items() if sheet == BEHIND and cell.value == "序号")

    def at(column: str, row: int) -> float | str:
        found = cells.get((BEHIND, f"{column}{row}"))
        return found.value if found else ""

    for line in form.lines:
        told = {"H": line.value, "Q": line.shortfall, "R": line.steps, "S": line.score, "W": line.effective_share,
                "Y": line.effective_weight, "Z": line.points}  # fmt: skip
        for column, number in told.items():
            assert same(_plain(number), at(column, head + line.number)), (form.scorecard, line.number, column)
    assert same(_plain(form.total), at("Z", head + form.of + 1))
    front = {cell.value for (sheet, _), cell in cells.items() if sheet == FRONT}
    for number in (form.total, form.rating, form.bonus, form.adjusted_total):
        assert number is None or any(same(float(number), one) for one in front if isinstance(one, float))


def _plain(number: Decimal | None) -> float | str:
    return "" if number is None else float(number)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_form_is_the_same_bytes_however_its_events_came(language: str) -> None:
    """Backwards and twice over."""
    for form, again in zip(five(), five(backwards=True), strict=True):
        assert printed(form.scorecard, language) == xlsx_form(again, language)


@pytest.mark.parametrize("number", range(len(EVIL)))
def test_no_name_becomes_a_formula_or_a_link_or_changes_a_formula(number: int) -> None:
    """Whatever people are called and files say, the formulas are those of the form."""
    name = sorted(forms())[number % len(forms())]
    content = xlsx_form(hostile(forms()[name], EVIL[number]), "zh")

    assert formulas(printed(name)) == formulas(content)
    assert not any("hyperlink" in part(content, one) for one in parts(content) if "sheet" in one)


def test_a_name_that_looks_like_a_formula_is_still_readable() -> None:
    """It stands there as it is written, as a text; what nobody can see is left out."""
    form = five()[3]
    texts = {cell.value for cell in cells_of(xlsx_form(hostile(form, EVIL[0]), "zh")).values() if not cell.formula}
    unseen = {cell.value for cell in cells_of(xlsx_form(hostile(form, "a\x00\u202eb\u200b"), "zh")).values()}

    assert EVIL[0] in texts
    assert "ab" in unseen


def test_between_a_numerator_and_the_bonus_there_is_nothing_but_formulas() -> None:
    """HR changes an input and sees what comes of it."""
    found = formulas(printed("manager-after-sales"))
    behind = [formula for (sheet, _), formula in found.items() if sheet == BEHIND]

    assert 20 == sum(bool(re.fullmatch(r'IF\(N\(G\d+\)=0,"",F\d+/G\d+\)', one)) for one in behind)
    assert 20 == sum(one.endswith(f"MAX(0,100-R{n}*P{n}))") for n in range(1, 40) for one in behind)
    assert 1 == sum("ROUND(ROUND(" in one for one in found.values())


def test_every_figure_of_the_form_stands_in_the_workbook() -> None:
    """Values, cases, scores, points, splits, ratings, adjustments, the quality of data: none is left out."""
    for name, form in forms().items():
        known = {round(one.value, 9) for one in cells_of(printed(name)).values() if isinstance(one.value, float)}
        left_out = [number for number in figures(form) if round(float(number), 9) not in known]

        assert [] == left_out, name


def figures(form: FilledForm) -> Iterator[Decimal]:
    """Every figure of a form."""
    found: list[Decimal | None] = [form.total, form.rating, form.bonus, form.adjusted_total]
    for line in form.lines:
        found += [line.numerator, line.denominator, line.value, line.cases, line.shortfall, line.steps, line.score]
        found += [line.share, line.weight, line.effective_weight, line.points, line.rule.target, line.rule.per]
        found += chain.from_iterable((one.numerator, one.denominator, one.cases) for one in line.splits)
        found += chain.from_iterable((one.numerator, one.denominator, one.cases) for one in line.beside)
    found += chain.from_iterable((one.weight, one.score) for one in form.dimensions)
    found += chain.from_iterable(rater.scores for role in form.roles for rater in role.raters)
    found += chain.from_iterable((one.computed_score, one.score) for one in form.adjustments)
    found += [Decimal(one.count) for one in form.data_quality]
    return (number for number in found if number is not None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_example_and_an_open_period_say_so_on_every_page_of_every_sheet(language: str) -> None:
    """The warnings are in the first rows, which are printed again on each page."""
    for form in (five()[2], five()[3]):
        content = xlsx_form(running(form), language)
        cells = cells_of(content)
        sheets = list(dict.fromkeys(sheet for sheet, _ in cells))
        said = {sheet: [str(cells[sheet, f"A{row}"].value) for row in (1, 2)] for sheet in sheets}
        wanted = 1 + form.example
        titles = re.findall(r"Print_Titles\"[^>]*>([^<]*)<", part(content, "xl/workbook.xml"))

        assert all(("示例" in one[0] or "EXAMPLE" in one[0]) == form.example for one in said.values())
        assert all("暂定" in one[wanted - 1] or "PROVISIONAL" in one[wanted - 1] for one in said.values())
        assert len(sheets) == len(titles) == sum(title.endswith(f"!$1:${wanted}") for title in titles)


def test_what_cannot_be_said_is_a_dash_with_its_status() -> None:
    """Never 0 and never 100 in silence."""
    cells = cells_of(printed("nothing at all", "en"))
    rows = {str(cell.value): place[1:] for (sheet, place), cell in cells.items() if sheet == "Form" and place[0] == "C"}
    found = [
        tuple(cells["Form", f"{column}{rows[line.name.en]}"].value for column in "FJKN")
        for line in odd()["nothing at all"].lines
    ]

    assert [
        ("–", "not reported; weight to the others", "–", "–"),
        ("–", "no cases; weight to the others", "–", "–"),
        ("–", "not reported; weight to the others", "–", "–"),
        ("–", "not reported; weight to the others", "–", "–"),
    ] == found
    assert any("nothing could be scored" in str(cell.value) for cell in cells.values())


def test_while_a_rating_is_missing_rating_and_bonus_are_empty_and_whose_is_named() -> None:
    """Room to write by hand, and no figure that nobody gave."""
    cells = cells_of(printed("a rating missing", "en"))
    rows = {str(cell.value): place[1:] for (sheet, place), cell in cells.items() if sheet == "Form" and place[0] == "A"}

    assert "" == cells["Form", f"E{rows['Rating']}"].value == cells["Form", f"E{rows['Bonus coefficient']}"].value
    assert any("Ratings still missing: Superior" in one for one in rows)


def test_a_blocked_form_names_the_line_that_blocks_it() -> None:
    """No total, no points; and why."""
    cells = cells_of(printed("blocked", "en"))

    assert any("– blocked by line 2" in str(cell.value) for cell in cells.values())


def test_the_workbook_was_made_when_the_figures_were_known() -> None:
    """Not when it was printed: so that its bytes are the same tomorrow."""
    said = part(printed("manager-after-sales"), "docProps/core.xml")

    assert ["2027-01-08T16:00:00Z"] * 2 == re.findall(r">(2027[^<]*)<", said)
    assert five()[3].as_of == "2027-01-08T16:00:00Z"


def test_half_a_cent_of_the_bonus_is_rounded_up() -> None:
    """0.855 of the bonus is 0.86 to HR, on the form and in the spreadsheet."""
    values = [cell.value for cell in cells_of(printed("half a cent")).values() if "ROUND(ROUND(" in cell.formula]

    assert ([0.86], Decimal("0.86")) == (values, odd()["half a cent"].bonus)


def test_whole_steps_are_rounded_before_they_are_cut() -> None:
    """Three steps of 5 % are a hair less than three in binary numbers: what LibreOffice forgives, others may not."""
    cut = [formula for formula in formulas(printed("whole steps")).values() if "ROUNDDOWN" in formula]

    assert 4 == len(cut) == sum(bool(re.search(r"ROUNDDOWN\(ROUND\(Q\d+/O\d+,9\),0\)", one)) for one in cut)
    assert Decimal(3) == list(odd()["whole steps"].lines)[2].steps


def test_a_language_that_is_not_printed_is_refused() -> None:
    """With those that are."""
    with pytest.raises(ValueError, match="zh or en, not in 'fr'"):
        xlsx_form(five()[0], "fr")
