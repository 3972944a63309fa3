"""What an appraisal is made from, gathered from the topics, or of what still runs from Redis."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson

from appraisal.behind import Given
from appraisal.entries import Entries
from appraisal.period import Period
from appraisal.roster import Roster
from appraisal.source import Documents
from appraisal.stretches import stretched
from models import scope
from models.instant import format_ms
from sinks.observations import read_observations
from sinks.redis_link import RedisUnreachable
from sinks.redis_reader import RedisReader
from sinks.topic import KafkaUnreachable, read_topic
from sla.periods.gifts import read_row
from sla.policy import PolicyBook
from streams import topics
from streams.access import access_to
from streams.clock import now_ms
from streams.commands.console import err
from streams.commands.gathering import SHOWN, Gathered, gathered, people_of
from streams.errors import Unreachable, Unusable
from streams.logs import set_up_logs
from streams.settings import Settings, load_settings

_REDIS_S = 3.0  # to answer in, where the appraisal could do without it

#: Documents as they are written, by period and subject.
Found = dict[tuple[str, str], dict[str, Any]]


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
    people = people_of(policies)
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
    for problem in entries.refused[:SHOWN]:
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
    return gathered(period, book, Documents(found), told, now_ms(), people, await _orphans(settings), given)


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
