"""The business calendar: every question about open time, in ms since 1970 UTC."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

from models.calendar import ALWAYS_WEEK, CalendarSpec
from sla.calendar.axis import EARLIEST, LATEST, Axis
from sla.calendar.days import BusinessDays
from sla.calendar.errors import NeverCloses, NoOpenTime
from sla.calendar.hours import DayHours
from sla.calendar.intervals import Interval
from sla.calendar.timeline import Timeline
from sla.calendar.zone import Zone

#: After 28 years dates and days of the week are the same again.
_CALENDAR_CYCLE = range(2000, 2028)


class BusinessCalendar:
    """When a desk is open. Open time is half-open: the opening instant belongs to it, the closing one does not.

    Hours that touch are one period. All answers are exact to the millisecond; clock changes are in `sla/calendar/zone`.
    """

    __slots__ = ("_axis", "_days", "_timeline", "spec", "zone")

    def __init__(self, spec: CalendarSpec) -> None:
        """Raises `UnknownZone`, `UnknownCountry`. Use `calendar_of`, which knows the short way of one always open."""
        self.spec = spec
        self.zone = Zone(spec.timezone)
        self._timeline = Timeline(spec, self.zone, DayHours(spec))
        self._axis = Axis(self._timeline)
        self._days = BusinessDays(self._timeline, self.zone, None if any(spec.week) else max(spec.dates, default=0))

    def elapsed(self, start: int, end: int) -> int:
        """Open ms from `start` to `end`; 0 when `end` is not later."""
        if end <= start:
            return 0
        axis = self._axis
        if not (axis.low <= start and end < axis.high):
            axis.cover(start)
            axis.cover(end)
        # The two positions, written out: this is asked for each ticket at each of its events.
        starts, ends, before = axis.starts, axis.ends, axis.before
        last = bisect_right(starts, end) - 1
        closing = ends[last]
        first = bisect_right(starts, start, 0, last + 1) - 1
        opening = ends[first]
        return (
            before[last] + (min(closing, end)) - starts[last]
            - before[first] - (min(opening, start)) + starts[first]
        )  # fmt: skip

    def add(self, start: int, ms: int) -> int:
        """The instant after `ms` of open time from `start`; negative counts backwards; raises `NoOpenTime`.

        Time used up exactly at a closing ends at that closing; backwards, exactly at an opening. Of 0 ms it is `start`
        itself if that is open or a closing, else the next opening.
        """
        axis = self._axis
        if ms > 0:
            return axis.earliest(axis.position(start) + ms)
        if ms < 0:
            return axis.latest(axis.position(start) + ms)
        index = axis.index(max(start - 1, EARLIEST))  # the one that may close at `start`, be it in the year before
        if index and start <= axis.ends[index]:
            return start
        return axis.starts[axis.following(index)]

    def add_each(self, start: int, amounts: Iterable[int]) -> list[int]:
        """`add` for several positive amounts from one start: a due time and its warnings; raises `NoOpenTime`."""
        earliest, position = self._axis.earliest, self._axis.position(start)
        return [earliest(position + ms) for ms in amounts]

    def spans(self, start: int, end: int) -> list[Interval]:
        """The open periods between two instants, clipped to them, in order."""
        if end <= start:
            return []
        axis = self._axis
        first = axis.index(start)  # first of the two: covering an earlier instant moves indexes, a later one none
        last = axis.index(end - 1)
        starts, ends = axis.starts, axis.ends
        return [
            (max(starts[index], start), min(ends[index], end))
            for index in range(max(first, 1), last + 1)
            if ends[index] > start
        ]

    def is_open(self, at: int) -> bool:
        """Whether an instant is open time."""
        index = self._axis.index(at)
        return at < self._axis.ends[index]

    def next_open(self, at: int) -> int:
        """`at` itself if open, else the next opening; raises `NoOpenTime`."""
        axis = self._axis
        index = axis.index(at)
        return at if at < axis.ends[index] else axis.starts[axis.following(index)]

    def next_close(self, at: int) -> int:
        """The first end of open time after `at`; raises `NoOpenTime`, `NeverCloses`."""
        axis = self._axis
        index = axis.index(at)
        return axis.closing(index if at < axis.ends[index] else axis.following(index))

    def previous_open(self, at: int) -> int:
        """The latest instant not after `at` with open time just before it; raises `NoOpenTime`."""
        axis = self._axis
        return axis.latest(axis.position(at) - 1) + 1

    def periods(self, at: int, direction: str, count: int) -> list[Interval]:
        """Up to `count` open periods from `at` on (`after`) or back (`before`, latest first), clipped at `at`.

        Fewer where the calendar ends; a period without an end goes to the end of the years calendars answer for.
        """
        found: list[Interval] = []
        forwards = direction == "after"
        try:
            while len(found) < count:
                found.append(
                    self._period_after(found[-1][1] if found else at)
                    if forwards
                    else self._axis.opening_backwards(found[-1][0] if found else at)
                )
        except NoOpenTime:
            pass  # a calendar of single dates has only so many periods
        return found if forwards else [(start, min(end, at)) for start, end in found]

    def _period_after(self, at: int) -> Interval:
        start = self.next_open(at)
        try:
            return start, self.next_close(start)
        except NeverCloses:
            return start, LATEST

    def business_days(self, start: int, n: int, cutoff: int | None = None, opens: int | None = None) -> int:
        """The instant `n` open days after `start` at the same time of day; `cutoff` and `opens` in minutes of the day.

        A start on a closed day first rolls to the next open day at the same time of day; at or after `cutoff` it rolls
        to the next open day at `opens`, or that day's first opening. Raises `NoOpenTime`.
        """
        return self._days.after(start, n, cutoff, opens)

    def has_open_time(self) -> bool:
        """Whether there is any open time at all, in the years that calendars answer for."""
        years = {date.fromordinal(ordinal).year for ordinal in self.spec.dates}
        if any(self.spec.week):
            years.update(_CALENDAR_CYCLE)
        return any(self._timeline.year(year) for year in sorted(years))


class AlwaysOpen(BusinessCalendar):
    """A calendar that counts everything: plain arithmetic."""

    __slots__ = ()

    def elapsed(self, start: int, end: int) -> int:
        """Ms from `start` to `end`, never below 0."""
        return end - start if end > start else 0

    def add(self, start: int, ms: int) -> int:
        """`ms` later, or earlier."""
        return start + ms

    def add_each(self, start: int, amounts: Iterable[int]) -> list[int]:
        """Each amount later."""
        return [start + ms for ms in amounts]

    def spans(self, start: int, end: int) -> list[Interval]:
        """All of it."""
        return [(start, end)] if start < end else []

    def is_open(self, at: int) -> bool:  # noqa: ARG002 - every instant is open
        """Always."""
        return True

    def next_open(self, at: int) -> int:
        """Now."""
        return at

    def next_close(self, at: int) -> int:
        """Never: raises `NeverCloses`."""
        msg = f"this calendar is always open: nothing closes after {at}"
        raise NeverCloses(msg)

    def previous_open(self, at: int) -> int:
        """Now: there is open time just before it."""
        return at

    def periods(self, at: int, direction: str, count: int) -> list[Interval]:
        """One period without an end: to the last, or from the first instant that calendars answer for."""
        if count < 1:
            return []
        return [(at, LATEST)] if direction == "after" else [(EARLIEST, at)]

    def has_open_time(self) -> bool:
        """It has."""
        return True


def calendar_of(spec: CalendarSpec) -> BusinessCalendar:
    """The calendar that a spec describes; raises `UnknownZone`, `UnknownCountry`."""
    exceptions = spec.holidays or spec.recurring or spec.dates or spec.breaks or spec.country
    always = spec.week == ALWAYS_WEEK and not exceptions
    return AlwaysOpen(spec) if always else BusinessCalendar(spec)
