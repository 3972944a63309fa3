"""Periods that close by themselves: final once, corrected in the open, and moved by nothing else."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from models.instant import format_ms
from sinks.kafka import Record
from streams import topics
from tests.stories.desk import TrueDesk
from tests.stories.words import DAY, MINUTE, awake, created, now, replied, solved

pytestmark = [pytest.mark.kafka]

LAST_MONTH = 60 * DAY


def history(count: int) -> list[Record]:
    """Tickets of two months ago."""
    told = []
    for n in range(count):
        at = now() - LAST_MONTH + n * 7 * MINUTE
        name = f"old-{n}"
        told += [
            created(name, at, f"P{n % 4}", team=f"team-{n % 3}", customer_tier="vip" if n % 2 else "standard"),
            replied(name, at + (n % 30) * MINUTE, author_id=f"agent-{n % 5}"),
            solved(name, at + (n % 40) * 20 * MINUTE + 31 * MINUTE, resolver=f"agent-{n % 5}"),
        ]
    return told


async def totals(desk: TrueDesk) -> dict[str, dict[str, Any]]:
    """The log of totals, by key."""
    return {key.decode(): orjson.loads(value) for key, value in await desk.rows(topics.TOTALS) if value}


async def period(desk: TrueDesk, name: str, subject: str) -> dict[str, Any]:
    """A total as Redis has it."""
    raw = await desk.redis.get(f"sla:period:{name}:{subject}")
    return orjson.loads(raw) if raw else {}


async def test_a_month_closes_once_and_a_late_event_makes_its_second_revision(desk: TrueDesk) -> None:
    """Final in Redis, in the stream and in the log; restarted and emptied it is the same; a late event is named."""
    told = history(40)
    month = format_ms(now() - LAST_MONTH)[:7]
    await desk.send([*told, *awake()])
    first = desk.start()

    async def closed() -> bool:
        return bool((await period(desk, month, "all")).get("final"))

    await desk.until(closed)
    before = await period(desk, month, "all")
    assert (1, True) == (before["revision"], before["final"])

    await desk.stop(first)
    await desk.redis.flushall()
    desk.start()
    await desk.until(closed)
    assert before == await period(desk, month, "all")
    assert before == (await totals(desk))[f"{month}/all"]
