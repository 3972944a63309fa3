"""Reading calendars: from a tree to a spec, and from there to a calendar that answers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from models.calendar import ALWAYS_WEEK, CalendarSpec, DaySpans
from sla.calendar import BusinessCalendar, UnknownCountry, UnknownZone, Zone, calendar_of
from sla.calendar.hours import DayHours
from sla.policy import words
from sla.policy.errors import PolicyError
from sla.policy.reader import Reader
from sla.policy.tree import Node, from_plain

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS = ("timezone", "week", "holidays", "dates", "breaks", "public_holidays")
_DAY_MINUTES = 1440
_OVERLAP_MEND = "Let one end where the other starts"


def calendar_from(plain: Mapping[str, Any]) -> BusinessCalendar:
    """A calendar from plain data, as in a case; one without open time is answered for, too. Raises `PolicyError`."""
    reader = Reader("calendar")
    calendar = read_calendar(reader, "calendar", from_plain(plain))
    if reader.problems or calendar is None:
        raise PolicyError(reader.problems)
    return calendar


def read_calendar(reader: Reader, name: str, node: Node) -> BusinessCalendar | None:
    """One calendar; None where something is wrong with it."""
    before = len(reader.problems)
    what = f"calendar {name!r}"
    entries = reader.mapping(node, what, KEYS, ("timezone", "week"))
    zone = read_zone(reader, entries["timezone"], f"timezone of {what}") if "timezone" in entries else None
    week = _week(reader, what, entries["week"]) if "week" in entries else None
    holidays, recurring = _holidays(reader, what, entries.get("holidays"))
    dates = _dated(reader, f"dates of {what}", entries.get("dates"), breaks=False)
    breaks = _dated(reader, f"breaks of {what}", entries.get("breaks"), breaks=True)
    country, part = _country(reader, what, entries.get("public_holidays"))
    if len(reader.problems) > before or zone is None or week is None:
        return None
    spec = CalendarSpec(zone, week, holidays, recurring, dates, breaks, country, part)
    try:
        calendar = calendar_of(spec)
    except UnknownCountry as error:
        mend = "Write an ISO 3166 code such as CN, or list the days under `holidays`"
        reader.note(entries["public_holidays"].line, f"{what}: {error}", mend)
        return None
    _check_overlaps(reader, what, spec, entries)
    return calendar if len(reader.problems) == before else None


def read_zone(reader: Reader, node: Node, what: str) -> str | None:
    """The name of a time zone that exists."""
    name = reader.text(node, what)
    if name is None:
        return None
    try:
        return Zone(name).name
    except UnknownZone as error:
        reader.note(node.line, f"{what}: {error}", "Write a name of the IANA database, such as Asia/Shanghai or UTC")
        return None


def _week(reader: Reader, what: str, node: Node) -> tuple[DaySpans, ...]:
    if node.kind == "text" and node.text == "always":
        return ALWAYS_WEEK
    entries = reader.mapping(node, f"week of {what}", DAYS)
    return tuple(_spans(reader, f"{day} of {what}", entries[day]) if day in entries else () for day in DAYS)


def _spans(reader: Reader, what: str, node: Node, *, breaks: bool = False) -> DaySpans:
    """Spans of one day, sorted; overlapping ones are noted, but of breaks, which may."""
    parse = (lambda text: words.span(text, 2879)) if breaks else words.span
    found = [(parsed, item.line) for item in reader.items(node, what) if (parsed := reader.parsed(item, what, parse))]
    found.sort()
    if not breaks:
        for (earlier, _), (later, line) in pairwise(found):
            if later[0] < earlier[1]:
                reader.note(line, f"{what}: {clock(later)} overlaps {clock(earlier)}", _OVERLAP_MEND)
    return tuple(parsed for parsed, _ in found)


def _holidays(reader: Reader, what: str, node: Node | None) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    single: set[int] = set()
    recurring: set[tuple[int, int]] = set()
    for item in reader.texts(node, f"holidays of {what}") if node else ():
        if len(item.text) == len("05-01"):
            every_year = reader.parsed(item, f"holidays of {what}", words.month_and_day)
            if every_year:
                recurring.add(every_year)
        else:
            ordinal = reader.parsed(item, f"holidays of {what}", words.day)
            if ordinal:
                single.add(ordinal)
    return frozenset(single), frozenset(recurring)


def _dated(reader: Reader, what: str, node: Node | None, *, breaks: bool) -> dict[int, DaySpans]:
    result: dict[int, DaySpans] = {}
    if node is None:
        return result
    for key, value in reader.mapping(node, what).items():
        key_node = Node("text", node.keys[key], text=key)
        ordinal = reader.parsed(key_node, what, words.day)
        spans = _spans(reader, f"{key} in {what}", value, breaks=breaks)
        if ordinal:
            result[ordinal] = spans
    return result


def _country(reader: Reader, what: str, node: Node | None) -> tuple[str | None, str | None]:
    if node is None:
        return None, None
    entries = reader.mapping(node, f"public_holidays of {what}", ("country", "subdivision"), ("country",))
    country = reader.text(entries["country"], f"country of {what}") if "country" in entries else None
    part = reader.text(entries["subdivision"], f"subdivision of {what}") if "subdivision" in entries else None
    return country, part


def _check_overlaps(reader: Reader, what: str, spec: CalendarSpec, entries: Mapping[str, Node]) -> None:
    """Note hours that run past midnight into hours of the next day; within a day they were compared when read."""
    for index, spans in enumerate(spec.week):
        following = spec.week[(index + 1) % 7]
        if _reaches(spans, following):
            message = f"{what}: {clock(spans[-1])} on {DAYS[index]} overlaps {clock(following[0])} on the day after"
            week = entries["week"]
            reader.note(week.keys.get(DAYS[index], week.line), message, _OVERLAP_MEND)
    hours = DayHours(spec)
    for key, line in entries["dates"].keys.items() if "dates" in entries else ():
        ordinal = words.day(key)
        for first, second in ((ordinal - 1, ordinal), (ordinal, ordinal + 1)):
            if _reaches(hours.of(first), hours.of(second)):
                message = f"{what}: around {key}, {clock(hours.of(first)[-1])} overlaps the hours of the day after"
                reader.note(line, message, _OVERLAP_MEND)


def _reaches(spans: DaySpans, following: DaySpans) -> bool:
    return bool(spans and following and spans[-1][1] - _DAY_MINUTES > following[0][0])


def clock(span: tuple[int, int]) -> str:
    """A span as it is written."""
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in span)
