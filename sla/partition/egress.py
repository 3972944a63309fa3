"""What a ticket's record means in Redis: its document, its places in shared lists, its breaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson

from models import scope
from models.egress import Member, TicketWrite
from models.fact import CLOCK_KINDS, COUNT_KINDS, Fact
from models.instant import format_ms
from sla.ticket.breaches import breaches
from sla.ticket.clock import COUNTED
from sla.ticket.document import document
from sla.ticket.phase import OPEN
from sla.ticket.ticket import Ticket

DECIDING = frozenset((*COUNT_KINDS, *CLOCK_KINDS, "rated"))


def ticket_write(ticket: Ticket, now: int, decided_from: int) -> TicketWrite:
    """All that Redis holds about a ticket as of `now`; what it decided is listed from `decided_from` on (both ms)."""
    doc = document(ticket, now)
    doc["as_of"] = format_ms(now)
    written = breaches(ticket)
    members = list(_of_board(ticket))
    if written:
        due = {
            scope.breach_id(ticket.ticket_id, clock.metric, clock.cycle): clock.due_at or clock.last_due
            for clock in ticket.clocks
        }
        members += [
            Member("active", "", breach.id, due[breach.id] or 0)
            for breach in written
            if breach.status in {"warned", "breached"}
        ]
    members += decided(ticket.ticket_id, ticket.facts, decided_from)
    return TicketWrite(ticket.ticket_id, orjson.dumps(doc), members, written)


def _of_board(ticket: Ticket) -> Iterable[Member]:
    dims = ticket.dims
    scopes = scope.of_board(dims.team, dims.priority, ticket.assignee)
    if ticket.phase == OPEN:
        for name in scopes:
            yield Member("open", name, ticket.ticket_id, ticket.created_at)
        if "major_incident" in ticket.flags:
            yield Member("incidents", "", ticket.ticket_id, 0)
    for clock in ticket.running:
        if clock.mode is COUNTED and clock.due_at is not None:
            ident = scope.breach_id(ticket.ticket_id, clock.metric, clock.cycle)
            for name in ("", *scopes):
                yield Member("due", name, ident, clock.due_at)


def decided(ticket_id: str, facts: Sequence[Fact], since: int) -> list[Member]:
    """The places of a ticket's facts among the tickets behind each figure."""
    members = []
    for fact in facts:
        if fact.at >= since and fact.kind in DECIDING:
            dims = fact.dims
            member = scope.decided_member(fact.kind, ticket_id, fact.metric, fact.cycle, fact.event_id)
            for name in scope.of_figures(dims.team, dims.priority, dims.channel, dims.tier, fact.person):
                members.append(Member("decided", name, member, fact.at))
    return members
