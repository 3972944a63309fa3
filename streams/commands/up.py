"""`slawatch up`: everything on this machine, with nothing else installed."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer

from models.event import InvalidEvent, parse
from models.instant import format_ms
from sinks.kafka import KafkaWriter, Record
from sla.policy import PolicyBook
from streams import topics
from streams.access import access_to
from streams.broker import embedded_kafka, embedded_redis
from streams.clock import now_ms
from streams.commands.console import Policies, book_of, err, lines_of, out
from streams.commands.simulate import feed_of
from streams.commands.wallboard import site_of
from streams.errors import Unusable
from streams.feed import Committed, Feed, play
from streams.logs import set_up_logs
from streams.settings import Settings, load_settings
from wallboard import BoardServer

DAY_MS = 86_400_000
#: How long before now the simulator begins, so that the desk is alive at first sight.
WARM_UP_MS = 36 * 3_600_000


def up(
    files: Annotated[list[Path] | None, typer.Argument(help="A recorded day to play instead of the simulator.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0: any that is free.")] = 8080,
    rate: Annotated[float, typer.Option(min=0.001, help="Simulated events a second.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Of the simulator.")] = 1,
    policies: Policies = None,
    *,
    simulate: Annotated[bool, typer.Option(help="Feed the simulator's traffic.")] = True,
) -> None:
    """Run broker, Redis, worker and page on this machine; fed by the simulator, or by files shifted to today."""
    book = book_of(policies)
    feed: Feed | None = None
    if files:
        feed = shifted(files, book)
    elif simulate:
        feed = feed_of(seed, now_ms() - WARM_UP_MS, rate)
    set_up_logs("text")
    asyncio.run(_up(book, policies, feed, port))


def shifted(files: list[Path], book: PolicyBook) -> Feed:
    """The events of files, in the order of time, moved by whole days so that their last day is today.

    Raises:
        Unusable: a file cannot be read, or holds no event.
    """
    events: list[tuple[int, str, dict[str, Any]]] = []
    wrong = 0
    for path in files:
        for number, line in lines_of(path):
            try:
                event = parse(line)
            except InvalidEvent as error:
                wrong += 1
                err.print(f"{path}:{number}: {error} [{error.reason}]; left out", markup=False)
                continue
            events.append((event.occurred_at, event.ticket_id, orjson.loads(line)))
    if not events:
        msg = "the files hold no event: name files of JSON lines as contract 1 has them"
        raise Unusable(msg)
    events.sort(key=lambda one: one[0])
    zone = ZoneInfo(book.zone)
    last = datetime.fromtimestamp(events[-1][0] / 1_000_000, zone).date()
    days = (datetime.fromtimestamp(now_ms() / 1000, UTC).astimezone(zone).date() - last).days
    err.print(f"{len(events):,} events, moved by {days} days", markup=False)
    return _moved(events, days * DAY_MS)


def _moved(events: list[tuple[int, str, dict[str, Any]]], by_ms: int) -> Iterator[tuple[int, Record]]:
    for occurred_us, ticket_id, event in events:
        at = occurred_us // 1000 + by_ms
        event["time" if "specversion" in event else "occurred_at"] = format_ms(at)
        yield at, Record(ticket_id.encode(), orjson.dumps(event))


async def _up(book: PolicyBook, policies: Path | None, feed: Feed | None, port: int) -> None:
    from streams.worker import run_worker  # noqa: PLC0415 - Faust is loaded by what starts a worker alone

    ends = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ends.set)
    async with contextlib.AsyncExitStack() as stack:
        redis = await stack.enter_async_context(embedded_redis())
        kafka = await stack.enter_async_context(embedded_kafka())
        settings = load_settings(kafka=kafka.address, redis=redis.address, partitions=4)
        site = site_of(settings, book, policies)
        page = await stack.enter_async_context(BoardServer(settings.redis, port=port, site=site))
        ready = asyncio.Event()
        jobs = [
            asyncio.create_task(run_worker(settings, book, until=ends, ready=ready)),
            asyncio.create_task(ends.wait()),
        ]
        await asyncio.wait([*jobs, asyncio.create_task(ready.wait())], return_when=asyncio.FIRST_COMPLETED)
        if ready.is_set():
            out.print(f"kafka {kafka.address}", f"redis {redis.address}", f"page {page.url}", sep="\n", markup=False)
            err.print(f"broker {kafka.kind}; Redis: {redis.kind}; Ctrl-C ends it", markup=False)
        if feed is not None:
            jobs.append(asyncio.create_task(_feed(settings, feed, ends)))
        try:
            await asyncio.wait(jobs[:2], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ends.set()
            for job in jobs[2:]:
                job.cancel()
            await asyncio.gather(*jobs[2:], return_exceptions=True)
            await jobs[0]


async def _feed(settings: Settings, feed: Feed, ends: asyncio.Event) -> None:
    access = access_to(settings)
    writer = KafkaWriter(access)
    await writer.start()
    done = Committed(access, settings.group, await writer.partitions(topics.EVENTS))
    try:
        count = await play(feed, writer, done)
        err.print(f"all {count:,} events have been played; the clocks go on", markup=False)
    except Exception as error:
        err.print(f"the feed has ended: {error!r}", markup=False, style="red")
        ends.set()
        raise
    finally:
        await writer.stop()
        await done.close()
