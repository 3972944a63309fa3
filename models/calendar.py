"""What a business calendar says, before anybody asks it anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

#: Open hours of one day: (from, to) in minutes of the day on which they start, sorted, half-open. A night shift
#: belongs to the day on which it starts, so `to` may exceed 1440 (30:00 is 06:00 on the next day).
DaySpans = tuple[tuple[int, int], ...]

#: Monday to Sunday, each around the clock.
ALWAYS_WEEK: tuple[DaySpans, ...] = (((0, 1440),),) * 7


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """A calendar as written. Dates are proleptic ordinals (`date.toordinal()`), all in `timezone`.

    Which of them decides a date's hours, strongest first: `dates`, `holidays` and `recurring`, a make-up working day
    of the country, a public holiday of the country, `week`. `breaks` are then cut out.
    """

    timezone: str
    week: tuple[DaySpans, ...]  # seven, Monday first
    holidays: frozenset[int] = frozenset()
    recurring: frozenset[tuple[int, int]] = frozenset()  # (month, day), closed every year
    dates: Mapping[int, DaySpans] = field(default_factory=dict)
    breaks: Mapping[int, DaySpans] = field(default_factory=dict)
    country: str | None = None
    subdivision: str | None = None


class Calendar(Protocol):
    """What may be asked of a calendar; instants and durations in ms. Answers are told in `sla/calendar/business.py`."""

    def elapsed(self, start: int, end: int) -> int:
        """Open ms between two instants, never below 0."""
        ...

    def add(self, start: int, ms: int) -> int:
        """The instant after so much open time, backwards when negative."""
        ...

    def add_each(self, start: int, amounts: Iterable[int]) -> list[int]:
        """`add` for several positive amounts from one start."""
        ...

    def spans(self, start: int, end: int) -> list[tuple[int, int]]:
        """The open periods between two instants, clipped to them."""
        ...

    def is_open(self, at: int) -> bool:
        """Whether an instant is open time."""
        ...

    def next_open(self, at: int) -> int:
        """The instant itself if open, else the next opening."""
        ...

    def next_close(self, at: int) -> int:
        """The first end of open time after an instant."""
        ...

    def previous_open(self, at: int) -> int:
        """The latest instant not after this one with open time just before it."""
        ...

    def periods(self, at: int, direction: str, count: int) -> list[tuple[int, int]]:
        """Open periods from an instant on (`after`) or back (`before`)."""
        ...

    def business_days(self, start: int, n: int, cutoff: int | None = None, opens: int | None = None) -> int:
        """The same time of day some open days on."""
        ...
