"""Whoever dies, freezes or moves, and whenever: Redis ends as replay has it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from examples.uci import events as uci_events
from models.instant import format_ms
from sinks.kafka import Record
from tests.servers.redis import RedisServer
from tests.stories.desk import TrueDesk
from tests.stories.truth import differences, truth_of
from tests.stories.words import (
    MINUTE,
    QUICK_BOOK,
    SECOND,
    awake,
    created,
    event,
    now,
    pieces,
    replied,
    traffic,
)

pytestmark = pytest.mark.kafka

ROOT = Path(__file__).parents[2]


@contextmanager
def frozen(server: RedisServer) -> Iterator[None]:
    """Redis takes what is sent to it, and answers nothing."""
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


async def test_redis_equals_replay_and_nothing_less_would_pass(desk: TrueDesk) -> None:
    """A day of lifelike traffic ends in the figures of `replay`, all of them; whatever lacks is seen by these tests."""
    await desk.send([*traffic(1, 30, 1200), *awake()])
    desk.start()
    await desk.until_true()

    view, truth = await desk.view(), truth_of(desk.sent, desk.book, await desk.watermark())
    month = f"sla:period:{format_ms(truth.as_of)[:7]}:all"
    ticket, breach = (next(key for key in view if key.startswith(f"sla:{kind}:")) for kind in ("ticket", "breach"))
    families = (
        "sla:kpi:all",
        "sla:live:all",
        "sla:day:all",
        "sla:open:all",
        "sla:due",
        "sla:due:all",
        "sla:decided:all",
        "sla:budget:promises kept",
    )
    unseen = [
        key
        for key in (*families, month, ticket, breach, "sla:active", "sla:scopes", "sla:breaches")
        if not differences(truth, {name: held for name, held in view.items() if name != key})
    ]
    assert [] == unseen
    assert differences(truth, view | {"sla:breaches": [*view["sla:breaches"], view["sla:breaches"][0]]}) != []


async def test_what_the_changelog_knows_and_redis_does_not_is_told_by_the_next_worker(
    desk: TrueDesk, redis_server: RedisServer
) -> None:
    """A worker dies with its rows acknowledged and Redis not yet asked; the next one writes all of it, once."""
    first = desk.start()
    history = traffic(2, 12, 600)
    await desk.send([*history[:300], *awake()])
    await desk.until_true()
    with frozen(redis_server):
        await desk.send(history[300:])
        await desk.until_kept()
        await desk.kill(first)
    desk.start()

    await desk.until_true(late=True)


async def test_a_ticket_that_moved_before_its_worker_died_counts_in_one_team_only(
    desk: TrueDesk, redis_server: RedisServer
) -> None:
    """Tickets go from one team to another, and nobody lives to tell Redis; the old team counts them no more."""
    at = now() - 20 * MINUTE
    names = [f"moved-{n}" for n in range(20)]
    first = desk.start()
    await desk.send([created(name, at, team="网络", assignee="li.na") for name in names] + awake())
    await desk.until_true()

    assert "20" == (await desk.view())["sla:live:team:网络"]["open"]

    with frozen(redis_server):
        await desk.send(
            [event(name, "updated", now() - MINUTE, team="storage|2", assignee="wang.wei") for name in names]
        )
        await desk.until_kept()
        await desk.kill(first)
    desk.start()
    await desk.until_true()

    view = await desk.view()
    assert "0" == view["sla:live:team:网络"]["open"]
    assert "20" == view["sla:live:team:storage%7C2"]["open"]
    left = {key for key in view if key.startswith(("sla:open:", "sla:due:")) and ("网络" in key or "li.na" in key)}
    assert set() == left
    assert 20 == orjson.loads(view["sla:kpi:team:网络"]["24h"])["created"]


@pytest.mark.desk(rules=QUICK_BOOK.replace("3s", "12s"))
async def test_a_frozen_worker_that_wakes_announces_nothing_and_changes_nothing(desk: TrueDesk) -> None:
    """A worker sleeps through its session and its deadlines; what it would say on waking was said or is wrong."""
    sleeper = desk.start()
    await desk.send(awake())
    await desk.until_live()
    names = [f"night-{n}" for n in range(40)]
    await desk.send([created(name, now() - SECOND) for name in names])

    async def known() -> bool:
        return all(await asyncio.gather(*map(desk.ticket, names)))

    await desk.until(known)
    await desk.send([event(name, "updated", now(), category="in its hands") for name in names])
    sleeper.send_signal(signal.SIGSTOP)
    desk.start()
    await desk.send([replied(name, now(), author_id="li.na") for name in names[:20]])
    await desk.until_true()

    async def all_due() -> bool:
        told = {entry["ticket"] for entry in await desk.entries() if entry["change"] == "breached"}
        return set(names[20:]) <= told

    await desk.until(all_due)
    before = await desk.entries()
    sleeper.send_signal(signal.SIGCONT)
    await asyncio.sleep(3)
    await desk.until_true()

    assert before == await desk.entries()
    assert set() == {entry["ticket"] for entry in before if entry["change"] == "breached"} & set(names[:20])


async def test_a_worker_killed_half_way_through_a_real_log_costs_nothing(desk: TrueDesk) -> None:
    """Two workers share a real desk's log, one is killed, another joins: no entry twice, none missing, all exact."""
    desk.rules = (ROOT / "examples" / "uci-policies" / "2016.yaml").read_text(encoding="utf-8")
    desk.write_book()
    log = [
        Record(said["ticket_id"].encode(), orjson.dumps(said))
        for said in uci_events(ROOT / "tests" / "data" / "uci" / "incidents.csv.gz")
    ]
    first = desk.start()
    desk.start()
    await desk.send(log[:100])
    await desk.until(lambda: all("taken over" in desk.log(number) for number in range(2)))
    for number, piece in enumerate(pieces(log[100:], 150)):
        await desk.send(piece)
        if number == len(log) // 300:
            await desk.kill(first)
            desk.start()
        await asyncio.sleep(0.1)

    await desk.until_true(60)


@pytest.mark.desk(rules=QUICK_BOOK)
async def test_an_emptied_redis_is_filled_again_and_nothing_old_is_news(desk: TrueDesk) -> None:
    """FLUSHALL under load: the figures come back, and what was announced before says that it is no news."""
    desk.start()
    await desk.send([created(f"old-{n}", now() - 2 * SECOND) for n in range(200)] + awake())
    await desk.until_live()
    await desk.until(lambda: _breached(desk, 204))

    assert {"false"} == {e["backlog"] for e in await desk.entries() if e["ticket"].startswith("old-")}

    for round_ in range(30):
        if round_ in (10, 20):
            emptied = now()
            await desk.redis.flushall()
        await desk.send([event(f"old-{n}", "updated", now(), category=f"c{round_}") for n in range(0, 200, 3)])
        await asyncio.sleep(0.05)
    await desk.until_true()

    news = {e["ticket"] for e in await desk.entries() if e["backlog"] == "false"}
    assert emptied > 0
    assert set() == {ticket for ticket in news if ticket.startswith("old-")}

    await desk.send([created("new-1", now())])
    await desk.until(lambda: _breached(desk, 205))
    assert {"false"} == {e["backlog"] for e in await desk.entries() if e["ticket"] == "new-1"}


async def _breached(desk: TrueDesk, count: int) -> bool:
    return len({e["ticket"] for e in await desk.entries() if e["change"] == "breached"}) >= count
