"""A ticket's document brought up to the present: it was written at its last event, and its clocks have gone on since.

Only time has passed: whatever changes a ticket (an event, a warning, a due instant) has its document written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from models.instant import format_ms, parse_ms, seconds
from models.policy import Target
from sla.ticket.moments import COUNTED, PAUSED

#: Answers the target that a clock runs under, by edition, policy and metric; None where it is not known.
TargetOf = Callable[[str | None, str, str], Target | None]
Document = Mapping[str, Any]
CLOSED = "closed"


def at_present(document: Document, now: int, target_of: TargetOf) -> dict[str, Any]:
    """The document as of `now` (ms), if nothing has happened since its `as_of`.

    A clock whose target is not known, or that would have fallen due by then, is left as it was written.
    """
    as_of = parse_ms(document["as_of"])
    if now <= as_of:
        return dict(document)
    clocks = [_gone_on(clock, document["status"], as_of, now, target_of) for clock in document["clocks"]]
    return {**document, "clocks": clocks, "as_of": format_ms(now)}


def _gone_on(clock: Document, status: str, as_of: int, now: int, target_of: TargetOf) -> Document:
    if clock["stopped_at"] is not None or not clock["ledger"]:
        return clock
    target = target_of(clock["edition"], clock["policy"], clock["metric"])
    if target is None or (clock["status"] == "running" and clock["due_at"] and parse_ms(clock["due_at"]) <= now):
        return clock
    mode = PAUSED if status in target.pause_on else COUNTED
    last = clock["ledger"][-1]
    if last["kind"] not in {mode, CLOSED}:
        return clock
    gone = target.calendar.elapsed(as_of, now)
    told = dict(clock)
    if mode is PAUSED:
        told["paused_s"] = seconds(round(clock["paused_s"] * 1000) + gone)
    else:
        told["counted_s"] = seconds(round(clock["counted_s"] * 1000) + gone)
        if clock["remaining_s"] is not None:
            told["remaining_s"] = seconds(round(clock["remaining_s"] * 1000) - gone)
    told["ledger"] = _longer(clock["ledger"], mode, target, as_of, now)
    return told


def _longer(ledger: list[dict[str, str]], mode: str, target: Target, as_of: int, now: int) -> list[dict[str, str]]:
    longer = [dict(one) for one in ledger]
    event, at = ledger[-1]["event"], as_of
    for opened, shut in [*target.calendar.spans(as_of, now), (now, now)]:
        for kind, start, end in ((CLOSED, at, opened), (mode, opened, shut)):
            if start < end:
                if longer[-1]["kind"] == kind:
                    longer[-1]["to"] = format_ms(end)
                else:
                    longer.append({"from": format_ms(start), "to": format_ms(end), "kind": kind, "event": event})
        at = shut
    return longer
