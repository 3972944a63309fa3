"""What follows from the tickets of a partition taken together: figures, the board, deadlines, horizons, what to write.

All of it is kept up to date by differences: a ticket that has changed is booked, and what it had been is taken out.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from models.event import Event
from models.fact import Gauge
from sla.figures.partition import PartitionFigures
from sla.partition.held import Held
from sla.partition.settling import horizon_of
from sla.periods.closing import DEFAULT_GRACE_MS
from sla.periods.giving import Came, Giving
from sla.policy import PolicyBook
from sla.policy.aims import aims_of
from sla.ticket.phase import OPEN


class Views:
    """The views over a partition's tickets. Entries of the heaps that a ticket has left behind are passed over."""

    def __init__(self, book: PolicyBook, number: int, horizon_ms: int, grace_ms: int = DEFAULT_GRACE_MS) -> None:
        self.figures = PartitionFigures(number, book.zone, aims_of(book))
        self.giving = Giving(book.zone, grace_ms)
        self.touched: dict[str, None] = {}
        self.open: dict[str, int] = {}
        self._book = book
        self._horizon_ms = horizon_ms
        self._deadlines: list[tuple[int, str, Held]] = []
        self._horizons: list[tuple[int, str, Held]] = []

    def book(self, ticket_id: str, held: Held, came: Sequence[Event | Came] | None = ()) -> None:
        """Carry a change of a ticket into every view.

        `came` are the events that brought it: none where time did, None where it only came out of the changelog.
        """
        ticket = held.ticket
        if ticket is not None or held.booked is not None:
            self._count(ticket_id, held, came)
        gauge = ticket.gauge() if ticket is not None else None
        if gauge != held.gauge:
            self._stand(ticket_id, held, gauge)
        if ticket is not None and ticket.phase != OPEN:
            horizon = horizon_of(ticket, held.arrived, self._horizon_ms, self._book.zone)
            if horizon != held.horizon:
                held.horizon = horizon
                heappush(self._horizons, (horizon, ticket_id, held))
        else:
            held.horizon = None
        at = ticket.next_instant if ticket is not None else None
        if at != held.next_at:
            held.next_at = at
            if at is not None:
                heappush(self._deadlines, (at, ticket_id, held))
        self.touched[ticket_id] = None

    def forget(self, ticket_id: str, held: Held) -> None:
        """Take a ticket out of every view, without a word: nothing of it is left."""
        self.book(ticket_id, held)
        del self.touched[ticket_id]

    def _count(self, ticket_id: str, held: Held, came: Sequence[Event | Came] | None) -> None:
        booked = held.booked if held.booked is not None else held.settled_facts(self._book)
        facts = held.facts(self._book)
        if facts != booked:
            self.figures.replace(ticket_id, booked, facts)
            if came is not None:
                self.giving.booked(ticket_id, booked, facts, came)
        held.booked = facts if held.ticket is not None or held.settled is None else None

    def _stand(self, ticket_id: str, held: Held, gauge: Gauge | None) -> None:
        self.figures.gauge(ticket_id, held.gauge, gauge)
        for stand, count in ((held.gauge, -1), (gauge, 1)):
            if stand is not None:
                self.open[stand.dims.priority] = self.open.get(stand.dims.priority, 0) + count
        held.gauge = gauge

    def deadline(self) -> tuple[int, str] | None:
        """The earliest instant (ms) at which a ticket's clocks reach something, and the ticket."""
        deadlines = self._deadlines
        while deadlines:
            at, ticket_id, held = deadlines[0]
            if held.next_at == at:
                return at, ticket_id
            heappop(deadlines)
        return None

    def past_horizon(self, now: int) -> tuple[int, str, Held] | None:
        """A ticket that has passed its horizon by `now`, and when; each is named once."""
        horizons = self._horizons
        while horizons and horizons[0][0] <= now:
            at, ticket_id, held = heappop(horizons)
            if held.horizon == at:
                held.horizon = None
                return at, ticket_id, held
        return None
