"""What is written to Kafka: rows and events in batches, acknowledged before the caller goes on.

A batch is built here and sent as a whole, which is several times as fast as a call for each record. While Kafka is away
the call waits, says so once, and goes on with what it had: to write again is harmless for rows, and an event twice in a
log is what every reader here expects.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)
from aiokafka.partitioner import murmur2

log = structlog.get_logger(__name__)

BATCH_BYTES = 512 * 1024  # the broker takes 1 MB by default; a single larger record goes alone
FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0
STOP_S = 2.0

Headers = Sequence[tuple[str, bytes]]


class Record(NamedTuple):
    """One record to be written; `timestamp` in ms, None: when it is written."""

    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp: int | None = None


class Written(NamedTuple):
    """Where records came to stand; others may have written in between when `last - first` exceeds their number."""

    first: int
    last: int


class TooLarge(Exception):
    """The broker takes no record of this size.

    Operator action: raise `max.message.bytes` of the topic that the message names.
    """


class KafkaAccess(NamedTuple):
    """How Kafka is reached: addresses separated by commas, and what secures the connection."""

    servers: str
    security: str = "PLAINTEXT"
    ssl_context: ssl.SSLContext | None = None
    sasl: str = "PLAIN"
    username: str | None = None
    password: str | None = None

    def options(self) -> dict[str, Any]:
        """As aiokafka's clients take it."""
        options: dict[str, Any] = {"bootstrap_servers": self.servers, "security_protocol": self.security}
        if self.ssl_context is not None:
            options["ssl_context"] = self.ssl_context
        if self.security.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.sasl,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return options


def partition_of(key: bytes, partitions: int) -> int:
    """Kafka's own partition of a key: murmur2, as the Java clients have it."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


class KafkaWriter:
    """Writes batches of records; one for each process."""

    def __init__(self, access: KafkaAccess, *, client_id: str = "slawatch") -> None:
        self._access = access
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._away_since: float | None = None
        self._partitions: dict[str, int] = {}

    async def start(self) -> None:
        """Connects; waits while no broker answers."""
        wait = FIRST_WAIT_S
        while True:
            producer = AIOKafkaProducer(
                **self._access.options(),
                client_id=self._client_id,
                acks="all",
                max_batch_size=BATCH_BYTES,
                max_request_size=64 * 1024 * 1024,  # the broker's limit is the one that counts
                request_timeout_ms=20_000,
            )
            try:
                await producer.start()
            except KafkaError as error:
                await producer.stop()
                wait = await self._wait_for_kafka(error, wait)
            else:
                self._producer = producer
                self._came_back()
                return

    async def stop(self) -> None:
        """Closes the connection."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            # It would wait for what is on its way, half a minute and more where Kafka is away; nobody waits for that.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_S):
                    await producer.stop()

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has; waits while no broker answers."""
        if topic not in self._partitions:
            wait = FIRST_WAIT_S
            while True:
                try:
                    self._partitions[topic] = len(await self._connected().partitions_for(topic))
                    break
                except KafkaError as error:
                    wait = await self._wait_for_kafka(error, wait)
        return self._partitions[topic]

    def partitions_now(self, topic: str) -> int | None:
        """How many it has as the brokers last told, who are asked again; None where they have told nothing."""
        client = self._connected().client
        client.force_metadata_update()
        found = client.cluster.partitions_for_topic(topic)
        return len(found) if found else None

    async def write(self, topic: str, partition: int, records: Sequence[Record]) -> Written:
        """Writes records to one partition, in order, and waits until all are acknowledged; there is at least one.

        Raises:
            TooLarge: the broker refuses a record for its size; those of other batches may have been written.
        """
        first: int | None = None
        last = -1
        at = 0
        while at < len(records):
            count, future = await self._send_batch(topic, partition, records, at)
            base = await self._acknowledged(topic, partition, records[at : at + count], future)
            first = base if first is None else first
            last = base + count - 1
            at += count
        return Written(-1 if first is None else first, last)

    async def write_keyed(self, topic: str, records: Iterable[Record], *, partitions: int | None = None) -> None:
        """Writes records to the partitions of their keys (which they have); waits until all are acknowledged.

        `partitions`: of so many; by default of as many as the topic has.
        """
        partitions = partitions or await self.partitions(topic)
        by_partition: dict[int, list[Record]] = {}
        for record in records:
            by_partition.setdefault(partition_of(record.key or b"", partitions), []).append(record)
        await asyncio.gather(*(self.write(topic, number, found) for number, found in by_partition.items()))

    async def _send_batch(
        self, topic: str, partition: int, records: Sequence[Record], at: int
    ) -> tuple[int, asyncio.Future[Any] | None]:
        """Hands the next batch over: its size in records, and what tells of its end (None: nobody took it)."""
        producer = self._connected()
        builder = producer.create_batch()
        append = builder.append
        count = 0
        for index in range(at, len(records)):
            key, value, headers, timestamp = records[index]
            if append(timestamp=timestamp, key=key, value=value, headers=list(headers)) is None:
                break
            count += 1
        builder.close()
        try:
            return count, await producer.send_batch(builder, topic, partition=partition)
        except KafkaError:
            return count, None

    async def _acknowledged(
        self, topic: str, partition: int, records: Sequence[Record], future: asyncio.Future[Any] | None
    ) -> int:
        """Waits for one batch, sending it anew for as long as it takes; the offset of its first record."""
        wait = FIRST_WAIT_S
        while True:
            try:
                if future is not None:
                    told = await future
                    self._came_back()
                    return int(told.offset)
            except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
                msg = f"topic {topic!r} takes no batch of {sum(len(r.value or b'') for r in records)} bytes: {error}"
                raise TooLarge(msg) from error
            except KafkaError as error:
                wait = await self._wait_for_kafka(error, wait)
            else:
                wait = await self._wait_for_kafka(None, wait)
            _, future = await self._send_batch(topic, partition, records, 0)

    async def _wait_for_kafka(self, error: KafkaError | None, wait: float) -> float:
        """Waits a while, and says once that it does; the next wait in seconds."""
        now = asyncio.get_running_loop().time()
        if self._away_since is None:
            self._away_since = now
            if isinstance(error, TopicAuthorizationFailedError | ClusterAuthorizationFailedError):
                mend = "allow this user to write to slawatch's topics"
            else:
                mend = "start it, or correct SLAWATCH_KAFKA"
            log.warning("kafka does not answer, waiting", servers=self._access.servers, error=repr(error), mend=mend)
        await asyncio.sleep(wait)
        return min(wait * 2, LONGEST_WAIT_S)

    def _came_back(self) -> None:
        if self._away_since is not None:
            away = asyncio.get_running_loop().time() - self._away_since
            self._away_since = None
            log.info("kafka answers again", away_s=round(away, 1))

    def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            msg = "the writer has not been started"
            raise RuntimeError(msg)
        return self._producer
