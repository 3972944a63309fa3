"""Stage 2: one partition of the partials, from its log to the documents in the view.

The log is read from its start whenever the partition is assigned: it is compacted, and small. A reader announces itself
in it and publishes nothing before it has met its own announcement, whose offset is the epoch of its documents.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from models.kpi import Document
from models.partial import FORGOTTEN, PartialRow
from sinks.kafka import Record
from sinks.view import Fence, Outcome
from streams import topics, wire
from streams.engine import Figures
from streams.ground import Ground
from streams.inbox import Inbox
from streams.pace import PUBLISH_MS, Beat, totals_due
from streams.periods import PeriodsOut

log = structlog.get_logger(__name__)

SLICE = 50  # rows that are read in one go
BEHIND_MS = 120_000
PAUSE_S = 4.0
INBOX = 20_000  # rows that wait, about


class ScopeWorker:
    """The figures of the scopes that fall into one partition."""

    def __init__(self, number: int, figures: Figures, ground: Ground) -> None:
        self.number = number
        self.closed = False
        self._figures = figures
        self._ground = ground
        self._topic = topics.partials(ground.settings.group)
        closing = figures.closing
        self._periods = (
            PeriodsOut(number, ground.layout.partials, closing, ground.totals) if closing is not None else None
        )
        self._seen = -1  # offset
        self._epoch: int | None = None  # the announcement's offset, once it is known
        self._announced = False
        self._whole = True  # the next documents are all there are
        self._seq = 0
        self._look_at = 0
        self._totals_at = 0
        self._totals: asyncio.Task[list[Document]] | None = None  # being put into words
        self._beat = Beat(PUBLISH_MS)
        self._spoken: dict[int, int] = {}  # the watermark of each partition
        self._of: int | None = None
        self._keys: dict[int, dict[int, set[bytes]]] = {}  # partition → epoch → keys in the log
        self._marked: dict[int, int] = {}
        self._removable: list[Record] = []
        self._inbox = Inbox(INBOX)
        self._wake = asyncio.Event()

    # What others tell it

    async def offer(self, event: Any) -> None:
        """A batch from Faust."""
        if await self._inbox.put(event):
            self._wake.set()

    def poke(self, now: int) -> None:
        """The ticker."""
        if self._is_due(now):
            self._wake.set()

    def refill(self) -> None:
        """The view has been emptied: all documents are wanted."""
        self._whole = True
        self._look_at = 0

    def close(self) -> None:
        """The partition is no longer ours."""
        self.closed = True
        self._inbox.close()
        self._wake.set()

    # Its task

    async def run(self) -> None:
        """Works until it is closed."""
        try:
            await self._run()
        finally:
            self._drop_totals()

    async def _run(self) -> None:
        while not self.closed:
            if not self._announced:
                await self._announce()
            if not self._inbox and not self.closed:  # it may have been closed since: nobody would wake it again
                self._wake.clear()
                await self._wake.wait()
            while self._inbox:
                records = [record for event in self._inbox.take(self._seen) for record in event.message.value]
                slices = (self._read(records[at : at + SLICE]) for at in range(0, len(records), SLICE))
                await self._ground.turns.collect(slices)
            await self._look()

    async def _announce(self) -> None:
        written = await self._ground.writer.write(
            self._topic, self.number, [Record(*wire.reader_row(self._ground.worker))]
        )
        if self._periods is not None:
            await self._periods.prepare()
        self._epoch, self._announced, self._whole, self._seq = written.last, True, True, 0

    def _read(self, records: Sequence[Any]) -> int:
        """Takes rows in; answers how many."""
        for record in records:
            if record.offset <= self._seen:
                continue  # a rebalance has begun the log anew
            self._seen = record.offset
            row = wire.read(record.key, record.value)
            if isinstance(row, wire.Cell):
                self._read_cell(record.key, row)
            elif isinstance(row, wire.Progress) and row.epoch >= self._marked.get(row.partition, -1):
                self._of = row.of
                self._spoken[row.partition] = row.watermark
                self._figures.watermark(row.partition, row.watermark)
            elif isinstance(row, wire.Mark):
                self._read_mark(row)
            elif self._periods is not None and not (
                isinstance(row, wire.Read) and row.epoch < self._marked.get(row.partition, -1)
            ):
                self._periods.read(row, record.timestamp)
        return len(records)

    def _read_cell(self, key: bytes, cell: wire.Cell) -> None:
        keys = self._keys.setdefault(cell.partition, {})
        if cell.value is None:
            keys.get(cell.epoch, set()).discard(key)
        elif cell.epoch < self._marked.get(cell.partition, -1):
            self._removable.append(Record(key, None))  # an old owner who woke
            return
        else:
            keys.setdefault(cell.epoch, set()).add(key)
        row = PartialRow(cell.scope, cell.cell, FORGOTTEN if cell.value is None else cell.value)
        self._figures.upsert(cell.partition, cell.epoch, row)

    def _read_mark(self, mark: wire.Mark) -> None:
        if mark.epoch < self._marked.get(mark.partition, -1):
            return
        self._marked[mark.partition] = mark.epoch
        self._figures.mark(mark.partition, mark.epoch)
        keys = self._keys.setdefault(mark.partition, {})
        for epoch in [epoch for epoch in keys if epoch < mark.epoch]:
            self._removable += [Record(key, None) for key in keys.pop(epoch)]

    async def _look(self) -> None:
        now = self._ground.clock()
        if not self._is_due(now):
            return
        self._look_at = now + PUBLISH_MS // 2
        if self._epoch is None or self._seen < self._epoch:
            return  # there is more to read
        if self._of is None or len(self._spoken) < self._of:
            return  # not every partition has spoken yet
        if self._removable:
            removed, self._removable = self._removable, []
            await self._ground.writer.write(self._topic, self.number, removed)
        as_of = self._figures.advance()
        if as_of is None:
            return
        await self._publish(now, behind=now - as_of > BEHIND_MS)
        self._beat.done(now, self._ground.clock())

    def _is_due(self, now: int) -> bool:
        """Whether there may be something to be published, and it is time."""
        return now >= self._look_at and (self._whole or self._beat.is_due(now, self._is_behind))

    def _is_behind(self, now: int) -> bool:
        return now - min(self._spoken.values(), default=now) > BEHIND_MS

    async def _publish(self, now: int, *, behind: bool) -> None:
        """Writes what changed; once after a takeover, or into an emptied view, all. Of the past, totals wait.

        KPIs go first. Totals are put into words beside the rows and KPIs that come meanwhile, for those that change in
        a minute, with the years that are merged from them, may take seconds; only when they are all wanted does nothing
        come in between.
        """
        whole = self._whole
        if whole:
            listed = await self._ground.view.scopes()
            self._figures.listed(scope for scope in listed if self._ground.home_of(scope) == self.number)
        documents: list[Document] = await self._ground.turns.collect(self._figures.documents(whole=whole))
        self._whole = False
        if not await self._write(documents, now, whole=whole):
            return
        documents = []
        if whole:
            self._drop_totals()
            self._totals_at = now
            documents = await self._ground.turns.collect(self._figures.totals(whole=True), later=True)
        elif self._totals is not None and self._totals.done():
            documents, self._totals = [one for one in self._totals.result() if self._is_running(one)], None
        elif self._totals is None and totals_due(self._totals_at, now, behind=behind):
            self._totals_at = now
            totals = self._ground.turns.collect(self._figures.totals(), later=True)
            self._totals = asyncio.get_running_loop().create_task(totals)
        if self._periods is not None:
            told, removed = await self._periods.step(self._epoch or 0, now)
            documents += told
            self._removable += removed
        if documents:
            await self._write(documents, now)

    def _is_running(self, total: Document) -> bool:
        """Whether no period has closed since its total was put into words."""
        closing = self._figures.closing
        return closing is None or (total.field, total.scope) not in closing.published

    def _drop_totals(self) -> None:
        if self._totals is not None:
            self._totals.cancel()
            self._totals = None

    async def _write(self, documents: Sequence[Document], now: int, *, whole: bool = False) -> bool:
        """Writes documents to the view; False when it wants others: see `_publish`."""
        self._seq += 1
        fence = Fence(f"figures:{self.number}", self._epoch or 0, self._seq)
        outcome = await self._ground.view.write_documents(fence, documents, now, whole=whole)
        if outcome is Outcome.EMPTIED:
            self._whole = True
            self._look_at = 0
        elif outcome is Outcome.REFUSED:
            self._whole = True
            if self._ground.is_ours(self._topic, self.number):
                log.warning("redis knows a newer reader of the partials", partition=self.number)
                await asyncio.sleep(PAUSE_S)
            self._announced = False
        return outcome is Outcome.WRITTEN
