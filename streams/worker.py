"""A worker from its start to its end: what `slawatch worker` does, and what `up` does in its own process."""

from __future__ import annotations

import asyncio
import signal
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import structlog

from sinks.kafka import KafkaWriter
from sinks.patience import before
from sinks.redis import RedisView
from streams.access import access_to
from streams.app import create_app
from streams.life import Fatal, run_app
from streams.metrics import Standings, serve_metrics
from streams.settings import Settings
from streams.topics import prepare_topics

log = structlog.get_logger(__name__)


def build() -> str:
    """Which build of slawatch this is."""
    try:
        return version("slawatch")
    except PackageNotFoundError:
        return "uninstalled"


async def run_worker(
    settings: Settings,
    book: Any,
    *,
    until: asyncio.Event | None = None,
    ready: asyncio.Event | None = None,
    **parts: Any,
) -> None:
    """Runs a worker until SIGTERM or SIGINT, or until `until` is set; waits for Kafka and Redis as long as it takes.

    `ready` is set when the worker has been put together and started; `parts` go to `create_app`.

    Raises:
        Unusable: the topics cannot work as they are.
    """
    ends = until or asyncio.Event()
    if until is None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ends.set)
    access = access_to(settings)
    preparing = asyncio.create_task(
        prepare_topics(access, settings.group, partitions=settings.partitions, replication=settings.replication)
    )
    if not await before(ends, preparing):
        return
    writer = KafkaWriter(access)
    starting = asyncio.create_task(writer.start())
    if not await before(ends, starting):
        return
    view = RedisView.at(settings.redis)
    fatal = Fatal()
    app = create_app(settings, preparing.result(), book, view, writer=writer, fatal=fatal, build=build(), **parts)
    try:
        standings = Standings(lambda: list(app.tickets.workers.values()), app.ground.clock)
        with serve_metrics(
            app.ground.metrics, standings, port=settings.metrics_port, host=settings.metrics_host
        ):
            log.info("worker starts", worker=app.ground.worker, kafka=settings.kafka, group=settings.group)
            if ready is not None:
                ready.set()
            await run_app(app, until=ends, fatal=fatal)
            log.info("worker has ended", worker=app.ground.worker)
    finally:
        await writer.stop()
        await view.close()
