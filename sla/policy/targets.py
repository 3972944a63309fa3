"""Reading the targets of a policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from models.policy import METRICS, Level, Reopen, Target
from sla.calendar import BusinessCalendar
from sla.policy import words
from sla.policy.reader import Reader
from sla.policy.tree import Node

KEYS = ("within", "business_days", "cutoff", "opens", "calendar", "pause_on", "reopen", "warn_at")
REOPENS = ("continue", "restart", "total")
#: Statuses that pause a clock when nothing is said, by metric; the other metrics never pause by default.
DEFAULT_PAUSE = frozenset({"waiting_on_customer", "on_hold"})
PAUSING_METRICS = ("update", "resolution")
_MOST_DAYS = 3660


#: Calendars by name; None under the name of one that is there but wrong, which is noted already.
Calendars = Mapping[str, BusinessCalendar | None]
#: A calendar and the name that it was found under; the name alone when it is not there or wrong.
Named = tuple[str, BusinessCalendar | None]


def read_targets(
    reader: Reader, policy: str, node: Node, calendars: Calendars, fallback: Named | None
) -> dict[str, Target]:
    """The targets of one policy by metric; `fallback` is the policy's own calendar."""
    result: dict[str, Target] = {}
    for metric, value in reader.mapping(node, f"targets of policy {policy!r}", METRICS).items():
        target = _read_target(
            reader, f"{metric} of policy {policy!r}", value, metric=metric, calendars=calendars, fallback=fallback
        )
        if target:
            result[metric] = target
    return result


def _read_target(
    reader: Reader, what: str, node: Node, *, metric: str, calendars: Calendars, fallback: Named | None
) -> Target | None:
    entries = reader.mapping(node, what, KEYS)
    if node.kind != "mapping":
        return None
    within = _within(reader, what, node, entries)
    days = None
    if "business_days" in entries:
        days = reader.whole(entries["business_days"], f"business_days of {what}", 1, _MOST_DAYS)
    cutoff, opens = (_time(reader, what, key, entries) for key in ("cutoff", "opens"))
    named = read_calendar_name(reader, what, entries["calendar"], calendars) if "calendar" in entries else fallback
    if named is None:
        known = ", ".join(calendars) or "none yet"
        mend = f"Write `calendar:` at the policy or here; calendars of this edition: {known}"
        reader.note(node.line, f"{what} has no calendar", mend)
    pause_on = _pauses(reader, what, metric, entries)
    reopen = _reopen(reader, what, metric, entries)
    levels = _levels(reader, what, within, entries)
    if named is None or named[1] is None:
        return None
    return Target(metric, within, days, cutoff, opens, named[1], named[0], pause_on, reopen, levels)


def read_calendar_name(reader: Reader, what: str, node: Node, calendars: Calendars) -> Named:
    """The calendar that something names; one that is not there is noted."""
    name = reader.text(node, f"calendar of {what}") or ""
    if name and name not in calendars:
        mend = f"Write it under `calendars`, or name one of this edition: {', '.join(calendars) or 'none yet'}"
        reader.note(node.line, f"{what} names the calendar {name!r}, which is not there", mend)
    return name, calendars.get(name)


def _within(reader: Reader, what: str, node: Node, entries: Mapping[str, Node]) -> int | None:
    if "within" in entries and "business_days" in entries:
        mend = "Keep `within` for counted time, or `business_days` for whole days"
        reader.note(node.keys["business_days"], f"{what} has both `within` and `business_days`", mend)
    elif "within" not in entries and "business_days" not in entries:
        mend = "Write `within: 4h`, `business_days: 2`, or `within: none` to measure only"
        reader.note(node.line, f"{what} promises nothing", mend)
    if "within" not in entries or entries["within"].text == "none":
        return None
    return reader.parsed(entries["within"], f"within of {what}", words.duration_ms)


def _time(reader: Reader, what: str, key: str, entries: Mapping[str, Node]) -> int | None:
    if key not in entries:
        return None
    if "business_days" not in entries:
        reader.note(entries[key].line, f"{what} has `{key}` without `business_days`", "Take it out")
    return reader.parsed(entries[key], f"{key} of {what}", lambda text: words.minute_of_day(text, _LAST[key]))


#: A desk may take orders up to midnight, but it cannot open there.
_LAST = {"cutoff": 1440, "opens": 1439}


def _pauses(reader: Reader, what: str, metric: str, entries: Mapping[str, Node]) -> frozenset[str]:
    if "pause_on" in entries:
        named = frozenset(item.text for item in reader.texts(entries["pause_on"], f"pause_on of {what}"))
    else:
        named = DEFAULT_PAUSE if metric in PAUSING_METRICS else frozenset()
    return frozenset() if "business_days" in entries else named


def _reopen(reader: Reader, what: str, metric: str, entries: Mapping[str, Node]) -> Reopen | None:
    if metric != "resolution":
        if "reopen" in entries:
            reader.note(entries["reopen"].line, f"{what} has `reopen`", "Take it out; only resolution is reopened")
        return None
    if "reopen" not in entries:
        return "continue"
    return cast("Reopen | None", reader.one_of(entries["reopen"], f"reopen of {what}", REOPENS))


def _levels(reader: Reader, what: str, within: int | None, entries: Mapping[str, Node]) -> tuple[Level, ...]:
    if "warn_at" not in entries:
        return ()
    node = entries["warn_at"]
    if "within" in entries and entries["within"].text == "none":
        mend = "Take it out, or promise a duration"
        reader.note(node.line, f"{what} warns although it promises nothing (`within: none`)", mend)
        return ()
    levels: dict[str, Level] = {}
    for item in reader.texts(node, f"warn_at of {what}"):
        level = reader.parsed(item, f"warn_at of {what}", words.level)
        if level is None:
            continue
        if level.kind == "left" and within is not None and level.amount >= within:
            message = f"warn_at of {what}: {level.text!r} is not less than all of `within`"
            reader.note(item.line, message, "Write less than `within`, so that it comes after the start")
        elif level.text in levels:
            reader.note(item.line, f"warn_at of {what} names {level.text!r} twice", "Take one of them out")
        else:
            levels[level.text] = level
    return tuple(levels.values())
