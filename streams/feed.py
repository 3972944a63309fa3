"""Feeding the event topic: what is past at once, but no faster than it is worked off; the rest in its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from sinks.kafka import KafkaAccess, KafkaWriter, Record
from streams import topics
from streams.clock import now_ms

CHUNK = 2000  # events of the past that are published in one go
AHEAD = 10_000  # events that may be waiting to be worked off
PULSE_S = 0.05

#: An event of a feed: its instant in ms, and its record.
Feed = Iterator[tuple[int, Record]]
#: Says how many events of the topic have been worked off.
Done = Callable[[], Awaitable[int]]


async def play(feed: Feed, writer: KafkaWriter, done: Done | None = None) -> int:
    """Publish a feed that is in the order of time; answers how many events that was.

    With `done`, the past is held back while more than `AHEAD` of what was published is not worked off: a broker in
    memory keeps only the newest.
    """
    count = 0
    held: list[tuple[int, Record]] = []
    while True:
        now = now_ms()
        if not held:
            held = list(islice(feed, 1))
            if not held:
                return count
        if held[0][0] > now:
            await asyncio.sleep(min((held[0][0] - now) / 1000, 1.0) if held[0][0] - now > 1000 * PULSE_S else PULSE_S)
            continue
        chunk = [held.pop()[1]]
        for at, record in feed:
            if at > now or len(chunk) >= CHUNK:
                held = [(at, record)]
                break
            chunk.append(record)
        await writer.write_keyed(topics.EVENTS, chunk)
        count += len(chunk)
        while done is not None and count - await done() > AHEAD:
            await asyncio.sleep(0.2)


class Committed:
    """How many events a consumer group has committed since this was made."""

    def __init__(self, access: KafkaAccess, group: str, partitions: int) -> None:
        self._access = access
        self._group = group
        self._partitions = [TopicPartition(topics.EVENTS, number) for number in range(partitions)]
        self._admin: AIOKafkaAdminClient | None = None

    async def __call__(self) -> int:
        """The sum of the committed offsets of the event topic; the broker is taken to have been empty."""
        try:
            if self._admin is None:
                self._admin = AIOKafkaAdminClient(**self._access.options(), client_id="slawatch-feed")
                await self._admin.start()
            offsets = await self._admin.list_consumer_group_offsets(self._group, partitions=self._partitions)
        except KafkaError:
            return 0
        return sum(max(0, found.offset) for found in offsets.values())

    async def close(self) -> None:
        """Close the connection."""
        if self._admin is not None:
            await self._admin.close()
