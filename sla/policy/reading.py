"""Reading one edition: calendars, policies, promises and objectives of one file or one mapping."""

from __future__ import annotations

from dataclasses import dataclass

from models.instant import parse_any_ms
from models.policy import METRICS, Policy
from sla.calendar import BusinessCalendar
from sla.policy import words
from sla.policy.calendars import read_calendar, read_zone
from sla.policy.edition import Edition
from sla.policy.matching import is_shadowed, read_when
from sla.policy.objectives import read_objectives
from sla.policy.reader import Reader
from sla.policy.targets import Calendars, read_calendar_name, read_targets
from sla.policy.tree import Node

KEYS = ("edition", "effective_from", "zone", "promised", "objectives", "calendars", "policies")
POLICY_KEYS = ("name", "when", "calendar", "targets")
DEFAULT_PROMISED = ("first_response", "resolution")
DEFAULT_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Written:
    """An edition and where it was written, for what is compared between files."""

    edition: Edition
    reader: Reader
    line: int  # of the edition's name
    from_line: int  # of effective_from
    zone_line: int
    has_instant: bool  # that it can be told from when on it holds
    has_zone: bool


def read_edition(reader: Reader, node: Node, default_name: str) -> Written | None:
    """An edition from its tree; what is wrong is noted in `reader`. None where the tree is no mapping."""
    entries = reader.mapping(node, "the edition", KEYS, ("policies",))
    if node.kind != "mapping":
        return None
    name = reader.text(entries["edition"], "edition") if "edition" in entries else default_name
    effective_from = None
    if "effective_from" in entries:
        effective_from = reader.parsed(entries["effective_from"], "effective_from", _instant)
    has_instant = effective_from is not None or "effective_from" not in entries
    zone = read_zone(reader, entries["zone"], "zone") if "zone" in entries else DEFAULT_ZONE
    calendars = _read_calendars(reader, entries.get("calendars"))
    policies = _read_policies(reader, entries.get("policies"), calendars)
    promised = _read_promised(reader, entries.get("promised"))
    objectives = read_objectives(reader, entries.get("objectives"), policies, promised)
    edition = Edition(
        name or default_name,
        effective_from=effective_from,
        zone=zone or DEFAULT_ZONE,
        promised=promised,
        objectives=objectives,
        calendars={key: calendar for key, calendar in calendars.items() if calendar},
        policies=policies,
    )
    line, from_line, zone_line = (node.keys.get(key, node.line) for key in ("edition", "effective_from", "zone"))
    return Written(edition, reader, line, from_line, zone_line, has_instant, zone is not None)


def _instant(text: str) -> int:
    try:
        return parse_any_ms(text)
    except ValueError as error:
        mend = "Write it as 2026-01-01T00:00:00+08:00, with its offset, from 1900 to 2199"
        raise words.Unreadable(text, "no instant that a book can begin at", mend) from error


def _read_calendars(reader: Reader, node: Node | None) -> dict[str, BusinessCalendar | None]:
    calendars: dict[str, BusinessCalendar | None] = {}
    for name, value in reader.mapping(node, "calendars").items() if node else ():
        calendar = read_calendar(reader, name, value)
        if calendar and not calendar.has_open_time():
            mend = 'Write hours under `week`, such as mon: ["09:00-17:00"]'
            reader.note(value.line, f"calendar {name!r} has no open time", mend)
        calendars[name] = calendar
    return calendars


def _read_policies(reader: Reader, node: Node | None, calendars: Calendars) -> list[Policy]:
    policies: dict[str, tuple[Policy, int]] = {}
    for item in reader.items(node, "policies") if node else ():
        policy = _read_policy(reader, item, calendars)
        if policy is None:
            continue
        if policy.name in policies:
            message = f"a second policy is called {policy.name!r}; the first stands on line {policies[policy.name][1]}"
            reader.note(item.line, message, "Give it a name of its own")
            continue
        earlier = [known.when for known, _ in policies.values()]
        if all(policy.when.values()) and is_shadowed(policy.when, earlier):
            message = f"policy {policy.name!r} can never match: the policies above it take every ticket it asks for"
            reader.note(item.line, message, "Move it up, or ask for less in one of those above it")
        policies[policy.name] = (policy, item.line)
    return [policy for policy, _ in policies.values()]


def _read_policy(reader: Reader, node: Node, calendars: Calendars) -> Policy | None:
    entries = reader.mapping(node, "a policy", POLICY_KEYS, ("name", "targets"))
    if "name" not in entries:
        return None
    name = reader.text(entries["name"], "name of a policy")
    if name is None:
        return None
    when = read_when(reader, f"policy {name!r}", entries["when"]) if "when" in entries else {}
    fallback = None
    if "calendar" in entries:
        fallback = read_calendar_name(reader, f"policy {name!r}", entries["calendar"], calendars)
    targets = read_targets(reader, name, entries["targets"], calendars, fallback) if "targets" in entries else {}
    return Policy(name, when, targets)


def _read_promised(reader: Reader, node: Node | None) -> tuple[str, ...]:
    if node is None:
        return DEFAULT_PROMISED
    items = reader.texts(node, "promised")
    if node.kind == "list" and not node.items:
        reader.note(node.line, "promised is empty", "Name the metrics that are promised, or take it out")
    metrics = [reader.one_of(item, "a metric in promised", METRICS) for item in items]
    return tuple(dict.fromkeys(metric for metric in metrics if metric))
