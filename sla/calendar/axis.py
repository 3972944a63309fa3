"""The axis of open time: how much open time lies before an instant, and the way back.

Sorted arrays over whole UTC years, grown only where somebody asks, so a calendar used in 2026 holds 2026. Both
directions are one bisection.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate

from sla.calendar.errors import NeverCloses, NoOpenTime
from sla.calendar.intervals import Interval
from sla.calendar.timeline import Timeline, year_of, year_start

#: Years that are searched. Events lie in 1980 to 2099; the rest is room for what is due after that.
FIRST_YEAR, LAST_YEAR = 1900, 2199
EARLIEST, LATEST = year_start(FIRST_YEAR), year_start(LAST_YEAR + 1)


class Axis:
    """Open intervals and the open time accumulated before each, over the years asked about so far.

    Index 0 of the arrays is an empty interval at the first instant covered: it carries the accumulated time there, so
    that every covered instant has a predecessor. Time is accumulated from an arbitrary zero and may be negative.
    """

    __slots__ = ("_timeline", "_years", "before", "ends", "high", "low", "starts")

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._years: tuple[int, int] | None = None  # first and last year covered
        self.low = self.high = 0  # first instant covered, and the first no longer covered
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.before: list[int] = []

    def position(self, at: int) -> int:
        """Open time before an instant, from the axis's zero."""
        if not self.low <= at < self.high:
            self.cover(at)
        index = bisect_right(self.starts, at) - 1
        end = self.ends[index]
        return self.before[index] + (min(end, at)) - self.starts[index]

    def index(self, at: int) -> int:
        """The index of the last interval that starts at or before an instant; 0 when there is none."""
        if not self.low <= at < self.high:
            self.cover(at)
        return bisect_right(self.starts, at) - 1

    def earliest(self, position: int) -> int:
        """The first instant with that much open time before it, more than is before `low`; raises `NoOpenTime`."""
        while position > self.total():
            self._grow_up()
        index = bisect_left(self.before, position) - 1
        return self.starts[index] + position - self.before[index]

    def latest(self, position: int) -> int:
        """The last instant with that much open time before it, less than is before `high`; raises `NoOpenTime`."""
        while position < self.before[0]:
            self._grow_down()
        index = bisect_right(self.before, position) - 1
        return self.starts[index] + position - self.before[index]

    def total(self) -> int:
        """The position of the end of what is covered."""
        return self.before[-1] + self.ends[-1] - self.starts[-1]

    def following(self, index: int) -> int:
        """The index after `index`, grown into being where need be; raises `NoOpenTime`."""
        while index + 1 >= len(self.starts):
            self._grow_up()
        return index + 1

    def closing(self, index: int) -> int:
        """Where interval `index` really ends, be it past what is covered; raises `NeverCloses`."""
        while self.ends[index] == self.high:
            self._grow_up(NeverCloses("this calendar is open without an end"))
        return self.ends[index]

    def opening_backwards(self, at: int) -> Interval:
        """The latest open interval that starts before an instant, with its real start; raises `NoOpenTime`."""
        while True:
            index = self.index(at - 1)
            if index >= 1 and self.starts[index] > self.low:
                return self.starts[index], self.ends[index]
            if index >= 1 and self.low == EARLIEST:
                return EARLIEST, self.ends[index]
            self._grow_down()

    def cover(self, at: int) -> None:
        """Grow until an instant is covered; raises `NoOpenTime` outside the axis's years."""
        if not EARLIEST <= at < LATEST:
            msg = f"calendars answer for the years {FIRST_YEAR} to {LAST_YEAR}"
            raise NoOpenTime(msg)
        if self._years is None:
            year = year_of(at)
            self._years = (year, year)
            self.low, self.high = year_start(year), year_start(year + 1)
            self.starts, self.ends, self.before = [self.low], [self.low], [0]
            self._append(self._timeline.year(year))
        while at >= self.high:
            self._grow_up()
        while at < self.low:
            self._grow_down()

    def _grow_up(self, otherwise: Exception | None = None) -> None:
        """Cover one year more at the end; raises `otherwise` or `NoOpenTime` when there is none."""
        first, last = self._years or (FIRST_YEAR, LAST_YEAR)
        if last >= LAST_YEAR:
            msg = f"this calendar has no more open time up to the year {LAST_YEAR}; give it weekly hours"
            raise otherwise or NoOpenTime(msg)
        self._years = (first, last + 1)
        self.high = year_start(last + 2)
        self._append(self._timeline.year(last + 1))

    def _append(self, intervals: list[Interval]) -> None:
        starts, ends, before = self.starts, self.ends, self.before
        if intervals and len(starts) > 1 and intervals[0][0] == ends[-1]:
            ends[-1] = intervals[0][1]
            intervals = intervals[1:]
        if intervals:
            before.extend(_accumulated(self.total(), intervals))
            starts.extend([start for start, _ in intervals])
            ends.extend([end for _, end in intervals])

    def _grow_down(self) -> None:
        """Cover one year more at the beginning; raises `NoOpenTime` when there is none."""
        first, last = self._years or (FIRST_YEAR, LAST_YEAR)
        if first <= FIRST_YEAR:
            msg = f"this calendar has no open time before, down to the year {FIRST_YEAR}; give it weekly hours"
            raise NoOpenTime(msg)
        intervals = self._timeline.year(first - 1)
        self._years = (first - 1, last)
        starts, ends, before = self.starts, self.ends, self.before
        position = before[0]
        if intervals and len(starts) > 1 and intervals[-1][1] == starts[1]:
            start, end = intervals.pop()
            starts[1] = start
            before[1] = position = position - (end - start)
        self.low = year_start(first - 1)
        position -= sum([end - start for start, end in intervals])
        before[:1] = [position, *_accumulated(position, intervals)]
        starts[:1] = [self.low, *[start for start, _ in intervals]]
        ends[:1] = [self.low, *[end for _, end in intervals]]


def _accumulated(position: int, intervals: list[Interval]) -> list[int]:
    """The position before each of some intervals that follow a position."""
    return list(accumulate([end - start for start, end in intervals], initial=position))[:-1]
