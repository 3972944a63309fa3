"""What a partition holds of one ticket: the bytes of its events, the record folded from them, and what was booked."""

from __future__ import annotations

from models.event import Event, parse
from models.fact import Fact, Gauge
from sla.policy import PolicyBook
from sla.ticket.settled import settled_at, unsettle
from sla.ticket.tally import standing
from sla.ticket.ticket import Ticket, fold, order_of


class Held:
    """A ticket of a partition.

    `rows` are its events' bytes by event id, as they came, each held once; `pending` those events that are not in the
    record yet, `ahead` the ids of those of them whose time has not come. `booked` are the facts that the figures have;
    None stands for those of the settled row, which need not be kept twice. `recurred` is the fact that follows from
    other tickets; the settled row has it too.
    """

    __slots__ = (
        "ahead", "arrived", "booked", "gauge", "horizon", "next_at", "pending", "recurred", "rows", "settled",
        "settled_at", "ticket",
    )  # fmt: skip

    def __init__(self) -> None:
        """A ticket of which nothing is known yet."""
        self.rows: dict[str, bytes] = {}
        self.pending: list[Event] = []
        self.ahead: frozenset[str] = frozenset()
        self.ticket: Ticket | None = None
        self.booked: list[Fact] | None = []
        self.gauge: Gauge | None = None
        self.next_at: int | None = None
        self.recurred: Fact | None = None
        self.horizon: int | None = None
        self.arrived = 0
        self.settled: bytes | None = None
        self.settled_at = 0

    def __lt__(self, other: Held) -> bool:
        """Stand anywhere among those of the same instant and ticket: heaps ask, and it means nothing."""
        return False

    def settle(self, row: bytes) -> None:
        """Stand on a settled row: what it says holds, whatever rows there are from before it."""
        self.settled, self.settled_at = row, settled_at(row)

    def restart(self) -> None:
        """Forget the record, and let every event that no settled row stands for be taken anew."""
        self.ticket = None
        self.pending = list(map(parse, self.rows.values()))
        if self.settled is not None:
            # The settled row stands for every event before its instant; these may not have been removed yet.
            since = self.settled_at * 1000
            self.pending = [event for event in self.pending if event.occurred_at >= since]
            self.rows = {event.event_id: self.rows[event.event_id] for event in self.pending}

    def bring_up(self, book: PolicyBook, now: int) -> None:
        """Take what is pending and has occurred by `now` (ms) into the record."""
        end = (now + 1) * 1000
        due = [event for event in self.pending if event.occurred_at < end]
        if not due:
            return
        self.pending = (
            [event for event in self.pending if event.occurred_at >= end] if len(due) < len(self.pending) else []
        )
        due.sort(key=order_of)
        ticket = self.ticket
        if ticket is None and self.settled is not None:
            ticket = self.ticket = unsettle(self.settled, book)
        if ticket is None or not ticket.extends(due[0]):
            self._refold(book, now, due)
        else:
            for event in due:
                ticket.extend(event)

    def _refold(self, book: PolicyBook, now: int, due: list[Event]) -> None:
        """Fold the record anew, as of `now`: from the events that are at hand, and from the rows of the others."""
        at_hand = {event.event_id for event in (*due, *self.pending)}
        events = [*due, *(parse(raw) for event_id, raw in self.rows.items() if event_id not in at_hand)]
        if self.settled is None:
            self.ticket = fold(events, book, now)
            return
        ticket = unsettle(self.settled, book)
        for event in sorted(events, key=order_of):
            ticket.extend(event)
        self.ticket = ticket

    def facts(self, book: PolicyBook) -> list[Fact]:
        """What counts of the ticket."""
        if self.ticket is None:
            return self.settled_facts(book)
        facts = standing(self.ticket)
        if self.recurred is not None:
            facts.append(self.recurred)
        return facts

    def facts_without(self, event_id: str, book: PolicyBook, now: int) -> list[Fact]:
        """What would count of a ticket that is not settled without one of its events."""
        without = fold((parse(raw) for known, raw in self.rows.items() if known != event_id), book, now)
        facts = standing(without) if without is not None else []
        return [*facts, self.recurred] if self.recurred is not None else facts

    def settled_facts(self, book: PolicyBook) -> list[Fact]:
        """What counts of the ticket by its settled row; nothing where there is none."""
        return standing(unsettle(self.settled, book)) if self.settled is not None else []
