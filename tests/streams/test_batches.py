"""One event for each partition and fetch, and commits that follow it."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faust.types import TP

from streams.batches import BatchConsumerThread, FetchBatches
from tests.servers.kafka import KafkaServer


@dataclass
class Raw:
    """A record as the client gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int = 7
    timestamp_type: int = 0


def test_a_fetch_is_one_batch_for_each_partition() -> None:
    """In the shape of the last record, with all records as its value; empty partitions are none."""
    first, second, empty = TP("t", 0), TP("t", 1), TP("t", 2)
    found = {first: [Raw("t", 0, 5), Raw("t", 0, 8)], second: [Raw("t", 1, 3)], empty: []}

    batches = list(FetchBatches().iterate(found))

    assert [first, second] == [tp for tp, _ in batches]
    assert [8, 3] == [batch.offset for _, batch in batches]
    assert [found[first], found[second]] == [batch.value for _, batch in batches]


@pytest.mark.kafka
async def test_what_a_rebalance_overtakes_is_put_back(kafka_server: KafkaServer) -> None:
    """A fetch that waits while another member joins gives nothing of the new assignment; the next one begins it."""
    topic, group = f"batches-{uuid.uuid4().hex[:8]}", f"batches-{uuid.uuid4().hex[:8]}"
    thread = BatchConsumerThread.__new__(BatchConsumerThread)
    thread.consumer = cast("Any", SimpleNamespace(flow_active=True))  # all that a fetch asks of Faust
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server.address)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka_server.address) as producer:
        for number in range(5):
            await producer.send_and_wait(topic, b"%d" % number, partition=0)
    ours, other = [
        AIOKafkaConsumer(
            topic,
            bootstrap_servers=kafka_server.address,
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            heartbeat_interval_ms=100,
        )
        for _ in range(2)
    ]
    await ours.start()
    place = TopicPartition(topic, 0)
    try:
        assert 5 == len((await thread._fetch_records(ours, {place}, timeout=20))[place])
        wanted = {place}
        waiting = asyncio.create_task(thread._fetch_records(ours, wanted, timeout=20))
        await asyncio.sleep(0.2)
        wanted.clear()  # as Faust does when a rebalance begins

        await other.start()
        await other.stop()

        assert {} == await waiting
        again = await thread._fetch_records(ours, {place}, timeout=20)
        assert [0, 1, 2, 3, 4] == [record.offset for record in again[place]]
    finally:
        await ours.stop()
