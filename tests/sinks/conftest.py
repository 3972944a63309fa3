"""The view and its twin: every law is asked of both, and of the Redis that `up` falls back to."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from fakeredis import TcpFakeServer

from sinks import keys
from sinks.memory import MemoryView
from sinks.redis import RedisView
from sinks.redis_reader import RedisReader
from sinks.view import Reader, View
from tests.servers.needs import free_port
from tests.servers.redis import RedisServer

INSIDE = (keys.EPOCHS, keys.MEMORY, keys.KEPT, keys.FENCES, keys.COUNTERS, keys.WORKERS)


class Twin(ABC):
    """One of the two, with a way to see all that it holds."""

    view: View
    reader: Reader

    @abstractmethod
    async def holds(self) -> dict[str, Any]:
        """Every key of the outside as Python values; a stream as its entries."""

    @abstractmethod
    async def flush(self) -> None:
        """FLUSHALL."""

    @abstractmethod
    async def lives_ms(self, key: str, now: int) -> int | None:
        """How long a key has to live; None for one that stays or is not there."""

    async def entries(self) -> list[dict[str, str]]:
        """The stream of breaches."""
        found: list[dict[str, str]] = (await self.holds()).get(keys.BREACHES, [])
        return found

    async def told(self) -> list[str]:
        """The stream of breaches in short: `breached breached`, `warned 75%`."""
        return [f"{entry['change']} {entry['level']}" for entry in await self.entries()]


class InMemory(Twin):
    """The twin."""

    def __init__(self) -> None:
        self.memory = MemoryView()
        self.view = self.reader = self.memory

    async def holds(self) -> dict[str, Any]:
        """See `Twin`."""
        return {key: value for key, value in self.memory.shelf.keys.items() if value}

    async def flush(self) -> None:
        """See `Twin`."""
        self.memory.flush()

    async def lives_ms(self, key: str, now: int) -> int | None:
        """See `Twin`."""
        until = self.memory.shelf.lives_until(key)
        return None if until is None else until - now


class InRedis(Twin):
    """The view."""

    def __init__(self, url: str) -> None:
        self.redis = RedisView.at(url)
        self.client = self.redis.link.client
        self.view, self.reader = self.redis, RedisReader(self.redis.link)

    async def holds(self) -> dict[str, Any]:
        """See `Twin`."""
        found: dict[str, Any] = {}
        for key in sorted(_text(await self.client.keys("sla:*"))):
            if key.startswith(INSIDE):
                continue
            kind = _text(await self.client.type(key))
            if kind == "string":
                found[key] = await self.client.get(key)
            elif kind == "hash":
                found[key] = _text(await self.client.hgetall(key))
            elif kind == "set":
                found[key] = set(_text(await self.client.smembers(key)))
            elif kind == "zset":
                scored = await self.client.zrange(key, 0, -1, withscores=True)
                found[key] = {_text(member): int(score) for member, score in scored}
            else:
                found[key] = [_text(fields) for _, fields in await self.client.xrange(key)]
        return found

    async def flush(self) -> None:
        """See `Twin`."""
        await self.client.flushall()

    async def lives_ms(self, key: str, now: int) -> int | None:
        """See `Twin`."""
        left = await self.client.pttl(key)
        return left if left >= 0 else None


def _text(raw: Any) -> Any:
    if isinstance(raw, bytes):
        return raw.decode()
    if isinstance(raw, dict):
        return {_text(name): _text(value) for name, value in raw.items()}
    if isinstance(raw, list | set):
        return [_text(one) for one in raw]
    return raw


@pytest.fixture(scope="session")
def fake_redis_url() -> Iterator[str]:
    """The Redis in Python that `up` starts where no `redis-server` is installed."""
    port = free_port()
    server = TcpFakeServer(("127.0.0.1", port), server_type="redis")
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"redis://127.0.0.1:{port}/0"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["memory", "redis", "fakeredis"])
async def twin(request: pytest.FixtureRequest) -> AsyncIterator[Twin]:
    """The view in a real Redis, in one written in Python, and in memory; empty."""
    if request.param == "memory":
        yield InMemory()
        return
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        url = server.url
    else:
        url = request.getfixturevalue("fake_redis_url")
    found = InRedis(url)
    await found.flush()
    yield found
    await found.redis.close()


@pytest.fixture
async def in_redis(redis_server: RedisServer) -> AsyncIterator[InRedis]:
    """The view in a real Redis; empty."""
    found = InRedis(redis_server.url)
    await found.flush()
    yield found
    await found.redis.close()
