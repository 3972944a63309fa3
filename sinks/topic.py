"""A topic read once, from its start to its end as it stands now, by whoever needs all of it and belongs to no group."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from sinks.kafka import KafkaAccess

_ANSWER_S = 10.0


class KafkaUnreachable(Exception):
    """Kafka does not answer.

    Operator action: start it, or correct the setting that the message names.
    """


class Told(NamedTuple):
    """A record and where it stands."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


async def read_topic(
    access: KafkaAccess, topic: str, wanted: Callable[[bytes, bytes], bool] = lambda _key, _value: True
) -> list[Told]:
    """The records of a topic whose key and value are `wanted`, by partition and offset; none where it is not there.

    Raises:
        KafkaUnreachable: Kafka does not answer.
    """
    found: list[Told] = []
    try:
        numbers = await asyncio.wait_for(_partitions(access, topic), _ANSWER_S)
        if numbers:
            await _read(access, [TopicPartition(topic, number) for number in numbers], wanted, found)
    except (KafkaError, OSError, TimeoutError) as error:
        msg = f"kafka at {access.servers} does not answer: start it, or correct SLAWATCH_KAFKA ({error!r})"
        raise KafkaUnreachable(msg) from error
    return sorted(found, key=lambda one: (one.partition, one.offset))


async def _partitions(access: KafkaAccess, topic: str) -> list[int]:
    """The partitions of a topic; asking for one that is not there would make it on some brokers."""
    admin = AIOKafkaAdminClient(**access.options())
    try:
        await admin.start()
        if topic not in await admin.list_topics():
            return []
        described = await admin.describe_topics([topic])
        return sorted(one["partition"] for one in described[0]["partitions"])
    finally:
        await admin.close()


async def _read(
    access: KafkaAccess, places: list[TopicPartition], wanted: Callable[[bytes, bytes], bool], found: list[Told]
) -> None:
    consumer = AIOKafkaConsumer(**access.options(), enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        await consumer.start()
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        await consumer.seek_to_beginning(*places)
        while behind := [place for place in places if await consumer.position(place) < ends[place]]:
            for place, records in (await consumer.getmany(*behind, timeout_ms=1000)).items():
                found += [
                    Told(place.partition, record.offset, record.key, record.value)
                    for record in records
                    if wanted(record.key or b"", record.value or b"")
                ]
    finally:
        await consumer.stop()
