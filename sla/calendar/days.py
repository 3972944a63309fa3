"""Due dates counted in open days instead of open time."""

from __future__ import annotations

from sla.calendar.axis import LATEST
from sla.calendar.errors import NoOpenTime
from sla.calendar.timeline import Timeline
from sla.calendar.zone import DAY_MS, EPOCH_ORDINAL, MINUTE_MS, Zone

_LAST_ORDINAL = EPOCH_ORDINAL + LATEST // DAY_MS
_REMEMBERED = 8192  # days at most, some twenty years


class BusinessDays:
    """Open days of a calendar. A day is open when any of the hours that start on it are left after its breaks."""

    __slots__ = ("_last", "_openings", "_timeline", "_zone")

    def __init__(self, timeline: Timeline, zone: Zone, last: int | None = None) -> None:
        """`last` is the ordinal of the last date that has hours, None where the week has some."""
        self._last = _LAST_ORDINAL if last is None else last
        self._timeline = timeline
        self._zone = zone
        self._openings: dict[int, int | None] = {}

    def after(self, start: int, n: int, cutoff: int | None, opens: int | None) -> int:
        """`n` open days on; see `BusinessCalendar.business_days`."""
        if n < 0:
            msg = f"open days are counted forwards, not {n}"
            raise ValueError(msg)
        day, of_day = self._zone.wall(start)
        if n == 0 and self._opening(day) is not None and (cutoff is None or of_day < cutoff * MINUTE_MS):
            return start
        if self._opening(day) is None:
            day = self._next(day)
        if cutoff is not None and of_day >= cutoff * MINUTE_MS:
            day = self._next(day)
            of_day = opens * MINUTE_MS if opens is not None else self._opening(day) or 0
        for _ in range(n):
            day = self._next(day)
        return self._zone.instant(day, of_day)

    def _next(self, day: int) -> int:
        """The first open day after a date; raises `NoOpenTime`."""
        day += 1
        while self._opening(day) is None:
            if day >= self._last:
                msg = "this calendar has no more open days; give it weekly hours"
                raise NoOpenTime(msg)
            day += 1
        return day

    def _opening(self, day: int) -> int | None:
        """When a date first opens, in ms of the day on the wall; None on a closed day."""
        try:
            return self._openings[day]
        except KeyError:
            pass
        spans = self._timeline.day(day)
        opening = None
        if spans:
            ordinal, of_day = self._zone.wall(spans[0][0])
            opening = (ordinal - day) * DAY_MS + of_day
        if len(self._openings) >= _REMEMBERED:
            self._openings.clear()
        self._openings[day] = opening
        return opening
