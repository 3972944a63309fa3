"""What is an event, and what is wrong with what is none."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.event import MAX_EVENT_BYTES, Event, InvalidEvent, _judged, event_schema, parse

PLAIN: dict[str, Any] = {
    "event_id": "e1",
    "type": "ticket.created",
    "ticket_id": "T1",
    "occurred_at": "2026-11-21T09:30:00+08:00",
    "priority": "P1",
}


def written(**fields: Any) -> bytes:
    """The bytes of a plain event with some fields changed; `...` takes one out."""
    return orjson.dumps({name: value for name, value in {**PLAIN, **fields}.items() if value is not ...})


def fault(value: bytes) -> tuple[str, str]:
    """Reason and field of what is wrong."""
    with pytest.raises(InvalidEvent) as caught:
        parse(value)
    return caught.value.reason, caught.value.field


def test_a_plain_event_says_what_it_says() -> None:
    """Instants are µs since 1970 UTC; fields, known or not, are as they were written."""
    event = parse(written(source="crm", colour="red"))

    assert ("ticket.created", "T1", "e1", 1_795_224_600_000_000, "crm") == (
        event.type,
        event.ticket_id,
        event.event_id,
        event.occurred_at,
        event.source,
    )
    assert "red" == event.said["colour"]


def test_a_cloud_event_says_the_same() -> None:
    """The envelope's names stand for ours, and `data` holds the rest."""
    envelope = {
        "specversion": "1.0", "id": "e1", "type": "ticket.created", "subject": "T1", "source": "/crm",
        "time": "2026-11-21T01:30:00Z", "data": {"priority": "P1", "team": "desk"},
    }  # fmt: skip

    assert parse(written(source="/crm", team="desk")) == parse(orjson.dumps(envelope))
    assert ("missing", "ticket_id") == fault(
        orjson.dumps({**envelope, "subject": ...} | {"subject": None}).replace(b',"subject":null', b"")
    )
    assert ("missing", "priority") == fault(orjson.dumps({**envelope, "data": None}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", ("json", "")),
        (b"[1]", ("json", "")),
        (b"null", ("json", "")),
        (b'{"event_id":', ("json", "")),
        (b"\xff\xfe", ("encoding", "")),
        (b'{"a":"' + b"x" * MAX_EVENT_BYTES + b'"}', ("too_large", "")),
        (written(type=...), ("missing", "type")),
        (written(type="ticket.eaten"), ("unknown_type", "type")),
        (written(event_id=...), ("missing", "event_id")),
        (written(ticket_id=...), ("missing", "ticket_id")),
        (written(occurred_at=...), ("missing", "occurred_at")),
        (written(event_id=""), ("invalid", "event_id")),
        (written(ticket_id=7), ("invalid", "ticket_id")),
        (written(ticket_id="a\x00b"), ("invalid", "ticket_id")),
        (written(event_id="a\x85b"), ("invalid", "event_id")),
        (written(event_id="x" * 257), ("invalid", "event_id")),
        (written(event_id="号" * 86), ("invalid", "event_id")),
        (written(occurred_at="2026-11-21T09:30:00"), ("invalid", "occurred_at")),
        (written(occurred_at="2026-11-21"), ("invalid", "occurred_at")),
        (written(occurred_at=1_795_224_600), ("invalid", "occurred_at")),
        (written(occurred_at="1979-12-31T23:59:59Z"), ("invalid", "occurred_at")),
        (written(occurred_at="2100-01-01T00:00:00Z"), ("invalid", "occurred_at")),
        (written(occurred_at="2026-02-30T00:00:00Z"), ("invalid", "occurred_at")),
        (written(priority="P5"), ("invalid", "priority")),
        (written(priority=None), ("invalid", "priority")),
        (written(priority=...), ("missing", "priority")),
        (written(status=None), ("invalid", "status")),
        (written(team=""), ("invalid", "team")),
        (written(team=["a"]), ("invalid", "team")),
        (written(complexity=-1), ("invalid", "complexity")),
        (written(complexity=True), ("invalid", "complexity")),
        (written(complexity="2"), ("invalid", "complexity")),
        (written(tags="a"), ("invalid", "tags")),
        (written(tags=[1]), ("invalid", "tags")),
        (written(source=1), ("invalid", "source")),
        (written(type="ticket.updated", priority=None), ("invalid", "priority")),
        (written(type="ticket.replied"), ("missing", "author")),
        (written(type="ticket.replied", author="cat"), ("invalid", "author")),
        (written(type="ticket.replied", author=["agent"]), ("invalid", "author")),
        (written(type="ticket.replied", author="agent", public=1), ("invalid", "public")),
        (written(type="ticket.replied", author="agent", public=None), ("invalid", "public")),
        (written(type="ticket.status_changed"), ("missing", "status")),
        (written(type="ticket.escalated", level=1.5), ("invalid", "level")),
        (written(type="ticket.rated", score=1), ("missing", "scale")),
        (written(type="ticket.rated", scale=1), ("missing", "score")),
        (written(type="ticket.rated", score=6, scale=5), ("invalid", "scale")),
        (written(type="ticket.rated", score=0, scale=0), ("invalid", "scale")),
        (written(type="ticket.rated", score=1, scale=5, aspect="smell"), ("invalid", "aspect")),
        (written(type="ticket.flagged", flag="odd"), ("invalid", "flag")),
        (written(type="ticket.flagged"), ("missing", "flag")),
    ],
)
def test_what_is_no_event_names_the_reason_and_the_field(value: bytes, expected: tuple[str, str]) -> None:
    """A dead letter tells the producer what to mend."""
    assert expected == fault(value)


@pytest.mark.parametrize(
    "fields",
    [
        {"event_id": "x" * 256},
        {"event_id": "号" * 85},
        {"occurred_at": "1980-01-01T00:00:00Z"},
        {"occurred_at": "2099-12-31T23:59:59.999999Z"},
        {"occurred_at": "2026-11-21t09:30:00z"},
        {"complexity": None},
        {"tags": None},
        {"team": None},
        {"status": "with_vendor"},
        {"type": "ticket.updated", "priority": ...},
        {"type": "ticket.assigned", "priority": None, "assignee": None},
        {"type": "ticket.solved", "first_contact": None, "status": None},
        {"type": "ticket.escalated", "level": "second"},
        {"type": "ticket.rated", "score": 0, "scale": 0.5},
    ],
)
def test_what_is_unusual_but_valid_is_an_event(fields: dict[str, Any]) -> None:
    """Fields of other types are unknown ones, and are ignored."""
    assert parse(written(**fields)).type == {**PLAIN, **fields}["type"]


def test_two_events_are_equal_when_they_mean_the_same() -> None:
    """Unknown fields, the order of fields and naming a default say nothing; null is another thing than no word."""
    reply = {"type": "ticket.replied", "author": "agent"}

    assert parse(written(**reply)) == parse(written(**reply, public=True, follow_up=False, colour="red"))
    assert parse(written(complexity=1)) == parse(written(complexity=1.0))
    assert parse(written()) == parse(written(occurred_at="2026-11-21T01:30:00Z"))
    assert parse(written(**reply)) != parse(written(**reply, public=False))
    assert parse(written()) != parse(written(team=None))
    assert parse(written()) != parse(written(occurred_at="2026-11-21T01:30:00.000001Z"))


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2_000_000),
    st.floats(-1, 1e7),
    st.lists(st.text(max_size=2), max_size=2),
    st.sampled_from(["", "P0", "P3", "agent", "customer", "open", "overall", "complaint", "colleague", "号", "a\x01"]),
)
FIELDS = st.sampled_from(
    [
        "priority",
        "status",
        "team",
        "assignee",
        "complexity",
        "tags",
        "author",
        "author_id",
        "public",
        "automated",
        "follow_up",
        "level",
        "to_team",
        "reason",
        "resolver",
        "workaround",
        "article",
        "note",
        "first_contact",
        "score",
        "scale",
        "aspect",
        "agent",
        "rater",
        "rater_id",
        "flag",
        "withdrawn",
        "source",
        "colour",
        "event_id",
        "ticket_id",
    ]
)
TYPES = st.sampled_from(
    [
        "created",
        "updated",
        "assigned",
        "replied",
        "status_changed",
        "escalated",
        "solved",
        "reopened",
        "closed",
        "cancelled",
        "rated",
        "flagged",
    ]
)


def verdict(judge: Any, value: bytes) -> Any:
    try:
        event: Event = judge(value)
    except InvalidEvent as error:
        return error.reason, error.field, str(error)
    return event.type, event.ticket_id, event.event_id, event.occurred_at, event.said


@settings(max_examples=1500, deadline=None)
@given(TYPES, st.dictionaries(FIELDS, VALUES, max_size=5))
def test_what_is_taken_at_a_glance_is_what_the_models_take(kind: str, fields: dict[str, Any]) -> None:
    """The quick way never says another thing than the models of the schema."""
    base = {"replied": {"author": "agent"}, "rated": {"score": 1, "scale": 5}, "flagged": {"flag": "error"}}
    value = written(**{"type": f"ticket.{kind}", **base.get(kind, {}), **fields})

    assert verdict(_judged, value) == verdict(parse, value)


def test_the_schema_names_every_type_and_what_it_needs() -> None:
    """A producer can check what it sends."""
    schema = event_schema()

    assert 12 == len(schema["discriminator"]["mapping"])
    assert {"event_id", "ticket_id", "occurred_at", "type", "priority"} == set(
        schema["$defs"]["TicketCreated"]["required"]
    )
