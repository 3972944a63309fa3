"""The log of closed totals in Kafka: a compacted topic, read from its start once, and on from there.

The rows of a total lie in one partition, that of `<period>/<subject>`, so that a revision is written as a whole. The
headers say what a reader needs to know of a row without reading it. An owner who wakes after another one has taken its
subjects over may still write a row; who meets it behind a newer owner's writes that one's again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import inf
from time import monotonic
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from sinks.kafka import KafkaAccess, KafkaWriter, Record, partition_of
from sinks.totals import Known, Name, Revision, keys_of, name_of

log = structlog.get_logger(__name__)

AGAIN_S = 1.0


class KafkaTotals:
    """See `sinks.totals.Totals`; one for each process."""

    def __init__(self, topic: str, access: KafkaAccess, writer: KafkaWriter) -> None:
        self.known: dict[Name, Known] = {}
        self._topic = topic
        self._access = access
        self._writer = writer
        self._places: dict[Name, tuple[int, int]] = {}  # partition and offset of the latest row
        self._next: dict[int, int] = {}  # partition → offset
        self._overwritten: set[Name] = set()
        self._lock = asyncio.Lock()
        self._caught_up = -inf

    async def catch_up(self, *, unless_s: float = 0.0) -> None:
        """See `Totals.catch_up`."""
        async with self._lock:
            while monotonic() - self._caught_up >= unless_s:
                try:
                    await self._read_on()
                except (KafkaError, OSError) as error:
                    log.warning("the log of totals cannot be read, waiting", topic=self._topic, error=repr(error))
                    await asyncio.sleep(AGAIN_S)
                else:
                    self._caught_up = monotonic()
                    break

    async def read(self, name: Name) -> bytes | None:
        """See `Totals.read`."""
        if name not in self._places:
            await self.catch_up()
        place = self._places.get(name)
        if place is None:
            return None
        partition, offset = place
        while True:
            try:
                async with _reading(self._access) as consumer:
                    there = TopicPartition(self._topic, partition)
                    consumer.assign([there])
                    consumer.seek(there, offset)
                    record = await consumer.getone()
            except (KafkaError, OSError) as error:
                log.warning("the log of totals cannot be read, waiting", topic=self._topic, error=repr(error))
                await asyncio.sleep(AGAIN_S)
            else:
                if name_of(record.key)[0] == name:
                    return bytes(record.value) if record.value is not None else None
                # The row has been compacted away: a later one stands for it.
                del self._places[name]
                await self.catch_up()
                return await self.read(name)

    async def publish(self, revisions: Sequence[Revision], epoch: int) -> None:
        """See `Totals.publish`."""
        count = await self._writer.partitions(self._topic)
        by_partition: dict[int, list[Revision]] = {}
        for one in revisions:
            by_partition.setdefault(partition_of(keys_of(one.name, 0)[1], count), []).append(one)
        for partition, mine in by_partition.items():
            rows = [
                Record(key, one.body, _headers(one, epoch)) for one in mine for key in keys_of(one.name, one.revision)
            ]
            written = await self._writer.write(self._topic, partition, rows)
            alone = written.last - written.first + 1 == len(rows)
            for at, one in enumerate(mine):
                self._take(one.name, one.revision, one.as_of, one.digest, epoch)
                if alone:
                    self._places[one.name] = partition, written.first + 2 * at + 1
                else:
                    self._places.pop(one.name, None)

    async def forget(self, names: Sequence[Name]) -> None:
        """See `Totals.forget`."""
        count = await self._writer.partitions(self._topic)
        by_partition: dict[int, list[Record]] = {}
        for name in names:
            known = self.known.pop(name, None)
            self._places.pop(name, None)
            rows = by_partition.setdefault(partition_of(keys_of(name, 0)[1], count), [])
            rows.append(Record(keys_of(name, 0)[1], None))
            rows += [Record(keys_of(name, n)[0], None) for n in range(1, known.revision + 1 if known else 2)]
        for partition, records in by_partition.items():
            await self._writer.write(self._topic, partition, records)

    async def mend(self, epoch: int, names: Sequence[Name]) -> None:
        """Writes those of our totals again that an older owner has overwritten since."""
        for name in names:
            if name in self._overwritten and (body := await self.read(name)) is not None:
                known = self.known[name]
                log.warning("an older owner has overwritten a total, writing it again", period=name[0], subject=name[1])
                await self.publish([Revision(name, known.revision, known.as_of[-1], known.digest, body)], epoch)
                self._overwritten.discard(name)

    # Inside

    async def _read_on(self) -> None:
        count = await self._writer.partitions(self._topic)
        async with _reading(self._access) as consumer:
            places = [TopicPartition(self._topic, number) for number in range(count)]
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            starts = await consumer.beginning_offsets(places)
            for place in places:
                consumer.seek(place, max(self._next.get(place.partition, 0), starts[place]))
            while behind := [place for place in places if await consumer.position(place) < ends[place]]:
                for records in (await consumer.getmany(*behind, timeout_ms=1000)).values():
                    for record in records:
                        self._read_if_ours(record)
                await asyncio.sleep(0)
            self._next = {place.partition: ends[place] for place in places}

    def _read_if_ours(self, record: Any) -> None:
        try:
            self._read(record)
        except (AttributeError, KeyError, ValueError) as error:
            log.warning(
                "a row of the log of totals is none of ours, passed over",
                topic=self._topic,
                partition=record.partition,
                offset=record.offset,
                error=repr(error),
            )

    def _read(self, record: Any) -> None:
        name, revision = name_of(record.key)
        if record.value is None:
            if not revision:
                self.known.pop(name, None)
                self._places.pop(name, None)
            return
        told = {key: value.decode() for key, value in record.headers}
        epoch = int(told["epoch"])
        known = self.known.get(name)
        if known is not None and epoch < known.epoch and int(told["revision"]) <= known.revision:
            if not revision and record.offset > self._places.get(name, (0, -1))[1]:
                self._overwritten.add(name)
            return
        self._take(name, int(told["revision"]), int(told["as_of"]), told["digest"], epoch)
        if not revision:
            self._places[name] = record.partition, record.offset

    def _take(self, name: Name, revision: int, as_of: int, digest: str, epoch: int) -> None:
        known = self.known.get(name)
        before = known.as_of if known is not None else ()
        if len(before) < revision - 1:
            before = (*before, *([as_of] * (revision - 1 - len(before))))
        after = before[revision:]
        if known is not None and known.revision > revision:
            digest = known.digest
        self.known[name] = Known(
            max(revision, known.revision if known else 0), (*before[: revision - 1], as_of, *after), digest, epoch
        )


def _headers(one: Revision, epoch: int) -> list[tuple[str, bytes]]:
    said = {"revision": str(one.revision), "as_of": str(one.as_of), "digest": one.digest, "epoch": str(epoch)}
    return [(name, value.encode()) for name, value in said.items()]


class _reading:  # noqa: N801 -- used as a function
    """A consumer of no group, for as long as it is needed."""

    def __init__(self, access: KafkaAccess) -> None:
        self._consumer = AIOKafkaConsumer(**access.options(), enable_auto_commit=False, auto_offset_reset="earliest")

    async def __aenter__(self) -> Any:
        await self._consumer.start()
        return self._consumer

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()
