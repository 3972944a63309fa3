"""What a clock that was warned or breached has to announce: its breach as it stands, and every change on the way.

The changes of a clock are a function of its ticket's events alone, so announcing them twice can be told from announcing
something new: each has a name that no retry and no refold changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.egress import BreachWrite, Transition
from models.instant import format_ms, seconds
from models.scope import breach_id
from sla.ticket.clock import Clock
from sla.ticket.moments import AT_RISK, BREACHED, WARNED, Moment

if TYPE_CHECKING:
    from sla.ticket.ticket import Ticket

_FIRST = frozenset({WARNED, BREACHED})


def breaches(ticket: Ticket) -> list[BreachWrite]:
    """The breaches of a ticket's clocks, ever warned or breached, in the order of its clocks."""
    return [_written(ticket, clock, told) for clock in ticket.clocks if clock.story and (told := _told(clock))]


def _told(clock: Clock) -> list[Moment]:
    """The moments of a clock from its first warning or breach on."""
    for index, moment in enumerate(clock.story):
        if moment.change in _FIRST:
            return [moment for moment in clock.story[index:] if moment.change is not AT_RISK]
    return []


def _name(moment: Moment) -> str:
    """What tells a moment from every other of its clock."""
    if moment.change is BREACHED:
        # A late fact that moves the due instant takes the breach back that was announced, and another one stands.
        return f"{BREACHED}|{moment.at}"
    if moment.change is WARNED:
        return f"warned|{moment.level}|{moment.cause}"
    return f"{moment.change}|{moment.at}|{moment.cause}"


def _written(ticket: Ticket, clock: Clock, told: list[Moment]) -> BreachWrite:
    ident = breach_id(ticket.ticket_id, clock.metric, clock.cycle)
    fields = ticket.fields
    common: dict[str, Any] = {
        "id": ident,
        "ticket": ticket.ticket_id,
        "metric": clock.metric,
        "cycle": clock.cycle,
        "policy": clock.policy,
        "edition": ticket.edition.name,
        "priority": fields["priority"],
        "team": fields["team"],
        "assignee": fields["assignee"],
        "tier": fields["customer_tier"],
        "channel": fields["channel"],
        "category": fields["category"],
        "issue_key": fields["issue_key"],
        "incident": fields["incident"],
        "flags": sorted(ticket.flags),
        "started_at": format_ms(clock.started_at),
        "target_s": None if clock.target.within_ms is None else seconds(clock.target.within_ms),
    }
    transitions = []
    level = ""
    for one in told:
        level = one.level or level
        entry = {
            **common,
            "revision": one.revision,
            "change": one.change,
            "level": level,
            "due_at": None if one.due_at is None else format_ms(one.due_at),
            "at": format_ms(one.at),
            "counted_s": seconds(one.counted),
        }
        transitions.append(Transition(_name(one), entry))
    status = _status(clock)
    latest = {
        **transitions[-1].entry,
        "revision": ticket.events,
        "due_at": None if clock.due_at is None else format_ms(clock.due_at),
    }
    return BreachWrite(ident, status, {"status": status, **latest}, transitions, clock.stopped_at)


def _status(clock: Clock) -> str:
    if clock.cancelled:
        return "withdrawn"
    if clock.stopped_at is not None:
        return "ended"
    return BREACHED if clock.breached_at is not None else "warned"
