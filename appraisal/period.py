"""A period by its id: its kind, its days, its months, and the instants between which it lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from appraisal.scorecard import Kind
from sla.figures.days import Days, months_of, period_id

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LENGTHS: dict[int, Kind] = {1: "month", 3: "quarter", 6: "half", 12: "year"}


class PeriodUnknown(ValueError):
    """A text that names no period.

    Operator action: write it as 2026-11-21, 2026-11, 2026-Q4, 2026-H2 or 2026.
    """


def kind_of(name: str) -> Kind:
    """The kind of period that an id names.

    Raises:
        PeriodUnknown: it names none.
    """
    if _DAY.fullmatch(name):
        _day(name)
        return "day"
    return _LENGTHS[len(_months(name))]


@dataclass(frozen=True, slots=True)
class Part:
    """A month of a period, or its day. Days are ordinals, both included."""

    id: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a zone. `begin` (included) and `end` (not included) are ms since 1970 UTC."""

    id: str
    kind: Kind
    begin: int
    end: int
    parts: tuple[Part, ...]
    days: Days

    @property
    def first(self) -> int:
        """The first day."""
        return self.parts[0].first

    @property
    def last(self) -> int:
        """The last day, included."""
        return self.parts[-1].last

    def day_of(self, at: int) -> int:
        """The day (an ordinal) that an instant belongs to."""
        found = self.days.day_of(at)
        return date(found // 10_000, found // 100 % 100, found % 100).toordinal()


def period_of(name: str, zone: str) -> Period:
    """The period that an id names, in a zone.

    Raises:
        PeriodUnknown: it names none.
    """
    days = Days(zone)
    kind = kind_of(name)
    if kind == "day":
        begin, end = days.bounds(int(name.replace("-", "")))
        day = _day(name)
        return Period(name, kind, begin, end, (Part(name, day, day),), days)
    months = _months(name)
    return Period(
        name, kind, days.bounds(months[0])[0], days.bounds(months[-1])[1], tuple(_part(month) for month in months), days
    )


def day_id(day: int) -> str:
    """`2026-11-21` of an ordinal."""
    return date.fromordinal(day).isoformat()


def _part(month: int) -> Part:
    year, number = divmod(month, 100)
    after = date(year + number // 12, number % 12 + 1, 1)
    return Part(period_id(month), date(year, number, 1).toordinal(), after.toordinal() - 1)


def _day(name: str) -> int:
    try:
        return date.fromisoformat(name).toordinal()
    except ValueError as error:
        msg = f"{name!r} is no day: write it as 2026-11-21"
        raise PeriodUnknown(msg) from error


def _months(name: str) -> list[int]:
    try:
        months = months_of(name)
    except ValueError as error:
        msg = f"{name!r} is no period: write 2026-11-21, 2026-11, 2026-Q4, 2026-H2 or 2026"
        raise PeriodUnknown(msg) from error
    if not 1980 <= months[0] // 100 < 2100:
        msg = f"{name!r} lies outside the years 1980 to 2099"
        raise PeriodUnknown(msg)
    return months
