"""Redis as the alerter sees it: the streams that it works through, what it looks up, and what it shows."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson
from redis import exceptions as errors

from sinks import keys
from sinks.redis_link import RedisLink

CONSUMER: Final = "alerter"
#: How long what is over stays shown.
SHOWN_MS: Final = 7 * 86_400_000

Fields = dict[str, str]


class StreamEntry(NamedTuple):
    """An entry of a stream; `fields` is empty where it was trimmed before it was read."""

    stream: str
    id: str
    fields: Fields


class Looked(NamedTuple):
    """What is looked up each second."""

    health: Fields
    incidents: frozenset[str]
    issue_keys: frozenset[str]
    budgets: Mapping[str, dict[str, Any]]  # by objective
    shown: str | None  # under which takeover everything was shown; None: Redis was emptied


class AlertsRedis:
    """One alerter's way to Redis. Each call raises redis' errors, or OSError, when Redis is away."""

    def __init__(self, url: str, group: str) -> None:
        self.link = RedisLink(url, timeout_s=3.0)
        self._client: Any = self.link.client
        self._group = group

    async def close(self) -> None:
        """Lets the connections go."""
        await self.link.close()

    async def unfinished(self, count: int = 1000) -> list[StreamEntry]:
        """Entries that were handed out, to us or to one before us, and never finished."""
        return await self._read("0", count, None)

    async def read(self, count: int, block_ms: int) -> list[StreamEntry]:
        """New entries; waits for so long when there are none."""
        return await self._read(">", count, max(1, block_ms))

    async def finish(self, entries: Sequence[StreamEntry]) -> None:
        """These have been worked off. A Redis that was emptied in between knows none of them."""
        by_stream: dict[str, list[str]] = {}
        for entry in entries:
            by_stream.setdefault(entry.stream, []).append(entry.id)
        for stream, ids in by_stream.items():
            try:
                await self._ask(self._client.xack(stream, self._group, *ids))
            except errors.ResponseError as error:
                if "NOGROUP" not in str(error):
                    raise

    async def look(self, objectives: Iterable[str]) -> Looked:
        """Health, open major incidents, budgets, and whether what we showed is still there."""
        names = list(objectives)
        pipe = self._client.pipeline(transaction=False)
        pipe.hgetall(keys.HEALTH)
        pipe.smembers(keys.INCIDENTS)
        pipe.get(keys.ALERTS_SHOWN)
        for name in names:
            pipe.get(keys.budget(name))
        health, incidents, shown, *budgets = await self._ask(pipe.execute())
        tickets = sorted(raw.decode() for raw in incidents)
        docs = await self.tickets(tickets)
        return Looked(
            {name.decode(): value.decode() for name, value in health.items()},
            frozenset(tickets),
            frozenset(doc["issue_key"] for doc in docs if doc and doc.get("issue_key")),
            {name: orjson.loads(raw) for name, raw in zip(names, budgets, strict=True) if raw},
            shown.decode() if shown else None,
        )

    async def tickets(self, ids: Sequence[str]) -> list[dict[str, Any] | None]:
        """Documents of tickets, in the order asked for."""
        if not ids:
            return []
        raw = await self._ask(self._client.mget([keys.ticket(one) for one in ids]))
        return [orjson.loads(one) if one else None for one in raw]

    async def show_alerts(self, alerts: Mapping[str, tuple[Fields, bool]]) -> None:
        """Shows alerts and groups by id: their fields, and whether they are over."""
        names = list(alerts)
        for at in range(0, len(names), 500):
            pipe = self._client.pipeline(transaction=False)
            for name in names[at : at + 500]:
                fields, over = alerts[name]
                pipe.hset(keys.alert(name), mapping=fields)
                if over:
                    pipe.pexpire(keys.alert(name), SHOWN_MS)
                else:
                    pipe.persist(keys.alert(name))
            await self._ask(pipe.execute())

    async def show_silence(self, fields: Fields, ends_at: int) -> None:
        """Shows a silence until some days after its end (ms)."""
        pipe = self._client.pipeline(transaction=True)
        key = keys.silence(fields["id"])
        pipe.hset(key, mapping=fields)
        pipe.pexpireat(key, ends_at + SHOWN_MS)
        await self._ask(pipe.execute())

    async def mark_shown(self, epoch: int) -> None:
        """Everything has been shown, under this takeover."""
        await self._ask(self._client.set(keys.ALERTS_SHOWN, str(epoch)))

    async def _ask(self, asking: Awaitable[Any]) -> Any:
        async with self.link.in_time():
            return await asking

    async def _read(self, since: str, count: int, block_ms: int | None) -> list[StreamEntry]:
        streams = {keys.BREACHES: since, keys.ACKS: since}
        try:
            reading = self._client.xreadgroup(self._group, CONSUMER, streams, count=count, block=block_ms)
            answer = await self._ask(reading)
        except errors.ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            await self._create_groups()
            return []
        return [
            StreamEntry(stream.decode(), ident.decode(), _text(fields))
            for stream, entries in answer or ()
            for ident, fields in entries
        ]

    async def _create_groups(self) -> None:
        for stream in (keys.BREACHES, keys.ACKS):
            try:
                await self._ask(self._client.xgroup_create(stream, self._group, id="0", mkstream=True))
            except errors.ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise


def _text(fields: Mapping[bytes, bytes] | None) -> Fields:
    return {name.decode(): value.decode() for name, value in (fields or {}).items()}
