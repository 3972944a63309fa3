"""A partition's figures on their way to stage 2, beside its tickets: these need not wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from streams.engine import Engine
from streams.ground import Ground
from streams.pace import BEAT_MS, Beat
from streams.partials import PartialsOut


class Telling:
    """Tells one partition's partials, one publication at a time.

    `behind` says at an instant (ms) whether what there is to tell is of the past.
    """

    def __init__(self, number: int, engine: Engine, ground: Ground, behind: Callable[[int], bool]) -> None:
        self._ground = ground
        self._behind = behind
        # Not all partitions at once.
        self._beat = Beat(BEAT_MS, ground.clock() - number * BEAT_MS // max(ground.layout.events, 1))
        self._partials = PartialsOut(number, engine, ground)
        self._task: asyncio.Task[None] | None = None

    @property
    def is_due(self) -> bool:
        """Whether it is time, and nothing is on its way."""
        return self._task is None and self._beat.is_due(self._ground.clock(), self._behind)

    def begin(self, epoch: int, watermark: int | None, read: tuple[int, int] | None) -> None:
        """Begins to tell what has changed: all that is true up to the watermark, and maybe more.

        `read` is what the log has been read to, if it has.
        """
        task = self._task = asyncio.get_running_loop().create_task(self._tell(epoch, watermark, read))
        task.add_done_callback(self._done)

    async def tell_all(self, epoch: int) -> None:
        """After a takeover: tells every cell under the new epoch."""
        await self.end()
        await self._partials.publish_all(epoch)

    def cancel(self) -> None:
        """Lets go what is on its way."""
        if self._task is not None:
            self._task.cancel()

    async def end(self) -> None:
        """Waits for what is on its way; whoever stops waiting lets it go: it must not outlive what it writes with."""
        if (task := self._task) is None:
            return
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            raise

    async def _tell(self, epoch: int, watermark: int | None, read: tuple[int, int] | None) -> None:
        began = self._ground.clock()
        await self._partials.publish(epoch, watermark, read, behind=self._behind(began))
        self._beat.done(began, self._ground.clock())

    def _done(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self._ground.on_fatal(error)
