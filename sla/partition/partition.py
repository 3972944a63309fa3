"""All tickets of one Kafka partition, as views over event rows: records, deadlines, figures, writes.

Nothing here waits, writes or asks what time it is. What is known is a function of the rows and of the watermark; it is
kept up to date by differences, and the same from whatever order the rows came in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from models.egress import TicketWrite
from models.fact import Fact
from models.partial import PartialRow
from sla.figures.days import Days
from sla.partition.egress import ticket_write
from sla.partition.folding import Counters, Folding
from sla.partition.held import Held
from sla.partition.intake import Admission, Incoming, row_key, sort_out
from sla.partition.settling import Settlement
from sla.partition.views import Views
from sla.periods.closing import DEFAULT_GRACE_MS
from sla.periods.giving import Row as GiftRow
from sla.periods.recurrence import Comebacks, Solutions
from sla.policy import PolicyBook
from sla.ticket.phase import OPEN
from sla.ticket.settled import settle

DAY_MS = 86_400_000
#: A row of the changelog: key, value (None: removed), and, where known, the time of its arrival in ms.
Row = tuple[bytes, bytes | None] | tuple[bytes, bytes | None, int]


def _anywhere(key: bytes) -> bool:
    return bool(key)


class Partition:
    """The views over one partition's tickets.

    Args:
        book: by which tickets are judged.
        number: of the partition.
        horizon_ms: how long a ticket that is done stays open to corrections.
        at_home: whether a key belongs into this partition.
        grace_ms: how long after its end a period stays open.
        solutions: what was solved of late, also in other partitions.
    """

    def __init__(
        self,
        book: PolicyBook,
        number: int = 0,
        horizon_ms: int = 35 * DAY_MS,
        at_home: Callable[[bytes], bool] = _anywhere,
        *,
        grace_ms: int = DEFAULT_GRACE_MS,
        solutions: Solutions | None = None,
    ) -> None:
        self.book = book
        self.number = number
        self.horizon_ms = horizon_ms
        self.at_home = at_home
        self.now = 0
        self.held: dict[str, Held] = {}
        self._views = Views(book, number, horizon_ms, grace_ms)
        self.figures = self._views.figures
        self.giving = self._views.giving
        self.comebacks = Comebacks(solutions or Solutions())
        self.counters = Counters()
        self._folding = Folding(book, self.held, self._views, self.comebacks, self.counters)
        self._days = Days(book.zone)
        self._restored: dict[str, int] = {}  # ticket id → where the last of its rows stands at most
        self._changed: dict[str, None] = {}
        self._touched = self._views.touched

    # -- rows in -----------------------------------------------------------------------------------------------

    def restore(self, rows: Iterable[Row], offset: int = 0) -> None:
        """Take rows as they stand in the changelog, up to an `offset`; they are folded by the next `advance`.

        Raises:
            NewerFormatError: a later version settled one of the tickets.
        """
        restored = self._restored
        for row in rows:
            key, value = row[0], row[1]
            ticket_id, _, event_id = key.decode().partition("\0")
            held = self._of(ticket_id)
            if len(row) > 2 and row[2] > held.arrived:
                held.arrived = row[2]
            if not event_id:
                if value is not None:
                    held.settle(value)
            elif value is None:
                held.rows.pop(event_id, None)
            else:
                held.rows[event_id] = value
            restored[ticket_id] = offset

    def admit(self, records: Sequence[Incoming]) -> Admission:
        """Sort records into rows to be written, dead letters and such; nothing takes effect before `commit`."""
        return sort_out(records, self._known, self._too_late, self._at_home)

    def commit(self, admission: Admission) -> None:
        """Let the rows of an admission take effect, now that the changelog has them; `advance` folds them."""
        for event, raw, arrived in admission.admitted:
            held = self._of(event.ticket_id)
            held.rows[event.event_id] = raw
            held.pending.append(event)
            held.arrived = max(held.arrived, arrived)
            self._changed[event.ticket_id] = None
        for ticket_id in admission.repeated:
            self._touched[ticket_id] = None
        for event, arrived in admission.again:
            self._folding.say_again(event, arrived, self.now)

    # -- time --------------------------------------------------------------------------------------------------

    def advance(self, now: int, limit: int | None = None) -> bool:
        """Bring every view up to the watermark `now` (ms), which never goes back.

        With a `limit`, about so many tickets and events are worked through; True says that there are more, and that
        the views are only right once it has been called again until False.
        """
        self.now = now = max(now, self.now)
        left = limit if limit is not None else 1 << 62
        folding = self._folding
        while left > 0 and self._restored:
            ticket_id, offset = self._restored.popitem()
            left -= 1 + len(self.held[ticket_id].rows)
            folding.rebuild(ticket_id, now)
            self.giving.restored(ticket_id, offset)
        while left > 0 and self._changed:
            ticket_id = self._changed.popitem()[0]
            left -= 1 + len(self.held[ticket_id].pending)
            folding.bring_up(ticket_id, self.held[ticket_id], now)
        while left > 0 and self.comebacks.asked:
            ticket_id, cause = self.comebacks.asked.popitem()
            folding.look_again(ticket_id, cause)
            left -= 1
        while left > 0 and (came := folding.ahead.pop(now)) is not None:
            if came in self.held:
                folding.bring_up(came, self.held[came], now)
                left -= 1
        while left > 0 and (next_one := self._views.deadline()) is not None and next_one[0] <= now:
            folding.bring_up(next_one[1], self.held[next_one[1]], now)
            left -= 1
        self.figures.advance(now)
        return left <= 0

    @property
    def next_instant(self) -> int | None:
        """When something happens by time alone, in ms: a step of a clock, or an event that was ahead."""
        deadline, ahead = self._views.deadline(), self._folding.ahead.next_at
        return ahead if deadline is None else deadline[0] if ahead is None else min(deadline[0], ahead)

    # -- what is told ------------------------------------------------------------------------------------------

    def take_writes(self, limit: int) -> list[TicketWrite]:
        """Up to `limit` tickets that changed, or were repeated, since they were last taken; each once."""
        touched = self._touched
        if len(touched) <= limit:
            some = list(touched)
            touched.clear()
        else:
            # From the end: taken from the front, those taken before would be passed over again each time.
            some = [touched.popitem()[0] for _ in range(limit)]
        return [write for ticket_id in some if (write := self._write(ticket_id)) is not None]

    def all_writes(self) -> Iterator[TicketWrite]:
        """Every ticket, as it stands when its turn comes."""
        for ticket_id in list(self.held):
            write = self._write(ticket_id)
            if write is not None:
                yield write

    def take_partials(self) -> list[PartialRow]:
        """The partial figures that changed since they were last taken."""
        return self.figures.changed()

    def all_partials(self) -> Iterator[PartialRow]:
        """Every partial figure."""
        return self.figures.dump()

    def health(self) -> dict[str, int | dict[str, int]]:
        """What the partition counts about itself."""
        return {
            "orphans": len(self._folding.orphans),
            "ahead": dict(self._folding.ahead.counted),
            "set_aside": len(self.counters.set_aside),
        }

    def open_by_priority(self) -> dict[str, int]:
        """Open tickets by priority."""
        return dict(self._views.open)

    def take_gifts(self, limit: int) -> list[GiftRow]:
        """What up to `limit` tickets gave to months, of those that have changed since they were last taken."""
        return self.giving.take(limit, self._facts_of, self.now)

    # -- settling ----------------------------------------------------------------------------------------------

    def settlements(self, limit: int) -> list[Settlement]:
        """Up to `limit` tickets that are past their horizon: the row to write first, the rows to remove then."""
        found: list[Settlement] = []
        while len(found) < limit and (one := self._views.past_horizon(self.now)) is not None:
            at, ticket_id, held = one
            ticket = held.ticket
            if ticket is not None and not held.pending and ticket.phase != OPEN:
                keys = [row_key(ticket_id, event_id) for event_id in held.rows]
                also = () if held.recurred is None else (held.recurred,)
                found.append(Settlement(ticket_id, row_key(ticket_id, ""), settle(ticket, at, also), keys))
        return found

    def settled(self, settlement: Settlement) -> None:
        """Let a ticket stand on its settled row, now that the changelog has it."""
        ticket_id = settlement.ticket_id
        held = self.held[ticket_id]
        held.settle(settlement.value)
        for key in settlement.tombstones:
            held.rows.pop(key.decode().partition("\0")[2], None)
        if held.rows:  # something came in between
            held.restart()
            self._changed[ticket_id] = None
        held.ticket = held.next_at = held.booked = held.recurred = None
        self.comebacks.forget(ticket_id)
        self._touched[ticket_id] = None

    # -- inside ------------------------------------------------------------------------------------------------

    def _of(self, ticket_id: str) -> Held:
        held = self.held.get(ticket_id)
        if held is None:
            held = self.held[ticket_id] = Held()
        return held

    def _facts_of(self, ticket_id: str) -> Sequence[Fact]:
        held = self.held.get(ticket_id)
        return held.facts(self.book) if held is not None else ()

    def _at_home(self, key: bytes, ticket_id: str) -> bool:
        return ticket_id in self.held or self.at_home(key)  # the hash is dear, and a ticket has many events

    def _known(self, ticket_id: str, event_id: str) -> bytes | None:
        held = self.held.get(ticket_id)
        return held.rows.get(event_id) if held is not None else None

    def _too_late(self, ticket_id: str, at: int) -> bool:
        held = self.held.get(ticket_id)
        return held is not None and at < held.settled_at

    def _write(self, ticket_id: str) -> TicketWrite | None:
        held = self.held.get(ticket_id)
        if held is None:
            return None
        if held.ticket is not None:
            since = min(self.now - DAY_MS, self._days.start_of(self._days.day_of(self.now)))
            try:
                return ticket_write(held.ticket, self.now, since)
            except Exception as error:  # noqa: BLE001 -- as for the fold
                self._folding.set_aside(ticket_id, held, error)
                del self._touched[ticket_id]
        if held.settled is not None or ticket_id in self.counters.set_aside:
            return TicketWrite(ticket_id, None)
        return None
