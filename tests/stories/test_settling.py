"""Tickets past their horizon: their figures stand, their events are gone, and they may be opened again."""

from __future__ import annotations

import orjson
import pytest

from sinks.kafka import Record
from streams import topics
from tests.stories.desk import TrueDesk
from tests.stories.words import DAY, MINUTE, awake, created, event, now, replied, solved

pytestmark = [pytest.mark.kafka, pytest.mark.desk(settings={"SLAWATCH_HORIZON": "2s"})]

LONG_AGO = 120 * DAY


def history(count: int) -> list[Record]:
    """Tickets of four months ago, all of them over."""
    told = []
    for n in range(count):
        at = now() - LONG_AGO + n * 7 * MINUTE
        name = f"old-{n}"
        told += [
            created(name, at, f"P{n % 4}", team=f"team-{n % 3}", customer_tier="vip" if n % 2 else "standard"),
            replied(name, at + (n % 30) * MINUTE, author_id=f"agent-{n % 5}"),
            solved(name, at + (n % 40) * 20 * MINUTE + 31 * MINUTE, resolver=f"agent-{n % 5}"),
        ]
        if n % 4 == 0:
            told.append(event(name, "rated", at + DAY, score=4, scale=5, rater="customer", rater_id="c"))
        if n % 7 == 0:
            told.append(event(name, "closed", at + DAY))
    return told


async def settled(desk: TrueDesk, names: frozenset[str]) -> None:
    """Waits until the changelog holds one row of each of these tickets, and their events are removed."""

    async def one_row_each() -> bool:
        rows: dict[str, dict[str, bytes | None]] = {}
        for key, value in await desk.rows():
            ticket, event_id = key.decode().split("\0")
            rows.setdefault(ticket, {})[event_id] = value
        return all(
            name in rows and rows[name].get("") and not any(value for row, value in rows[name].items() if row)
            for name in names
        )

    await desk.until(one_row_each)


async def test_the_totals_of_a_month_stand_though_its_tickets_are_settled(desk: TrueDesk) -> None:
    """Four months later, events removed, worker restarted, Redis emptied: the month's totals are those of replay."""
    told = history(60)
    names = frozenset(orjson.loads(record.value or b"")["ticket_id"] for record in told)
    first = desk.start()
    await desk.send([*told, *awake()])
    await settled(desk, names)
    await desk.until_true(settled=names)
    months = {key for key in await desk.view() if key.startswith("sla:period:") and key.count("-") == 1}
    assert len(months) > 1

    await desk.stop(first)
    await desk.redis.flushall()
    desk.start()
    await desk.until_true(settled=names)

    assert months <= set(await desk.view())
    assert {} == await desk.ticket("old-0")


async def test_a_settled_ticket_goes_on_from_where_it_was_settled(desk: TrueDesk) -> None:
    """A reopening begins a new cycle; what occurred before the settling is too late, and says so."""
    told = history(4)
    names = frozenset({"old-0", "old-1", "old-2", "old-3"})
    first = desk.start()
    await desk.send([*told, *awake()])
    await settled(desk, names)
    await desk.until_true(settled=names)

    late = replied("old-1", now() - LONG_AGO + 20 * MINUTE, author_id="nobody", event_id="too-late")
    again = event("old-1", "reopened", now())
    await desk.writer.write_keyed(topics.EVENTS, [again, late])

    async def reopened() -> bool:
        view = await desk.view()
        return "sla:ticket:old-1" in view and view.get("sla:live:all", {}).get("open") == "5"

    await desk.until(reopened)
    for restarted in (False, True):
        if restarted:
            await desk.stop(first)
            await desk.redis.flushall()
            desk.start()
            await desk.until(reopened)
            await desk.until_live()
        doc = await desk.ticket("old-1")
        clocks = [clock for clock in doc["clocks"] if clock["metric"] == "resolution"]
        assert [(clock["cycle"], clock["status"]) for clock in clocks] == [(2, "running")]
        assert (doc["counts"]["solved"], doc["counts"]["reopened"], doc["status"]) == (1, 1, "open")
    letters = [letter for letter in await desk.letters() if letter.value == late.value]
    assert [dict(letter.headers)["reason"] for letter in letters] == [b"too_late"]

    async def counted() -> bool:
        return (await desk.health()).get("too_late") == "1"

    await desk.until(counted, 5)
