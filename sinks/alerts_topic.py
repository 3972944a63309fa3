"""The topic `sla-alerts`: what alerting remembers. Compacted, of one partition, so that its records have one order.

A record of the active alerter carries the epoch of its takeover as a header; records of commands carry none.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, NamedTuple

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from sinks.kafka import FIRST_WAIT_S, LONGEST_WAIT_S, KafkaAccess, KafkaWriter, Record

log = structlog.get_logger(__name__)

TOPIC: Final = "sla-alerts"
PARTITION: Final = 0
EPOCH: Final = "epoch"
#: How long a broker may take over an answer before it counts as away.
ANSWER_S: Final = 5.0

_PLACE: Final = TopicPartition(TOPIC, PARTITION)
_CONFIG: Final = {
    "cleanup.policy": "compact",
    "segment.ms": "3600000",
    "min.cleanable.dirty.ratio": "0.2",
    "max.message.bytes": "4194304",
}


class Row(NamedTuple):
    """A record as it is read; `epoch` None: a command wrote it."""

    offset: int
    key: str
    value: bytes | None
    epoch: int | None


async def ensure_alerts_topic(access: KafkaAccess, *, replication: int = -1, patience_s: float | None = None) -> None:
    """Creates the topic where it is missing; waits for Kafka, for ever or for so long.

    Raises:
        KafkaError: Kafka has not answered in time.
    """
    loop = asyncio.get_running_loop()
    began, wait, said = loop.time(), FIRST_WAIT_S, False
    while True:
        try:
            await _create(access, replication)
        except (KafkaError, OSError, TimeoutError) as error:
            if patience_s is not None and loop.time() - began >= patience_s:
                raise error if isinstance(error, KafkaError) else KafkaError(repr(error)) from error
            if not said:
                said = True
                log.warning("waiting for kafka", servers=access.servers, error=repr(error))
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)
        else:
            return


async def _create(access: KafkaAccess, replication: int) -> None:
    admin = AIOKafkaAdminClient(**access.options(), client_id="slawatch-alerts", request_timeout_ms=10_000)
    try:
        await admin.start()
        found = await admin.describe_topics([TOPIC])
        if found and not found[0]["error_code"] and found[0]["partitions"]:
            return
        if admin._client.cluster.controller is None:  # noqa: SLF001 - there is no public way; the broker in memory has none
            return
        topic = NewTopic(
            TOPIC,
            num_partitions=1,
            replication_factor=replication,
            replica_assignments={} if replication == -1 else None,
            topic_configs=_CONFIG,
        )
        answer = await admin.create_topics([topic])
        for name, code, *reason in answer.topic_errors:
            if code not in (0, TopicAlreadyExistsError.errno):
                msg = f"topic {name!r} cannot be created ({code}: {reason})"
                raise KafkaError(msg)
    finally:
        await admin.close()


class AlertsTopic:
    """Writes to the topic, and follows it from its beginning."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access
        self._writer = KafkaWriter(access, client_id="slawatch-alerts")
        self._consumer: AIOKafkaConsumer | None = None
        self.heard_at: float | None = None  # by the loop's clock: when Kafka last answered
        self.next_offset = 0

    async def start(self) -> None:
        """Connects; waits while no broker answers."""
        await self._writer.start()
        await self._connect()

    async def stop(self) -> None:
        """Closes the connections."""
        await self._writer.stop()
        if self._consumer is not None:
            consumer, self._consumer = self._consumer, None
            await consumer.stop()

    async def write(self, records: Sequence[tuple[str, bytes | None]], epoch: int | None = None) -> int:
        """Writes records and waits until they are kept, however long that takes; the offset of the last."""
        headers = () if epoch is None else ((EPOCH, str(epoch).encode()),)
        rows = [Record(key.encode(), value, headers) for key, value in records]
        written = await self._writer.write(TOPIC, PARTITION, rows)
        self._hear()
        return written.last

    async def end(self) -> int:
        """The offset that the next record will have.

        Raises:
            KafkaError, TimeoutError: Kafka does not answer.
        """
        async with asyncio.timeout(ANSWER_S):
            ends = await self._connected().end_offsets([_PLACE])
        self._hear()
        return int(ends[_PLACE])

    async def rows(self, wait_s: float = 0.25) -> list[Row]:
        """What has come since the last call; waits for so long when nothing has."""
        found = await self._connected().getmany(_PLACE, timeout_ms=int(wait_s * 1000), max_records=5000)
        rows = [_row(one) for one in found.get(_PLACE, ())]
        self.next_offset = rows[-1].offset + 1 if rows else self.next_offset
        if rows:
            self._hear()
        return rows

    async def all_rows(self) -> AsyncIterator[Row]:
        """Everything up to the present end."""
        end = await self.end()
        while await self._connected().position(_PLACE) < end:
            for row in await self.rows():
                yield row

    async def position(self) -> int:
        """The offset that is read next, over what compaction has removed, too."""
        return int(await self._connected().position(_PLACE))

    def rewind(self) -> None:
        """Reads from the beginning again."""
        self._connected().seek(_PLACE, 0)
        self.next_offset = 0

    async def _connect(self) -> None:
        wait = FIRST_WAIT_S
        while True:
            consumer = AIOKafkaConsumer(
                **self._access.options(),
                client_id="slawatch-alerts",
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                fetch_max_wait_ms=100,
                max_partition_fetch_bytes=8 * 1024 * 1024,
            )
            try:
                await consumer.start()
            except KafkaError as error:
                await consumer.stop()
                log.warning("kafka does not answer, waiting", servers=self._access.servers, error=repr(error))
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_S)
            else:
                consumer.assign([_PLACE])
                consumer.seek(_PLACE, 0)
                self._consumer = consumer
                self._hear()
                return

    def _hear(self) -> None:
        self.heard_at = asyncio.get_running_loop().time()

    def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            msg = "the topic has not been opened"
            raise RuntimeError(msg)
        return self._consumer


def _row(record: Any) -> Row:
    epoch = next((int(value) for name, value in record.headers if name == EPOCH), None)
    return Row(record.offset, (record.key or b"").decode(), record.value, epoch)
