"""The servers of `up`: a worker runs on a broker in memory, and on whichever Redis there is."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from redis.asyncio import Redis

from sinks.kafka import KafkaWriter
from streams import topics
from streams.access import access_to
from streams.broker import embedded_kafka, embedded_redis
from streams.settings import load_settings
from streams.worker import run_worker
from tests.servers.needs import missing
from tests.streams.parts import CountingEngine, CountingFigures
from tests.streams.running import event
from tests.streams.worker_process import Book


@pytest.mark.parametrize("kind", ["redis-server", "fakeredis"])
async def test_a_worker_runs_with_nothing_installed(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Events through the broker in memory end in Redis' figures, with and without a redis-server on the path."""
    if kind == "fakeredis":
        monkeypatch.setattr("streams.broker.shutil.which", lambda _: None)
    elif shutil.which("redis-server") is None:
        missing("redis-server")
    monkeypatch.chdir(tmp_path)
    async with embedded_kafka() as kafka, embedded_redis() as found:
        assert kind in found.kind
        settings = load_settings(kafka=kafka.address, redis=found.address, partitions=4)
        until = asyncio.Event()
        running = asyncio.create_task(
            run_worker(
                settings,
                Book(),
                until=until,
                make_engine=lambda number: CountingEngine(number, 4),
                make_figures=CountingFigures,
            )
        )
        writer = KafkaWriter(access_to(settings))
        await writer.start()
        await writer.write_keyed(topics.EVENTS, [event(n, 40) for n in range(400)])
        async with Redis.from_url(found.address) as redis, asyncio.timeout(40):
            while await redis.hget("sla:kpi:all", "today") != b'{"count":400}':
                assert not running.done()
                await asyncio.sleep(0.05)
        until.set()
        await asyncio.wait_for(running, 15)
        await writer.stop()
