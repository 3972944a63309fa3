"""The open time of one year, as instants: hours of dates seen through a time zone, breaks cut out."""

from __future__ import annotations

from datetime import UTC, date, datetime

from models.calendar import CalendarSpec, DaySpans
from sla.calendar.hours import DayHours
from sla.calendar.intervals import Interval, clipped, merged, without
from sla.calendar.zone import DAY_MS, EPOCH_ORDINAL, MINUTE_MS, Zone

#: A date's hours may run to 48:00 and zones lie up to 14 hours beside UTC, so these dates may reach into a year.
_DATES_BEFORE, _DATES_AFTER = 3, 2
#: Hours are told in minutes of the day on which they start, at most up to the end of the next one.
LAST_MINUTE = 48 * 60


def year_start(year: int) -> int:
    """The first instant of a UTC year, in ms."""
    return (date(year, 1, 1).toordinal() - EPOCH_ORDINAL) * DAY_MS


def year_of(at: int) -> int:
    """The UTC year of an instant."""
    return datetime.fromtimestamp(at // 1000, UTC).year


class Timeline:
    """Open time by year: pure, remembers nothing."""

    def __init__(self, spec: CalendarSpec, zone: Zone, hours: DayHours) -> None:
        self._spec = spec
        self._zone = zone
        self._hours = hours

    def year(self, year: int) -> list[Interval]:
        """Merged open intervals of a UTC year, in ms, clipped at its ends."""
        first = date(year, 1, 1).toordinal() - _DATES_BEFORE
        last = date(year, 12, 31).toordinal() + _DATES_AFTER
        midnight = self._zone.offsets(first, last + 2)
        spans: list[Interval] = []
        for index, hours in enumerate(self._hours.between(first, last)):
            if not hours:
                continue
            offset = midnight[index]
            if offset == midnight[index + 1] == midnight[index + 2]:
                base = (first + index - EPOCH_ORDINAL) * DAY_MS - offset
                spans += [(base + start * MINUTE_MS, base + end * MINUTE_MS) for start, end in hours]
            else:
                spans += self._instants(first + index, hours)
        holes: list[Interval] = []
        for ordinal, breaks in self._spec.breaks.items():
            if first <= ordinal <= last:
                holes += self._instants(ordinal, breaks)
        return clipped(without(merged(spans), merged(holes)), year_start(year), year_start(year + 1))

    def day(self, ordinal: int) -> list[Interval]:
        """Merged open intervals of the hours that start on a date, breaks cut out."""
        holes: list[Interval] = []
        for near in range(ordinal - 1, ordinal + 2):
            if near in self._spec.breaks:
                holes += self._instants(near, self._spec.breaks[near])
        return without(merged(self._instants(ordinal, self._hours.of(ordinal))), merged(holes))

    def _instants(self, ordinal: int, hours: DaySpans) -> list[Interval]:
        """Hours of a date as instants, clock changes minded."""
        instant = self._zone.instant
        if instant(ordinal, 0) >= instant(ordinal + 1, 0):
            return []  # a date that its zone skipped, as Samoa did with 2011-12-30
        return [(instant(ordinal, start * MINUTE_MS), instant(ordinal, end * MINUTE_MS)) for start, end in hours]
