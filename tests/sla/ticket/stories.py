"""A small language for tickets: a policy book that asks for everything, and events at minutes of one week."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
from hypothesis import strategies as st

from models.event import Event, parse
from models.instant import format_ms, parse_ms
from sla.policy import PolicyBook, book_from
from sla.ticket.ticket import Ticket, fold

#: A Monday, 09:00 in UTC, at the opening of the office.
START = parse_ms("2026-01-05T09:00:00Z")
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
TICKET = "T1"

BOOK: dict[str, Any] = {
    "calendars": {
        "always": {"timezone": "UTC", "week": "always"},
        "office": {
            "timezone": "UTC",
            "week": {day: ["09:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        },
    },
    "policies": [
        {
            "name": "urgent",
            "when": {"priority": ["P0"]},
            "calendar": "always",
            "targets": {
                "assignment": {"within": "30m", "warn_at": ["50%"]},
                "first_response": {"within": "15m", "warn_at": ["50%", "75%", "5m left", "10m over"]},
                "next_response": {"within": "1h"},
                "update": {"within": "2h", "warn_at": ["50%"]},
                "resolution": {"within": "4h", "warn_at": ["50%", "75%"], "reopen": "continue"},
            },
        },
        {
            "name": "network",
            "when": {"team": ["network"], "priority": ["P1", "P2"]},
            "calendar": "office",
            "targets": {
                "first_response": {"within": "2h", "pause_on": ["on_hold"]},
                "resolution": {"within": "8h", "warn_at": ["50%", "75%", "1h over"], "reopen": "total"},
            },
        },
        {
            "name": "days",
            "when": {"priority": ["P2"]},
            "calendar": "office",
            "targets": {
                "assignment": {"within": "none"},
                "first_response": {"business_days": 1},
                "update": {"within": "1d"},
                "resolution": {
                    "business_days": 2, "cutoff": "16:00", "warn_at": ["50%", "2h left"], "reopen": "continue",
                },
            },
        },
        {
            "name": "anew",
            "when": {"priority": ["P1", "P3"]},
            "calendar": "always",
            "targets": {
                "next_response": {"within": "2h", "warn_at": ["50%"]},
                "resolution": {"within": "1d", "warn_at": ["25%", "50%"], "reopen": "restart"},
            },
        },
    ],
}  # fmt: skip


@lru_cache
def book() -> PolicyBook:
    """The book above."""
    return book_from(BOOK)


def said(kind: str, at: int, event_id: str, **fields: object) -> bytes:
    """The bytes of an event `at` minutes after the start."""
    occurred_at = format_ms(START + round(at * MINUTE))
    named = {"event_id": event_id, "type": f"ticket.{kind}", "ticket_id": TICKET, "occurred_at": occurred_at}
    return orjson.dumps({**named, **fields})


def story(*lines: tuple[Any, ...]) -> list[Event]:
    """Events from `(kind, minute, fields)`; their ids go up in the order in which they are told."""
    return [
        parse(said(line[0], line[1], f"e{number:03d}", **(line[2] if len(line) > 2 else {})))
        for number, line in enumerate(lines, 1)
    ]


def told(*lines: tuple[Any, ...], until: float = 7 * 24 * 60) -> Ticket:
    """The ticket of a story, as of `until` minutes after the start."""
    ticket = fold(story(*lines), book(), START + round(until * MINUTE))
    assert ticket is not None
    return ticket


# -- stories that nobody thought of ----------------------------------------------------------------------------------

PEOPLE = st.sampled_from(["ada", "bob", None])
PRIORITIES = st.sampled_from(["P0", "P1", "P2", "P3", "P4"])
TEAMS = st.sampled_from(["network", "desk", None])
STATUSES = st.sampled_from(["open", "waiting_on_customer", "on_hold", "with_vendor"])
#: Many events fall on the same instants, and on those at which clocks fall due.
MINUTES = st.one_of(
    st.integers(0, 4 * 24 * 2).map(lambda half_hour: half_hour * 30),
    st.sampled_from([0, 7.5, 10, 15, 25, 30, 60, 90, 120, 180, 240, 360, 480, 1440]),
    st.integers(-60, 4 * 24 * 60),
)

_UPDATES = st.fixed_dictionaries(
    {},
    optional={
        "priority": PRIORITIES,
        "team": TEAMS,
        "assignee": PEOPLE,
        "status": STATUSES,
        "customer_tier": st.sampled_from(["vip", None]),
        "complexity": st.sampled_from([1, 2.5, None]),
        "tags": st.sampled_from([["a"], [], None]),
        "category": st.sampled_from(["mail", None]),
    },
)
_REPLIES = st.fixed_dictionaries(
    {"author": st.sampled_from(["agent", "agent", "customer", "customer", "system"])},
    optional={"author_id": PEOPLE, "public": st.booleans(), "automated": st.booleans(), "follow_up": st.booleans()},
)
_BODIES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "created": st.builds(lambda fields, priority: {**fields, "priority": priority}, _UPDATES, PRIORITIES),
    "updated": _UPDATES,
    "assigned": st.fixed_dictionaries({}, optional={"assignee": PEOPLE, "team": TEAMS}),
    "replied": _REPLIES,
    "status_changed": st.fixed_dictionaries({"status": STATUSES}),
    "escalated": st.fixed_dictionaries({}, optional={"to_team": TEAMS, "level": st.integers(1, 3)}),
    "solved": st.fixed_dictionaries(
        {}, optional={"resolver": PEOPLE, "workaround": st.booleans(), "note": st.booleans(),
                      "first_contact": st.booleans()},
    ),
    "reopened": st.just({}),
    "closed": st.just({}),
    "cancelled": st.just({}),
    "rated": st.fixed_dictionaries(
        {"score": st.integers(0, 5), "scale": st.just(5)},
        optional={"aspect": st.sampled_from(["overall", "follow_up"]), "rater_id": PEOPLE, "agent": PEOPLE},
    ),
    "flagged": st.fixed_dictionaries(
        {"flag": st.sampled_from(["complaint", "major_incident", "cross_team"])},
        optional={"withdrawn": st.booleans(), "agent": PEOPLE},
    ),
}  # fmt: skip
_KINDS = st.sampled_from(
    [
        "updated", "updated", "updated", "assigned", "replied", "replied", "replied", "status_changed",
        "status_changed", "escalated", "solved", "solved", "reopened", "reopened", "closed", "cancelled", "rated",
        "flagged", "created",
    ]
)  # fmt: skip


@st.composite
def stories(draw: st.DrawFn, most: int = 14) -> list[bytes]:
    """The bytes of a ticket's events, in no order: a creation (most often) and up to `most` more."""
    kinds = draw(st.lists(_KINDS, max_size=most))
    if draw(st.integers(0, 20)):
        kinds = ["created", *kinds]
    ids = draw(st.permutations(range(len(kinds))))
    events = []
    for index, (kind, number) in enumerate(zip(kinds, ids, strict=True)):
        at = draw(st.sampled_from([0, 0, 0, 600])) if index == 0 and kind == "created" else draw(MINUTES)
        events.append(said(kind, at, f"e{number:02d}", **draw(_BODIES[kind])))
    return events
