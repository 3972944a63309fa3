"""Handing a ticket over when most of a target is used: a mark at both names, which moves no figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sla.ticket.ticket import Ticket

#: How much of a target must be used, in parts of a hundred, before a handing over is marked.
_USED = 80


class Handover(NamedTuple):
    """A late handing over, of one clock: `used` is in parts of a hundred of its target, cut."""

    at: int
    event_id: str
    from_person: str
    to_person: str | None
    metric: str
    cycle: int
    used: int


def note_handover(ticket: Ticket, from_person: str, to_person: str | None, at: int, event_id: str) -> None:
    """Mark a change of the assignee at each open clock that has more than 80 % of its target used."""
    for clock in ticket.running:
        within = clock.target.within_ms
        # No more can be counted than has passed: most clocks need not ask their calendar.
        if within is None or (at - clock.started_at) * 100 <= within * _USED:
            continue
        counted = clock.counted(at)
        if counted * 100 > within * _USED:
            used = counted * 100 // within if within else 100
            ticket.handovers.append(Handover(at, event_id, from_person, to_person, clock.metric, clock.cycle, used))
