"""Stage 1: one partition of events, from its log to its rows, its tickets in the view and its partials.

One task for each partition takes batches in turn: look at them, write their rows, let them take effect, write what
they lead to, and only then acknowledge. What goes wrong with a server is waited for; anything else ends the
process before the acknowledgement, so that the batch is read again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import structlog

from models.egress import TicketWrite
from sinks.kafka import Record
from sinks.view import Outcome, PartitionBeat
from sla.partition.intake import Incoming
from streams import topics, wire
from streams.aside import Aside
from streams.clock import Reading, is_live, watermark
from streams.engine import Admission, Engine
from streams.ground import Ground
from streams.partials import PartialsOut
from streams.rows import Row

log = structlog.get_logger(__name__)

SLICE = 250  # events or rows that are looked at without a pause: heartbeats share the loop
FOLDS = 40  # tickets that are folded, or put into words, without a pause
WRITES = 400  # tickets of one call to the view
FLUSH_MS = 1_000  # while there is more to read, tickets are folded and written so often, and not for each batch
INBOX = 2  # batches that wait; what more there is stays with Faust, and then with Kafka
BEAT_MS = 1_000
BEHIND_BEAT_MS = 5_000
RECENT_MS = 3_600_000  # what came within this time is written again after a takeover, open or not
SETTLEMENTS = 100  # of one beat
REFUSED_PAUSE_S = 4.0  # longer than a heartbeat of the consumer


class PartitionWorker:
    """Everything that one partition of `ticket-events` does, in one task."""

    def __init__(self, number: int, engine: Engine, ground: Ground) -> None:
        self.number = number
        self.known_offset = -1  # of the changelog
        self.epoch: int | None = None
        self.watermark: int | None = None
        self._engine = engine
        self._ground = ground
        self._changelog = topics.changelog(ground.settings.group)
        self._partials = PartialsOut(number, engine, ground)
        self._aside = Aside(number, ground)
        self.events = 0  # records that have been worked off by this process
        self._seq = 1  # 0 loses against every write of its epoch
        self._whole: wire.Whole | None = None  # the last takeover whose tickets are all in the view
        self._promised_watermark = -1  # what is said by now may rest on it, and a successor begins there
        self._newest: int | None = None
        self._next_offset: int | None = None  # of the events, all before it are done
        self._arrived_at: int | None = None
        self._live = False
        self._busy = False
        self._rows: deque[Sequence[Row]] = deque()
        self._inbox: deque[Any] = deque()
        self._unacknowledged: list[Any] = []
        self._take_over_wanted = True
        self._backlog: Iterator[TicketWrite] | None = None
        self._refilling = False
        self._sweeping = True
        self._emptied = False
        self._owing = False  # tickets were taken from the engine but not written; the backlog has them
        self._beat_due = 0
        self._flush_due = 0
        self._pause_s = 0.0
        self._recovered = asyncio.Event()
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self.closed = False

    # What others tell it

    def restore(self, rows: Sequence[Row], last_offset: int) -> None:
        """Rows of the changelog, in recovery; they are folded later, piece by piece."""
        if last_offset <= self.known_offset:
            return
        if self.epoch is not None and any(row[0] == wire.OWNER for row in rows):
            # Somebody else has had this partition since: what is in Redis and among the partials is theirs.
            self._take_over_wanted = True
        self._rows.append(rows)
        self.known_offset = last_offset

    def suspend(self) -> None:
        """A rebalance has begun: what waits will come again, and rows may be about to come."""
        self._inbox.clear()
        self._recovered.clear()
        self._room.set()

    def resume(self) -> None:
        """All rows have been given."""
        self._recovered.set()
        self._wake.set()

    def close(self) -> None:
        """The partition is no longer ours, or the worker ends: the step at hand is the last."""
        self.closed = True
        self._inbox.clear()
        for event in (self._recovered, self._wake, self._room):
            event.set()

    async def offer(self, event: Any) -> None:
        """A batch from Faust; waits while others wait already."""
        while len(self._inbox) >= INBOX and not self.closed:
            self._room.clear()
            await self._room.wait()
        if not self.closed:
            self._inbox.append(event)
            self._wake.set()

    def poke(self, now: int) -> None:
        """The ticker: wakes the task when something is to be done without an event."""
        due = self._engine.next_instant
        if now >= self._beat_due or self._backlog is not None or (self._live and due is not None and due <= now):
            self._wake.set()

    def told(self, outcome: Outcome) -> None:
        """What a heartbeat to the view brought."""
        if outcome is not Outcome.WRITTEN and not self._astray:
            self._lost(outcome)
            self._wake.set()

    def beat(self, now: int) -> PartitionBeat | None:
        """What `sla:health` says of this partition; None before it has been taken over."""
        if self.epoch is None or self._take_over_wanted:
            return None
        counters = {**self._engine.health(), **self._aside.counters()}
        return PartitionBeat(self.number, self.epoch, self.watermark, now, counters)

    def open_by_priority(self) -> Mapping[str, int]:
        """Open tickets by priority."""
        return self._engine.open_by_priority()

    # Its task

    async def run(self) -> None:
        """Works until it is closed."""
        while not self.closed:
            await self._recovered.wait()
            if self.closed:
                return
            if self._take_over_wanted:
                await self._take_over()
                continue
            if self._emptied:
                await self._refill()
                continue
            self._busy = True
            if self._rows:
                await self._fold_rows()
            if self._inbox:
                event = self._inbox.popleft()
                self._room.set()
                await self._work(event)
            elif self._backlog is None:
                self._wake.clear()
                self._busy = False
                await self._wake.wait()
            if not self._astray:
                await self._write_backlog()
            if not self._inbox:
                self._busy = False
            if not self._inbox or self._ground.clock() >= self._beat_due:
                await self._tick()

    async def _take_over(self) -> None:
        """Makes the partition ours: an epoch, the view's fence, all partials; then tickets, beside the events."""
        ground = self._ground
        if self._pause_s:
            # An owner who does not know yet that it is none hears so from Kafka within this time.
            pause, self._pause_s = self._pause_s, 0.0
            await asyncio.sleep(pause)
            return
        await self._fold_rows()
        now = ground.clock()
        stands = self.epoch is None and await self._view_stands(now)
        row = wire.owner_row(ground.worker, ground.digest, now)
        epoch = (await ground.writer.write(self._changelog, self.number, [Record(*row)])).last
        if await ground.view.take_over(self.number, epoch) is Outcome.REFUSED:
            log.error(
                "redis knows a newer owner of the partition, trying again",
                partition=self.number,
                epoch=epoch,
                mend="if the changelog was deleted, empty this Redis too",
            )
            await asyncio.sleep(1)
            return
        self.known_offset = max(self.known_offset, epoch)
        self._arrived_at, self._live = now, False
        if self._promised_watermark >= 0:
            self.watermark = max(self.watermark or 0, self._promised_watermark)
            await self._bring_up()
        if self.epoch is None:
            self._engine.untouch()  # what came out of the changelog is written below, if need be
        self.epoch, self._seq = epoch, 1
        self._take_over_wanted = self._emptied = False
        # Until the backlog is through nothing is acknowledged: it may hold what a batch before led to.
        self._owing = True
        writes = self._engine.standing_writes(now - RECENT_MS) if stands else self._engine.all_writes()
        self._backlog, self._sweeping, self._refilling = iter(writes), not stands, False
        await self._partials.publish_all(epoch)
        log.info("partition taken over", partition=self.number, epoch=epoch, redis="stands" if stands else "is written")

    async def _view_stands(self, now: int) -> bool:
        """Whether the view has all tickets of the owner before us, decided by the same policies.

        Then only tickets that something may still happen to are written, and those of late: a restart costs what is open,
        and not what has ever been.
        """
        whole, ground = self._whole, self._ground
        if whole is None or whole.digest != ground.digest:
            return False
        beat = PartitionBeat(self.number, whole.epoch, self._promised_watermark, now, self._aside.counters())
        report = await ground.view.write_health(ground.beat, [beat], now)
        return report.outcomes.get(self.number) is Outcome.WRITTEN

    async def _fold_rows(self) -> None:
        while self._rows:
            rows = self._rows.popleft()
            for at in range(0, len(rows), SLICE):
                self._restore(rows[at : at + SLICE])
                await asyncio.sleep(0)

    def _restore(self, rows: Sequence[Row]) -> None:
        own = [row for row in rows if wire.is_own(row[0])]
        for key, value, _ in own:
            if value is None:
                continue
            if key == wire.WATERMARK:
                self._promised_watermark = max(self._promised_watermark, int(value))
            elif key == wire.WHOLE:
                self._whole = wire.Whole.read(value)
            elif key == wire.COUNTERS:
                self._aside.restore(value)
        self._engine.restore([row for row in rows if not wire.is_own(row[0])] if own else rows)

    async def _work(self, event: Any) -> None:
        """A batch from its rows to its outputs; it is acknowledged when these are safe."""
        records = event.message.value
        for at in range(0, len(records), SLICE):
            await self._admit(records[at : at + SLICE])
        self.events += len(records)
        self._next_offset = max(self._next_offset or 0, records[-1].offset + 1)
        self._arrived_at = self._ground.clock()
        event.message.value = ()  # it may wait for its acknowledgement for long
        self._unacknowledged.append(event)
        if not self._inbox:
            self._busy = False
        elif self._arrived_at < self._flush_due:
            return  # a ticket that is touched again soon is written once
        await self._advance()
        await self._flush()
        self._acknowledge()

    async def _admit(self, records: Sequence[Any]) -> None:
        engine = self._engine
        admission = engine.admit([Incoming(r.offset, r.timestamp, r.key, r.value, r.headers) for r in records])
        rows = [
            Record(key, value, timestamp=new.arrived)
            for (key, value), new in zip(admission.rows, admission.admitted, strict=True)
        ]
        now = self._ground.clock()
        self._newest = _newest(admission, now, self._newest)
        if admission.dead or admission.misplaced:
            rows += await self._aside.send(admission)
        if rows:
            # What these events lead to is said as of a watermark: the successor must not begin before it.
            promise = max(self._promised_watermark, self.watermark or 0, self._newest or 0, now if self._live else 0)
            if promise > self._promised_watermark:
                rows.append(Record(*wire.watermark_row(promise)))
            await asyncio.sleep(0)
            await self._write_rows(rows)
            self._promised_watermark = promise
        engine.commit(admission)
        await asyncio.sleep(0)

    async def _write_rows(self, rows: Sequence[Record]) -> None:
        written = await self._ground.writer.write(self._changelog, self.number, rows)
        if written.first == self.known_offset + 1 and written.last - written.first + 1 == len(rows):
            self.known_offset = written.last  # nobody has written in between: recovery need not read it again

    async def _tick(self) -> None:
        """What time brings: deadlines, partials, the beat."""
        if self._astray:
            return
        await self._advance()
        await self._flush()
        self._acknowledge()
        now = self._ground.clock()
        if now >= self._beat_due and self.epoch is not None and not self._astray:
            # Figures of the past, on their way to the present, are nothing that anybody watches.
            self._beat_due = now + (BEAT_MS if self._live or not self._inbox else BEHIND_BEAT_MS)
            await self._settle()
            await self._partials.publish(self.epoch, self.watermark)

    async def _advance(self) -> None:
        """Lets time come as far as it has. What falls due by that is promised first: a successor begins there."""
        reading = self._reading()
        self._live = is_live(reading)
        reached = watermark(self.watermark, reading, live=self._live)
        if reached is None:
            return
        if reached == self.watermark:
            await self._bring_up()
            return
        due = self._engine.next_instant
        if due is not None and due <= reached and reached > self._promised_watermark:
            await self._write_rows([Record(*wire.watermark_row(reached))])
            self._promised_watermark = reached
        self.watermark = reached
        await self._bring_up()

    async def _bring_up(self) -> None:
        """Lets the engine work up to the watermark, piece by piece."""
        if self.watermark is not None:
            while self._engine.advance(self.watermark, FOLDS):
                await asyncio.sleep(0)

    async def _settle(self) -> None:
        """Puts tickets that are past their horizon on one row each: first that row, then its events are removed."""
        if not self._live or self._backlog is not None:
            return
        for settlement in self._engine.settlements(SETTLEMENTS):
            removed = [Record(key, None) for key in settlement.tombstones]
            await self._write_rows([Record(settlement.key, settlement.value), *removed])
            self._engine.settled(settlement)

    def _reading(self) -> Reading:
        now = self._ground.clock()
        fetched = self._ground.fetched(topics.EVENTS, self.number)
        at_end = False
        if fetched is not None and fetched.end is not None and not self._busy and not self._inbox:
            done = self._next_offset if self._next_offset is not None else fetched.position
            quiet = self._arrived_at is not None and now - self._arrived_at >= 3_000
            # The end of a log may be a marker of a transaction, which no batch ever reaches.
            at_end = (done is not None and done >= fetched.end) or (
                quiet and fetched.position is not None and fetched.position >= fetched.end
            )
        return Reading(
            now=now,
            fetched_at=fetched.at_ms if fetched is not None else None,
            at_end=at_end,
            arrived_at=self._arrived_at,
            newest=self._newest,
            was_live=self._live,
        )

    async def _flush(self) -> None:
        """Writes the tickets that were touched."""
        while not self._astray:
            writes: list[TicketWrite] = []
            while len(writes) < WRITES and (taken := self._engine.take_writes(FOLDS)):
                writes += taken
                await asyncio.sleep(0)
            if not writes:
                break
            # While the view is being filled again, what it does not have yet is no news here either.
            await self._write(writes, refilling=self._refilling)
        self._flush_due = self._ground.clock() + FLUSH_MS

    async def _write_backlog(self) -> None:
        """Writes the next tickets of a takeover or a refill; at the end, removes what only an older owner knew."""
        backlog = self._backlog
        if backlog is None:
            return
        writes: list[TicketWrite] = []
        while len(writes) < WRITES and (taken := list(islice(backlog, FOLDS))):
            writes += taken
            await asyncio.sleep(0)
        if writes:
            await self._write(writes, refilling=self._refilling)
            return
        if self.epoch is not None and self._sweeping:
            outcome = await self._ground.view.sweep(self.number, self.epoch, self._ground.clock())
            if outcome is not Outcome.WRITTEN:
                self._lost(outcome)
                return
        if self._backlog is backlog and not self._astray:
            self._backlog, self._owing, self._refilling = None, False, False
            await self._tell_whole(self.epoch)
            self._acknowledge()

    async def _tell_whole(self, epoch: int | None) -> None:
        """Says in the changelog whether the view has all tickets under our epoch; None: it has not."""
        whole = wire.Whole(-1 if epoch is None else epoch, self._ground.digest)
        await self._write_rows([Record(*whole.row())])

    async def _write(self, writes: Sequence[TicketWrite], *, refilling: bool) -> None:
        if self.epoch is None:
            return
        ground = self._ground
        outcome = await ground.view.write_tickets(
            self.number, self.epoch, self._seq, writes, ground.clock(), refilling=refilling
        )
        self._seq += len(writes)
        if outcome is not Outcome.WRITTEN:
            self._lost(outcome)

    def _lost(self, outcome: Outcome) -> None:
        """The view has a newer owner, or has been emptied: all tickets are to be written again, under a valid epoch."""
        self._owing = True
        if outcome is Outcome.EMPTIED:
            self._emptied = True
        elif self._ground.is_ours(topics.EVENTS, self.number):
            log.warning("redis knows a newer owner, taking the partition over again", partition=self.number)
            self._take_over_wanted = True
            self._pause_s = REFUSED_PAUSE_S
        else:
            self._take_over_wanted = True
            self.suspend()  # the next assignment decides

    async def _refill(self) -> None:
        """Fills a view that has been emptied; nothing in it is news."""
        if self.epoch is None:
            return
        log.warning("redis was emptied, filling it again", partition=self.number)
        self._emptied = False
        await self._tell_whole(None)
        self._ground.on_emptied()
        if await self._ground.view.take_over(self.number, self.epoch) is Outcome.REFUSED:
            self._take_over_wanted = True
            return
        self._owing = True
        self._backlog, self._sweeping, self._refilling = iter(self._engine.all_writes()), True, True

    @property
    def _astray(self) -> bool:
        """Whether the view takes nothing from us as things stand."""
        return self._take_over_wanted or self._emptied

    def _acknowledge(self) -> None:
        if self._owing or self._astray:
            return
        for event in self._unacknowledged:
            event.ack()
        self._unacknowledged.clear()


def _newest(admission: Admission, now: int, before: int | None) -> int | None:
    """The newest event's time in ms; events ahead of the present say nothing about how late it is."""
    times = [at for new in admission.admitted if (at := new.event.occurred_at // 1000) <= now]
    if not times:
        return before
    return max(times) if before is None else max(before, *times)
