"""`slawatch observe`, `rate` and `adjust`: what no ticket tells, from CSV files into the topic of observations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from appraisal.cards import load_cards
from appraisal.checks import check
from appraisal.entries import Entries
from appraisal.intake import NotTaken, write_record
from appraisal.people import load_people
from appraisal.rows import Fault, Rows, UnusableFile, judged_against, read_rows
from models.observation import AdjustmentMade, Entry, RatingGiven
from sinks.observations import read_observations, write_observations
from sinks.topic import KafkaUnreachable
from streams import topics
from streams.access import access_to
from streams.commands.console import Policies, err, policies_at
from streams.errors import Unreachable, Unusable
from streams.logs import set_up_logs
from streams.settings import load_settings

File = Annotated[Path, typer.Argument(help="A CSV file with a line of columns.")]


def observe(file: File) -> None:
    """Report figures that no ticket tells. Wrong rows are named and left out; exit 1 then."""
    _import(file, "metric.observed")


def rate(file: File, policies: Policies = None) -> None:
    """Bring in ratings of forms. Wrong rows are named and left out; exit 1 then."""
    _import(file, "rating.given", _fits(policies_at(policies)))


def adjust(file: File, policies: Policies = None) -> None:
    """Bring in adjustments after granted appeals. Wrong rows are named and left out; exit 1 then."""
    _import(file, "adjustment.made", _fits(policies_at(policies)))


def _fits(folder: Path) -> Callable[[Entry], None]:
    """Judges entries by the cards and the roster."""
    cards = load_cards(folder)
    roster = load_people(folder, cards)

    def fits(entry: Entry) -> None:
        if isinstance(entry, RatingGiven | AdjustmentMade):
            check(entry, cards, roster)

    return fits


def _import(file: Path, kind: str, fits: Callable[[Entry], None] = lambda _: None) -> None:
    try:
        rows = read_rows(file.read_bytes(), kind)
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}"
        raise Unusable(msg) from error
    except UnusableFile as error:
        msg = f"{file}: {error}"
        raise Unusable(msg) from error
    rows = _fitting(rows, fits)
    settings = load_settings()
    set_up_logs(settings.log)
    new, faults = asyncio.run(_publish(rows))
    for fault in faults:
        err.print(f"{file}:{fault}", markup=False)
    known = len(rows.entries) + len(rows.faults) - new - len(faults)
    err.print(f"{new:,} rows taken, {known:,} known already, {len(faults):,} wrong", markup=False)
    if faults:
        raise typer.Exit(1)


def _fitting(rows: Rows, fits: Callable[[Entry], None]) -> Rows:
    taken: list[tuple[int, Entry]] = []
    faults = list(rows.faults)
    for line, entry in rows.entries:
        try:
            fits(entry)
        except NotTaken as error:
            faults.append(Fault(line, error.field, str(error)))
        else:
            taken.append((line, entry))
    return Rows(taken, sorted(faults))


async def _publish(rows: Rows) -> tuple[int, list[Fault]]:
    """Adds what is new; how much that was, and what is wrong with the rest."""
    settings = load_settings()
    access = access_to(settings)
    await topics.prepare_topics(
        access, settings.group, partitions=settings.partitions, replication=settings.replication, patience_s=10
    )
    known = Entries()
    try:
        for place, value in await read_observations(access, topics.METRICS):
            known.read(value, place)
    except KafkaUnreachable as error:
        raise Unreachable(str(error)) from error
    rows = judged_against(rows, known)
    if rows.entries:
        records = [(entry.subject, write_record(entry)) for _, entry in rows.entries]
        await write_observations(access, topics.METRICS, records)
    return len(rows.entries), rows.faults
