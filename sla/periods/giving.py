"""What the tickets of a partition give to months, on its way out; and which closed totals late events have moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from models.event import Event
from models.fact import Fact
from models.instant import format_ms
from sla.figures.days import Days, period_id
from sla.periods.closing import DEFAULT_GRACE_MS
from sla.periods.gifts import Gift, gifts_of, gifts_to_months, moved, row_key, row_value

#: Days are kept so long; see `sla.figures.partition.PERIOD_DAYS`.
DAYS_MS = 40 * 86_400_000


class Row(NamedTuple):
    """A row of `sla-period-facts`; None: the ticket gives nothing (any more)."""

    key: bytes
    value: bytes | None


class Came(NamedTuple):
    """An event that brought a change: all that is asked of one here; `occurred_at` in µs."""

    ticket_id: str
    event_id: str
    occurred_at: int


class Moved(NamedTuple):
    """An event has moved the total of a subject in a day or month that may be closed."""

    subject: str
    period: str
    ticket: str
    event: str
    occurred_at: str


class Giving:
    """What has changed since it was last taken. Instants in ms since 1970 UTC."""

    def __init__(self, zone: str, grace_ms: int = DEFAULT_GRACE_MS) -> None:
        self.read = -1
        """Up to when the partition has said that it was read to its end: what has closed by then may be published."""
        self.given_to = -1
        """The last row of the changelog whose gifts are known to be written."""
        self.other_book = False
        """Whether those were written by another policy book than the one that tickets are folded by now."""
        self._days = Days(zone)
        self._grace_ms = grace_ms
        self._before: dict[str, Sequence[Fact] | None] = {}  # None: not known
        self._anew: set[str] = set()  # of these, those that were written by another book, and by it rightly
        self._moved: dict[Moved, None] = {}
        self._boundary: tuple[int, int] = (-1, 0)

    def __len__(self) -> int:
        """How many tickets are to be written."""
        return len(self._before)

    def restored(self, ticket_id: str, offset: int) -> None:
        """A ticket came out of the changelog; the last of its rows lay not behind `offset`."""
        if offset > self.given_to or self.other_book:
            self._before[ticket_id] = None
            if offset <= self.given_to:
                self._anew.add(ticket_id)

    def booked(self, ticket_id: str, old: Sequence[Fact], new: Sequence[Fact], came: Sequence[Event | Came]) -> None:
        """A ticket's facts have changed, by the events that `came`; none: out of the changelog, or by time alone."""
        if self._before.setdefault(ticket_id, old) is None and ticket_id in self._anew:
            self._before[ticket_id] = old
        if came and self.is_late(min(fact.at for fact in (*old[:1], *new[:1]))):
            self.blame(old, new, came)

    def is_late(self, at: int) -> bool:
        """Whether what happened at an instant may lie in a day or month that is closed."""
        if self.read < 0:
            return False
        if self._boundary[0] != self.read:
            edge = self._days.start_of(self._days.day_of(max(0, self.read - self._grace_ms)))
            self._boundary = self.read, edge
        return at < self._boundary[1]

    def closes_between(self, before: int, after: int) -> bool:
        """Whether a day closes between two instants."""
        days, grace = self._days, self._grace_ms
        return days.day_of(max(0, before - grace)) != days.day_of(max(0, after - grace))

    def blame(self, old: Sequence[Fact], new: Sequence[Fact], came: Sequence[Event | Came]) -> None:
        """Notes which closed totals differ by two states of a ticket's facts."""
        days = self._days
        floor = days.day_of(max(0, self.read - DAYS_MS))

        def periods_of(at: int) -> tuple[int, ...]:
            day = days.day_of(at)
            return (day // 100, day) if day >= floor else (day // 100,)

        def month_end(period: int) -> int:
            return days.bounds(period // 100 if period > 1_000_000 else period)[1]

        before, after = (gifts_of(facts, periods_of, month_end) for facts in (old, new))
        for period in before.keys() | after.keys():
            if days.bounds(period)[1] + self._grace_ms <= self.read:
                for subject in moved(before, after, period):
                    for event in came:
                        at = format_ms(event.occurred_at // 1000)
                        self._moved[Moved(subject, period_id(period), event.ticket_id, event.event_id, at)] = None

    def take_moved(self) -> list[Moved]:
        """The closed totals that events have moved since this was last asked."""
        found = list(self._moved)
        self._moved.clear()
        return found

    def take(self, limit: int, facts_of: Callable[[str], Sequence[Fact]], now: int) -> list[Row]:
        """The rows of up to `limit` tickets that changed by `now`; `facts_of` answers those of a ticket."""
        rows: list[Row] = []
        while self._before and limit > 0:
            ticket_id, old = self._before.popitem()
            anew = ticket_id in self._anew
            self._anew.discard(ticket_id)
            rows += self._rows(ticket_id, old, facts_of(ticket_id), self._days.day_of(now) // 100, anew=anew)
            limit -= 1
        return rows

    def _rows(
        self, ticket_id: str, old: Sequence[Fact] | None, facts: Sequence[Fact], latest: int, *, anew: bool
    ) -> list[Row]:
        gifts = gifts_to_months(facts, self._days)
        if old is None or anew:  # what it gave when it was last written is not known: any month since its creation
            months = set(_months(min(gifts, default=latest), latest))
        else:
            months = {self._days.day_of(fact.at) // 100 for fact in old}
        stands = self._standing(old, gifts, months | gifts.keys(), anew=anew)
        gone = sorted(months - gifts.keys() - stands)
        rows = [(month, row_value(month, ticket_id, gift)) for month, gift in gifts.items() if month not in stands]
        return [Row(row_key(month, ticket_id), value) for month, value in [*rows, *((month, None) for month in gone)]]

    def _standing(
        self, old: Sequence[Fact] | None, gifts: Mapping[int, Gift], months: Iterable[int], *, anew: bool
    ) -> set[int]:
        """Closed months whose rows stand as they are, as the totals do that they add up to, whatever a book says now.

        Only an event moves what is closed, and it moves only what differs with it and without it.
        """
        closed = {month for month in months if self._days.month_end(month) + self._grace_ms <= self.read}
        if not closed or old is None:
            return closed if anew else set()
        before = gifts_to_months(old, self._days)
        return {month for month in closed if before.get(month) == gifts.get(month)}


def _months(first: int, last: int) -> Iterator[int]:
    """From one month to another, both included."""
    while first <= last:
        yield first
        first += 89 if first % 100 == 12 else 1
