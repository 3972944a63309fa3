"""Laws of a partition: what is known follows from the rows and the time, and from nothing else."""

from __future__ import annotations

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from models.event import parse
from sla.partition import Partition
from sla.replay import EventSet, replay
from sla.ticket.breaches import breaches
from sla.ticket.document import document
from sla.ticket.ticket import fold
from tests.sla.partition.feeding import give, seen
from tests.sla.ticket.stories import DAY, MINUTE, START, TICKET, book, stories

NOW = st.integers(-4, 9 * 24 * 2).map(lambda half_hour: START + half_hour * 30 * MINUTE)


@st.composite
def tickets(draw: st.DrawFn) -> list[bytes]:
    """Events of one to three tickets."""
    raw = []
    for number in range(draw(st.integers(1, 3))):
        own = f'"T{number}"'.encode()
        raw += [event.replace(f'"{TICKET}"'.encode(), own) for event in draw(stories(most=9))]
    return raw


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[bytes], list[tuple[int, list[bytes]]], int]:
    """Events; batches in which they arrive, repeated and in any order, each with a watermark; the time in the end."""
    raw = draw(tickets())
    repeated = draw(st.lists(st.sampled_from(raw), max_size=4)) if raw else []
    order = draw(st.permutations(raw + repeated))
    now = draw(NOW)
    batches: list[tuple[int, list[bytes]]] = []
    at = START - DAY
    while order:
        size = draw(st.integers(1, len(order)))
        at = min(now, max(at, draw(NOW))) if draw(st.booleans()) else at
        batches.append((at, order[:size]))
        order = order[size:]
    return raw, batches, now


def at_once(raw: list[bytes], now: int) -> Partition:
    """A partition that was given everything in one batch."""
    partition = Partition(book())
    give(partition, raw)
    partition.advance(now)
    return partition


@settings(max_examples=200, deadline=None)
@given(arrivals(), st.sampled_from([None, 1, 2]))
def test_neither_order_nor_repetition_nor_batches_change_what_is_known(
    arrived: tuple[list[bytes], list[tuple[int, list[bytes]]], int], limit: int | None
) -> None:
    """Whatever arrives when, and however time passes in between, the end is as if all had come at once."""
    raw, batches, now = arrived
    expected = seen(at_once(raw, now))

    partition = Partition(book())
    for watermark, batch in batches:
        partition.advance(watermark, limit)
        partition.take_writes(1)
        partition.take_partials()
        give(partition, batch)
    while partition.advance(now, limit):
        pass

    assert expected == seen(partition)


@settings(max_examples=200, deadline=None)
@given(arrivals(), st.data())
def test_a_partition_restored_from_its_rows_is_as_if_it_had_been_there(
    arrived: tuple[list[bytes], list[tuple[int, list[bytes]]], int], data: st.DataObject
) -> None:
    """Rows come back in parts, with time passing in between, and new events after them: nothing differs."""
    raw, batches, now = arrived
    expected = seen(at_once(raw, now))
    crash = data.draw(st.integers(0, len(batches)))
    before, rows = Partition(book()), []
    for watermark, batch in batches[:crash]:
        before.advance(watermark)
        rows += give(before, batch)
    half = data.draw(st.integers(0, len(rows)))

    partition = Partition(book())
    partition.restore(rows[:half])
    if data.draw(st.booleans()):
        partition.advance(min(now, START + DAY))
    partition.restore(rows[half:])
    for watermark, batch in batches[crash:]:
        partition.advance(watermark)
        give(partition, batch)
    partition.advance(now)

    assert expected == seen(partition)


@settings(max_examples=200, deadline=None)
@given(tickets(), NOW)
def test_a_partition_knows_of_a_ticket_what_its_fold_says(raw: list[bytes], now: int) -> None:
    """Documents and breaches that a partition writes are those of a fold from nothing."""
    events: dict[str, dict[str, bytes]] = {}
    for value in raw:
        said = orjson.loads(value)
        events.setdefault(said["ticket_id"], {}).setdefault(said["event_id"], value)
    expected = {}
    for ticket_id, known in events.items():
        ticket = fold(map(parse, known.values()), book(), now)
        if ticket is not None:
            expected[ticket_id] = (document(ticket, now), breaches(ticket))

    written = {write.ticket_id: write for write in at_once(raw, now).all_writes()}

    assert set(expected) == set(written)
    for ticket_id, (doc, told) in expected.items():
        got = orjson.loads(written[ticket_id].doc or b"")
        del got["as_of"]
        assert orjson.loads(orjson.dumps(doc)) == got
        assert told == written[ticket_id].breaches


@settings(max_examples=100, deadline=None)
@given(tickets(), NOW)
def test_replay_says_what_the_partition_says(raw: list[bytes], now: int) -> None:
    """The files of a replay are the documents and breaches that a partition writes."""
    events = EventSet()
    for number, value in enumerate(raw):
        events.add(value, f"file:{number}")
    result = replay(events, book(), now)

    writes = sorted(at_once(raw, now).all_writes(), key=lambda write: write.ticket_id)

    documents = [orjson.loads(write.doc or b"") for write in writes]
    for written in documents:
        del written["as_of"]
    assert [orjson.loads(line) for line in result.tickets] == documents
    hashes = [
        {name: value for name, value in breach.fields.items() if name != "revision"}
        for write in writes
        for breach in sorted(write.breaches, key=lambda one: (one.fields["metric"], one.fields["cycle"]))
    ]
    assert [orjson.loads(line) for line in result.breaches] == orjson.loads(orjson.dumps(hashes))
