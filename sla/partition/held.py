"""What a partition holds of one ticket: the bytes of its events, the record folded from them, and what was booked."""

from __future__ import annotations

from collections.abc import Iterator

from models.event import Event, parse
from models.fact import Fact, Gauge
from sla.policy import PolicyBook
from sla.ticket.settled import settled_at, unsettle
from sla.ticket.tally import standing
from sla.ticket.ticket import Ticket, fold, order_of


class Held:
    """A ticket of a partition. `rows` are its events' bytes by event id, as they came, each held once."""

    __slots__ = ("arrived", "booked", "gauge", "next_at", "pending", "rows", "settled", "settled_at", "ticket")

    def __init__(self) -> None:
        """A ticket of which nothing is known yet."""
        self.rows: dict[str, bytes] = {}
        self.pending: list[Event] = []
        self.ticket: Ticket | None = None
        self.booked: list[Fact] = []
        self.gauge: Gauge | None = None
        self.next_at: int | None = None
        self.arrived = 0
        self.settled: bytes | None = None
        self.settled_at = 0

    def settle(self, row: bytes) -> None:
        """Stand on a settled row: what it says holds, whatever rows there are from before it."""
        self.settled, self.settled_at = row, settled_at(row)

    def bring_up(self, book: PolicyBook, now: int) -> bool:
        """Take what is pending and has occurred by `now` (ms) into the record; True when something did."""
        due = [event for event in self.pending if event.occurred_at // 1000 <= now]
        if not due:
            return False
        self.pending = [event for event in self.pending if event.occurred_at // 1000 > now] if len(due) < len(
            self.pending
        ) else []
        due.sort(key=order_of)
        ticket = self.ticket
        if ticket is None and self.settled is not None:
            ticket = self.ticket = unsettle(self.settled, book)
        if ticket is None or due[0].type == "ticket.created" or not ticket.extends(due[0]):
            self.refold(book, now)
        else:
            for event in due:
                ticket.extend(event)
        return True

    def refold(self, book: PolicyBook, now: int) -> None:
        """Fold the record anew from its rows, as of `now`."""
        if self.settled is None:
            self.ticket = fold(self.events(), book, now)
            return
        self.ticket = unsettle(self.settled, book)
        later = (event for event in self.events() if self.settled_at <= event.occurred_at // 1000 <= now)
        for event in sorted(later, key=order_of):
            self.ticket.extend(event)

    def events(self) -> Iterator[Event]:
        """The events, read from their bytes."""
        return map(parse, self.rows.values())

    def facts(self) -> list[Fact]:
        """What counts of the ticket."""
        return standing(self.ticket) if self.ticket is not None else []
