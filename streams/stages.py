"""The partitions that are this worker's: made when they are assigned, let go when they are not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import structlog

from sinks.view import PartitionBeat
from streams.ground import Ground
from streams.partition import PartitionWorker
from streams.rows import Row


class Worker(Protocol):
    """One partition's task."""

    number: int
    closed: bool

    async def run(self) -> None:
        """Works until it is closed."""

    async def offer(self, event: Any) -> None:
        """A batch from Faust."""

    def poke(self, now: int) -> None:
        """Time has passed."""

    def close(self) -> None:
        """The step at hand is the last."""


W = TypeVar("W", bound=Worker)

log = structlog.get_logger(__name__)


class Stage(Generic[W]):
    """The tasks of one stage, by partition."""

    def __init__(self, make: Callable[[int], W], on_fatal: Callable[[BaseException], None]) -> None:
        self.workers: dict[int, W] = {}
        self._make = make
        self._on_fatal = on_fatal
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def assign(self, partitions: set[int]) -> None:
        """These partitions are ours from now on, and no others; none, once the stage has been closed."""
        if self._closed:
            return  # a rebalance may still end while the worker does: nobody would wait for what is begun now
        for number in set(self.workers) - partitions:
            self.workers.pop(number).close()
        for number in sorted(partitions - set(self.workers)):
            worker = self.workers[number] = self._make(number)
            task = asyncio.get_running_loop().create_task(worker.run(), name=f"{type(worker).__name__}-{number}")
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def route(self, stream: Any) -> None:
        """The agent: hands each batch to its partition's task. That task acknowledges."""
        async for event in stream.noack().events():
            worker = self.workers.get(event.message.partition)
            if worker is not None:
                await worker.offer(event)

    def poke(self, now: int) -> None:
        """The ticker."""
        for worker in self.workers.values():
            worker.poke(now)

    async def close(self, patience_s: float) -> None:
        """Lets each task end its step; one that hangs on a server that is away is cut off."""
        self._closed = True
        for worker in self.workers.values():
            worker.close()
        if self._tasks:
            _, hanging = await asyncio.wait(self._tasks, timeout=patience_s)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_fatal(error)


class TicketStage(Stage[PartitionWorker]):
    """Stage 1, which also holds the rows of the ticket table."""

    def __init__(self, make: Callable[[int], PartitionWorker], ground: Ground) -> None:
        super().__init__(make, ground.on_fatal)
        self._clock = ground.clock
        self._restored = 0  # rows, in the recovery at hand
        self._restoring_since = 0

    def known_offset(self, partition: int) -> int:
        """See `streams.rows.RowStore`."""
        worker = self.workers.get(partition)
        return -1 if worker is None else worker.known_offset

    def restore(self, partition: int, rows: Sequence[Row], last_offset: int) -> None:
        """See `streams.rows.RowStore`."""
        worker = self.workers.get(partition)
        if worker is not None:
            self._restored += len(rows)
            worker.restore(rows, last_offset)

    def assign(self, partitions: set[int]) -> None:
        """See `streams.rows.RowStore`; what stays ours waits until it has read what others may have written."""
        super().assign(partitions)
        self._restored, self._restoring_since = 0, self._clock()
        for worker in self.workers.values():
            worker.suspend()

    def recovered(self, partitions: set[int]) -> None:
        """See `streams.rows.RowStore`."""
        if self._restored:
            took_s = (self._clock() - self._restoring_since) / 1000
            log.info("rows read back from the changelog", rows=self._restored, took_s=round(took_s, 1))
            self._restored = 0
        for number in partitions:
            worker = self.workers.get(number)
            if worker is not None:
                worker.resume()

    def is_catching_up(self, now: int) -> bool:
        """Whether a partition is at work on what is of the past; `now` in ms."""
        return any(worker.is_catching_up(now) for worker in self.workers.values())

    def beats(self) -> list[PartitionBeat]:
        """What `sla:health` says of each partition."""
        now = self._clock()
        found = (worker.beat(now) for worker in self.workers.values())
        return [beat for beat in found if beat is not None]
