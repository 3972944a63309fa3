"""What a ticket's record means in Redis: its document, its places in shared lists, its breaches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson

from models import scope
from models.egress import Place, TicketWrite
from models.fact import CLOCK_KINDS, COUNT_KINDS, Fact
from models.instant import format_ms
from sla.ticket.breaches import breaches
from sla.ticket.document import document
from sla.ticket.moments import COUNTED
from sla.ticket.phase import OPEN
from sla.ticket.ticket import Ticket

_new: Any = tuple.__new__  # a named tuple's own constructor costs three times as much
NO_SCOPE = ("",)
DECIDING = frozenset((*COUNT_KINDS, *CLOCK_KINDS, "rated"))


def ticket_write(ticket: Ticket, now: int, decided_from: int) -> TicketWrite:
    """All that Redis holds about a ticket as of `now`; what it decided is listed from `decided_from` on (both ms)."""
    doc = document(ticket, now)
    doc["as_of"] = format_ms(now)
    written = breaches(ticket)
    places = _of_board(ticket)
    if written:
        due = {
            scope.breach_id(ticket.ticket_id, clock.metric, clock.cycle): clock.due_at or clock.last_due
            for clock in ticket.clocks
            if clock.story
        }
        places += [
            Place("active", NO_SCOPE, breach.id, due[breach.id] or 0)
            for breach in written
            if breach.status in {"warned", "breached"}
        ]
    places += decided(ticket.ticket_id, ticket.facts, decided_from)
    return TicketWrite(ticket.ticket_id, orjson.dumps(doc), places, written)


def _of_board(ticket: Ticket) -> list[Place]:
    dims, ticket_id = ticket.dims, ticket.ticket_id
    places: list[Place] = []
    scopes = scope.of_board(dims.team, dims.priority, ticket.assignee)
    if ticket.phase == OPEN:
        places.append(_new(Place, ("open", scopes, ticket_id, ticket.created_at)))
        if "major_incident" in ticket.flags:
            places.append(Place("incidents", NO_SCOPE, ticket_id, 0))
    for clock in ticket.running:
        if clock.mode is COUNTED and (due_at := clock.due_at) is not None:
            ident = scope.breach_id(ticket_id, clock.metric, clock.cycle)
            places.append(_new(Place, ("due", _with_all(scopes), ident, due_at)))
    return places


@lru_cache(maxsize=65536)
def _with_all(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes, and the key of all deadlines."""
    return (*NO_SCOPE, *scopes)


def decided(ticket_id: str, facts: Sequence[Fact], since: int) -> list[Place]:
    """The places of a ticket's facts among the tickets behind each figure."""
    places: list[Place] = []
    ident = scope.encode(ticket_id)
    for fact in facts:
        kind, at, dims, person, metric, cycle, event_id, _, _ = fact
        if at >= since and kind in DECIDING:
            scopes = scope.of_figures(dims[0], dims[1], dims[3], dims[2], person)
            member = scope.decided_of(kind, ident, metric, cycle, event_id)
            places.append(_new(Place, ("decided", scopes, member, at)))
    return places
