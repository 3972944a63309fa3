"""What a partition tells stage 2: cells that changed, the end of a takeover's, and every second how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from models.partial import FORGOTTEN, PartialRow
from sinks.kafka import Record
from streams import topics, wire
from streams.engine import Engine
from streams.ground import Ground

CHUNK = 500  # rows of one write
TICKETS = 10  # whose changes are worked in in one go


class PartialsOut:
    """The partials of one partition on their way; scopes go to the partition of their name."""

    def __init__(self, number: int, engine: Engine, ground: Ground) -> None:
        self._number = number
        self._engine = engine
        self._ground = ground
        self._topic = topics.partials(ground.settings.group)

    async def publish_all(self, epoch: int) -> None:
        """After a takeover: every cell, then the mark."""
        engine, turns = self._engine, self._ground.turns
        await turns.repeat(lambda: engine.settle_partials(TICKETS))
        await turns.repeat(lambda: engine.settle_totals(TICKETS))
        await self._send(epoch, engine.all_partials(), [Record(*wire.mark_row(self._number, epoch))])

    async def publish(self, epoch: int, watermark: int | None) -> None:
        """The cells of KPIs that changed, then the watermark up to which they hold."""
        await self._ground.turns.repeat(lambda: self._engine.settle_partials(TICKETS))
        last: list[Record] = []
        if watermark is not None:
            last.append(Record(*wire.progress_row(self._number, epoch, watermark, self._ground.layout.events)))
        await self._send(epoch, self._engine.take_partials(), last)

    async def publish_totals(self, epoch: int, read: tuple[int, int] | None) -> None:
        """The cells of days and months that changed, up to the last `publish`; it need not wait for them.

        `read` says that the log had been read to its end then (see `wire.Read`); it is told once all have been.
        """
        await self._ground.turns.repeat(lambda: self._engine.settle_totals(TICKETS), later=True)
        last = [Record(*wire.read_row(self._number, epoch, *read))] if read is not None else []
        await self._send(epoch, self._engine.take_totals(), last, later=True)

    async def _send(
        self, epoch: int, cells: Iterable[PartialRow], last: Sequence[Record] = (), *, later: bool = False
    ) -> None:
        """Sends cells, and what is to be told to all partitions when they have them."""
        rest = iter(cells)
        while True:
            found = await self._ground.turns.collect(rest, CHUNK, later=later)
            by_partition: dict[int, list[Record]] = {}
            for scope, cell, value in found:
                key = wire.cell_key(self._number, epoch, scope, cell)
                record = Record(key, None if value == FORGOTTEN else value)
                by_partition.setdefault(self._ground.home_of(scope), []).append(record)
            if len(found) == CHUNK:
                await self._write(by_partition)
                continue
            for number in range(self._ground.layout.partials) if last else ():
                by_partition.setdefault(number, []).extend(last)
            await self._write(by_partition)
            return

    async def _write(self, by_partition: dict[int, list[Record]]) -> None:
        write = self._ground.writer.write
        await asyncio.gather(*(write(self._topic, number, records) for number, records in by_partition.items()))
