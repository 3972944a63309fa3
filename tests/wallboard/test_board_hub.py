"""One look at Redis for all viewers: what each is told, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from redis.asyncio import Redis

from models.instant import format_ms
from models.kpi import Document
from sinks.redis import RedisView
from sinks.redis_link import RedisLink
from sinks.redis_reader import RedisReader
from sinks.view import Fence, PartitionBeat, WorkerBeat
from tests.servers.redis import RedisServer, start_redis
from wallboard import BoardServer
from wallboard.hub import Hub
from wallboard.look import Look
from wallboard.selection import Selection, selection_of


def now_ms() -> int:
    """The machine's time."""
    return time.time_ns() // 1_000_000


class Writer:
    """A worker with one gauge."""

    def __init__(self, view: RedisView) -> None:
        self.view = view
        self.seq = 0

    async def say(self, open_tickets: int, scope: str = "all") -> None:
        """So many tickets are open; a beat."""
        now = now_ms()
        self.seq += 1
        live = Document("live", scope, "", {"open": open_tickets, "as_of": format_ms(now)})
        await self.view.write_documents(Fence("f", 1, self.seq), [live], now, whole=True)
        await self.view.write_health(WorkerBeat("w", "1", [], "d"), [PartitionBeat(0, 1, now, now)], now)


@pytest.fixture
async def writer(redis_server: RedisServer) -> AsyncIterator[Writer]:
    """A worker on an empty Redis."""
    view = RedisView.at(redis_server.url)
    await view.link.client.flushall()
    await view.take_over(0, 1)
    yield Writer(view)
    await view.close()


@asynccontextmanager
async def hub_at(url: str) -> AsyncIterator[Hub]:
    """A hub of its own."""
    async with Hub(RedisReader(RedisLink(url, timeout_s=5.0)), Look("UTC"), build="b") as hub:
        yield hub


def body(message: bytes) -> dict[str, Any]:
    """What an event says."""
    assert message.startswith(b"data: ")
    found: dict[str, Any] = orjson.loads(message[6:])
    return found


async def heard(stream: AsyncIterator[bytes], part: str = "live all") -> dict[str, Any]:
    """The next message that tells of a part."""
    async with asyncio.timeout(5):
        async for message in stream:
            if message.startswith(b"data: ") and part in (found := body(message))["parts"]:
                return found
    raise AssertionError("the stream ended")


async def test_a_viewer_is_told_everything_and_then_what_changed(writer: Writer, redis_server: RedisServer) -> None:
    """Parts that are as they were are not said again; each second there is a beat at least."""
    await writer.say(1)
    async with hub_at(redis_server.url) as hub:
        stream = hub.watch(Selection())
        first = await heard(stream)
        await writer.say(2)
        change = await heard(stream)
        began = time.monotonic()
        beat = body(await anext(stream))

        assert (True, "b", 1) == (first["whole"], first["build"], first["parts"]["live all"]["open"])
        assert (False, 2) == (change["whole"], change["parts"]["live all"]["open"])
        assert "board" not in change["parts"]
        assert {} == beat["parts"]
        assert time.monotonic() - began < 1.5


async def test_who_comes_later_is_told_everything_at_once(writer: Writer, redis_server: RedisServer) -> None:
    """What is known already waits for no look at Redis; other selections have channels of their own."""
    await writer.say(3)
    async with hub_at(redis_server.url) as hub:
        first = hub.watch(Selection())
        await heard(first)
        later = hub.watch(Selection())
        assert b"retry: 1000\n\n" == await anext(later)
        async with asyncio.timeout(0.2):
            assert 3 == body(await anext(later))["parts"]["live all"]["open"]
        other = await heard(hub.watch(selection_of([("team", "A")])), "board")

        assert "team:A" == other["parts"]["board"]["scope"]
        assert 3 == hub.viewers


async def test_who_is_slow_misses_nothing(writer: Writer, redis_server: RedisServer) -> None:
    """One message waits for him at most; when changes were passed over, it tells everything."""
    await writer.say(1)
    async with hub_at(redis_server.url) as hub:
        slow = hub.watch(Selection())
        await heard(slow)
        await anext(slow)  # a beat: from here on he looks away
        quick = hub.watch(Selection())
        for number in range(2, 6):
            await writer.say(number)
            while (await heard(quick))["parts"]["live all"]["open"] != number:
                pass
        found = body(await anext(slow))

        assert (True, 5) == (found["whole"], found["parts"]["live all"]["open"])


async def test_a_part_that_is_gone_is_said_to_be(writer: Writer, redis_server: RedisServer) -> None:
    """Nobody goes on showing it."""
    await writer.say(1)
    async with hub_at(redis_server.url) as hub:
        stream = hub.watch(Selection())
        await heard(stream)
        await writer.view.link.client.delete("sla:live:all")
        change = await heard(stream)

        assert None is change["parts"]["live all"]


async def test_pages_hear_that_redis_is_away_and_that_it_is_back(tmp_path: Path) -> None:
    """Beats go on without it, with the instant up to which figures are fresh; then the parts come again."""
    server = start_redis(tmp_path)
    view = RedisView.at(server.url)
    writer = Writer(view)
    await view.take_over(0, 1)
    await writer.say(1)
    async with hub_at(server.url) as hub:
        stream = hub.watch(Selection())
        until = (await heard(stream))["until"]
        server.close()
        async with asyncio.timeout(10):
            while body(message := await anext(stream))["reason"] != "no_redis":
                pass
            assert until == body(message)["until"]
            while not body(message)["stale"]:
                message = await anext(stream)
            assert now_ms() > until
        server.start()
        await view.take_over(0, 1)
        await writer.say(7)
        assert 7 == (await heard(stream))["parts"]["live all"]["open"]
        async with asyncio.timeout(5):
            while body(message := await anext(stream))["stale"]:
                pass
        assert "" == body(message)["reason"]
    await view.close()
    server.close()


async def test_two_hundred_viewers_cost_one_look_at_redis(writer: Writer, redis_server: RedisServer) -> None:
    """Each hears of a change within a second, and Redis is asked as for one of them."""
    await writer.say(0)
    asker = Redis.from_url(redis_server.url)
    async with BoardServer(redis_server.url, port=0) as board:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(board.url, connector=connector) as session:
            answers = [await session.get("/events") for _ in range(200)]
            heard_of: list[tuple[int, float]] = []

            async def listen(answer: aiohttp.ClientResponse) -> None:
                async for line in answer.content:
                    if line.startswith(b"data: ") and b'"live all"' in line:
                        shown = orjson.loads(line[6:])["parts"]["live all"]["open"]
                        heard_of.append((shown, time.monotonic()))

            listeners = [asyncio.create_task(listen(answer)) for answer in answers]
            while len(heard_of) < 200:
                await asyncio.sleep(0.02)
            asked = (await asker.info("stats"))["total_commands_processed"]
            latest = []
            for number in range(1, 6):
                began = time.monotonic()
                await writer.say(number)
                while sum(shown == number for shown, _ in heard_of) < 200:
                    await asyncio.sleep(0.005)
                latest.append(max(at for shown, at in heard_of if shown == number) - began)
            asked = (await asker.info("stats"))["total_commands_processed"] - asked
            for task in listeners:
                task.cancel()
            await asyncio.gather(*listeners, return_exceptions=True)
            for answer in answers:
                answer.close()
            async with asyncio.timeout(5):
                while board._hub.viewers:
                    await asyncio.sleep(0.05)
    await asker.aclose()

    assert sorted(latest)[2] < 1.0
    assert asked < 2000  # two hundred looks would be tens of thousands
