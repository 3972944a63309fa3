"""The way to Redis: its connections, the scripts, and patience while the server is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha1
from importlib.resources import files
from typing import Any, Final, TypeVar

import hiredis
import structlog
from redis import asyncio as aioredis
from redis import exceptions as errors
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

log = structlog.get_logger(__name__)

T = TypeVar("T")

#: What a server answers that is there but cannot serve now: it is waited for, as one that cannot be reached.
_NOT_NOW: Final = (
    errors.BusyLoadingError,
    errors.ReadOnlyError,
    errors.OutOfMemoryError,
    errors.MasterDownError,
    errors.TryAgainError,
    errors.ClusterDownError,
)
#: The same inside a script, and answers that the client knows no class for.
_NOT_NOW_WORDS: Final = frozenset(("LOADING", "READONLY", "MASTERDOWN", "OOM", "MISCONF", "NOREPLICAS", "BUSY"))


class RedisUnreachable(Exception):
    """Redis could not be reached.

    Operator action: start Redis, or point `SLAWATCH_REDIS` at the one that runs; the message names the address tried.
    """


class Script:
    """A Lua script of this package."""

    def __init__(self, name: str) -> None:
        self.text = files("sinks").joinpath(name).read_text("utf-8")
        self.sha = sha1(self.text.encode(), usedforsecurity=False).hexdigest()


Command = tuple[Any, ...]


class RedisLink:
    """Connections that outlive the server.

    Args:
        url: such as `redis://localhost:6379/0`; `rediss://` for TLS, user and password inside.
        backoff_s: the first and the longest pause between two attempts.
        timeout_s: how long what is asked at once may take before the server counts as away.
    """

    def __init__(
        self, url: str, *, backoff_s: tuple[float, float] = (0.05, 1.0), timeout_s: float = 10.0, connections: int = 16
    ) -> None:
        self.url = url
        self._first_s, self._longest_s = backoff_s
        self._timeout_s = timeout_s

        # Patience is ours alone, so that an outage is logged once and not by every layer. With a timeout of its own the
        # client would also make a task of all that it sends, and wait for it in a way that may forget a cancellation.
        self._pool = aioredis.BlockingConnectionPool.from_url(
            url,
            max_connections=connections,
            timeout=None,
            protocol=2,
            socket_timeout=None,
            socket_connect_timeout=min(timeout_s, 3.0),
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
        )
        self.client = aioredis.Redis(connection_pool=self._pool)
        self._scripts: dict[str, Script] = {}
        self._loaded = False
        self._away_since: float | None = None

    @property
    def address(self) -> str:
        """The server's address without user and password, for logs."""
        head, at, tail = self.url.rpartition("@")
        return f"{head.partition('://')[0]}://{tail}" if at else self.url

    @property
    def away(self) -> bool:
        """Whether the server was away at the last attempt."""
        return self._away_since is not None

    def in_time(self) -> asyncio.Timeout:
        """The time that whatever is asked of `client` may take; over it, `TimeoutError`."""
        return asyncio.timeout(self._timeout_s)

    async def reach(self) -> None:
        """Asks once whether Redis is there.

        Raises:
            RedisUnreachable: it is not.
        """
        try:
            async with self.in_time():
                await self.client.ping()
        except (errors.RedisError, OSError) as error:
            msg = f"Redis at {self.address} cannot be reached ({error}); start it, or point SLAWATCH_REDIS elsewhere"
            raise RedisUnreachable(msg) from error

    def script(self, name: str) -> Script:
        """A script of this package, read once."""
        if name not in self._scripts:
            self._scripts[name] = Script(name)
            self._loaded = False
        return self._scripts[name]

    async def run(self, ask: Callable[[aioredis.Redis], Awaitable[T]]) -> T:
        """Asks until the server answers. What is asked must be harmless when repeated.

        Raises:
            redis.ResponseError: the server refuses the command itself; repeating it would not help.
        """
        pause = self._first_s
        while True:
            try:
                async with self.in_time():
                    if not self._loaded:
                        # Before anything else after each absence: a server that started anew knows no scripts.
                        for script in self._scripts.values():
                            await self.client.script_load(script.text)
                        self._loaded = True
                    answer = await ask(self.client)
            except errors.NoScriptError:
                self._loaded = False
                continue
            except errors.ResponseError as error:
                if not _not_now(error):
                    raise
                self._lost(error)
            except (errors.ConnectionError, errors.TimeoutError, OSError) as error:
                self._lost(error)
                # What else lies in the pool is as dead; each would cost an attempt of its own.
                await self._pool.disconnect(inuse_connections=False)
            else:
                self._back()
                return answer
            await asyncio.sleep(pause)
            pause = min(2 * pause, self._longest_s)

    async def pipeline(self, commands: Sequence[Command]) -> list[Any]:
        """Sends commands in one go and waits for all answers, raw; on trouble with the server, all of them again."""
        if not commands:
            return []
        packed = b"".join([hiredis.pack_command(command) for command in commands])

        async def send(_: aioredis.Redis) -> list[Any]:
            connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
            try:
                answers = await _exchange(connection, packed, len(commands))
            except BaseException:
                # An answer may still be on its way: nobody else is to read it as theirs.
                await connection.disconnect(nowait=True)
                raise
            finally:
                await self._pool.release(connection)
            for answer in answers:
                if isinstance(answer, Exception):
                    raise answer
            return answers

        return await self.run(send)

    async def close(self) -> None:
        """Lets all connections go."""
        await self.client.aclose()
        await self._pool.disconnect()

    def _lost(self, error: Exception) -> None:
        self._loaded = False
        if self._away_since is None:
            self._away_since = asyncio.get_running_loop().time()
            log.warning("redis is away, waiting for it", redis=self.address, reason=str(error) or type(error).__name__)

    def _back(self) -> None:
        if self._away_since is not None:
            away_s = round(asyncio.get_running_loop().time() - self._away_since, 1)
            self._away_since = None
            log.info("redis is back", redis=self.address, away_s=away_s)


async def _exchange(connection: Any, packed: bytes, count: int) -> list[Any]:
    """Sends packed commands and reads as many answers; errors that the server answers stand among them."""
    # Packed by hiredis and sent past the client's own pipeline, which takes longer over a command than Redis does.
    await connection.send_packed_command(packed, check_health=False)
    answers: list[Any] = []
    for _ in range(count):
        try:
            answers.append(await connection.read_response())
        except errors.ResponseError as error:
            answers.append(error)
    return answers


def _not_now(error: Exception) -> bool:
    return isinstance(error, _NOT_NOW) or not _NOT_NOW_WORDS.isdisjoint(str(error).split())
