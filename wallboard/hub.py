"""One look at Redis for all viewers: what each page shows, told in parts, as often as something changes.

Pages that show the same share one channel: its parts are read and put into bytes once, whoever watches. A viewer is
told everything when he comes, and from then on what changed; one that is too slow to take what changed is told
everything again. So nothing grows, neither here nor in the page.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any, Final, Self, TypeVar

import orjson
import structlog

from models.instant import parse_ms
from sinks.redis_link import RedisUnreachable
from sinks.redis_reader import RedisReader
from wallboard.board import Common, Page, read_board, read_common, read_parts
from wallboard.channel import Channel, Viewer
from wallboard.freshness import Freshness, freshness
from wallboard.look import Look
from wallboard.rights import EVERYTHING, Grant
from wallboard.selection import Selection

log = structlog.get_logger(__name__)

#: Without a change the page hears from us this often: it counts as stale after five seconds of silence.
BEAT_S: Final = 1.0
#: The least time between two looks at Redis.
PAUSE_S: Final = 0.05
#: Writers nudge at most so often: what they write right after a nudge is seen by one more look.
AFTER_S: Final = 0.3
#: What took more work than this to read rests for `REST` times as long: one page that is dear holds up no other.
DEAR_S: Final = 0.1
REST: Final = 5
#: The longest rest of the hub itself.
LONGEST_PAUSE_S: Final = 0.5
#: Which scopes there are is asked so often.
SCOPES_S: Final = 5.0

T = TypeVar("T")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class Hub:
    """Reads for everybody, and hands each viewer what changed.

    Args:
        reader: of the view.
        look: tiles, objectives and zone.
        build: names this build of the page; one that shows another reloads itself.
        clock: the time in ms.
    """

    def __init__(self, reader: RedisReader, look: Look, *, build: str = "", clock: Callable[[], int] = _now_ms) -> None:
        self.reader = reader
        self.look = look
        self.build = build
        self._clock = clock
        self._channels: dict[tuple[Selection, Grant], Channel] = {}
        self._changed = asyncio.Event()
        self._scopes: tuple[float, set[str]] = (-SCOPES_S, set())
        self._common: Common | None = None
        self._health: Mapping[str, str] = {}
        self._away = False
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False

    @property
    def viewers(self) -> int:
        """How many pages are watching."""
        return sum(len(channel.viewers) for channel in self._channels.values())

    @property
    def zone(self) -> str:
        """The zone that times are shown in."""
        return self.look.zone

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._run())]
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
        for channel in self._channels.values():
            for viewer in channel.viewers:
                viewer.tell(None)

    async def read(self, scope: str, grant: Grant = EVERYTHING) -> dict[str, Any]:
        """The present figures of a scope, as `/api/<scope>` answers them."""
        return await read_board(self.reader, scope, self.zone, self._clock(), grant)

    async def watch(self, selection: Selection, grant: Grant = EVERYTHING) -> AsyncIterator[bytes]:
        """Server-sent events for a page: everything at once, then what changed, at least once a second."""
        key = (selection, grant)
        channel = self._channels.setdefault(key, Channel())
        viewer = Viewer()
        channel.viewers.add(viewer)
        if channel.known:
            viewer.behind = False
            viewer.tell(self._whole(channel))
        else:
            self._changed.set()
        try:
            yield b"retry: 1000\n\n"
            while not self._closed and (message := await viewer.next()) is not None:
                yield message
        finally:
            channel.viewers.discard(viewer)
            if not channel.viewers and self._channels.get(key) is channel:
                del self._channels[key]

    # What it does all the time

    async def _listen(self) -> None:
        while True:
            try:
                async for _ in self.reader.updates():
                    self._changed.set()
            except RedisUnreachable:
                await asyncio.sleep(BEAT_S)

    async def _run(self) -> None:
        while True:
            wait_s = BEAT_S
            if self._changed.is_set():
                self._changed.clear()
                wait_s = AFTER_S
            worked = time.thread_time()
            await self._round()
            # Half of the work that this thread can do belongs to others; on a busy machine waiting is no work.
            await asyncio.sleep(min(LONGEST_PAUSE_S, max(PAUSE_S, time.thread_time() - worked)))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()

    async def _round(self) -> None:
        """Looks at Redis for every channel, and tells its viewers."""
        channels = dict(self._channels)
        if not channels:
            return
        try:
            common = await self._patiently(self._read_common())
        except Exception:
            log.exception("the view cannot be read")
            self._beat()
            return
        for (selection, grant), channel in channels.items():
            began, worked = time.monotonic(), time.thread_time()
            if began < channel.rests_until:
                self._tell(channel, {})
                continue
            page = Page(selection, grant, self.look)
            try:
                parts = await self._patiently(read_parts(self.reader, page, common, self._clock()))
            except Exception:  # one page that cannot be read must not silence the others
                log.exception("a page's figures cannot be read", scope=selection.scope)
                self._tell(channel, {})
                continue
            took = time.thread_time() - worked
            channel.rests_until = began + took * REST if took > DEAR_S else 0.0
            self._tell(channel, channel.take(parts))

    async def _patiently(self, reading: Coroutine[Any, Any, T]) -> T:
        """Waits as long as it takes; pages hear a beat meanwhile, and how fresh figures are as far as that is known."""
        task = asyncio.create_task(reading)
        try:
            while not (await asyncio.wait({task}, timeout=BEAT_S))[0]:
                self._away = self.reader.link.away
                if not self._away:  # slow, but there
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(BEAT_S / 2):
                            self._health = await self.reader.read_health()
                self._beat()
            self._away = False
            return task.result()
        finally:
            task.cancel()

    async def _read_common(self) -> Common:
        looked, known = self._scopes
        if time.monotonic() - looked >= SCOPES_S:
            self._scopes = (time.monotonic(), await self.reader.scopes())
            known = self._scopes[1]
        common = await read_common(self.reader, known)
        self._health = common.health
        return common

    def _beat(self) -> None:
        """Nothing new, but still here."""
        for channel in self._channels.values():
            self._tell(channel, {})

    # What it says

    def _tell(self, channel: Channel, changed: Mapping[str, bytes]) -> None:
        """Tells each viewer what changed, or everything where he would miss something."""
        delta = whole = b""
        for viewer in channel.viewers:
            if channel.known and (viewer.behind or (viewer.waits and changed)):
                whole = whole or self._whole(channel)
                viewer.tell(whole)
                viewer.behind = False
            elif not viewer.waits:
                delta = delta or self._message(changed, whole=False)
                viewer.tell(delta)

    def _whole(self, channel: Channel) -> bytes:
        return self._message(channel.parts, whole=True)

    def _message(self, parts: Mapping[str, bytes], *, whole: bool) -> bytes:
        fresh = self._freshness()
        head = {
            "now": self._clock(),
            "build": self.build,
            "whole": whole,
            "stale": fresh.stale,
            "reason": "no_redis" if self._away else fresh.reason,
            "until": fresh.until,
            "watermark": parse_ms(fresh.watermark) if fresh.watermark else None,
        }
        told = b",".join(orjson.dumps(name) + b":" + raw for name, raw in parts.items())
        return b"data: " + orjson.dumps(head)[:-1] + b',"parts":{' + told + b"}}\n\n"

    def _freshness(self) -> Freshness:
        return freshness(self._health, self._clock())
