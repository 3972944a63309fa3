"""Stage 1: one partition of events, from its log to its rows, its tickets in the view and its partials.

One task for each partition takes batches in turn: look at them, write their rows, let them take effect, write what
they lead to, and only then acknowledge. What goes wrong with a server is waited for; anything else ends the
process before the acknowledgement, so that the batch is read again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from sinks.view import Outcome, PartitionBeat
from streams import topics, wire
from streams.aside import Aside
from streams.engine import Engine
from streams.gifts import GiftsOut
from streams.ground import Ground
from streams.inbox import Inbox
from streams.intake import SLICE, Intake
from streams.journal import Journal
from streams.progress import Progress
from streams.rows import Row
from streams.settling import settle
from streams.telling import Telling
from streams.tickets import TicketsOut
from streams.watch import Watch

FOLDS = 15  # tickets that are folded without a pause
FLUSH_MS = 5_000  # on the way through the past, tickets are folded and written so often, and not for each batch
UNFLUSHED = 20_000  # events that may wait for that, about
INBOX = 5_000  # events that wait, about
JUST_NOW_MS = 20
PROMISE_MS = 20_000  # a live partition says so often how late it is, so that a successor is live at once


class PartitionWorker:
    """Everything that one partition of `ticket-events` does, in one task."""

    def __init__(self, number: int, engine: Engine, ground: Ground) -> None:
        self.number = number
        self.closed = False
        self._engine = engine
        self._ground = ground
        self._watch = Watch(number, engine, ground.metrics, ground.clock())
        self._aside = Aside(number, ground)
        self._journal = Journal(number, ground, self._aside)
        self._tickets = TicketsOut(
            number, engine, ground, journal=self._journal, aside=self._aside, watch=self._watch
        )
        self._telling = Telling(number, engine, ground, self._behind)
        self._gifts = GiftsOut(number, engine, ground, self._journal)
        self._progress = Progress()
        self._intake = Intake(
            engine, ground, journal=self._journal, aside=self._aside, watch=self._watch, progress=self._progress
        )
        self._busy = False
        self._rows: deque[tuple[Sequence[Row], int]] = deque()
        self._inbox = Inbox(INBOX)
        self._unacknowledged: list[Any] = []
        self._unflushed = 0  # events
        self._flushed_at = 0
        self._rebalances = 0
        self._recovered = asyncio.Event()
        self._wake = asyncio.Event()

    # What others tell it, and ask

    @property
    def watermark(self) -> int | None:
        """How far it is, in ms; None before anything is known."""
        return self._progress.watermark

    @property
    def known_offset(self) -> int:
        """The changelog offset up to which rows are known."""
        return self._journal.known_offset

    def restore(self, rows: Sequence[Row], last_offset: int) -> None:
        """Rows of the changelog, in recovery; they are folded later, piece by piece."""
        if last_offset <= self._journal.known_offset:
            return
        if self._tickets.epoch is not None and any(row[0] == wire.OWNER for row in rows):
            # Somebody else has had this partition since: what is in Redis and among the partials is theirs.
            self._tickets.take_over_wanted = True
        self._rows.append((rows, last_offset))
        self._journal.known_offset = last_offset

    def suspend(self) -> None:
        """A rebalance has begun: what waits will come again, and rows may be about to come."""
        self._rebalances += 1
        self._inbox.empty()
        self._recovered.clear()

    def resume(self) -> None:
        """All rows have been given."""
        self._recovered.set()
        self._wake.set()

    def close(self) -> None:
        """The partition is no longer ours, or the worker ends: the step at hand is the last."""
        self.closed = True
        self._gifts.close()
        self._inbox.close()
        self._recovered.set()
        self._wake.set()

    async def offer(self, event: Any) -> None:
        """A batch from Faust; waits while others wait already."""
        if await self._inbox.put(event):
            self._wake.set()

    def poke(self, now: int) -> None:
        """The ticker: wakes the task when something is to be done without an event."""
        if self._telling.is_due or (self._progress.live and self._falls_due(now)):
            self._wake.set()

    def told(self, outcome: Outcome) -> None:
        """What a heartbeat to the view brought."""
        if outcome is not Outcome.WRITTEN and not self._tickets.astray:
            self._tickets.lost(outcome)
            self._wake.set()

    def beat(self, now: int) -> PartitionBeat | None:
        """What `sla:health` says of this partition; None before it has been taken over."""
        if self._tickets.epoch is None or self._tickets.take_over_wanted:
            return None
        counters: dict[str, int | Mapping[str, int]] = {**self._engine.health(), **self._aside.counters()}
        return PartitionBeat(self.number, self._tickets.epoch, self.watermark, now, counters)

    def is_catching_up(self, now: int) -> bool:
        """Whether it is at work on what is of the past; `now` in ms."""
        return bool(self._unacknowledged) and self._progress.is_past(now)

    @property
    def open_by_priority(self) -> dict[str, int]:
        """Open tickets by priority."""
        return dict(self._engine.open_by_priority())

    # Its task

    async def run(self) -> None:
        """Works until it is closed."""
        try:
            await self._run()
        except asyncio.CancelledError:
            self._telling.cancel()
            raise
        finally:
            await self._telling.end()

    async def _run(self) -> None:
        while not self.closed:
            await self._recovered.wait()
            if self.closed:
                return
            if self._tickets.take_over_wanted:
                await self._take_over()
            elif self._tickets.emptied:
                await self._tickets.refill()
            else:
                await self._step()

    async def _step(self) -> None:
        """The batches that wait; a piece of the backlog, if there is one; and what time brings."""
        self._busy = True
        await self._fold_rows()
        if self._inbox:
            await self._work(self._inbox.take(self._progress.had))
        elif not self._tickets.has_backlog and not self.closed:
            self._wake.clear()
            self._busy = False
            await self._wake.wait()
        await self._tickets.write_backlog()
        if not self._inbox:
            self._busy = False
        if not self._inbox or self._telling.is_due:
            await self._tick()

    async def _take_over(self) -> None:
        """Makes the partition ours: an epoch, the view's fence, all partials; then tickets, beside the events."""
        await self._fold_rows()
        if not self._ground.is_ours(topics.EVENTS, self.number):
            await asyncio.sleep(0.1)  # the next assignment decides
            return
        rebalances = self._rebalances
        epoch = await self._tickets.enter()
        if epoch is None or rebalances != self._rebalances:
            return  # a rebalance may bring what another owner has written meanwhile: that is to be read first
        self._gifts.taken_over()
        self._progress.taken_over(self._ground.clock(), self._journal.promised)
        await self._bring_up()
        if rebalances != self._rebalances:
            return
        self._tickets.entered(epoch)
        await self._telling.tell_all(epoch)

    async def _fold_rows(self) -> None:
        while self._rows:
            rows, last_offset = self._rows.popleft()
            for at in range(0, len(rows), SLICE):
                self._engine.restore(self._journal.restore(rows[at : at + SLICE]), last_offset)
                await asyncio.sleep(0)

    async def _work(self, events: Sequence[Any]) -> None:
        """Batches from their rows to their outputs; they are acknowledged when these are safe."""
        records = [record for event in events for record in event.message.value]
        if not records:
            return
        await self._intake.take(records)
        for event in events:
            event.message.value = ()  # it may wait for its acknowledgement for long
        self._unacknowledged += events
        self._unflushed += len(records)
        if not self._inbox:
            self._busy = False
        if self._may_wait(self._ground.clock()):
            return  # a ticket that is touched again soon is written once
        await self._bring_out()

    async def _tick(self) -> None:
        """What time brings: deadlines, partials, the beat."""
        if self._tickets.astray:
            return
        now = self._ground.clock()
        if not self._may_wait(now) and (now >= self._flushed_at + JUST_NOW_MS or self._falls_due(now)):
            await self._bring_out()
            now = self._ground.clock()
        if not self._telling.is_due or self._tickets.epoch is None or self._tickets.astray:
            return
        watermark, read = self.watermark, None
        if self._progress.live and watermark is not None:
            if not self._tickets.has_backlog:
                await settle(self._engine, self._journal, watermark)
            if watermark - self._journal.promised >= PROMISE_MS:
                await self._journal.write([], promise=watermark)
        live = self._progress.live and watermark is not None and not self._unflushed
        if live and watermark is not None:
            read = await self._gifts.promise_read(watermark)
        self._telling.begin(self._tickets.epoch, watermark, read)
        if live and not self._tickets.has_backlog:
            await self._gifts.write(now)
        self._watch.look(now)

    def _falls_due(self, now: int) -> bool:
        due = self._engine.next_instant
        return due is not None and due <= now

    def _behind(self, now: int) -> bool:
        fetched = self._ground.fetched(topics.EVENTS, self.number)
        return self._progress.behind(now, fetched, waiting=bool(self._inbox))

    def _may_wait(self, now: int) -> bool:
        """Whether what has been folded so far need not be brought out yet."""
        return now < self._flushed_at + FLUSH_MS and self._unflushed < UNFLUSHED and self._behind(now)

    async def _bring_out(self) -> None:
        """Lets time come as far as it has, writes what that leads to, and acknowledges what is safe."""
        before = self.watermark
        self._unflushed = 0
        self._gifts.look()
        if await self._advance() and self._progress.live and before is not None and self.watermark is not None:
            self._watch.falling(before, self.watermark)
        await self._tickets.flush()
        await self._gifts.tell_solved()
        await self._gifts.tell_moved()
        self._flushed_at = self._ground.clock()
        if not self._tickets.owing and not self._tickets.astray:
            for event in self._unacknowledged:
                event.ack()
            self._unacknowledged.clear()
            self._watch.fallen()

    async def _advance(self) -> bool:
        """Moves the watermark; answers whether an instant fell due by that.

        What falls due is promised first: a successor begins there.
        """
        fetched = self._ground.fetched(topics.EVENTS, self.number)
        idle = not self._busy and not self._inbox
        reached = self._progress.look(self._ground.clock(), fetched, idle=idle)
        if reached is None:
            return False
        due = self._engine.next_instant
        if due is not None and due <= reached:
            await self._journal.write([], promise=reached)
        self._progress.watermark = reached
        await self._bring_up()
        return due is not None and due <= reached

    async def _bring_up(self) -> None:
        """Lets the engine work up to the watermark, piece by piece."""
        watermark = self.watermark
        if watermark is not None:
            while self._engine.advance(watermark, FOLDS):
                await asyncio.sleep(0)
