"""A partition's tickets on their way to the view: under which epoch, which are owed, and what a refusal leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice

import structlog

from models.egress import TicketWrite
from sinks.view import Outcome, PartitionBeat
from streams import topics
from streams.aside import Aside
from streams.engine import Engine
from streams.ground import Ground
from streams.journal import Journal
from streams.watch import Watch

log = structlog.get_logger(__name__)

FOLDS = 15  # tickets that are put into words without a pause: heartbeats share the loop
WRITES = 400  # tickets of one call to the view
RECENT_MS = 3_600_000  # what came within this time is written again after a takeover, open or not
REFUSED_PAUSE_S = 4.0  # longer than a heartbeat of the consumer
UNKNOWN_PAUSE_S = 1.0  # for whoever writes to our changelog to end, or for us to hear that it is not ours


class TicketsOut:
    """Writes one partition's tickets, and knows whether the view takes them from us.

    `take_over_wanted`: the view knows a newer owner, or none. `emptied`: it has lost what it had. `owing`: tickets were
    taken from the engine and may not have been written; until the backlog is through, nothing is acknowledged.
    """

    def __init__(
        self, number: int, engine: Engine, ground: Ground, *, journal: Journal, aside: Aside, watch: Watch
    ) -> None:
        self.epoch: int | None = None
        self.take_over_wanted = True
        self.emptied = False
        self.owing = False
        self._number = number
        self._engine = engine
        self._ground = ground
        self._journal = journal
        self._aside = aside
        self._watch = watch
        self._seq = 1  # 0 loses against every write of its epoch
        self._backlog: Iterator[TicketWrite] | None = None
        self._said_until = -1  # what lies up to then has been told, if it was to be
        self._told_until: int | None = None  # while an emptied view is filled: what lies up to then is no news
        self._sweeping = True
        self._pause_s = 0.0
        self._in_doubt = False  # somebody else has written to our changelog: we may have slept

    @property
    def astray(self) -> bool:
        """Whether the view takes nothing from us as things stand."""
        return self.take_over_wanted or self.emptied

    @property
    def has_backlog(self) -> bool:
        """Whether tickets of a takeover or a refill are still to be written."""
        return self._backlog is not None

    async def enter(self) -> int | None:
        """Enters a new epoch into the view, and answers it; None when that did not work: to be tried again."""
        ground, journal = self._ground, self._journal
        if self._pause_s:
            # An owner who does not know yet that it is none hears so from Kafka within this time.
            pause, self._pause_s = self._pause_s, 0.0
            await asyncio.sleep(pause)
            return None
        if self._in_doubt and not await ground.is_member():
            self._pause_s = UNKNOWN_PAUSE_S
            return None
        now = ground.clock()
        stands = self.epoch is None and await self._view_stands(now)
        epoch = await journal.take_over(now)
        self._in_doubt = epoch is None
        if epoch is None:
            self._pause_s = UNKNOWN_PAUSE_S
            return None
        outcome = await ground.view.take_over(self._number, epoch, unless_emptied=True)
        if outcome is Outcome.EMPTIED:
            # Redis was emptied while nobody owned the partition; what was told until then is no news in it. That is
            # written down first: if we die here, whoever comes next finds an owner in Redis.
            if journal.promised >= 0:
                await journal.tell_whole(-1, journal.promised)
            outcome = await ground.view.take_over(self._number, epoch)
        if outcome is Outcome.REFUSED:
            log.error(
                "redis knows a newer owner of the partition, trying again",
                partition=self._number,
                epoch=epoch,
                mend="if the changelog was deleted, empty this Redis too",
            )
            await asyncio.sleep(1)
            return None
        self._sweeping = not stands
        if journal.whole is not None and journal.whole.epoch < 0:
            self._told_until = journal.whole.told
        self._said_until = journal.promised
        return epoch

    def entered(self, epoch: int) -> None:
        """The engine is up to date: its tickets are owed under this epoch."""
        if self.epoch is None:
            self._engine.untouch()  # what came out of the changelog is among the backlog, if need be
        self.epoch, self._seq = epoch, 1
        self.take_over_wanted = self.emptied = False
        self.owing = True
        engine = self._engine
        all_of_them = self._sweeping
        self._backlog = engine.all_writes() if all_of_them else engine.standing_writes(self._ground.clock() - RECENT_MS)
        log.info(
            "partition taken over",
            partition=self._number,
            epoch=epoch,
            tickets="all are written" if all_of_them else "those that stand open are written",
        )

    async def refill(self) -> None:
        """Fills a view that has been emptied; nothing in it is news."""
        if self.epoch is None:
            return
        log.warning("redis was emptied, filling it again", partition=self._number)
        self.emptied = False
        self._told_until = self._said_until
        await self._journal.tell_whole(-1, self._told_until)
        self._ground.on_emptied()
        if await self._ground.view.take_over(self._number, self.epoch) is Outcome.REFUSED:
            self.take_over_wanted = True
            return
        self.owing = self._sweeping = True
        self._backlog = self._engine.all_writes()

    async def flush(self) -> None:
        """Writes the tickets that were touched."""
        while not self.astray:
            writes: list[TicketWrite] = []
            while len(writes) < WRITES and (taken := self._engine.take_writes(FOLDS)):
                writes += taken
                if len(taken) == FOLDS:
                    await asyncio.sleep(0)
            if not writes:
                return
            await self._write(writes)

    async def write_backlog(self) -> None:
        """Writes the next tickets of a takeover or a refill; at the end, removes what only an older owner knew."""
        backlog = self._backlog
        if backlog is None or self.astray or self.epoch is None:
            return
        writes: list[TicketWrite] = []
        while len(writes) < WRITES and (taken := list(islice(backlog, FOLDS))):
            writes += taken
            await asyncio.sleep(0)
        if writes:
            await self._write(writes)
            return
        if self._sweeping:
            outcome = await self._ground.view.sweep(self._number, self.epoch, self._ground.clock())
            if outcome is not Outcome.WRITTEN:
                self.lost(outcome)
        if not self.astray:
            await self._journal.tell_whole(self.epoch)
            self._backlog, self.owing, self._told_until = None, False, None

    def lost(self, outcome: Outcome) -> None:
        """The view has a newer owner, or has been emptied: all tickets are to be written again, under a valid epoch."""
        self.owing = True
        if outcome is Outcome.EMPTIED:
            self.emptied = True
            return
        self.take_over_wanted = True
        if self._ground.is_ours(topics.EVENTS, self._number):
            log.warning("redis knows a newer owner, taking the partition over again", partition=self._number)
            self._pause_s = REFUSED_PAUSE_S

    async def _view_stands(self, now: int) -> bool:
        """Whether the view has all tickets of the owner before us, decided by the same policies.

        Then only tickets that something may still happen to are written, and those of late: a restart costs what is
        open, and not what has ever been.
        """
        whole, ground = self._journal.whole, self._ground
        if whole is None or whole.epoch < 0 or whole.digest != ground.digest:
            return False
        watermark = self._journal.promised if self._journal.promised >= 0 else None
        beat = PartitionBeat(self._number, whole.epoch, watermark, now, self._aside.counters())
        report = await ground.view.write_health(ground.beat, [beat], now)
        return report.outcomes.get(self._number) is Outcome.WRITTEN

    async def _write(self, writes: Sequence[TicketWrite]) -> None:
        if self.epoch is None:
            return
        ground = self._ground
        first, self._seq = self._seq, self._seq + len(writes)
        now, until = ground.clock(), self._told_until
        outcome = await ground.view.write_tickets(
            self._number, self.epoch, first, writes, now, refilling=until is not None, told_until=until
        )
        if outcome is not Outcome.WRITTEN:
            self.lost(outcome)
            return
        self._said_until = now
        self._watch.written(writes, ground.clock())
