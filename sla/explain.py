"""The story of a ticket's clocks, in sentences that a manager can follow; from the document that `replay` writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.instant import parse_ms

_NAMES = {
    "assignment": "Assignment to a person",
    "first_response": "First response",
    "next_response": "Next response",
    "update": "Update to the customer",
    "resolution": "Resolution",
}
_KINDS = {
    "counted": "counted",
    "paused": "paused: the clock waited",
    "closed": "not counted: outside the calendar",
    "solved": "not counted: the ticket was solved",
}


def explain(ticket: Mapping[str, Any], zone: str, as_of: int) -> Iterator[str]:
    """Lines of text about a ticket's document; times are shown in `zone`.

    Args:
        ticket: a document as `replay` writes it.
        zone: an IANA zone, such as the policy book's.
        as_of: the instant in ms that the document speaks of.
    """
    place = ZoneInfo(zone)
    at = _clock_face(as_of, place)
    who = f" of {ticket['assignee']}" if ticket["assignee"] else ", assigned to nobody"
    team = f" in team {ticket['team']}" if ticket["team"] else ""
    yield f"Ticket {ticket['ticket_id']} ({ticket['priority']}, {ticket['status']}){team}{who}, as of {at} ({zone})."
    counts = ticket["counts"]
    told = [f"{name.replace('_', ' ')} {count}" for name, count in counts.items() if count and name != "created"]
    yield f"Created {_clock_face(parse_ms(ticket['created_at']), place)}" + (f"; {', '.join(told)}." if told else ".")
    for mark in ticket["handovers"]:
        yield (
            f"Handed over by {mark['from']} to {mark['to'] or 'nobody'} on {_at(mark['at'], place)}, with"
            f" {mark['used_pct']} % of the target of “{_NAMES[mark['metric']]}” used."
        )
    if not ticket["clocks"]:
        yield "No policy promises anything for it, so no clock runs."
    for clock in ticket["clocks"]:
        yield ""
        yield from _clock(clock, place)


def _clock(clock: Mapping[str, Any], place: ZoneInfo) -> Iterator[str]:
    name = _NAMES[clock["metric"]]
    edition = f" (edition {clock['edition']})" if clock["edition"] else ""
    cycle = f", cycle {clock['cycle']}" if clock["cycle"] > 1 or clock["metric"] in {"next_response", "update"} else ""
    yield f"{name}{cycle}: {_verdict(clock, place)}"
    yield f"  Policy “{clock['policy']}”{edition} {_promise(clock)}."
    yield f"  Started {_at(clock['started_at'], place)}." + (
        f" Due {_at(clock['due_at'], place)}." if clock["due_at"] else ""
    )
    for warned in clock["warned"]:
        yield f"  Warned at “{warned['level']}” on {_at(warned['at'], place)}."
    for slice_ in clock["ledger"]:
        length = duration((parse_ms(slice_["to"]) - parse_ms(slice_["from"])) / 1000)
        yield (
            f"  {_at(slice_['from'], place)} → {_at(slice_['to'], place)}  {length:>10}  {_KINDS[slice_['kind']]}"
            f" (since event {slice_['event']})"
        )
    paused = f", {duration(clock['paused_s'])} paused" if clock["paused_s"] else ""
    yield f"  Together {duration(clock['counted_s'])} counted{paused}."


def _promise(clock: Mapping[str, Any]) -> str:
    if clock["target_s"] is not None:
        return f"allows {duration(clock['target_s'])}"
    return "allows a number of business days" if clock["due_at"] else "promises nothing here: it is only measured"


def _verdict(clock: Mapping[str, Any], place: ZoneInfo) -> str:
    status, remaining = clock["status"], clock["remaining_s"]
    stopped = f"stopped {_at(clock['stopped_at'], place)}" if clock["stopped_at"] else "still open"
    if status == "met":
        return f"met; {stopped}, with {duration(remaining)} to spare."
    if status == "breached":
        over = f", {duration(-remaining)} over" if remaining is not None and remaining < 0 else ""
        return f"breached on {_at(clock['breached_at'], place)}; {stopped}{over}."
    if status == "paused":
        return f"paused, with {duration(remaining)} left." if remaining is not None else "paused."
    if status == "running":
        return f"running, with {duration(remaining)} left." if remaining is not None else "running."
    if status == "cancelled":
        return f"cancelled; {stopped}, it counts for nothing."
    return f"{stopped}."


def _at(text: str, place: ZoneInfo) -> str:
    return _clock_face(parse_ms(text), place)


def _clock_face(ms: int, place: ZoneInfo) -> str:
    at = datetime.fromtimestamp(ms / 1000, place)
    precise = at.strftime(".%f")[:4] if ms % 1000 else ""
    return at.strftime("%a %Y-%m-%d %H:%M:%S") + precise


def duration(seconds: float) -> str:
    """Seconds as a person writes them: `1h 30m`, `2d 4h`, `45s`; of the two largest units that are not 0."""
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(f"{int(amount)}{unit}")
    if rest or not parts:
        parts.append(f"{rest:g}s" if rest != int(rest) else f"{int(rest)}s")
    return sign + " ".join(parts)
