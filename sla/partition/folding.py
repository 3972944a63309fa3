"""Folding the tickets of a partition: one at a time, and a ticket that cannot be folded stops no other."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.event import Event
from sla.partition.ahead import Ahead
from sla.partition.held import Held
from sla.partition.views import Views
from sla.periods.giving import Came
from sla.periods.recurrence import Comebacks, Solution
from sla.policy import PolicyBook


@dataclass(slots=True)
class Counters:
    """What a partition counts about itself."""

    set_aside: dict[str, str] = field(default_factory=dict)  # ticket id → why it cannot be folded


class Folding:
    """Brings what is held of a ticket up to date, and books what that changes; instants in ms."""

    def __init__(
        self, book: PolicyBook, held: dict[str, Held], views: Views, comebacks: Comebacks, counters: Counters
    ) -> None:
        self.orphans: set[str] = set()
        self.ahead = Ahead()
        self._book = book
        self._held = held
        self._views = views
        self._comebacks = comebacks
        self._counters = counters

    def say_again(self, event: Event, arrived: int, now: int) -> None:
        """An event was read once more: what it led to may not have been told.

        One that was sent once more has come later than the first time, and led to nothing.
        """
        held = self._held.get(event.ticket_id)
        if held is None or held.ticket is None or held.settled is not None or arrived > held.arrived:
            return
        if held.ticket.solutions:
            self._comebacks.told[event.ticket_id] = None
        if self._views.giving.is_late(held.ticket.created_at):
            without = held.facts_without(event.event_id, self._book, now)
            self._views.giving.blame(without, held.facts(self._book), (event,))

    def rebuild(self, ticket_id: str, now: int) -> None:
        """Fold a ticket anew from rows that came out of the changelog."""
        held = self._held[ticket_id]
        try:
            held.restart()
        except Exception as error:  # noqa: BLE001 -- as below
            self.set_aside(ticket_id, held, error)
            return
        self.bring_up(ticket_id, held, now, restored=True)
        if not held.rows and held.settled is None:
            self._views.forget(ticket_id, held)
            del self._held[ticket_id]  # all that there was of it has been removed

    def bring_up(self, ticket_id: str, held: Held, now: int, *, restored: bool = False) -> None:
        """Take what is pending and has come into a ticket's record, let time pass, and book what that changes."""
        came = None if restored else held.pending
        try:
            held.bring_up(self._book, now)
            if held.ticket is not None:
                held.ticket.advance(now)
        except Exception as error:  # noqa: BLE001 -- one ticket that cannot be folded must not stop the others
            self.set_aside(ticket_id, held, error)
            return
        self._counters.set_aside.pop(ticket_id, None)
        if held.pending or held.ahead:
            self.ahead.wait_for(ticket_id, held)
        if held.ticket is None and held.settled is None and len(held.rows) > len(held.pending):
            self.orphans.add(ticket_id)
        else:
            self.orphans.discard(ticket_id)
        if held.ticket is not None:
            self._comebacks.tell(held.ticket, restored=restored)
            if held.settled is None:
                held.recurred = self._comebacks.look(held.ticket)
        if came and held.pending:
            came = [event for event in came if event.occurred_at // 1000 <= now]
        self._views.book(ticket_id, held, came)

    def look_again(self, ticket_id: str, cause: Solution) -> None:
        """See whether a ticket came back, now that another one's solution is known, or is none any more."""
        held = self._held.get(ticket_id)
        if held is not None and held.ticket is not None and held.settled is None:
            held.recurred = self._comebacks.look(held.ticket)
            self._views.book(ticket_id, held, (Came(cause.ticket, cause.event, cause.at * 1000),))

    def set_aside(self, ticket_id: str, held: Held, error: Exception) -> None:
        """Leave a ticket out of every figure; its rows stay, and its next event tries again from them."""
        self._counters.set_aside[ticket_id] = f"{type(error).__name__}: {error}"
        self.orphans.discard(ticket_id)
        held.ticket = None
        self._views.book(ticket_id, held)
