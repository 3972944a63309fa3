"""The Redis view's reader (`sinks.view.Reader`): for pages, `explain` and anyone who only looks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
from redis import exceptions as errors

from sinks import keys
from sinks.parsed import Parsed
from sinks.redis_link import RedisLink, RedisUnreachable
from sinks.view import Deadline


class RedisReader:
    """Reads what the view holds; while Redis is away it waits, unless asked through `reach` first."""

    def __init__(self, link: RedisLink) -> None:
        self.link = link
        self._parsed = Parsed()

    @classmethod
    def at(cls, url: str) -> RedisReader:
        """A reader of the Redis at this URL."""
        return cls(RedisLink(url))

    async def close(self) -> None:
        """Lets the connections go."""
        await self.link.close()

    async def reach(self) -> None:
        """Asks once whether Redis is there; raises `RedisUnreachable`."""
        await self.link.reach()

    async def scopes(self) -> set[str]:
        """See `Reader.scopes`."""
        return {raw.decode() for raw in await self._ask("SMEMBERS", keys.SCOPES)}

    async def read_ticket(self, ticket_id: str) -> dict[str, Any] | None:
        """See `Reader.read_ticket`."""
        return _json(await self._ask("GET", keys.ticket(ticket_id)))

    async def read_tickets(self, ticket_ids: Sequence[str]) -> list[dict[str, Any] | None]:
        """See `Reader.read_tickets`."""
        if not ticket_ids:
            return []
        found = await self._ask("MGET", *[keys.ticket(one) for one in ticket_ids])
        return [self._parsed.json(keys.ticket(one), raw) for one, raw in zip(ticket_ids, found, strict=True)]

    async def read_breach(self, breach_id: str) -> dict[str, str] | None:
        """See `Reader.read_breach`."""
        return await self._hash(keys.breach(breach_id)) or None

    async def read_kpis(self, scope: str) -> dict[str, dict[str, Any]]:
        """See `Reader.read_kpis`."""
        return {window: orjson.loads(text) for window, text in (await self._hash(keys.kpi(scope))).items()}

    async def read_live(self, scope: str) -> dict[str, str]:
        """See `Reader.read_live`."""
        return await self._hash(keys.live(scope))

    async def read_day(self, scope: str) -> dict[str, dict[str, Any]]:
        """See `Reader.read_day`."""
        return {start: orjson.loads(text) for start, text in sorted((await self._hash(keys.day(scope))).items())}

    async def read_period(self, period: str, subject: str) -> dict[str, Any] | None:
        """See `Reader.read_period`."""
        key = keys.period(period, subject)
        found: dict[str, Any] | None = self._parsed.json(key, await self._ask("GET", key))
        return found

    async def read_due(self, scope: str, limit: int, since_ms: int = 0) -> list[Deadline]:
        """See `Reader.read_due`."""
        key = keys.due(scope)
        found: Any = await self.link.run(
            lambda client: client.zrangebyscore(key, since_ms, "+inf", start=0, num=limit, withscores=True)
        )
        return [Deadline(*one) for one in _pairs(found)]

    async def read_overdue(self, scope: str, now_ms: int, limit: int) -> list[Deadline]:
        """See `Reader.read_overdue`."""
        key = keys.due(scope)
        found: Any = await self.link.run(
            lambda client: client.zrevrangebyscore(key, f"({now_ms}", "-inf", start=0, num=limit, withscores=True)
        )
        return [Deadline(*one) for one in _pairs(found)]

    async def read_open(self, scope: str, limit: int) -> list[tuple[str, int]]:
        """See `Reader.read_open`."""
        return await self._scored(keys.open_(scope), limit)

    async def read_decided(self, scope: str, since_ms: int, until_ms: int) -> list[tuple[str, int]]:
        """See `Reader.read_decided`."""
        key = keys.decided(scope)
        return _pairs(
            await self.link.run(lambda client: client.zrangebyscore(key, since_ms, f"({until_ms}", withscores=True))
        )

    async def read_health(self) -> dict[str, str]:
        """See `Reader.read_health`."""
        return await self._hash(keys.HEALTH)

    async def read_lives(self, scopes: Sequence[str]) -> list[dict[str, str]]:
        """See `Reader.read_lives`."""
        return [_fields(raw) for raw in await self.link.pipeline([("HGETALL", keys.live(one)) for one in scopes])]

    async def read_window(self, scopes: Sequence[str], window: str) -> list[dict[str, Any] | None]:
        """See `Reader.read_window`."""
        return [_json(raw) for raw in await self.link.pipeline([("HGET", keys.kpi(one), window) for one in scopes])]

    async def read_slots(self, scope: str, starts: Sequence[str]) -> list[dict[str, Any] | None]:
        """See `Reader.read_slots`."""
        if not starts:
            return []
        return [_json(raw) for raw in await self._ask("HMGET", keys.day(scope), *starts)]

    async def read_active(self, since_ms: int, until_ms: int, limit: int) -> list[Deadline]:
        """See `Reader.read_active`."""
        found: Any = await self.link.run(
            lambda client: client.zrangebyscore(keys.ACTIVE, since_ms, until_ms, start=0, num=limit, withscores=True)
        )
        return [Deadline(*one) for one in _pairs(found)]

    async def read_active_of(self, breach_ids: Sequence[str]) -> list[int | None]:
        """See `Reader.read_active_of`."""
        return await self._scores(keys.ACTIVE, breach_ids)

    async def read_due_of(self, breach_ids: Sequence[str]) -> list[int | None]:
        """See `Reader.read_due_of`."""
        return await self._scores(keys.DUE_ALL, breach_ids)

    async def read_alerts(self, alert_ids: Sequence[str]) -> list[dict[str, str] | None]:
        """See `Reader.read_alerts`."""
        found = await self.link.pipeline([("HGETALL", keys.alert(one)) for one in alert_ids])
        return [_fields(raw) or None for raw in found]

    async def read_budgets(self, objectives: Sequence[str]) -> list[dict[str, Any] | None]:
        """See `Reader.read_budgets`."""
        return [_json(raw) for raw in await self.link.pipeline([("GET", keys.budget(one)) for one in objectives])]

    async def updates(self) -> AsyncIterator[None]:
        """Yields at each nudge; ends when Redis goes away: ask again then.

        Raises:
            RedisUnreachable: the connection was lost.
        """
        channel = self.link.client.pubsub()
        try:
            async with self.link.in_time():
                await channel.subscribe(keys.UPDATES)
            async for message in channel.listen():
                if message["type"] == "message":
                    yield None
        except (errors.RedisError, OSError) as error:
            msg = f"Redis at {self.link.address} went away ({error}); it is asked again"
            raise RedisUnreachable(msg) from error
        finally:
            await channel.aclose()  # type: ignore[no-untyped-call]

    async def _ask(self, *command: Any) -> Any:
        return (await self.link.pipeline([command]))[0]

    async def _hash(self, key: str) -> dict[str, str]:
        return _fields(await self._ask("HGETALL", key))

    async def _scores(self, key: str, members: Sequence[str]) -> list[int | None]:
        if not members:
            return []
        found: Any = await self._ask("ZMSCORE", key, *members)
        return [None if raw is None else int(float(raw)) for raw in found]

    async def _scored(self, key: str, limit: int) -> list[tuple[str, int]]:
        return _pairs(await self.link.run(lambda client: client.zrange(key, 0, limit - 1, withscores=True)))


def _json(raw: bytes | None) -> dict[str, Any] | None:
    return None if raw is None else orjson.loads(raw)


def _fields(raw: list[bytes]) -> dict[str, str]:
    found = [part.decode() for part in raw]
    return dict(zip(found[::2], found[1::2], strict=True))


def _pairs(raw: list[Any]) -> list[tuple[str, int]]:
    return [(member.decode(), int(score)) for member, score in raw]
