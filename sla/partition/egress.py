"""What a ticket's record means in Redis: its document, its places in shared lists, its breaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from models import scope
from models.egress import Member, TicketWrite
from models.fact import CLOCK_KINDS, COUNT_KINDS, Fact
from models.instant import format_ms
from sla.ticket.breaches import breaches
from sla.ticket.document import document
from sla.ticket.moments import COUNTED
from sla.ticket.phase import OPEN
from sla.ticket.ticket import Ticket

_new: Any = tuple.__new__  # a named tuple's own constructor costs three times as much
DECIDING = frozenset((*COUNT_KINDS, *CLOCK_KINDS, "rated"))


def ticket_write(ticket: Ticket, now: int, decided_from: int) -> TicketWrite:
    """All that Redis holds about a ticket as of `now`; what it decided is listed from `decided_from` on (both ms)."""
    doc = document(ticket, now)
    doc["as_of"] = format_ms(now)
    written = breaches(ticket)
    members = _of_board(ticket)
    if written:
        due = {
            scope.breach_id(ticket.ticket_id, clock.metric, clock.cycle): clock.due_at or clock.last_due
            for clock in ticket.clocks
            if clock.story
        }
        members += [
            Member("active", "", breach.id, due[breach.id] or 0)
            for breach in written
            if breach.status in {"warned", "breached"}
        ]
    members += decided(ticket.ticket_id, ticket.facts, decided_from)
    return TicketWrite(ticket.ticket_id, orjson.dumps(doc), members, written)


def _of_board(ticket: Ticket) -> list[Member]:
    dims, ticket_id = ticket.dims, ticket.ticket_id
    scopes = scope.of_board(dims.team, dims.priority, ticket.assignee)
    members: list[Member] = []
    if ticket.phase == OPEN:
        created_at = ticket.created_at
        members += [_new(Member, ("open", name, ticket_id, created_at)) for name in scopes]
        if "major_incident" in ticket.flags:
            members.append(Member("incidents", "", ticket_id, 0))
    for clock in ticket.running:
        if clock.mode is COUNTED and (due_at := clock.due_at) is not None:
            ident = scope.breach_id(ticket_id, clock.metric, clock.cycle)
            members.append(_new(Member, ("due", "", ident, due_at)))
            members += [_new(Member, ("due", name, ident, due_at)) for name in scopes]
    return members


def decided(ticket_id: str, facts: Sequence[Fact], since: int) -> list[Member]:
    """The places of a ticket's facts among the tickets behind each figure."""
    members: list[Member] = []
    for fact in facts:
        kind, at, dims, person, metric, cycle, event_id, _, _ = fact
        if at >= since and kind in DECIDING:
            member = scope.decided_member(kind, ticket_id, metric, cycle, event_id)
            scopes = scope.of_figures(dims.team, dims.priority, dims.channel, dims.tier, person)
            members += [_new(Member, ("decided", name, member, at)) for name in scopes]
    return members
