"""A topic followed from its start, all partitions of it, by a process that needs to know all that it says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from sinks.kafka import KafkaAccess, KafkaWriter

log = structlog.get_logger(__name__)

AGAIN_S = 1.0
ROWS = 500  # that are handed over without a pause

#: Key, value (None: removed) and when it was written, in ms.
OnRow = Callable[[bytes, bytes | None, int], None]


class KafkaTail:
    """Hands over every row of a topic, and says how much of it is known."""

    def __init__(
        self, topic: str, access: KafkaAccess, writer: KafkaWriter, clock: Callable[[], int], on_row: OnRow
    ) -> None:
        self.seen = -1
        """All that stood in the topic at this instant (ms) has been handed over."""
        self._topic = topic
        self._access = access
        self._writer = writer
        self._clock = clock
        self._on_row = on_row
        self._next: dict[int, int] = {}  # partition → offset

    async def run(self, every_s: float) -> None:
        """Follows the topic until it is cancelled, and looks at its end so often."""
        count = await self._writer.partitions(self._topic)
        places = [TopicPartition(self._topic, number) for number in range(count)]
        away = False
        while True:
            consumer = AIOKafkaConsumer(**self._access.options(), enable_auto_commit=False)
            try:
                await consumer.start()
                consumer.assign(places)
                starts = await consumer.beginning_offsets(places)
                for place in places:
                    consumer.seek(place, max(self._next.get(place.partition, 0), starts[place]))
                while True:
                    await self._read_on(consumer, places)
                    if away:
                        away = False
                        log.info("the topic can be followed again", topic=self._topic)
                    await asyncio.sleep(every_s)
            except (KafkaError, OSError) as error:
                if not away:
                    away = True
                    log.warning("the topic cannot be followed, waiting", topic=self._topic, error=repr(error))
                await asyncio.sleep(AGAIN_S)
            finally:
                await consumer.stop()

    async def _read_on(self, consumer: Any, places: list[TopicPartition]) -> None:
        """Reads on to the end as it stands now."""
        asked = self._clock()
        ends = await consumer.end_offsets(places)
        while behind := [place for place in places if await consumer.position(place) < ends[place]]:
            for records in (await consumer.getmany(*behind, timeout_ms=500, max_records=ROWS)).values():
                for record in records:
                    self._on_row(record.key, record.value, record.timestamp)
            for place in places:
                self._next[place.partition] = await consumer.position(place)
            await asyncio.sleep(0)
        self.seen = asked
