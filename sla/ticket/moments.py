"""What a clock remembers: its segments, of which its ledger is made, and the moments of which it has to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sla.ticket.steps import DUE, EARLY, OVER, RISK

if TYPE_CHECKING:
    from models.calendar import Calendar

#: What a clock does: it counts, it waits, or its ticket is solved, closed or cancelled.
COUNTED, PAUSED, SOLVED = "counted", "paused", "solved"
#: What a moment of a clock's story can be: three that time brings, the others are brought by events.
AT_RISK, WARNED, BREACHED = "at_risk", "warned", "breached"
BY_TIME = frozenset({AT_RISK, WARNED, BREACHED})
MOMENT_OF = {RISK: AT_RISK, EARLY: WARNED, DUE: BREACHED, OVER: WARNED}


class Segment(NamedTuple):
    """What the clock does from an instant on, and the event that made it so."""

    start: int
    mode: str
    calendar: Calendar
    event_id: str


class Moment(NamedTuple):
    """One thing to tell of a clock: a step reached, or a change after the first of them.

    `change` is `at_risk` (never told), `warned`, `breached`, `paused`, `resumed`, `moved`, `ended` or `withdrawn`;
    `cause` the event, or for a step how often the policy had been selected anew; `revision` the number of the
    ticket's events that were in effect then.
    """

    at: int
    change: str
    level: str
    cause: str
    counted: int
    due_at: int | None
    revision: int
