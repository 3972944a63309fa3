"""Writing cells: what is text stays text, numbers are numbers, and a formula keeps the value that it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from appraisal.forms import shown
from appraisal.forms.words import Vocabulary
from models.measure import Unit

#: How a value of each unit is displayed; durations are days there, as spreadsheets have it.
FORMATS: dict[str, str] = {
    "s": "[h]:mm:ss",
    "ratio": "0.00%",
    "points": "0.00",
    "count": "0",
    "weight": "0",
    "hours": "0",
}
_WHOLE = frozenset({"count", "weight", "hours"})
DAY_S = 86_400
_INPUT = "#1F4E9E"
_LINE = "#9AA3AE"
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 15, "align": "center"},
    "heading": {"bold": True, "font_size": 11, "bottom": 2, "bottom_color": "#3B4754"},
    "warning": {"bold": True, "font_color": "#9C1C1C", "bg_color": "#FDECEA", "align": "center", "text_wrap": True},
    "note": {"font_color": "#57606A", "text_wrap": True, "align": "left"},
    "head": {"bold": True, "bg_color": "#E8EDF3", "align": "center", "text_wrap": True, "border": 1},
    "label": {"bold": True, "bg_color": "#F5F7F9", "border": 1, "text_wrap": True},
    "cell": {"border": 1, "text_wrap": True, "align": "left"},
    "middle": {"border": 1, "text_wrap": True, "align": "center"},
    "number": {"border": 1, "align": "right"},
    "input": {"border": 1, "align": "right", "font_color": _INPUT},
    "strong": {"border": 1, "align": "right", "bold": True, "bg_color": "#F5F7F9"},
    "strong_label": {"border": 1, "align": "left", "bold": True, "bg_color": "#F5F7F9", "text_wrap": True},
    "blank": {"border": 1},
    "line": {"bottom": 1},
}

Value = Decimal | float | str | None


def at(row: int, column: int, *, fixed: bool = False) -> str:
    """The name of a cell, both counted from 0."""
    return str(xl_rowcol_to_cell(row, column, row_abs=fixed, col_abs=fixed))


def span(first: int, last: int, column: int) -> str:
    """The cells of a column from one row to another, both included."""
    return f"{at(first, column, fixed=True)}:{at(last, column, fixed=True)}"


def format_of(value: Value, unit: Unit) -> str:
    """How a value is displayed: numbers that are not whole (shares of days) with two places."""
    if unit in _WHOLE and isinstance(value, Decimal) and value != value.to_integral_value():
        return "0.00"
    return FORMATS[unit]


def elsewhere(sheet: str, cell: str) -> str:
    """A cell of another sheet."""
    return f"'{sheet}'!{cell}"


def stored(value: Value) -> float | int | str:
    """What a formula's cell keeps; nothing is an empty text."""
    if value is None:
        return ""
    return float(value) if isinstance(value, Decimal) else value


class Book:
    """A workbook with its styles, each made once."""

    def __init__(self, workbook: Workbook, words: Vocabulary) -> None:
        self.workbook = workbook
        self.words = words
        self._styles: dict[tuple[str, str], Any] = {}
        self._font = "Microsoft YaHei" if words.language == "zh" else "Calibri"

    def style(self, name: str, number: str = "") -> Any:
        """A style, with a format for numbers."""
        key = name, number
        if key not in self._styles:
            looks = {"font_name": self._font, "font_size": 10, "valign": "vcenter", **_STYLES[name]}
            if "border" in looks:
                looks["border_color"] = _LINE
            if number:
                looks["num_format"] = number
            self._styles[key] = self.workbook.add_format(looks)
        return self._styles[key]


class Sheet:
    """One sheet, written cell by cell; rows and columns are counted from 0."""

    def __init__(self, book: Book, name: str, widths: Sequence[float]) -> None:
        self.book = book
        self.name = name
        self.words = book.words
        self.width = len(widths)
        self._widths = list(widths)
        self.page: Worksheet = book.workbook.add_worksheet(name)
        for column, width in enumerate(widths):
            self.page.set_column(column, column, width)

    def text(self, row: int, column: int, words: str, style: str = "cell", to: int | None = None) -> None:
        """A text, never a formula, over several columns where `to` names the last one."""
        looks = self.book.style(style)
        if to is not None and to > column:
            self.page.merge_range(row, column, row, to, "", looks)
        self.page.write_string(row, column, shown.text(words), looks)

    def number(self, row: int, column: int, value: Value, style: str = "number", number: str = "General") -> None:
        """A number; a missing one is an empty cell."""
        looks = self.book.style(style, number)
        if value is None or isinstance(value, str):
            self.page.write_blank(row, column, None, looks)
        else:
            self.page.write_number(row, column, float(value), looks)

    def formula(  # noqa: PLR0917 -- place, formula, value, looks: as it is read
        self, row: int, column: int, formula: str, value: Value, style: str = "number", number: str = "General",
        to: int | None = None,
    ) -> None:  # fmt: skip
        """A formula with what it comes to."""
        looks = self.book.style(style, number)
        if to is not None and to > column:
            self.page.merge_range(row, column, row, to, "", looks)
        self.page.write_formula(row, column, formula, looks, stored(value))

    def figure(self, row: int, column: int, value: Decimal | None, unit: Unit) -> None:
        """A value as it is displayed: durations in days, a missing one as a dash."""
        if value is None:
            self.text(row, column, shown.NOTHING, "middle")
        else:
            self.number(row, column, value / DAY_S if unit == "s" else value, "number", format_of(value, unit))

    def heads(self, row: int, names: Sequence[str], column: int = 0) -> None:
        """A row of headings."""
        for place, name in enumerate(names, column):
            self.text(row, place, name, "head")

    def tall(self, row: int, words: str, first: int = 0, last: int | None = None, least: int = 1) -> None:
        """Makes a row as high as a text needs in these columns: merged cells do not grow by themselves."""
        room = sum(self._widths[first : (self.width - 1 if last is None else last) + 1])
        self.grow(row, [(words, room)], least)

    def grow(self, row: int, cells: Sequence[tuple[str, float]], least: int = 1) -> None:
        """Makes a row as high as its highest text; `cells` are texts with the width that each has."""
        needed = max([least, *(lines_of(shown.text(words), room) for words, room in cells)])
        self.page.set_row(row, min(409, 15 * needed + 3))

    def width_of(self, column: int) -> float:
        """How many characters a column holds."""
        return self._widths[column]

    def column(self, column: int) -> str:
        """A column's letters."""
        return str(xl_col_to_name(column))


def lines_of(words: str, room: float) -> int:
    """How many lines a text takes where `room` characters fit; Chinese ones are twice as wide."""
    return sum(
        max(1, -(-sum(2.1 if ord(letter) > 0x2E7F else 1.05 for letter in line) // max(room - 1, 1)))
        for line in words.split("\n")
    ).__int__()
