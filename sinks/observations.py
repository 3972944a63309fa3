"""What was reported, rated and adjusted: the topic of observations, read as a whole and added to, never changed."""

from __future__ import annotations

from collections.abc import Iterable

from sinks.kafka import KafkaAccess, KafkaWriter, Record
from sinks.topic import read_topic


async def read_observations(access: KafkaAccess, topic: str) -> list[tuple[str, bytes]]:
    """Every record with its place, as it was written.

    Raises:
        KafkaUnreachable: Kafka does not answer.
    """
    told = await read_topic(access, topic)
    return [(f"{topic}[{one.partition}]@{one.offset}", one.value or b"") for one in told]


async def write_observations(access: KafkaAccess, topic: str, records: Iterable[tuple[str, bytes]]) -> None:
    """Adds records under their subjects, and waits until all are acknowledged."""
    writer = KafkaWriter(access)
    await writer.start()
    try:
        await writer.write_keyed(topic, [Record(subject.encode(), value) for subject, value in records])
    finally:
        await writer.stop()
