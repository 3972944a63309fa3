"""An entry of `sla:breaches` as it is read: from Redis, where everything is text, or from a case, where it is JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from models.instant import format_ms, parse_ms, seconds
from models.policy import METRICS
from models.scope import breach_id

CHANGES = ("warned", "breached", "paused", "resumed", "moved", "withdrawn", "ended")
#: The changes that reach a level.
REACHED = frozenset({"warned", "breached"})


class EntryError(ValueError):
    """An entry that cannot be read.

    Operator action: mend the field that the message names.
    """


class Entry(NamedTuple):
    """One change of a clock that was warned or breached. Instants and durations in ms."""

    id: str  # <ticket>/<metric>/<cycle>
    revision: int
    change: str
    level: str
    ticket: str
    metric: str
    cycle: int
    policy: str
    edition: str | None
    priority: str
    team: str | None
    assignee: str | None
    tier: str | None
    channel: str | None
    category: str | None
    issue_key: str | None
    incident: str | None
    flags: tuple[str, ...]
    started_at: int
    due_at: int | None
    at: int
    counted_ms: int
    target_ms: int | None
    backlog: bool

    @property
    def name(self) -> str:
        """What tells it, for ever, from every other entry of its clock."""
        return f"{self.revision}|{self.change}|{self.level}"


def entry_from(fields: Mapping[str, Any]) -> Entry:
    """An entry from its fields, text or JSON; what a case leaves out has a harmless value.

    Raises:
        EntryError: a field is missing, or does not say what it should.
    """
    ticket, metric = _needed(fields, "ticket"), _needed(fields, "metric")
    change = _needed(fields, "change")
    if metric not in METRICS:
        msg = f"metric: {metric!r} is none of {', '.join(METRICS)}"
        raise EntryError(msg)
    if change not in CHANGES:
        msg = f"change: {change!r} is none of {', '.join(CHANGES)}"
        raise EntryError(msg)
    cycle = _whole(fields, "cycle", 1)
    at = _instant(fields, "at")
    if at is None:
        msg = "field at is missing"
        raise EntryError(msg)
    return Entry(
        id=_text(fields, "id") or breach_id(ticket, metric, cycle),
        revision=_whole(fields, "revision", 1),
        change=change,
        level=_text(fields, "level") or ("breached" if change == "breached" else ""),
        ticket=ticket,
        metric=metric,
        cycle=cycle,
        policy=_text(fields, "policy") or "",
        edition=_text(fields, "edition"),
        priority=_text(fields, "priority") or "",
        team=_text(fields, "team"),
        assignee=_text(fields, "assignee"),
        tier=_text(fields, "tier"),
        channel=_text(fields, "channel"),
        category=_text(fields, "category"),
        issue_key=_text(fields, "issue_key"),
        incident=_text(fields, "incident"),
        flags=_flags(fields),
        started_at=_instant(fields, "started_at") or at,
        due_at=_instant(fields, "due_at"),
        at=at,
        counted_ms=_ms(fields, "counted_s") or 0,
        target_ms=_ms(fields, "target_s"),
        backlog=fields.get("backlog") in (True, "true"),
    )


def entry_fields(entry: Entry) -> dict[str, Any]:
    """The inverse: fields as JSON has them in contract 3."""
    found: dict[str, Any] = entry._asdict()
    for name in ("started_at", "due_at", "at"):
        found[name] = None if found[name] is None else format_ms(found[name])
    found["flags"] = list(entry.flags)
    found["counted_s"] = seconds(found.pop("counted_ms"))
    target = found.pop("target_ms")
    found["target_s"] = None if target is None else seconds(target)
    return found


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return None if value is None or value == "" else str(value)


def _needed(fields: Mapping[str, Any], name: str) -> str:
    value = _text(fields, name)
    if value is None:
        msg = f"field {name} is missing"
        raise EntryError(msg)
    return value


def _whole(fields: Mapping[str, Any], name: str, default: int) -> int:
    value = _text(fields, name)
    try:
        return default if value is None else int(value)
    except ValueError as error:
        msg = f"{name}: {value!r} is no whole number"
        raise EntryError(msg) from error


def _ms(fields: Mapping[str, Any], name: str) -> int | None:
    value = _text(fields, name)
    try:
        return None if value is None else round(float(value) * 1000)
    except ValueError as error:
        msg = f"{name}: {value!r} is no number of seconds"
        raise EntryError(msg) from error


def _instant(fields: Mapping[str, Any], name: str) -> int | None:
    value = _text(fields, name)
    try:
        return None if value is None else parse_ms(value)
    except ValueError as error:
        msg = f"{name}: {error}"
        raise EntryError(msg) from error


def _flags(fields: Mapping[str, Any]) -> tuple[str, ...]:
    value = fields.get("flags") or []
    try:
        found = orjson.loads(value) if isinstance(value, str) else value
    except orjson.JSONDecodeError as error:
        msg = f"flags: {value!r} is no list"
        raise EntryError(msg) from error
    return tuple(str(flag) for flag in found)
