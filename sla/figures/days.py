"""Where days and months of a zone begin, and which one an instant belongs to.

Days are whole numbers as they are written (20261121), months too (202611): a day's month is `day // 100`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SLOT_MS = 300_000
_MONTHS_OF = {"Q": 3, "H": 6}


class Days:
    """The calendar days of one zone; instants in ms since 1970 UTC."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._by_slot: dict[int, int] = {}
        self._starts: dict[int, int] = {}
        self._by_name: dict[str, tuple[int, int]] = {}
        self._alone: dict[int, tuple[int]] = {}

    def day_of(self, at: int) -> int:
        """The day that an instant belongs to; since 1980 every zone begins its days on a multiple of five minutes."""
        slot = at // SLOT_MS
        day = self._by_slot.get(slot)
        if day is None:
            if len(self._by_slot) > 500_000:
                self._by_slot.clear()
            then = datetime.fromtimestamp(slot * 300, self._zone)
            day = self._by_slot[slot] = then.year * 10_000 + then.month * 100 + then.day
        return day

    def month_alone(self, at: int) -> tuple[int, ...]:
        """The month that an instant belongs to, as the only period that is asked for."""
        month = self._by_slot.get(at // SLOT_MS, 0) // 100 or self.day_of(at) // 100
        known = self._alone.get(month)
        if known is None:
            known = self._alone[month] = (month,)
        return known

    def month_end(self, month: int) -> int:
        """The first instant after a month."""
        return self.bounds_of(period_id(month))[1]

    def start_of(self, day: int) -> int:
        """The instant at which a day begins; where a clock change swallows midnight, the instant of the change."""
        start = self._starts.get(day)
        if start is None:
            year, month, number = day // 10_000, day // 100 % 100, day % 100
            start = self._starts[day] = int(datetime(year, month, number, tzinfo=self._zone).timestamp()) * 1000
        return start

    def bounds(self, period: int) -> tuple[int, int]:
        """From (included) and to (not included) of a day or a month."""
        if period > 1_000_000:
            following = date(period // 10_000, period // 100 % 100, period % 100) + timedelta(days=1)
            return self.start_of(period), self.start_of(int(following.strftime("%Y%m%d")))
        year, month = divmod(period, 100)
        after = (year + 1) * 100 + 1 if month == 12 else period + 1
        return self.start_of(period * 100 + 1), self.start_of(after * 100 + 1)


    def bounds_of(self, name: str) -> tuple[int, int]:
        """From (included) and to (not included) of a day, month, quarter, half or year by its id.

        Raises:
            ValueError: `name` is no period.
        """
        known = self._by_name.get(name)
        if known is None:
            if len(name) == 10:
                known = self.bounds(int(name.replace("-", "")))
            else:
                months = months_of(name)
                known = self.bounds(months[0])[0], self.bounds(months[-1])[1]
            self._by_name[name] = known
        return known


def period_id(period: int) -> str:
    """`2026-11-21` of 20261121, `2026-11` of 202611."""
    if period > 1_000_000:
        return f"{period // 10_000:04d}-{period // 100 % 100:02d}-{period % 100:02d}"
    return f"{period // 100:04d}-{period % 100:02d}"


@lru_cache(maxsize=1024)
def longer_names(month: int) -> tuple[str, str, str]:
    """The quarter, half and year of a month: 202611 → `2026-Q4`, `2026-H2`, `2026`."""
    year, number = divmod(month, 100)
    return f"{year:04d}-Q{(number + 2) // 3}", f"{year:04d}-H{(number + 5) // 6}", f"{year:04d}"


def months_of(name: str) -> list[int]:
    """The months that a month, quarter, half or year is made of: `2026-Q4` → [202610, 202611, 202612].

    Raises:
        ValueError: `name` is no such period.
    """
    year, _, part = name.partition("-")
    if year.isdigit() and len(year) == 4:
        first = int(year) * 100
        if not part:
            return [first + month for month in range(1, 13)]
        length = _MONTHS_OF.get(part[0])
        if length and part[1:].isdigit() and 1 <= int(part[1:]) <= 12 // length:
            start = (int(part[1:]) - 1) * length
            return [first + start + month for month in range(1, length + 1)]
        if part.isdigit() and len(part) == 2 and 1 <= int(part) <= 12:
            return [first + int(part)]
    msg = f"{name!r} is no period: write 2026-11, 2026-Q4, 2026-H2 or 2026"
    raise ValueError(msg)
