"""One event for each partition and fetch, and commits that follow it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from inspect import CORO_CLOSED, getcoroutinestate
from typing import cast

import faust
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faust.types import TP

from streams.batches import Batch, BatchConsumerThread, BatchTransport, batch_of
from tests.servers.kafka import KafkaServer


@dataclass
class Raw:
    """A record as the client gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int = 7
    timestamp_type: int = 0


def test_a_batch_stands_at_its_last_record() -> None:
    """In the shape of that record, with all records as its value, and what was fetched before them."""
    records = [Raw("t", 1, 5), Raw("t", 1, 8)]

    batch = batch_of(records, 3)

    assert (1, 8) == (batch.partition, batch.offset)
    assert records == batch.value
    assert 3 == batch.value.after


def offsets(found: Mapping[TP, list[Batch]], place: TP) -> tuple[int, list[int]]:
    """What came of a partition, and after what."""
    (batch,) = found[place]
    return batch.value.after, [record.offset for record in batch.value]


@pytest.fixture
async def place(kafka_server: KafkaServer) -> TP:
    """A topic's only partition, with five records."""
    topic = f"batches-{uuid.uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server.address)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka_server.address) as producer:
        for number in range(5):
            await producer.send_and_wait(topic, b"%d" % number, partition=0)
    return TP(topic, 0)


def member(server: KafkaServer, place: TP) -> AIOKafkaConsumer:
    """A consumer of the group that reads it, as Faust sets one up."""
    return AIOKafkaConsumer(
        place.topic,
        bootstrap_servers=server.address,
        group_id=place.topic,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        heartbeat_interval_ms=100,
    )


@pytest.fixture
async def thread() -> AsyncIterator[BatchConsumerThread]:
    """Faust's consumer thread as a worker has it, with the flow on."""
    app = faust.App("batches", store="memory://")
    app.transport = BatchTransport(app.conf.broker_consumer, app)
    app.consumer.resume_flow()
    thread = cast("BatchConsumerThread", app.consumer._thread)
    yield thread
    thread.thread_loop.close()


@pytest.mark.kafka
async def test_what_a_rebalance_overtakes_is_put_back(
    kafka_server: KafkaServer, place: TP, thread: BatchConsumerThread
) -> None:
    """A fetch that waits while another member joins gives nothing of the new assignment; the next one begins it."""
    async with member(kafka_server, place) as ours:
        assert (-1, [0, 1, 2, 3, 4]) == offsets(await thread._fetch_records(ours, {place}, timeout=20), place)
        thread.handed_over(place)
        wanted = {place}
        waiting = asyncio.create_task(thread._fetch_records(ours, wanted, timeout=20))
        await asyncio.sleep(0.2)
        wanted.clear()  # as Faust does when a rebalance begins

        async with member(kafka_server, place):
            pass

        assert {} == await waiting
        assert (-1, [0, 1, 2, 3, 4]) == offsets(await thread._fetch_records(ours, {place}, timeout=20), place)


@pytest.mark.kafka
async def test_what_was_fetched_comes_until_it_is_handed_over(
    kafka_server: KafkaServer, place: TP, thread: BatchConsumerThread
) -> None:
    """Faust may throw a fetch away: when it pauses a partition meanwhile it does not read it again."""
    async with member(kafka_server, place) as consumer:
        for _ in range(2):
            found = await thread._fetch_records(consumer, {place}, timeout=20, max_records=3)
            assert (-1, [0, 1, 2]) == offsets(found, place)
            assert (3, 2) == thread.read(place)
        thread.handed_over(place)
        for _ in range(2):
            assert (2, [3, 4]) == offsets(await thread._fetch_records(consumer, {place}, timeout=20), place)


@pytest.mark.kafka
async def test_a_fetch_of_no_partitions_brings_nothing(
    kafka_server: KafkaServer, place: TP, thread: BatchConsumerThread
) -> None:
    """The set of active partitions may have been emptied on its way to the thread; to aiokafka that means all."""
    async with member(kafka_server, place) as consumer:
        assert {} == await thread._fetch_records(consumer, set(), timeout=2)


@pytest.mark.kafka
async def test_a_marker_at_the_end_is_read_and_brings_nothing(
    kafka_server: KafkaServer, place: TP, thread: BatchConsumerThread
) -> None:
    """A partition's log may end with one; that is its end all the same."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka_server.address, transactional_id=place.topic)
    async with producer, producer.transaction():
        await producer.send_and_wait(place.topic, b"5", partition=0)
    async with member(kafka_server, place) as consumer:
        assert thread.read(place) is None
        while thread.read(place) != (7, 5):
            await thread._fetch_records(consumer, {place}, timeout=2)
            thread.handed_over(place)


async def test_messages_are_handed_over_before_the_loop_comes_round(thread: BatchConsumerThread) -> None:
    """Those of a fetch one after the other, each to a queue with room; nothing is left that waits for nothing."""
    consumer, taken, rounds = thread.consumer, list[int](), 0

    async def count() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    async def take(number: int) -> int:
        taken.append(number)
        return number

    counting = asyncio.create_task(count())
    for number in range(16):
        found = await consumer.wait_first(take(number), consumer.suspend_flow.wait())
        assert [number] == found.results
    counting.cancel()

    assert list(range(16)) == taken
    assert 0 == rounds


async def test_an_error_in_handing_over_leaves_nothing_that_nobody_waits_for(thread: BatchConsumerThread) -> None:
    """What the message would have waited beside is let go."""

    async def fail() -> None:
        raise ValueError("no")

    beside = thread.consumer.suspend_flow.wait()
    with pytest.raises(ValueError, match="no"):
        await thread.consumer.wait_first(fail(), beside)

    assert CORO_CLOSED == getcoroutinestate(beside)


async def test_a_message_that_nobody_has_room_for_waits_until_the_flow_stops(thread: BatchConsumerThread) -> None:
    """It is let go then: it comes again."""
    consumer, room, let_go = thread.consumer, asyncio.Event(), list[bool]()

    async def take() -> None:
        try:
            await room.wait()
        except asyncio.CancelledError:
            let_go.append(True)
            raise

    stopped = asyncio.Event()
    handing = asyncio.create_task(consumer.wait_first(take(), stopped.wait()))
    await asyncio.sleep(0.01)
    assert not handing.done()
    stopped.set()
    found = await handing
    await asyncio.sleep(0)

    assert [True] == found.results
    assert [True] == let_go
