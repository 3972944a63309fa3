"""What an alerter says when a server is away, on real servers that are stopped and started."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from alerts import selfcare, watch
from models.instant import format_ms
from sinks import alerts_topic
from tests.alerts.running import RULES, AlertDesk, alert_desk
from tests.servers.kafka import KafkaServer, start_kafka
from tests.servers.redis import RedisServer, start_redis

WATCHED = RULES + "watchdog: {every: 1s, to: room, page: pager}\n"


@pytest.fixture
def own_redis(tmp_path: Path) -> AsyncIterator[RedisServer]:
    """A Redis that may be stopped."""
    server = start_redis(tmp_path)
    yield server
    server.close()


@pytest.fixture
async def desk(kafka_server: KafkaServer, own_redis: RedisServer, tmp_path: Path) -> AsyncIterator[AlertDesk]:
    """A desk whose alerter looks after itself; without an alerter yet."""
    async with alert_desk(kafka_server.address, own_redis.url, tmp_path, WATCHED) as opened:
        yield opened


async def beat(desk: AlertDesk) -> None:
    """A worker's beat, each second."""
    while True:
        now = format_ms(time.time_ns() // 1_000_000)
        value = orjson.dumps({"watermark": now, "lag_s": 0, "as_of": now, "worker": "w", "epoch": 1})
        await desk.redis.hset("sla:health", "partition:0", value)
        await asyncio.sleep(0.5)


def of_self(desk: AlertDesk) -> list[tuple[str, bool]]:
    """What the pager was told of slawatch itself: what, and whether it is over."""
    return [(one.body["trouble"]["what"], one.body["over"]) for one in desk.target.at("pager") if one.body["trouble"]]


async def test_redis_away_and_back_is_told_once_each_and_the_sign_of_life_goes_on(
    desk: AlertDesk, own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nobody knows what slips, somebody knows that nobody knows; afterwards alerts go on as before."""
    monkeypatch.setattr(watch, "AWAY_MS", 2_000)
    await desk.start_here()
    await desk.until(lambda: desk.target.at("room"))
    own_redis.close()
    await desk.until(lambda: of_self(desk) == [("redis", False)])
    heartbeats = len(desk.target.at("room"))
    await desk.until(lambda: len(desk.target.at("room")) > heartbeats)
    own_redis.start()
    await desk.until(lambda: of_self(desk) == [("redis", False), ("redis", True)])
    await desk.until_active()
    await desk.breach("T-1")
    await desk.until(lambda: desk.target.tickets("pager") == ["T-1"])
    keys = desk.target.keys
    assert len(keys) == len(set(keys))


async def test_a_worker_that_is_silent_is_told_and_that_it_is_back(
    desk: AlertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream has stopped: nothing slips any more, says everything but this."""
    monkeypatch.setattr(watch, "LIMIT_MS", 2_000)
    monkeypatch.setattr(watch, "BACK_MS", 1_000)
    beating = asyncio.create_task(beat(desk))
    await desk.start_here()
    await asyncio.sleep(2)
    assert [] == of_self(desk)
    beating.cancel()
    await desk.until(lambda: of_self(desk) == [("beat", False)])
    beating = asyncio.create_task(beat(desk))
    await desk.until(lambda: of_self(desk) == [("beat", False), ("beat", True)])
    beating.cancel()


async def test_a_target_that_is_down_is_told_through_another_and_gets_its_notices_when_it_is_back(
    desk: AlertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost, nobody else waits, and the end of it is told."""
    monkeypatch.setattr(watch, "FAILING_MS", 1_000)
    monkeypatch.setattr(selfcare, "LOOK_S", 0.2)
    down = True

    async def answer(one: object) -> int:
        return 503 if down and getattr(one, "path", "") == "/lead" else 200

    desk.target.answer = answer
    await desk.start_here()
    await desk.breach("T-1")
    await desk.until(lambda: of_self(desk) == [("target", False)])
    down = False
    await desk.until(lambda: of_self(desk) == [("target", False), ("target", True)], 40)
    keys = {one.key for one in desk.target.at("lead")}
    assert 1 == len(keys)
    await asyncio.sleep(0.5)
    states = {key: row["state"] for key, row in await desk.records() if key.startswith("step/") and row}
    assert {"delivered"} == set(states.values())


@pytest.mark.slow
async def test_kafka_away_and_back_is_told_and_what_slipped_meanwhile_is_told_then(
    own_redis: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be written down, so nobody is told but of that; afterwards each is told once."""
    monkeypatch.setattr(watch, "AWAY_MS", 1_000)
    monkeypatch.setattr(alerts_topic, "ANSWER_S", 1.0)
    monkeypatch.setattr(selfcare, "KAFKA_S", 0.5)
    kafka = start_kafka(tmp_path / "kafka")
    try:
        async with alert_desk(kafka.address, own_redis.url, tmp_path, WATCHED) as desk:
            await desk.start_here()
            await desk.breach("T-1")
            await desk.until(lambda: desk.target.tickets("lead") == ["T-1"])
            kafka.kill()
            # Nothing else is to be told, so nothing has found out yet that nothing can be written down.
            await desk.until(lambda: of_self(desk) == [("kafka", False)], 20)
            await desk.breach("T-2")
            await asyncio.sleep(1)
            assert ["T-1"] == desk.target.tickets("pager")
            await asyncio.to_thread(kafka.start)
            await desk.until(lambda: of_self(desk) == [("kafka", False), ("kafka", True)], 40)
            await desk.until(lambda: desk.target.tickets("pager") == ["T-1", "T-2"], 20)
            assert len(desk.target.keys) == len(set(desk.target.keys))
    finally:
        kafka.close()
