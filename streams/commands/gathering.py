"""What an appraisal is made from, gathered: from files, from the topics, or from the running totals in Redis."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from appraisal.behind import Given
from appraisal.cards import load_cards
from appraisal.entries import Entries, known_of
from appraisal.from_files import Told, totals_of
from appraisal.people import load_people
from appraisal.period import Period
from appraisal.roster import Roster
from appraisal.rows import UnusableFile
from appraisal.scorecard import Scorecard
from appraisal.setting import Setting
from appraisal.source import Documents
from appraisal.stretches import days_of, stretched
from models import scope
from models.instant import format_ms
from models.observation import Entry
from sinks.observations import read_observations
from sinks.redis_link import RedisUnreachable
from sinks.redis_reader import RedisReader
from sinks.topic import KafkaUnreachable, read_topic
from sla.periods.gifts import read_row
from sla.policy import PolicyBook
from streams import topics
from streams.app import access_to
from streams.clock import now_ms
from streams.commands.console import err, lines_of, policies_at, progress
from streams.errors import Unreachable, Unusable
from streams.logs import set_up_logs
from streams.settings import Settings, load_settings

_SHOWN = 20
_REDIS_S = 3.0  # to answer in, where the appraisal could do without it

#: Documents as they are written, by period and subject.
Found = dict[tuple[str, str], dict[str, Any]]


class Gathered(NamedTuple):
    """The setting, the ids of people that only entries tell of, and what tickets gave, where that was asked for."""

    setting: Setting
    others: set[str]
    given: list[Given]


def read_files(files: list[Path]) -> Told:
    """What files tell; what cannot be taken is named.

    Raises:
        Unusable: a file cannot be read.
    """
    told = Told()
    gc.disable()  # Everything read is kept to the end: looking for garbage in it costs a third of the time.
    for path in files:
        if path.suffix == ".csv":
            try:
                told.add_csv(path.read_bytes(), str(path))
            except (OSError, UnusableFile) as error:
                msg = f"{path}: {error}"
                raise Unusable(msg) from error
        else:
            for number, line in lines_of(path):
                told.add_line(line, f"{path}:{number}")
    gc.enable()
    problems = told.problems()
    for problem in problems[:_SHOWN]:
        err.print(problem, markup=False)
    if len(problems) > _SHOWN:
        err.print(f"… and {len(problems) - _SHOWN} more that were not taken")
    return told


def from_files(
    files: list[Path], book: PolicyBook, period: Period, policies: Path | None, as_of: int | None, *, tickets: bool
) -> Gathered:
    """From events and CSV files alone, as of an instant (ms; None: the newest told of).

    Raises:
        Unusable: a file cannot be read.
        PolicyError: the cards or the roster are wrong.
    """
    people = _people(policies)
    wanted = stretched(period, people.roster)
    told = read_files(files)
    until = told.newest_ms if as_of is None else as_of
    with progress("events") as bar:
        task = bar.add_task("appraisal", total=told.events.events)
        found = totals_of(
            told.events,
            book,
            until,
            lambda count: bar.advance(task, count),
            period=period,
            grace_ms=load_settings().grace_ms,
            tickets=tickets or bool(wanted),
        )
    for ticket, why in found.set_aside.items():
        err.print(f"set aside: {ticket}: {why}", markup=False)
    entries = told.entries.until(until)
    return _gathered(period, book, found.documents, entries, until, people, found.orphans, found.given)


async def from_topics(
    period: Period, book: PolicyBook, policies: Path | None, *, tickets: bool, running: bool
) -> Gathered:
    """From the totals that are closed; `running`: where they are not yet, from those in Redis.

    Raises:
        Unusable: the period has not closed, or nothing of it is running either.
        Unreachable: Kafka does not answer, or Redis where it is needed.
        PolicyError: the cards or the roster are wrong.
    """
    settings = load_settings()
    set_up_logs(settings.log)
    access = access_to(settings)
    entries = Entries()
    people = _people(policies)
    names = {period.id, *(part.id for part in period.parts)}
    months = {part.id[:7] for part in period.parts}
    given: list[Given] = []
    try:
        for place, value in await read_observations(access, topics.METRICS):
            entries.read(value, place)
        totals = await read_topic(access, topics.TOTALS, lambda key, _: _is_of(key, names, period))
        if tickets or stretched(period, people.roster):
            facts = await read_topic(access, topics.FACTS, lambda key, _: key.decode().partition("/")[0] in months)
            latest = {one.key or b"": one.value for one in facts}
            given = [read_row(value) for _, value in sorted(latest.items()) if value]
    except KafkaUnreachable as error:
        raise Unreachable(str(error)) from error
    for problem in entries.refused[:_SHOWN]:
        err.print(problem, markup=False)
    found: Found = {}
    for one in totals:
        name, _, subject = (one.key or b"").decode().partition("/")
        if one.value is None:
            found.pop((name, subject), None)
        else:
            found[name, subject] = orjson.loads(one.value)
    if (period.id, scope.ALL) not in found:
        if not running:
            closes = format_ms(period.end + settings.grace_ms)
            msg = (
                f"{topics.TOTALS} has no total of {period.id}: it closes once every partition has been read past"
                f" {closes}. Until then look at its running totals with --running, or compute it with --events"
            )
            raise Unusable(msg)
        found |= await _running(settings, names, people.roster)
    # All that was told: a closed period asks for no instant up to which it may have been.
    told = entries.by_id.values()
    return _gathered(period, book, Documents(found), told, now_ms(), people, await _orphans(settings), given)


async def _running(settings: Settings, names: set[str], roster: Roster) -> Found:
    """What stands in Redis of periods that have not closed, for the desk, its teams, and the people of the roster."""
    reader = RedisReader.at(settings.redis)
    try:
        await reader.reach()
        teams = {name for name in await reader.scopes() if scope.parts(name).keys() == {"team"}}
        subjects = {scope.ALL, *teams, *map(scope.agent, roster.people)}
        read = {(name, subject): await reader.read_period(name, subject) for name in names for subject in subjects}
    except RedisUnreachable as error:
        raise Unreachable(str(error)) from error
    finally:
        await reader.close()
    found = {key: document for key, document in read.items() if document is not None}
    if not found:
        msg = f"Redis has no running totals of {', '.join(sorted(names))}: start a worker, or compute it with --events"
        raise Unusable(msg)
    return found


async def _orphans(settings: Settings) -> int | None:
    """Tickets whose creation has not arrived, as the workers count them now; None where Redis cannot be asked."""
    reader = RedisReader.at(settings.redis)
    try:
        await asyncio.wait_for(reader.reach(), _REDIS_S)
        counted = (await reader.read_health()).get("orphans")
        return int(counted) if counted is not None else None
    except (RedisUnreachable, TimeoutError, ValueError):
        return None
    finally:
        await reader.close()


def _is_of(key: bytes, names: set[str], period: Period) -> bool:
    """Whether a key is that of the latest revision of the period, a month of it or a day of it."""
    name, _, subject = key.decode().partition("/")
    if "/" in subject:
        return False
    return name in names or (len(name) == 10 and name[:7] in names and period.kind != "day")


class _People(NamedTuple):
    """The cards, and who is appraised by them."""

    cards: Mapping[str, Scorecard]
    roster: Roster


def _people(policies: Path | None) -> _People:
    folder = policies_at(policies)
    cards = load_cards(folder)
    return _People(cards, load_people(folder, cards))


def _gathered(  # noqa: PLR0917 -- both ways end here, with the same in the same order
    period: Period,
    book: PolicyBook,
    source: Documents,
    entries: Iterable[Entry],
    as_of: int,
    people: _People,
    orphans: int | None,
    given: list[Given],
) -> Gathered:
    cards, roster = people
    if wanted := stretched(period, roster):
        promised = book.promised.at(min(as_of, period.end - 1))
        source = source.with_days(days_of(wanted, source, given, period, promised))
    known = known_of(entries)
    others = {one.rater for one in known.ratings} | {one.approved_by for one in known.adjustments}
    setting = Setting(period, book.zone, format_ms(as_of), source, known, roster, cards, orphans)
    return Gathered(setting, others, given)
