"""A partition's figures on their way to stage 2, beside its tickets: these need not wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from streams.engine import Engine
from streams.ground import Ground
from streams.pace import BEAT_MS, pause
from streams.partials import PartialsOut


class Telling:
    """Tells one partition's partials, one publication at a time; `due` is the instant (ms) of the next."""

    def __init__(self, number: int, engine: Engine, ground: Ground) -> None:
        self.due = number * BEAT_MS // max(ground.layout.events, 1) + ground.clock()  # not all of them at once
        self._ground = ground
        self._partials = PartialsOut(number, engine, ground)
        self._task: asyncio.Task[None] | None = None

    @property
    def is_due(self) -> bool:
        """Whether it is time, and nothing is on its way."""
        return self._task is None and self._ground.clock() >= self.due

    def begin(
        self, epoch: int, watermark: int | None, read: tuple[int, int] | None, behind: Callable[[int], bool]
    ) -> None:
        """Begins to tell what has changed: all that is true up to the watermark, and maybe more.

        `read` is what the log has been read to, if it has; `behind` says whether what is told is of the past.
        """
        task = self._task = asyncio.get_running_loop().create_task(self._tell(epoch, watermark, read, behind))
        task.add_done_callback(self._ended)

    async def tell_all(self, epoch: int) -> None:
        """After a takeover: tells every cell under the new epoch."""
        await self.end()
        await self._partials.publish_all(epoch)

    def cancel(self) -> None:
        """Lets go what is on its way."""
        if self._task is not None:
            self._task.cancel()

    async def end(self) -> None:
        """Waits for what is on its way."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _tell(
        self, epoch: int, watermark: int | None, read: tuple[int, int] | None, behind: Callable[[int], bool]
    ) -> None:
        began = self._ground.clock()
        await self._partials.publish(epoch, watermark, read, behind=behind(began))
        ended = self._ground.clock()
        self.due = ended + pause(ended - began, BEAT_MS, behind=behind(ended))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self._ground.on_fatal(error)
