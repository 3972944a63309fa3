"""What a clock that was warned or breached has to announce: its breach as it stands, and every change on the way.

The changes of a clock are a function of its ticket's events alone, so announcing them twice can be told from announcing
something new: each has a name that no retry and no refold changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from models.egress import BreachWrite, Transition
from models.instant import format_ms, seconds
from models.scope import breach_id
from sla.ticket.clock import DUE, RISK, Clock

if TYPE_CHECKING:
    from sla.ticket.ticket import Ticket

BREACHED = "breached"


class _Told(NamedTuple):
    at: int
    rank: int
    name: str
    change: str
    level: str
    counted: int
    due_at: int | None


def breaches(ticket: Ticket) -> list[BreachWrite]:
    """The breaches of a ticket's clocks, ever warned or breached, in the order of its clocks."""
    return [_written(ticket, clock, told) for clock in ticket.clocks if clock.passed and (told := _told(clock))]


def _told(clock: Clock) -> list[_Told]:
    """The changes of a clock from its first warning or breach on, in the order of their instants."""
    told = []
    for passed in clock.passed:
        step = passed.step
        if step.kind == DUE:
            told.append(_Told(passed.at, 0, BREACHED, BREACHED, BREACHED, passed.counted, passed.at))
        elif step.kind != RISK:
            name = f"warned|{step.text}|{passed.arm}"
            told.append(_Told(passed.at, 0, name, "warned", step.text, passed.counted, clock.due_at))
    if not told:
        return []
    first = told[0].at
    for change in clock.changes:
        # What came to the clock at the instant of a warning came after it: steps are passed before events count.
        if change.at >= first:
            name = f"{change.change}|{change.at}"
            told.append(_Told(change.at, 1, name, change.change, "", change.counted, change.due_at))
    told.sort(key=_by_instant)
    return told


def _by_instant(told: _Told) -> tuple[int, int]:
    return told.at, told.rank


def _written(ticket: Ticket, clock: Clock, told: list[_Told]) -> BreachWrite:
    ident = breach_id(ticket.ticket_id, clock.metric, clock.cycle)
    fields = ticket.fields
    common: dict[str, Any] = {
        "id": ident,
        "revision": ticket.events,
        "ticket": ticket.ticket_id,
        "metric": clock.metric,
        "cycle": clock.cycle,
        "policy": clock.policy,
        "edition": clock.edition,
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
            "change": one.change,
            "level": level,
            "due_at": None if one.due_at is None else format_ms(one.due_at),
            "at": format_ms(one.at),
            "counted_s": seconds(one.counted),
        }
        transitions.append(Transition(one.name, entry))
    status = _status(clock)
    latest = {**transitions[-1].entry, "due_at": None if clock.due_at is None else format_ms(clock.due_at)}
    return BreachWrite(ident, status, {"status": status, **latest}, transitions, clock.stopped_at)


def _status(clock: Clock) -> str:
    if clock.cancelled:
        return "withdrawn"
    if clock.stopped_at is not None:
        return "ended"
    return BREACHED if clock.breached_at is not None else "warned"
