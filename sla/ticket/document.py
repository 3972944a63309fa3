"""A ticket in words that a machine reads: the document that `replay` writes and Redis holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.instant import format_ms, seconds
from sla.ticket.clock import Clock
from sla.ticket.moments import PAUSED, SOLVED, WARNED

if TYPE_CHECKING:
    from sla.ticket.ticket import Ticket


def document(ticket: Ticket, now: int) -> dict[str, Any]:
    """The ticket, its clocks and its counts as of `now` (ms): times in UTC, durations in seconds."""
    return {
        "ticket_id": ticket.ticket_id,
        **ticket.fields,
        "created_at": format_ms(ticket.created_at),
        "edition": ticket.edition.name,
        "flags": sorted(ticket.flags),
        "revision": ticket.events,
        "handovers": [
            {
                "at": format_ms(one.at),
                "event": one.event_id,
                "from": one.from_person,
                "to": one.to_person,
                "metric": one.metric,
                "cycle": one.cycle,
                "used_pct": one.used,
            }
            for one in ticket.handovers
        ],
        "clocks": [clock_document(clock, ticket.edition.name, now) for clock in ticket.clocks],
        "counts": ticket.counts,
    }


def clock_document(clock: Clock, edition: str | None, now: int) -> dict[str, Any]:
    """One clock as of `now`, as contract 2 lists its fields. A stopped clock's is kept: time no longer moves it."""
    if clock.written is not None:
        return clock.written
    target, due, breached, remaining = clock.target, clock.due_at, clock.breached_at, clock.remaining(now)
    written = {
        "metric": clock.metric,
        "cycle": clock.cycle,
        "policy": clock.policy,
        "edition": edition,
        "status": status_of(clock),
        "target_s": None if target.within_ms is None else seconds(target.within_ms),
        "started_at": format_ms(clock.started_at),
        "due_at": None if due is None else format_ms(due),
        "stopped_at": None if clock.stopped_at is None else format_ms(clock.stopped_at),
        "breached_at": None if breached is None or clock.cancelled else format_ms(breached),
        "counted_s": seconds(clock.counted(now)),
        "paused_s": seconds(clock.paused(now)),
        "remaining_s": None if remaining is None else seconds(remaining),
        "warned": [
            {"at": format_ms(moment.at), "level": moment.level} for moment in clock.story if moment.change is WARNED
        ],
        "ledger": ledger(clock, now),
    }
    if clock.stopped_at is not None:
        clock.written = written
    return written


def status_of(clock: Clock) -> str:
    """`running`, `paused`, `stopped`, `met`, `breached` or `cancelled`."""
    if clock.cancelled:
        return "cancelled"
    if clock.breached_at is not None:
        return "breached"
    if clock.stopped_at is not None:
        return "stopped" if clock.target.within_ms is None and clock.target.business_days is None else "met"
    return "paused" if clock.mode is PAUSED else "running"


def ledger(clock: Clock, now: int) -> list[dict[str, str]]:
    """The slices from start to stop, or to `now`: each with from, to, kind and the event that opened it."""
    end = now if clock.stopped_at is None else clock.stopped_at
    slices: list[dict[str, str]] = []
    segments = clock.segments
    # Slices follow each other without a gap, so that the end of one is the beginning of the next.
    at, said = clock.started_at, format_ms(clock.started_at)
    for index, (start, mode, calendar, event_id) in enumerate(segments):
        until = segments[index + 1].start if index + 1 < len(segments) else end
        if until <= start:
            continue
        spans = [(start, until)] if mode is SOLVED else calendar.spans(start, until)
        for opened, shut in spans:
            if opened > at:
                to = format_ms(opened)
                slices.append({"from": said, "to": to, "kind": "closed", "event": event_id})
                said = to
            to = format_ms(shut)
            slices.append({"from": said, "to": to, "kind": mode, "event": event_id})
            at, said = shut, to
        if at < until:
            to = format_ms(until)
            slices.append({"from": said, "to": to, "kind": "closed", "event": event_id})
            at, said = until, to
    return slices
