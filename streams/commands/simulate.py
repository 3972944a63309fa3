"""`slawatch simulate`: lifelike ticket traffic, to Kafka, to standard output or into a file."""

from __future__ import annotations

import asyncio
import gzip
import sys
import time
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Annotated

import orjson
import typer

from models.instant import parse_ms
from sinks.kafka import KafkaWriter, Record
from sla.policy.words import duration_ms
from sla.simulate import simulate as traffic
from streams import topics
from streams.access import access_to
from streams.clock import now_ms
from streams.commands.console import err
from streams.errors import Unusable
from streams.feed import Feed, play
from streams.logs import set_up_logs
from streams.settings import Settings, load_settings


def simulate(
    rate: Annotated[float, typer.Option(min=0.001, help="Events a second, on average over a working day.")] = 5.0,
    seed: Annotated[int, typer.Option(help="The same seed and start give the same traffic.")] = 1,
    length: Annotated[str | None, typer.Option("--for", help="How long, such as 10m; default: until Ctrl-C.")] = None,
    to: Annotated[str, typer.Option(help="kafka, - for standard output, or a file.")] = "kafka",
    start: Annotated[str | None, typer.Option(help="Instant to begin at; default: now.")] = None,
) -> None:
    """Make ticket traffic. To Kafka and standard output it plays in its time, into a file all at once."""
    try:
        begin = parse_ms(start) if start is not None else now_ms()
        until = begin + duration_ms(length) if length is not None else None
    except ValueError as error:
        msg = f"--start or --for: {error}"
        raise Unusable(msg) from error
    set_up_logs()
    feed = feed_of(seed, begin, rate, until)
    if to == "kafka":
        count = asyncio.run(_to_kafka(load_settings(), feed))
    elif to == "-":
        count = _to_output(feed)
    elif until is None:
        msg = "a file wants an end: add --for, such as --for 1d"
        raise Unusable(msg)
    else:
        count = _to_file(Path(to), feed)
    err.print(f"{count:,} events", markup=False)


def feed_of(seed: int, begin: int, rate: float, until: int | None = None) -> Feed:
    """The simulator's traffic as records, from `begin` to `until` (ms)."""
    told: Iterator[tuple[int, dict[str, object]]] = traffic(seed, begin, rate)
    if until is not None:
        told = takewhile(lambda one: one[0] < until, told)
    for at, event in told:
        yield at, Record(str(event["ticket_id"]).encode(), orjson.dumps(event))


async def _to_kafka(settings: Settings, feed: Feed) -> int:
    access = access_to(settings)
    await topics.prepare_topics(
        access, settings.group, partitions=settings.partitions, replication=settings.replication, patience_s=10
    )
    writer = KafkaWriter(access)
    await writer.start()
    try:
        return await play(feed, writer)
    finally:
        await writer.stop()


def _to_output(feed: Feed) -> int:
    count = 0
    for at, record in feed:
        time.sleep(max(0.0, (at - now_ms()) / 1000))
        sys.stdout.buffer.write((record.value or b"") + b"\n")
        sys.stdout.buffer.flush()
        count += 1
    return count


def _to_file(path: Path, feed: Feed) -> int:
    count = 0
    try:
        with gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb") as file:
            for _, record in feed:
                file.write((record.value or b"") + b"\n")
                count += 1
    except OSError as error:
        msg = f"{path} cannot be written: {error}"
        raise Unusable(msg) from error
    return count
