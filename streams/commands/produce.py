"""`slawatch produce`: files of events into Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from models.event import InvalidEvent, parse
from sinks.kafka import KafkaWriter, Record
from streams import topics
from streams.access import access_to
from streams.commands.console import err, lines_of, progress
from streams.logs import set_up_logs
from streams.settings import Settings, load_settings

BATCH = 5000
_SHOWN = 20  # lines that are not valid; the rest is counted


def produce(files: Annotated[list[Path], typer.Argument(help="Events as JSON lines, plain or gzipped.")]) -> None:
    """Publish events to Kafka. What is no event is named and left out; exit 1 then."""
    settings = load_settings()
    set_up_logs(settings.log)
    records, wrong = [], 0
    for path in files:
        for number, line in lines_of(path):
            try:
                records.append(Record(parse(line).ticket_id.encode(), line))
            except InvalidEvent as error:
                wrong += 1
                if wrong <= _SHOWN:
                    err.print(f"{path}:{number}: {error} [{error.reason}]", markup=False)
    asyncio.run(_publish(settings, records))
    err.print(f"{len(records):,} events published to {topics.EVENTS} at {settings.kafka}", markup=False)
    if wrong:
        err.print(f"{wrong:,} lines are no events and were left out", markup=False)
        raise typer.Exit(1)


async def _publish(settings: Settings, records: list[Record]) -> None:
    access = access_to(settings)
    await topics.prepare_topics(
        access, settings.group, partitions=settings.partitions, replication=settings.replication, patience_s=10
    )
    writer = KafkaWriter(access)
    await writer.start()
    try:
        with progress("events") as bar:
            task = bar.add_task("produce", total=len(records))
            for batch in _batches(iter(records)):
                await writer.write_keyed(topics.EVENTS, batch)
                bar.advance(task, len(batch))
    finally:
        await writer.stop()


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(records, BATCH)):
        yield batch
