"""What is no event is kept as it came, and stops nobody."""

from __future__ import annotations

import orjson
import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from sinks.kafka import Record, partition_of
from streams import topics
from streams.aside import HEAD
from tests.stories.desk import TrueDesk
from tests.stories.words import awake, created, event, now, replied

pytestmark = pytest.mark.kafka

MIB = 1024 * 1024


def allow_large_events(servers: str) -> None:
    """Lets the event topic take values that no producer should send."""
    entry = ConfigEntry("max.message.bytes", str(10 * MIB), incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topics.EVENTS, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": servers})
    for answer in admin.incremental_alter_configs([resource]).values():
        answer.result(10)


def body(**fields: object) -> bytes:
    """An event of ticket `T`, good but for what is given."""
    good = {"event_id": "x", "type": "ticket.solved", "ticket_id": "T", "occurred_at": "2026-05-01T00:00:00Z"}
    return orjson.dumps({name: value for name, value in (good | fields).items() if value is not ...})


async def test_what_is_no_event_goes_to_the_dead_letters_as_it_came(desk: TrueDesk) -> None:
    """Every kind of nonsense: its bytes, its place, a reason and a field are kept; the stream goes on and counts it."""
    allow_large_events(desk.kafka)
    wrong: dict[str, tuple[Record, str]] = {
        "broken JSON": (Record(b"T", b'{"event_id": "x", '), ""),
        "no JSON at all": (Record(b"T", b"\x00\x01\x02"), ""),
        "wrong encoding": (Record(b"T", '{"event_id": "größe"}'.encode("latin-1")), ""),
        "no object": (Record(b"T", b"[1, 2]"), ""),
        "wrong type of a field": (Record(b"T", body(type="ticket.created", priority=7)), "priority"),
        "wrong type of an id": (Record(b"T", body(event_id=12)), "event_id"),
        "no type": (Record(b"T", body(type=...)), "type"),
        "unknown type": (Record(b"T", body(type="ticket.sneezed")), "type"),
        "1970": (Record(b"T", body(occurred_at="1970-01-01T00:00:00Z")), "occurred_at"),
        "2999": (Record(b"T", body(occurred_at="2999-01-01T00:00:00Z")), "occurred_at"),
        "no zone": (Record(b"T", body(occurred_at="2026-01-01T00:00:00")), "occurred_at"),
        "control characters": (Record(b"T\x01", body(ticket_id="T\x01")), "ticket_id"),
        "too long an id": (Record(b"T", body(event_id="x" * 257)), "event_id"),
        "5 MB": (Record(b"T", body(note="x" * 5_000_000)), ""),
        "9 MB": (Record(b"T", body(note="x" * 9_000_000)), ""),
        "null key": (Record(None, body()), "ticket_id"),
        "null value": (Record(b"T", None), ""),
        "wrong key": (Record(b"U", body()), "ticket_id"),
    }
    first = created("T", now() - 5000, "P1", event_id="same")
    second = created("T", now() - 5000, "P3", event_id="same")
    wrong["another body under a known id"] = (second, "event_id")
    desk.start()
    await desk.send([first, first, created("U", now() - 1000), *awake()])
    places: dict[str, tuple[int, int]] = {}
    for name, (record, _) in wrong.items():
        home = partition_of(record.key or b"", 4)
        places[name] = (home, (await desk.writer.write(topics.EVENTS, home, [record])).first)
    await desk.send([first, replied("T", now(), author_id="li.na"), event("U", "assigned", now(), assignee="li.na")])

    await desk.until_true()

    async def counted() -> bool:
        return (await desk.health())["dead_letters"] == str(len(wrong))

    await desk.until(counted, 10)
    letters = {}
    for letter in await desk.letters():
        headers = {name: value.decode() for name, value in letter.headers}
        letters[int(headers["partition"]), int(headers["offset"])] = (letter, headers)
    assert len(wrong) == len(letters)
    for name, (record, at_fault) in wrong.items():
        letter, headers = letters[places[name]]
        assert record.key == letter.key, name
        if name == "9 MB":
            assert (record.value or b"")[:HEAD] == letter.value
            assert str(len(record.value or b"")) == headers["size"]
            assert 64 == len(headers["sha256"])
        else:
            assert record.value == letter.value, name
        assert headers["topic"] == topics.EVENTS
        assert headers["reason"], name
        assert " " not in headers["reason"], name
        assert at_fault == headers.get("field", ""), name
    assert "conflict" == letters[places["another body under a known id"]][1]["reason"]
    assert "P1" == (await desk.ticket("T"))["priority"]
