"""A small language for what tickets write: just enough of a ticket to be recognised in Redis."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import orjson

from models import scope
from models.egress import BreachWrite, Member, Place, TicketWrite, Transition
from models.instant import format_ms

NOON = 1_704_715_200_000  # 2024-01-08T12:00:00Z
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def told(ident: str, name: str, at: int, *, revision: int = 1, level: str | None = None, **more: Any) -> Transition:
    """One change of a breach: `warned|75%|1`, `breached`, `paused|5`; its change and level are read from its name."""
    change, _, rest = name.partition("|")
    reached = level or (rest.partition("|")[0] if change == "warned" else "breached")
    ticket_id, metric, cycle = ident.split("/")
    entry = {
        "id": ident,
        "revision": revision,
        "change": change,
        "level": reached,
        "ticket": scope.decode(ticket_id),
        "metric": metric,
        "cycle": int(cycle),
        "priority": "P1",
        "team": None,
        "flags": [],
        "at": format_ms(at),
        "counted_s": 1.5,
        **more,
    }
    return Transition(name, entry)


def breach(ident: str, status: str, *transitions: Transition, ended_at: int | None = None) -> BreachWrite:
    """A breach as it stands after its transitions."""
    fields: dict[str, Any] = {"status": status}
    if transitions:
        fields |= transitions[-1].entry
    return BreachWrite(ident, status, fields, list(transitions), ended_at)


def ticket(
    ticket_id: str, *members: Member, breaches: list[BreachWrite] | None = None, revision: int = 1, **fields: Any
) -> TicketWrite:
    """A ticket with its memberships and breaches."""
    document = {"ticket_id": ticket_id, "revision": revision, "priority": "P1", "team": None, "flags": [], **fields}
    return TicketWrite(ticket_id, orjson.dumps(document), places(members), breaches or [])


def places(members: Iterable[Member]) -> list[Place]:
    """Memberships as a ticket's write holds them: neighbours that differ in their scope alone together."""
    return [
        Place(family, tuple(one.scope for one in some), member, score)
        for (family, member, score), some in groupby(members, lambda one: (one.family, one.member, one.score))
    ]


def gone(ticket_id: str) -> TicketWrite:
    """A ticket that was settled."""
    return TicketWrite(ticket_id, None)


def is_open(ticket_id: str, *scopes: str, since: int = NOON) -> list[Member]:
    """Its places among open tickets."""
    return [Member("open", name, ticket_id, since) for name in scopes]


def is_due(ident: str, at: int, *scopes: str) -> list[Member]:
    """Its places among deadlines: the one of all, and those of scopes."""
    return [Member("due", name, ident, at) for name in ("", *scopes)]
