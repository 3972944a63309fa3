"""The log of totals: Kafka and its twin in memory tell the same."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from sinks.kafka import KafkaAccess, KafkaWriter, Record
from sinks.kafka_tail import KafkaTail
from sinks.kafka_totals import KafkaTotals
from sinks.memory_totals import MemoryTotals
from sinks.totals import Known, Revision, Totals, keys_of, name_of
from tests.servers.kafka import KafkaServer

NAME = ("2026-10", "team:网络%7C核心|priority:P0")
OTHER = ("2026-Q4", "agent:bo")


def revision(number: int, name: tuple[str, str] = NAME, body: bytes = b"") -> Revision:
    return Revision(name, number, 1_000 * number, f"digest-{number}", body or b'{"revision":%d}' % number)


class Log:
    """A topic of its own, and readers of it."""

    def __init__(self, address: str) -> None:
        self.topic = f"totals-{uuid.uuid4().hex[:8]}"
        self.access = KafkaAccess(address)
        self.writer = KafkaWriter(self.access)

    async def open(self) -> None:
        """Makes the topic."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.access.servers)
        await admin.start()
        await admin.create_topics([NewTopic(self.topic, 3, 1, topic_configs={"cleanup.policy": "compact"})])
        await admin.close()
        await asyncio.sleep(0.3)
        await self.writer.start()

    def reader(self) -> KafkaTotals:
        """One more that knows nothing yet."""
        return KafkaTotals(self.topic, self.access, self.writer)


@pytest.fixture
async def log(kafka_server: KafkaServer) -> AsyncIterator[Log]:
    opened = Log(kafka_server.address)
    await opened.open()
    yield opened
    await opened.writer.stop()


async def check_revisions(totals: Totals) -> None:
    await totals.publish([revision(1), revision(1, OTHER)], epoch=7)
    await totals.publish([revision(2)], epoch=7)
    await totals.catch_up()

    assert {NAME: Known(2, (1_000, 2_000), "digest-2", 7), OTHER: Known(1, (1_000,), "digest-1", 7)} == dict(
        totals.known
    )
    assert (b'{"revision":2}', b'{"revision":1}', None) == (
        await totals.read(NAME),
        await totals.read(OTHER),
        await totals.read(("2026", "all")),
    )
    await totals.forget([OTHER])
    await totals.catch_up()
    assert (NAME,) == tuple(totals.known)


async def test_each_revision_is_known_and_the_latest_is_read() -> None:
    """In memory."""
    await check_revisions(MemoryTotals())


@pytest.mark.kafka
async def test_each_revision_is_known_and_the_latest_is_read_in_kafka(log: Log) -> None:
    """And by a reader that begins at the start, the same."""
    first = log.reader()
    foreign = [Record(b"2026-10/all", b"{}"), Record(b"what/is/this", b"")]
    await log.writer.write(log.topic, 0, foreign)  # passed over
    await check_revisions(first)
    second = log.reader()
    await second.catch_up()
    await second.catch_up(unless_s=60)

    assert first.known == second.known
    assert b'{"revision":2}' == await second.read(NAME)


@pytest.mark.kafka
async def test_a_total_that_an_older_owner_overwrites_is_written_again(log: Log) -> None:
    """It woke with what it held; the newer owner's word is the last one."""
    old, new = log.reader(), log.reader()
    await new.publish([revision(1), revision(2)], epoch=9)
    await old.publish([revision(1, body=b'{"stale":true}')], epoch=3)
    await new.catch_up()
    assert (2, 9) == (new.known[NAME].revision, new.known[NAME].epoch)
    await new.mend(9, [NAME])
    await new.mend(9, [NAME])
    late = log.reader()
    await late.catch_up()

    assert b'{"revision":2}' == await late.read(NAME)
    assert Known(2, (1_000, 2_000), "digest-2", 9) == late.known[NAME]


@pytest.mark.kafka
async def test_a_tail_hands_over_every_row_and_knows_up_to_when(log: Log) -> None:
    """Those from before it began, then those that come; nothing of a removed one but that it is gone."""
    rows: list[tuple[bytes, bytes | None]] = []
    clock = iter(range(1, 1_000_000))
    tail = KafkaTail(log.topic, log.access, log.writer, lambda: next(clock), lambda k, v, _: rows.append((k, v)))
    await log.writer.write(log.topic, 1, [Record(b"a", b"1"), Record(b"b", b"2")])
    task = asyncio.create_task(tail.run(0.05))
    async with asyncio.timeout(10):
        while tail.seen < 0:
            await asyncio.sleep(0.02)
    assert [(b"a", b"1"), (b"b", b"2")] == rows
    await log.writer.write(log.topic, 2, [Record(b"a", None)])
    async with asyncio.timeout(10):
        while len(rows) < 3:
            await asyncio.sleep(0.02)
    task.cancel()

    assert (b"a", None) == rows[-1]


@pytest.mark.parametrize(("name", "number"), [(NAME, 1), (OTHER, 12)])
def test_a_key_is_read_as_it_was_written(name: tuple[str, str], number: int) -> None:
    """Names in it are encoded, so that only the keys' own slashes divide it."""
    own, latest = keys_of(name, number)

    assert ((name, number), (name, 0)) == (name_of(own), name_of(latest))
    assert f"{name[0]}/{name[1]}/{number}".encode() == own
