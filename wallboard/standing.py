"""How an open ticket stands, by its document: the questions of the live figures, asked of one ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from models.instant import parse_ms
from models.policy import Target
from sla.ticket.phase import WAITING
from sla.ticket.steps import plan

#: Answers the target that a clock runs under, by edition, policy and metric; None where it is not known.
TargetOf = Callable[[str | None, str, str], Target | None]
Document = Mapping[str, Any]
#: Beyond every deadline.
NEVER: Final = 1 << 62


def is_unassigned(ticket: Document) -> bool:
    """Whether nobody has it."""
    return ticket["assignee"] is None


def is_waiting(ticket: Document) -> bool:
    """Whether it waits for somebody else."""
    return ticket["status"] in WAITING


def is_breached(ticket: Document) -> bool:
    """Whether a clock of it is over its due time and not stopped."""
    return any(clock["status"] == "breached" and not clock["stopped_at"] for clock in ticket["clocks"])


def is_at_risk(ticket: Document, target_of: TargetOf) -> bool:
    """Whether a clock of it runs, past its first warning level (without one: three quarters used) and not yet due."""
    return any(clock["status"] == "running" and _risky(clock, target_of) for clock in ticket["clocks"])


def _risky(clock: Document, target_of: TargetOf) -> bool:
    target = target_of(clock["edition"], clock["policy"], clock["metric"])
    if target is None:
        return bool(clock["warned"])
    if clock["remaining_s"] is None:
        return False
    counted: int = round(clock["counted_s"] * 1000)
    course = target.within_ms if target.within_ms is not None else counted + round(clock["remaining_s"] * 1000)
    return counted >= plan(target, course)[0].course


def next_deadline(ticket: Document, what: str, target_of: TargetOf) -> tuple[int, Document | None]:
    """The clock that falls due first, or did, and its due time in ms; `NEVER` and None where none is due.

    Of a ticket listed as `breached` or `at_risk` it is a clock that makes it so.
    """

    def counts(clock: Document) -> bool:
        if what == "breached":
            return bool(clock["status"] == "breached")
        if what == "at_risk":
            return clock["status"] == "running" and _risky(clock, target_of)
        return clock["status"] in {"running", "breached", "paused"}

    open_ = [
        (parse_ms(clock["due_at"]), clock)
        for clock in ticket["clocks"]
        if clock["due_at"] and not clock["stopped_at"] and counts(clock)
    ]
    return min(open_, key=lambda found: found[0], default=(NEVER, None))
