"""Another policy book under a desk at work: what was announced is withdrawn, what was given is given anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from models.instant import format_ms, parse_ms
from sinks import keys
from sinks.kafka import KafkaWriter, Record
from sinks.topic import read_topic
from sla.policy import PolicyBook, book_from
from sla.replay import EventSet, replay
from streams import topics
from streams.access import access_to
from streams.broker import embedded_kafka, embedded_redis
from streams.settings import Settings, load_settings
from streams.worker import run_worker
from tests.stories.words import HOUR, MINUTE, awake, created, event, now, replied


def edition(name: str, since: int, within: str, promised: list[str]) -> dict[str, Any]:
    """An edition that promises everybody an answer within a time."""
    targets = {"first_response": {"within": within}, "resolution": {"within": "4h"}}
    return {
        "edition": name,
        "effective_from": format_ms(since),
        "promised": promised,
        "calendars": {"always": {"timezone": "UTC", "week": "always"}},
        "policies": [{"name": "all", "calendar": "always", "targets": targets}],
    }


@asynccontextmanager
async def at_work(settings: Settings, book: PolicyBook) -> AsyncIterator[None]:
    """A worker with a book; it ends in order."""
    until, ready = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(run_worker(settings, book, until=until, ready=ready))
    await asyncio.wait_for(ready.wait(), 20)
    yield
    until.set()
    await asyncio.wait_for(running, 20)


async def come(what: Callable[[], Awaitable[bool]]) -> None:
    """Waits until something holds."""
    async with asyncio.timeout(40):
        while not await what():
            await asyncio.sleep(0.1)


async def test_an_edition_written_late_takes_back_what_the_old_one_had_announced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Breaches are withdrawn, and windows, lists and what each ticket gave are those of `replay` with the new book."""
    monkeypatch.chdir(tmp_path)
    begin = now() - HOUR
    old = edition("old", begin - 24 * HOUR, "15m", ["first_response", "resolution"])
    late = edition("late", begin - MINUTE, "2h", ["first_response"])
    told = [
        *(created(ticket, begin) for ticket in ("waiting", "answered", "quick")),
        replied("answered", begin + 30 * MINUTE),
        replied("quick", begin + 5 * MINUTE),
        event("quick", "solved", begin + 6 * MINUTE),
    ]
    async with embedded_kafka() as kafka, embedded_redis() as found, Redis.from_url(found.address) as redis:
        settings = load_settings(kafka=kafka.address, redis=found.address, partitions=2)
        writer = KafkaWriter(access_to(settings))

        async def send(records: list[Record]) -> None:
            await writer.write_keyed(topics.EVENTS, records)

        async def changes() -> list[tuple[str, ...]]:
            entries = [entry for _, entry in await redis.xrange(keys.BREACHES)]
            return [tuple(entry[name].decode() for name in (b"ticket", b"change")) for entry in entries]

        async def sla() -> tuple[int, int]:
            found = orjson.loads(await redis.hget(keys.kpi("all"), "6h") or b'{"sla": {"met": 0, "breached": 0}}')
            return found["sla"]["met"], found["sla"]["breached"]

        async def given() -> dict[bytes, bytes]:
            rows = await read_topic(access_to(settings), topics.FACTS)
            latest = {row.key or b"": row.value for row in rows}
            return {key: value for key, value in latest.items() if value}

        def truth(book: PolicyBook, sent: list[Record]) -> dict[bytes, bytes]:
            events = EventSet()
            for record in sent:
                assert record.value is not None
                events.add(record.value, "")
            return replay(events, book, now(), with_gifts=True).gifts

        async def has_given(book: PolicyBook, sent: list[Record]) -> bool:
            return await given() == truth(book, sent)

        book = book_from([old])
        async with at_work(settings, book):
            await writer.start()
            sent = [*told, *awake(2)]
            await send(sent)
            await come(lambda: has_given(book, sent))
            await come(lambda: _is(sla(), (2, 2)))
        assert {("waiting", "breached"), ("answered", "breached"), ("answered", "ended")} == set(await changes())

        book = book_from([old, late])
        async with at_work(settings, book):
            again = awake(2)
            await send(again)
            await come(lambda: has_given(book, [*sent, *again]))
            await come(lambda: _is(sla(), (2, 0)))
        assert {("waiting", "withdrawn"), ("answered", "withdrawn")} == set((await changes())[3:])
        assert [] == await redis.zrange(keys.ACTIVE, 0, -1)
        document = orjson.loads(await redis.get(keys.ticket("waiting")))
        assert {("late", "running")} == {(clock["edition"], clock["status"]) for clock in document["clocks"]}
        assert parse_ms(document["clocks"][0]["due_at"]) == begin + 2 * HOUR
        await writer.stop()


async def _is(asked: Awaitable[Any], expected: object) -> bool:
    return bool(await asked == expected)
