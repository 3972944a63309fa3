"""What a ticket has to say to the outside, as one write: replaced as a whole, fenced by epoch and sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Member(NamedTuple):
    """One membership of a ticket in a shared key.

    `family` is `open`, `due`, `decided`, `active` or `incidents`; `scope` is a scope as `models.scope` writes it, or ""
    for a key without one (`sla:due`, `sla:active`, `sla:incidents`). `score` is ms since 1970; 0 for plain sets.
    """

    family: str
    scope: str
    member: str
    score: int


class Place(NamedTuple):
    """Memberships that differ in their scope alone: one member, with one score, in several keys of a family."""

    family: str
    scopes: tuple[str, ...]
    member: str
    score: int


class Transition(NamedTuple):
    """One change of a breach, to be announced once.

    `name` is stable under retries and refolds (`breached|1704700800000`, `warned|75%|1`, `paused|1704700800000`): what
    Redis already has under it is not announced again; what Redis has and is no longer among the ticket's transitions
    was taken back by the facts. `entry` holds all fields of an entry of `sla:breaches` except `backlog`.
    """

    name: str
    entry: dict[str, Any]


@dataclass(slots=True)
class BreachWrite:
    """A clock that was warned or breached: its hash as it should stand, and its changes in order."""

    id: str  # <ticket>/<metric>/<cycle>, names percent-encoded
    status: str  # warned | breached | withdrawn | ended
    fields: dict[str, Any]  # the hash sla:breach:<id>
    transitions: list[Transition]
    ended_at: int | None = None  # ms; when set, the hash expires 7 days after its end was written


@dataclass(slots=True)
class TicketWrite:
    """All that Redis holds about one ticket. `doc` None removes the ticket's document (settled, or expired)."""

    ticket_id: str
    doc: bytes | None
    places: list[Place] = field(default_factory=list)
    breaches: list[BreachWrite] = field(default_factory=list)

    @property
    def members(self) -> Iterator[Member]:
        """Its memberships one by one."""
        for family, scopes, member, score in self.places:
            for scope in scopes:
                yield Member(family, scope, member, score)
