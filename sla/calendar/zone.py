"""Between instants and the clock on the wall of one time zone.

A clock change makes a wall time happen never or twice. As in RFC 5545 and `java.time`, a time that never happens is
read with the offset that held before the gap (02:30 on a spring night is the instant the clock shows 03:30), and of a
time that happens twice the first is meant.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from sla.calendar.errors import UnknownZone

DAY_MS = 86_400_000
MINUTE_MS = 60_000
EPOCH_ORDINAL = datetime(1970, 1, 1, tzinfo=UTC).toordinal()
_MS = timedelta(milliseconds=1)


@cache
def _names() -> frozenset[str]:
    """Every zone of the database; files of the machine such as `localtime` are not among them."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


_STEP = 5


class Zone:
    """One time zone."""

    __slots__ = ("_tz", "name")

    def __init__(self, name: str) -> None:
        """`name` as in the IANA database; raises `UnknownZone`."""
        if name not in _names():
            msg = f"there is no time zone {name!r}"
            raise UnknownZone(msg)
        self.name = name
        self._tz = ZoneInfo(name)

    def offset(self, ordinal: int) -> int:
        """Ms by which the wall is ahead of UTC at midnight on a date."""
        delta = datetime.fromordinal(ordinal).replace(tzinfo=self._tz).utcoffset()
        return 0 if delta is None else delta // _MS

    def offsets(self, first: int, last: int) -> list[int]:
        """`offset` of each date from `first` to `last`, which is included.

        Five days that begin and end with one offset are taken to hold it throughout: the fastest that any zone changed
        its clock and changed it back since 1940 is seven days (northern Brazil in October 2000).
        """
        result: list[int] = []
        day, here = first, self.offset(first)
        while day <= last:
            step = min(_STEP, last + 1 - day)
            there = self.offset(day + step)
            result += [here] * step if here == there else [self.offset(each) for each in range(day, day + step)]
            day, here = day + step, there
        return result

    def instant(self, ordinal: int, of_day_ms: int) -> int:
        """The instant at which the wall shows a date (ordinal) and a time of the day in ms, which may exceed a day."""
        days, rest = divmod(of_day_ms, DAY_MS)
        ordinal += days
        wall = datetime.fromordinal(ordinal) + timedelta(milliseconds=rest)
        delta = wall.replace(tzinfo=self._tz).utcoffset()
        return (ordinal - EPOCH_ORDINAL) * DAY_MS + rest - (0 if delta is None else delta // _MS)

    def wall(self, at: int) -> tuple[int, int]:
        """What the wall shows at an instant: the date's ordinal, and ms of the day."""
        second, ms = divmod(at, 1000)
        wall = datetime.fromtimestamp(second, self._tz)
        return wall.toordinal(), ((wall.hour * 60 + wall.minute) * 60 + wall.second) * 1000 + ms
