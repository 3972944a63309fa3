"""The period of a kind that an instant lies in: its name, its bounds, and its days so far."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sla.figures.days import Days, period_id

#: Months in each kind of period that is made of months.
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_LETTERS = {"quarter": "Q", "half": "H"}


class Span(NamedTuple):
    """A period with its id as contract 9 writes it, from `begin` (included) to `end` (not included), in ms.

    `days` are those from its first to that of the instant it was asked for.
    """

    name: str
    begin: int
    end: int
    days: tuple[int, ...]


def span_of(days: Days, kind: str, at: int) -> Span:
    """The `day`, `month`, `quarter`, `half` or `year` of an instant in ms."""
    today = days.day_of(at)
    if kind == "day":
        return Span(period_id(today), *days.bounds(today), (today,))
    year, month = today // 10_000, today // 100 % 100
    length = _MONTHS[kind]
    turn = (month - 1) // length
    first, last = year * 100 + turn * length + 1, year * 100 + (turn + 1) * length
    name = f"{year:04d}-{_LETTERS[kind]}{turn + 1}" if kind in _LETTERS else period_id(first)
    name = f"{year:04d}" if kind == "year" else name
    begin = date(year, first % 100, 1)
    number = (date(year, month, today % 100) - begin).days + 1
    return Span(
        name,
        days.bounds(first)[0],
        days.bounds(last)[1],
        tuple(_written(begin + timedelta(days=place)) for place in range(number)),
    )


def first_day(days: Days, as_of: int) -> int:
    """The first day that a period of any kind at this instant holds: that of its year."""
    return days.day_of(as_of) // 10_000 * 10_000 + 101


def _written(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
