"""Periods that close by themselves: final once, corrected in the open, and moved by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from models.instant import format_ms
from models.period import PeriodDocument
from sinks.kafka import Record
from sla.replay import EventSet, Result, replay
from streams import topics
from tests.stories.desk import TrueDesk
from tests.stories.words import DAY, MINUTE, awake, created, event, now, replied, solved

pytestmark = [pytest.mark.kafka]


def long_ago() -> int:
    """Noon of a tenth, some two months ago: its month has closed."""
    then = datetime.fromtimestamp((now() - 60 * DAY) / 1000, UTC)
    return int(then.replace(day=10, hour=12, minute=0, second=0, microsecond=0).timestamp()) * 1000


def history(count: int) -> list[Record]:
    """Tickets of two months ago."""
    told = []
    for n in range(count):
        at = long_ago() + n * 7 * MINUTE
        name = f"old-{n}"
        told += [
            created(name, at, f"P{n % 4}", team=f"team-{n % 3}", customer_tier="vip" if n % 2 else "standard"),
            replied(name, at + (n % 30) * MINUTE, author_id=f"agent-{n % 5}"),
            solved(name, at + (n % 40) * 20 * MINUTE + 31 * MINUTE, resolver=f"agent-{n % 5}"),
        ]
    return told


def truth(desk: TrueDesk) -> Result:
    """What replay makes of all that was sent."""
    events = EventSet()
    for number, value in enumerate(desk.sent):
        events.add(value, str(number))
    return replay(events, desk.book, now(), with_gifts=True)


async def totals(desk: TrueDesk) -> dict[str, dict[str, Any]]:
    """The log of totals, by key."""
    return {key.decode(): orjson.loads(value) for key, value in await desk.rows(topics.TOTALS) if value}


async def period(desk: TrueDesk, name: str, subject: str) -> dict[str, Any]:
    """A total as Redis has it."""
    raw = await desk.redis.get(f"sla:period:{name}:{subject}")
    return orjson.loads(raw) if raw else {}


async def test_a_month_closes_once_and_a_late_event_makes_its_second_revision(desk: TrueDesk) -> None:
    """Final in Redis, in the stream and in the log, killed and emptied or not; a late event is named."""
    told = history(40)
    month = format_ms(long_ago())[:7]
    desk.start()
    await desk.send([*told, *awake()])

    async def at_revision(number: int) -> bool:
        return (await period(desk, month, "all")).get("revision") == number

    await desk.until(lambda: at_revision(1), 60)
    before = await period(desk, month, "all")
    PeriodDocument.model_validate(before)
    assert 40 == before["counts"]["solved"]

    desk.workers[0].kill()
    await desk.redis.flushall()
    desk.start()
    await desk.until(lambda: at_revision(1), 60)
    assert before == await period(desk, month, "all")

    late = event("old-3", "reopened", long_ago() + DAY, event_id="late")
    await desk.send([late])
    await desk.until(lambda: at_revision(2), 60)
    after = await period(desk, month, "all")
    PeriodDocument.model_validate(after)
    assert {"reopened": {"from": 0, "to": 1}} == after["difference"]["counts"]
    assert ["late"] == [cause["event"] for cause in after["causes"]]
    assert ["old-3"] == [cause["ticket"] for cause in after["causes"]]
    log = await totals(desk)
    assert (before, after, after) == tuple(log[f"{month}/all{end}"] for end in ("/1", "/2", ""))
    entries = [entry for entry in (await desk.view())["sla:periods"] if entry["subject"] == "all"]
    assert [(month, "1"), (month, "2")] == [
        (one["period"], one["revision"]) for one in entries if one["period"] == month
    ]


async def test_what_tickets_gave_is_kept_and_those_that_came_back_are_charged_across_workers(desk: TrueDesk) -> None:
    """Two workers, tickets of each in the other's way: recurrence and the rows behind it are those of replay."""
    told = []
    for n in range(40):
        at = long_ago() + n * 60 * MINUTE
        fields = {"requester_id": f"C{n % 3}", "issue_key": "printer", "team": f"team-{n % 2}"}
        told += [created(f"back-{n}", at, **fields), solved(f"back-{n}", at + 5 * MINUTE, resolver=f"agent-{n % 5}")]
    desk.start()
    desk.start()
    await desk.send([*told, *awake()])
    await desk.until_true()
    month = format_ms(long_ago())[:7]
    expected = {}

    async def as_in_replay() -> bool:
        expected.clear()
        for line in truth(desk).periods:
            said = orjson.loads(line)
            expected[said["period"], said["subject"]] = said
        measure = (await period(desk, month, "all")).get("measures", {}).get("recurrence_rate")
        return bool(measure) and measure == expected[month, "all"]["measures"]["recurrence_rate"]

    await desk.until(as_in_replay, 60)
    assert 0.9 < expected[month, "all"]["measures"]["recurrence_rate"]["value"] < 1

    async def all_given() -> bool:
        found = {key: value for key, value in await desk.rows(topics.FACTS) if value is not None}
        return found == truth(desk).gifts

    await desk.until(all_given, 60)
