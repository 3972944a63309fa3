"""Budgets through the whole pipe: events in, what is left of each objective's allowance out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from models.instant import parse_ms
from sinks import keys
from sinks.kafka import KafkaWriter, Record
from sla.policy import book_from
from sla.replay import EventSet, replay
from streams import topics
from streams.access import access_to
from streams.broker import embedded_kafka, embedded_redis
from streams.settings import load_settings
from streams.worker import run_worker
from tests.stories.words import HOUR, MINUTE, awake, created, event, now, replied

#: Objectives over several teams and priorities: the figures they are made of lie in several partitions of stage 2.
BOOK = book_from(
    {
        "edition": "budgets",
        "zone": "Asia/Shanghai",
        "calendars": {"always": {"timezone": "UTC", "week": "always"}},
        "policies": [{"name": "all", "calendar": "always", "targets": {"first_response": {"within": "15m"}}}],
        "objectives": [
            {"name": "kept", "metric": "sla", "attainment": "90%", "period": "year", "minimum": 5},
            {
                "name": "P0 与 P1/各组",
                "metric": "first_response",
                "when": {"priority": ["P0", "P1"], "team": ["网络", "desk|2"]},
                "attainment": "80%",
                "period": "year",
            },
        ],
    }
)
NAMES = tuple(objective.name for objective in BOOK.edition_at(0).objectives)


class Pipe:
    """A worker on servers in memory, what it was sent, and what it says."""

    def __init__(self, writer: KafkaWriter, redis: Redis) -> None:
        self.sent: list[bytes] = []
        self._writer = writer
        self._redis = redis

    async def send(self, records: list[Record]) -> None:
        """Puts events into the log, and remembers them."""
        self.sent += [record.value for record in records if record.value is not None]
        await self._writer.write_keyed(topics.EVENTS, records)

    async def budgets(self) -> dict[str, dict[str, Any]]:
        """Budgets as Redis has them, by objective."""
        raw = await self._redis.mget([keys.budget(name) for name in NAMES])
        return {name: orjson.loads(one) for name, one in zip(NAMES, raw, strict=True) if one}

    async def until(self, *numbers: tuple[int, int]) -> dict[str, dict[str, Any]]:
        """Waits until so many were decided and breached of each objective."""
        async with asyncio.timeout(30):
            while True:
                told = await self.budgets()
                found = [(told[name]["decided"], told[name]["breached"]) for name in NAMES if name in told]
                if found == list(numbers):
                    return told
                await asyncio.sleep(0.05)

    def truth(self, as_of: int) -> dict[str, dict[str, Any]]:
        """What `replay` says of the same events."""
        events = EventSet()
        for place, line in enumerate(self.sent):
            events.add(line, str(place))
        return {said["objective"]: said for said in map(orjson.loads, replay(events, BOOK, as_of).budgets)}


@asynccontextmanager
async def pipe() -> AsyncIterator[Pipe]:
    async with embedded_kafka() as kafka, embedded_redis() as found:
        settings = load_settings(kafka=kafka.address, redis=found.address, partitions=4)
        until = asyncio.Event()
        running = asyncio.create_task(run_worker(settings, BOOK, until=until))
        writer = KafkaWriter(access_to(settings))
        await writer.start()
        try:
            async with Redis.from_url(found.address) as redis:
                yield Pipe(writer, redis)
        finally:
            until.set()
            await asyncio.wait_for(running, 15)
            await writer.stop()


def answered(ticket: str, at: int, after: int, **fields: Any) -> list[Record]:
    """A ticket, and its answer so many ms later."""
    return [created(ticket, at, **fields), replied(ticket, at + after)]


async def test_a_budget_sums_over_teams_priorities_and_partitions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From events to Redis it is what replay says; a late answer and a cancelling give back what was spent."""
    monkeypatch.chdir(tmp_path)
    begin = now() - HOUR
    kinds = [("P0", "网络"), ("P1", "desk|2"), ("P1", "网络"), ("P3", "网络"), ("P0", "else"), ("P0", None)]
    told = [
        record
        for n, (priority, team) in enumerate(kinds * 4)
        for record in answered(
            f"T{n}", begin + n * MINUTE, 5 * MINUTE if n >= 6 else 20 * MINUTE, priority=priority, team=team
        )
    ]
    async with pipe() as desk:
        await desk.send([*told, *awake()])
        spent = await desk.until((24, 6), (12, 3))

        assert (2.4, -1.5, 0.9) == (spent["kept"]["allowed"], spent["kept"]["left"], spent["kept"]["attainment"])
        assert ({"decided": 12, "breached": 3}, 1.25) == (
            spent[NAMES[1]]["windows"]["6h"],
            spent[NAMES[1]]["burn"]["6h"],
        )

        # T0's true answer comes to light, and T1 should never have been.
        await desk.send([replied("T0", begin + MINUTE), event("T1", "cancelled", begin + 30 * MINUTE)])
        given_back = await desk.until((23, 4), (11, 1))

    for name, said in given_back.items():
        assert desk.truth(parse_ms(said["as_of"]))[name] == said
