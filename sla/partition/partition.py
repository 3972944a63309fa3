"""All tickets of one Kafka partition, as views over event rows: records, deadlines, figures, writes.

Nothing here waits, writes or asks what time it is. What is known is a function of the rows and of the watermark; it is
kept up to date by differences, and the same from whatever order the rows came in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from models.egress import TicketWrite
from models.event import parse
from models.fact import Fact
from models.partial import PartialRow
from sla.figures.days import Days
from sla.figures.partition import PartitionFigures
from sla.partition.egress import ticket_write
from sla.partition.held import Held
from sla.partition.intake import Admission, Incoming, sort_out
from sla.partition.settling import Settlement, horizon_of
from sla.policy import PolicyBook
from sla.ticket.settled import settle, unsettle

DAY_MS = 86_400_000
_SETTLED = b"\0"


def _anywhere(key: bytes) -> bool:
    return bool(key)


@dataclass(slots=True)
class Counters:
    """What a partition counts about itself. `ahead` is by source."""

    ahead: dict[str, int] = field(default_factory=dict)
    set_aside: dict[str, str] = field(default_factory=dict)  # ticket id → why it cannot be folded


class Partition:
    """The views over one partition's tickets.

    Args:
        book: by which tickets are judged.
        number: of the partition.
        horizon_ms: how long a ticket that is done stays open to corrections.
        at_home: whether a key belongs into this partition.
    """

    def __init__(
        self,
        book: PolicyBook,
        number: int = 0,
        horizon_ms: int = 35 * DAY_MS,
        at_home: Callable[[bytes], bool] = _anywhere,
    ) -> None:
        self.book = book
        self.number = number
        self.horizon_ms = horizon_ms
        self.at_home = at_home
        self.now = 0
        self.held: dict[str, Held] = {}
        self.figures = PartitionFigures(number, book.zone)
        self.counters = Counters()
        self._days = Days(book.zone)
        self._changed: set[str] = set()
        self._touched: dict[str, None] = {}
        self._deadlines: list[tuple[int, str]] = []
        self._ahead: list[tuple[int, str]] = []

    # -- rows in -----------------------------------------------------------------------------------------------

    def restore(self, rows: Iterable[tuple[bytes, bytes | None, int]]) -> None:
        """Take rows as they stand in the changelog: key, value, time of arrival in ms. Nothing is folded yet."""
        for key, value, arrived in rows:
            ticket_id, _, event_id = key.decode().partition("\0")
            held = self._of(ticket_id)
            held.arrived = max(held.arrived, arrived)
            self._changed.add(ticket_id)
            if not event_id:
                if value is not None:
                    held.settle(value)
            elif value is None:
                held.rows.pop(event_id, None)
            else:
                held.rows[event_id] = value

    def build(self, limit: int) -> bool:
        """After `restore`: fold up to `limit` tickets; True when all are folded. Follow it with `advance`."""
        for _ in range(min(limit, len(self._changed))):
            ticket_id = self._changed.pop()
            held = self.held[ticket_id]
            if held.settled is not None:
                held.rows = {
                    name: raw
                    for name, raw in held.rows.items()
                    if parse(raw).occurred_at // 1000 >= held.settled_at
                }
            held.pending = list(held.events())
            if held.settled is not None and not held.pending:
                self._book_settled(held, ticket_id)
                continue
            self._ahead_of(held, ticket_id)
            self._bring_up(ticket_id, held)
        return not self._changed

    def admit(self, records: Sequence[Incoming]) -> Admission:
        """Sort records into rows to be written, dead letters and such; nothing takes effect before `commit`."""
        return sort_out(records, self._known, self._too_late, self.at_home)

    def commit(self, admission: Admission, present: int) -> None:
        """Let the rows of an admission take effect, now that the changelog has them.

        What occurs after `present` (ms) is ahead and waits; the rest is folded by the next `advance`.
        """
        for event, raw, arrived in admission.admitted:
            held = self._of(event.ticket_id)
            held.rows[event.event_id] = raw
            held.pending.append(event)
            if arrived > held.arrived:
                held.arrived = arrived
            self._changed.add(event.ticket_id)
            at = event.occurred_at // 1000
            if at > present:
                source = event.source or "-"
                self.counters.ahead[source] = self.counters.ahead.get(source, 0) + 1
        for ticket_id in admission.repeated:
            self._touched[ticket_id] = None

    # -- time --------------------------------------------------------------------------------------------------

    def advance(self, now: int) -> None:
        """Bring every view up to the watermark `now` (ms), which never goes back."""
        self.now = now = max(now, self.now)
        for ticket_id in self._changed:
            held = self.held[ticket_id]
            self._ahead_of(held, ticket_id)
            self._bring_up(ticket_id, held)
        self._changed.clear()
        while self._ahead and self._ahead[0][0] <= now:
            ticket_id = heappop(self._ahead)[1]
            self._bring_up(ticket_id, self.held[ticket_id])
        while self._deadlines and self._deadlines[0][0] <= now:
            at, ticket_id = heappop(self._deadlines)
            held = self.held[ticket_id]
            if held.next_at == at and held.ticket is not None:
                held.ticket.advance(now)
                self._book(ticket_id, held)
        self.figures.advance(now)

    @property
    def next_instant(self) -> int | None:
        """When something happens by time alone, in ms: a step of a clock, or an event that was ahead."""
        while self._deadlines and self.held[self._deadlines[0][1]].next_at != self._deadlines[0][0]:
            heappop(self._deadlines)
        heads = [heap[0][0] for heap in (self._deadlines, self._ahead) if heap]
        return min(heads, default=None)

    # -- what is told ------------------------------------------------------------------------------------------

    def take_writes(self, limit: int) -> list[TicketWrite]:
        """Up to `limit` tickets that changed, or were repeated, since they were last taken; each once."""
        some = list(self._touched)[:limit] if len(self._touched) > limit else list(self._touched)
        for ticket_id in some:
            del self._touched[ticket_id]
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

    def orphans(self) -> int:
        """Tickets of which events are known, but no creation."""
        return sum(1 for held in self.held.values() if held.ticket is None and held.settled is None and held.rows)

    def open_by_priority(self) -> dict[str, int]:
        """Open tickets by priority."""
        found: dict[str, int] = {}
        for held in self.held.values():
            if held.gauge is not None:
                found[held.gauge.dims.priority] = found.get(held.gauge.dims.priority, 0) + 1
        return found

    # -- settling ----------------------------------------------------------------------------------------------

    def settlements(self, limit: int) -> list[Settlement]:
        """Up to `limit` tickets that are past their horizon: the row to write first, the rows to remove then."""
        found: list[Settlement] = []
        for ticket_id, held in self.held.items():
            ticket = held.ticket
            if ticket is None or held.pending or ticket.phase == "open" or not held.rows:
                continue
            at = horizon_of(ticket, held.arrived, self.horizon_ms, self.book.zone)
            if at <= self.now:
                keys = [f"{ticket_id}\0{event_id}".encode() for event_id in held.rows]
                found.append(Settlement(ticket_id, ticket_id.encode() + _SETTLED, settle(ticket, at), keys))
                if len(found) >= limit:
                    break
        return found

    def settled(self, settlement: Settlement) -> None:
        """Let a ticket stand on its settled row, now that the changelog has it."""
        held = self.held[settlement.ticket_id]
        held.settle(settlement.value)
        held.rows = {}
        held.ticket, held.next_at = None, None
        held.booked = []
        self._touched[settlement.ticket_id] = None

    # -- inside ------------------------------------------------------------------------------------------------

    def _of(self, ticket_id: str) -> Held:
        held = self.held.get(ticket_id)
        if held is None:
            held = self.held[ticket_id] = Held()
        return held

    def _known(self, ticket_id: str, event_id: str) -> bytes | None:
        held = self.held.get(ticket_id)
        return held.rows.get(event_id) if held is not None else None

    def _too_late(self, ticket_id: str, at: int) -> bool:
        held = self.held.get(ticket_id)
        return held is not None and at < held.settled_at

    def _ahead_of(self, held: Held, ticket_id: str) -> None:
        for event in held.pending:
            at = event.occurred_at // 1000
            if at > self.now:
                heappush(self._ahead, (at, ticket_id))

    def _bring_up(self, ticket_id: str, held: Held) -> None:
        if held.settled is not None and held.ticket is None and held.pending:
            held.booked = _standing(unsettle(held.settled, self.book).facts)
        try:
            changed = held.bring_up(self.book, self.now)
            if held.ticket is not None:
                held.ticket.advance(self.now)
        except Exception as error:  # noqa: BLE001 -- one ticket that cannot be folded must not stop the others
            self._set_aside(ticket_id, held, error)
            return
        self.counters.set_aside.pop(ticket_id, None)
        if changed:
            self._book(ticket_id, held)

    def _set_aside(self, ticket_id: str, held: Held, error: Exception) -> None:
        """Leave a ticket out of every figure; its rows stay, and its next event tries again."""
        self.counters.set_aside[ticket_id] = f"{type(error).__name__}: {error}"
        held.ticket, held.next_at = None, None
        held.pending = list(held.events())
        self._book(ticket_id, held)

    def _book(self, ticket_id: str, held: Held) -> None:
        """Carry a change of a ticket into the figures, the deadlines and what is to be written."""
        ticket = held.ticket
        facts = held.facts()
        if facts != held.booked:
            self.figures.replace(ticket_id, held.booked, facts)
            held.booked = facts
        gauge = ticket.gauge() if ticket is not None else None
        if gauge != held.gauge:
            self.figures.gauge(ticket_id, held.gauge, gauge)
            held.gauge = gauge
        at = ticket.next_instant if ticket is not None else None
        if at != held.next_at:
            held.next_at = at
            if at is not None:
                heappush(self._deadlines, (at, ticket_id))
        self._touched[ticket_id] = None

    def _book_settled(self, held: Held, ticket_id: str) -> None:
        """Book what a settled ticket contributed, and let its record go again."""
        assert held.settled is not None  # noqa: S101 -- for the type checker: the caller looked
        self.figures.replace(ticket_id, [], _standing(unsettle(held.settled, self.book).facts))

    def _write(self, ticket_id: str) -> TicketWrite | None:
        held = self.held[ticket_id]
        if held.ticket is not None:
            since = min(self.now - DAY_MS, self._days.start_of(self._days.day_of(self.now)))
            return ticket_write(held.ticket, self.now, since)
        if held.settled is not None or ticket_id in self.counters.set_aside:
            return TicketWrite(ticket_id, None)
        return None


def _standing(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.kind]
