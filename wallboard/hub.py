"""One look at Redis for all viewers: a document for each scope that somebody watches, as often as something changes."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import structlog

from sinks.redis_link import RedisUnreachable
from sinks.redis_reader import RedisReader
from wallboard.board import read_board

log = structlog.get_logger(__name__)

#: Without a change the page hears from us this often: it counts as stale after five seconds of silence.
BEAT_S = 1.0
#: The least time between two documents.
PAUSE_S = 0.25


class Hub:
    """Reads for everybody, and hands each viewer the newest document of its scope."""

    def __init__(self, reader: RedisReader, zone: str) -> None:
        self.zone = zone
        self.reader = reader
        self._viewers: dict[str, set[asyncio.Queue[bytes | None]]] = {}
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False

    @property
    def viewers(self) -> int:
        """How many pages are watching."""
        return sum(len(queues) for queues in self._viewers.values())

    async def __aenter__(self) -> Hub:
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._tell())]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.hang_up()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.reader.close()

    def hang_up(self) -> None:
        """Ends every stream, so that a server that stops need not wait for its viewers."""
        self._closed = True
        for queues in self._viewers.values():
            for queue in queues:
                _offer(queue, None)

    async def read(self, scope: str) -> dict[str, Any]:
        """The present document of a scope."""
        return await read_board(self.reader, scope, self.zone, time.time_ns() // 1_000_000)

    async def watch(self, scope: str) -> AsyncIterator[bytes]:
        """Documents of a scope as JSON, at once and then with each change or second."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)
        self._viewers.setdefault(scope, set()).add(queue)
        self._changed.set()
        try:
            while not self._closed:
                document = await queue.get()
                if document is None:
                    return
                yield document
        finally:
            self._viewers[scope].discard(queue)
            if not self._viewers[scope]:
                del self._viewers[scope]

    async def _listen(self) -> None:
        while True:
            try:
                async for _ in self.reader.updates():
                    self._changed.set()
            except RedisUnreachable:
                await asyncio.sleep(BEAT_S)

    async def _tell(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await self._changed.wait()
            self._changed.clear()
            for scope in list(self._viewers):
                # A document that is being read while Redis is away arrives late or never; pages then know by silence.
                document = orjson.dumps(await self.read(scope))
                for queue in self._viewers.get(scope, ()):
                    _offer(queue, document)
            await asyncio.sleep(PAUSE_S)


def _offer(queue: asyncio.Queue[bytes | None], document: bytes | None) -> None:
    """Puts the newest document in place of one that a slow viewer has not taken yet."""
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(document)
