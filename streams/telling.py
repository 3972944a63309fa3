"""A partition's figures on their way to stage 2, beside its tickets; and totals beside KPIs, which wait for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from streams.engine import Engine
from streams.ground import Ground
from streams.pace import BEAT_MS, Beat, totals_due
from streams.partials import PartialsOut


class Telling:
    """Tells one partition's partials, one publication at a time, and its totals, one at a time.

    `behind` says at an instant (ms) whether what there is to tell is of the past.
    """

    def __init__(self, number: int, engine: Engine, ground: Ground, behind: Callable[[int], bool]) -> None:
        self._ground = ground
        self._behind = behind
        # Not all partitions at once.
        self._beat = Beat(BEAT_MS, ground.clock() - number * BEAT_MS // max(ground.layout.events, 1))
        self._partials = PartialsOut(number, engine, ground)
        self._task: asyncio.Task[None] | None = None
        self._totals: asyncio.Task[None] | None = None
        self._totals_at = 0

    @property
    def is_due(self) -> bool:
        """Whether it is time, and nothing is on its way."""
        idle = self._task is None or self._task.done()
        return idle and self._beat.is_due(self._ground.clock(), self._behind)

    def begin(self, epoch: int, watermark: int | None, read: tuple[int, int] | None) -> None:
        """Begins to tell what has changed: all that is true up to the watermark, and maybe more.

        `read` is what the log has been read to, if it has.
        """
        self._task = self._begin(self._tell(epoch, watermark, read))

    async def tell_all(self, epoch: int) -> None:
        """After a takeover: tells every cell under the new epoch."""
        await self.end()
        await self._partials.publish_all(epoch)

    def cancel(self) -> None:
        """Lets go what is on its way."""
        for task in self._under_way():
            task.cancel()

    async def end(self) -> None:
        """Waits for what is on its way; whoever stops waiting lets it go: it must not outlive what it writes with."""
        while tasks := self._under_way():
            try:
                await asyncio.wait(tasks)
            except asyncio.CancelledError:
                self.cancel()
                await asyncio.wait(tasks)
                raise

    async def _tell(self, epoch: int, watermark: int | None, read: tuple[int, int] | None) -> None:
        began = self._ground.clock()
        await self._partials.publish(epoch, watermark)
        now = self._ground.clock()
        self._beat.done(began, now)
        if (self._totals is None or self._totals.done()) and totals_due(
            self._totals_at, now, behind=self._behind(now)
        ):
            self._totals_at = now
            self._totals = self._begin(self._partials.publish_totals(epoch, read))

    def _begin(self, telling: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(telling)
        task.add_done_callback(self._done)
        return task

    def _under_way(self) -> list[asyncio.Task[None]]:
        return [task for task in (self._task, self._totals) if task is not None and not task.done()]

    def _done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._ground.on_fatal(error)
