"""Several misfortunes at once, or one upon the other: what is told stays the truth, and is news once."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests.servers.kafka import KafkaServer
from tests.stories.desk import TrueDesk
from tests.stories.words import QUICK_BOOK, SECOND, awake, created, now, traffic

pytestmark = pytest.mark.kafka


@pytest.mark.desk(rules=QUICK_BOOK)
async def test_a_redis_emptied_while_nobody_works_is_told_nothing_as_news(desk: TrueDesk) -> None:
    """The worker dies, then Redis forgets: the next worker tells all anew, and nobody is woken twice for any of it."""
    first = desk.start()
    await desk.send(awake())
    await desk.until_live()
    await desk.send([created(f"night-{n}", now() - SECOND) for n in range(40)])

    async def breached(count: int) -> bool:
        told = {entry["ticket"] for entry in await desk.entries() if entry["change"] == "breached"}
        return len({ticket for ticket in told if not ticket.startswith("awake")}) == count

    await desk.until(lambda: breached(40))
    assert {"false"} == {entry["backlog"] for entry in await desk.entries()}

    await desk.kill(first)
    await desk.redis.flushall()
    desk.start()
    await desk.send([created("morning", now())])
    await desk.until(lambda: breached(41))
    await desk.until_true()

    assert {"morning"} == {entry["ticket"] for entry in await desk.entries() if entry["backlog"] == "false"}


async def test_a_worker_that_was_away_reads_what_another_one_did(desk: TrueDesk, kafka_server: KafkaServer) -> None:
    """It sleeps past its session, and so does the broker as it wakes: what it missed is in its figures."""
    log = [*traffic(7, 12, 400), *awake()]
    sleeper = desk.start()
    await desk.send(log[:100])
    await desk.until_live()
    sleeper.send_signal(signal.SIGSTOP)
    desk.start()
    await desk.until(lambda: "taken over" in desk.log(1))
    await desk.send(log[100:])
    await desk.until_kept()
    broker = kafka_server.process
    assert broker is not None
    broker.send_signal(signal.SIGSTOP)
    sleeper.send_signal(signal.SIGCONT)
    await asyncio.sleep(5)  # it finds that redis refuses it, and waits to take its partitions over
    broker.send_signal(signal.SIGCONT)
    await desk.until_true(late=True)

    assert [None, None] == [worker.poll() for worker in desk.workers]


async def test_figures_that_became_untrue_while_nobody_worked_go(desk: TrueDesk) -> None:
    """Facts may move elsewhere while there is no worker: nobody has told their old scopes; the next one looks."""
    worker = desk.start()
    await desk.send([*traffic(3, 6, 200), *awake()])
    await desk.until_true()
    await desk.stop(worker)
    view = await desk.view()
    scopes = sorted(view["sla:scopes"])
    for name in [name for name in view if name.startswith(("sla:kpi:team:", "sla:live:team:", "sla:day:team:"))]:
        await desk.redis.copy(name, name.replace(":team:", ":team:nobody-"))
    for name in [name for name in view if name.startswith("sla:period:") and ":agent:" in name]:
        await desk.redis.copy(name, name.replace(":agent:", ":agent:nobody-"))
    kinds = ("team:", "agent:")
    nobody = [scope.replace(":", ":nobody-", 1) for scope in scopes if scope.startswith(kinds)]
    await desk.redis.sadd("sla:scopes", *nobody)

    desk.start()
    await desk.until_true()
