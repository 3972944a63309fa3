"""What a partition's tickets gave to months, on its way to `sla-period-facts`; what late events moved; what was solved.

Gifts are written now and then, each ticket's as it stands then, while the partition is live: a backlog costs nothing
until it has been worked off. The changelog remembers up to which of its rows they have been, so that a successor
writes the rest and nothing else.
"""

from __future__ import annotations

import asyncio

from sinks.kafka import Record
from streams import topics, wire
from streams.engine import Engine
from streams.ground import Ground
from streams.journal import Journal
from streams.solutions import solved_row

EVERY_MS = 10_000
TICKETS = 40  # whose gifts are put into words without a pause
TAKES_MS = 40  # of one beat: after a backlog there is much to write, and events wait for it


class GiftsOut:
    """The gifts of one partition."""

    def __init__(self, number: int, engine: Engine, ground: Ground, journal: Journal) -> None:
        self._number = number
        self._engine = engine
        self._ground = ground
        self._journal = journal
        self._partials = topics.partials(ground.settings.group)
        self._due = 0
        self._seen = -1

    def taken_over(self) -> None:
        """The rows of the changelog are known, and about to be folded."""
        giving = self._engine.giving
        if giving is not None:
            journal = self._journal
            giving.read, giving.given_to = max(giving.read, journal.read), journal.given_to
            giving.other_book = journal.given_to >= 0 and journal.given_by != self._ground.digest

    def close(self) -> None:
        """The partition is no longer ours."""
        if self._engine.comebacks is not None:
            self._engine.comebacks.leave()

    def look(self) -> None:
        """Notes how much of what other partitions have told is about to be worked in."""
        self._seen = self._ground.solved.seen

    async def tell_solved(self) -> None:
        """Tells all workers what was solved; to be called before that is acknowledged."""
        comebacks = self._engine.comebacks
        if comebacks is not None and (rows := [solved_row(*told) for told in comebacks.take_told()]):
            topic = topics.solutions(self._ground.settings.group)
            number = self._number % await self._ground.writer.partitions(topic)
            await self._ground.writer.write(topic, number, rows)

    async def tell_moved(self) -> None:
        """Tells stage 2 which events have moved closed totals; to be called before these are acknowledged."""
        giving = self._engine.giving
        if giving is None or not (found := giving.take_moved()):
            return
        by_partition: dict[int, list[Record]] = {}
        for moved in found:
            record = Record(*wire.cause_row(wire.Cause(*moved)))
            by_partition.setdefault(self._ground.home_of(moved.subject), []).append(record)
        for partition, records in by_partition.items():
            await self._ground.writer.write(self._partials, partition, records)

    async def promise_read(self, watermark: int) -> tuple[int, int]:
        """Notes that the log has been read to its end at `watermark`; answers what may be said of that.

        What closes by that is noted first: a successor must know for which totals an event comes too late.
        """
        giving = self._engine.giving
        if giving is not None:
            before, giving.read = giving.read, max(giving.read, watermark)
            if giving.closes_between(before, giving.read):
                await self._journal.tell_read(giving.read)
        return watermark, self._seen

    async def write(self, now: int) -> None:
        """Writes some of what is to be written, if it is time; nothing admitted may be waiting to be folded."""
        giving, clock = self._engine.giving, self._ground.clock
        if giving is None or now < self._due or not len(giving):
            return
        number = self._number % await self._ground.writer.partitions(topics.FACTS)
        rows: list[Record] = []
        while len(giving) and clock() < now + TAKES_MS:
            rows += [Record(key, value) for key, value in self._engine.take_gifts(TICKETS)]
            await asyncio.sleep(0)
        await self._ground.writer.write(topics.FACTS, number, rows)
        if not len(giving):
            self._due = now + EVERY_MS
            await self._journal.tell_given(self._journal.known_offset)
