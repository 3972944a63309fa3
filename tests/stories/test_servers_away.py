"""Servers that are not there yet, or for a while: a worker waits, says so once, and catches up without a gap."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.kafka import KafkaServer
from tests.servers.redis import RedisServer, start_redis
from tests.stories.desk import true_desk
from tests.stories.words import awake, pieces, traffic

pytestmark = pytest.mark.kafka


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that a story may stop."""
    (tmp_path / "redis").mkdir()
    server = start_redis(tmp_path / "redis")
    yield server
    server.close()


async def test_a_worker_waits_for_redis(kafka_server: KafkaServer, own_redis: RedisServer, tmp_path: Path) -> None:
    """Redis comes after the worker, goes under load and comes back empty: it is said once each time, and made good."""
    async with true_desk(kafka_server.address, own_redis.url, tmp_path) as desk:
        history = traffic(15, 12, 500)
        own_redis.close()
        desk.start()
        await desk.send([*history[:100], *awake()])
        await desk.until(lambda: "redis" in desk.log(0).lower() and "away" in desk.log(0).lower())
        await asyncio.sleep(2)
        own_redis.start()
        await desk.until_true()

        assert 1 == _said(desk.log(0), "warning", "redis")

        rest = list(pieces(history[100:], 20))
        for number, piece in enumerate(rest):
            await desk.send(piece)
            if number == len(rest) // 3:
                own_redis.close()
            if number == 2 * len(rest) // 3:
                own_redis.start()
            await asyncio.sleep(0.25)
        await desk.until_true(late=True)

        assert desk.workers[0].poll() is None


async def test_a_worker_waits_for_kafka(kafka_server: KafkaServer, redis_server: RedisServer, tmp_path: Path) -> None:
    """Kafka comes after the worker: it says so once, then works."""
    async with true_desk(kafka_server.address, redis_server.url, tmp_path) as desk:
        kafka_server.kill()
        desk.start()
        await desk.until(lambda: "waiting for kafka" in desk.log(0), 20)
        await asyncio.sleep(3)
        kafka_server.start()

        assert 1 == desk.log(0).count("waiting for kafka")

        await desk.send([*traffic(16, 12, 200), *awake()])
        await desk.until_true()


def _said(log: str, level: str, word: str) -> int:
    """How many lines of a level speak of something."""
    return sum(level in line and word in line.lower() for line in log.splitlines())
