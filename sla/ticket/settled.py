"""A settled ticket: all that is kept once its events are let go; what it contributed, and where a later event goes on.

The row stands for every event before its instant. Its facts are the ticket's contributions to each period; its
clocks are over, and a reopening begins a new cycle.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from models.fact import Dims, Fact
from sla.policy import PolicyBook
from sla.ticket.clock import NEVER
from sla.ticket.handover import Handover
from sla.ticket.tally import TAKEN_BACK
from sla.ticket.ticket import Ticket

FORMAT = 1
_PLAIN = (
    "ticket_id", "created_at", "fields", "phase", "events", "last", "cycles", "counts", "solver",
    "contacts", "escalated", "reopened", "responded_at", "unanswered", "update_from", "timeline",
)  # fmt: skip


class NewerFormatError(Exception):
    """A row was written by a later version than this one.

    Operator action: start the version of slawatch that wrote the changelog, or a later one.
    """


def settle(ticket: Ticket, at: int, also: Iterable[Fact] = ()) -> bytes:
    """The row that stands for a ticket from the instant `at` (ms) on; `also` counts of it what others decided."""
    facts: list[Fact] = []
    places: dict[int, int] = {}
    for index, fact in enumerate(ticket.facts):
        if fact is not TAKEN_BACK:
            places[index] = len(facts)
            facts.append(fact)
    facts += also
    row = {name: getattr(ticket, name) for name in _PLAIN}
    row |= {
        "format": FORMAT,
        "at": at,
        "facts": [(*fact[:2], tuple(fact.dims), *fact[3:]) for fact in facts],
        "moments": [(since, tuple(dims), assignee) for since, dims, assignee in ticket.moments],
        "handovers": [tuple(one) for one in ticket.handovers],
        "solutions": [places[index] for index in ticket.solutions],
        "issues": ticket.issues,
        "flags": {flag: facts.index(fact) for flag, fact in ticket.flags.items()},
        "ratings": [[*key, facts.index(fact)] for key, fact in ticket.ratings.items()],
    }
    return orjson.dumps(row)


def settled_at(row: bytes) -> int:
    """The instant (ms) from which a settled row stands for its ticket.

    Raises:
        NewerFormatError: a later version wrote it.
    """
    return int(_read(row)["at"])


def unsettle(row: bytes, book: PolicyBook) -> Ticket:
    """The ticket as it was settled: no clock runs, a later event goes on from here."""
    said = _read(row)
    ticket: Ticket = Ticket.__new__(Ticket)
    for name in _PLAIN:
        setattr(ticket, name, said[name])
    ticket.edition = book.edition_at(ticket.created_at)
    ticket.last = (ticket.last[0], ticket.last[1])
    ticket.reopened = (ticket.reopened[0], ticket.reopened[1]) if ticket.reopened else None
    ticket.unanswered = (ticket.unanswered[0], ticket.unanswered[1]) if ticket.unanswered else None
    ticket.update_from = (ticket.update_from[0], ticket.update_from[1]) if ticket.update_from else None
    ticket.moments = [(since, Dims(*dims), assignee) for since, dims, assignee in said["moments"]]
    ticket.timeline = [(since, status, event) for since, status, event in said["timeline"]]
    ticket.facts = [Fact(kind, at, Dims(*dims), *rest) for kind, at, dims, *rest in said["facts"]]
    ticket.handovers = [Handover(*one) for one in said["handovers"]]
    ticket.solutions = said["solutions"]
    ticket.issues = [(requester, issue) for requester, issue in said["issues"]]
    ticket.flags = {flag: ticket.facts[index] for flag, index in said["flags"].items()}
    ticket.ratings = {(a, b, c): ticket.facts[index] for a, b, c, index in said["ratings"]}
    ticket.dims, ticket.assignee = ticket.moments[-1][1], ticket.moments[-1][2]
    ticket.policy = ticket.edition.select(ticket.fields)
    ticket.clocks, ticket.running = [], []
    ticket.soonest, ticket.has_gaps = NEVER, False
    ticket.passed_to = ticket.settled_at = said["at"]
    return ticket


def _read(row: bytes) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(row)
    if said["format"] > FORMAT:
        msg = f"a settled ticket has format {said['format']}, this version knows up to {FORMAT}"
        raise NewerFormatError(msg)
    return said
