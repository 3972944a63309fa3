"""What pages ask for many at once is what they would be told one by one, by the view and by its twin."""

from __future__ import annotations

import orjson

from models.egress import Member
from models.kpi import Document
from sinks.parsed import Parsed
from sinks.view import Deadline, Fence
from tests.sinks.conftest import Twin
from tests.sinks.stories import NOON, breach, is_due, ticket, told


async def test_many_are_answered_in_the_order_asked_for(twin: Twin) -> None:
    """Scopes, slots and objectives; what there is not is None or empty."""
    documents = [
        Document("live", "team:A", "", {"open": 3}),
        Document("kpi", "team:A", "today", b'{"created":1}'),
        Document("day", "team:A", "2024-01-08T12:00:00Z", b'{"created":2}'),
        Document("budget", "P0 in time", "", b'{"left":0.5}'),
    ]
    await twin.view.write_documents(Fence("f", 1, 1), documents, NOON, whole=True)

    assert [{}, {"open": "3"}] == await twin.reader.read_lives(["all", "team:A"])
    assert [{"created": 1}, None] == await twin.reader.read_window(["team:A", "all"], "today")
    starts = ["2024-01-08T11:55:00Z", "2024-01-08T12:00:00Z"]
    assert [None, {"created": 2}] == await twin.reader.read_slots("team:A", starts)
    assert [None, {"left": 0.5}] == await twin.reader.read_budgets(["none", "P0 in time"])
    assert [None] == await twin.reader.read_alerts(["a/first_response/1"])


async def test_nothing_asked_is_nothing_answered(twin: Twin) -> None:
    """No command without an argument is sent."""
    reader = twin.reader

    assert [] == await reader.read_lives([]) == await reader.read_slots("all", [])
    assert [] == await reader.read_active_of([]) == await reader.read_due_of([]) == await reader.read_tickets([])


async def test_breaches_that_are_not_over_are_found_by_their_due_time(twin: Twin) -> None:
    """Between two instants, and one by one; a paused one is among them and not among the deadlines."""
    await twin.view.take_over(0, 1)
    ids = [f"{name}/update/1" for name in "abc"]
    writes = [
        ticket(
            one[0],
            Member("active", "", one, NOON + place),
            *(is_due(one, NOON + place) if place else []),
            breaches=[breach(one, "warned", told(one, "warned|75%|1", NOON))],
        )
        for place, one in enumerate(ids)
    ]
    await twin.view.write_tickets(0, 1, 1, writes, NOON)

    assert [Deadline(ids[1], NOON + 1)] == await twin.reader.read_active(NOON + 1, NOON + 1, 9)
    assert [Deadline(ids[0], NOON)] == await twin.reader.read_active(NOON, NOON + 9, 1)
    assert [NOON + 2, None, NOON] == await twin.reader.read_active_of([ids[2], "x/update/1", ids[0]])
    assert [None, NOON + 1] == await twin.reader.read_due_of(ids[:2])


def test_the_same_bytes_are_parsed_once() -> None:
    """Others are parsed anew; what was not asked for lately is forgotten."""
    parsed = Parsed(kept=2)
    first = parsed.json("a", b'{"n":1}')

    assert {"n": 1} == first
    assert first is parsed.json("a", b'{"n":1}')
    assert {"n": 2} == parsed.json("a", orjson.dumps({"n": 2}))
    assert None is parsed.json("a", None)
    again = parsed.json("a", b"[]")
    parsed.json("b", b"[]")
    assert again is parsed.json("a", b"[]")
    parsed.json("c", b"[]")  # `b` is the one that goes
    assert again is parsed.json("a", b"[]")
