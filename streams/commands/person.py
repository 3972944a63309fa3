"""`slawatch person export`: all that is kept about a person."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from appraisal.cards import load_cards
from appraisal.mentions import Mentions
from appraisal.people import load_people
from appraisal.roster import ALWAYS, NEVER, Roster, Span
from sinks.alerts_topic import TOPIC as ALERTS
from sinks.kafka import KafkaAccess
from sinks.topic import KafkaUnreachable, Told, read_topic
from streams import topics
from streams.access import access_to
from streams.commands.console import Policies, err, policies_at
from streams.errors import Unreachable, Unusable
from streams.logs import set_up_logs
from streams.settings import load_settings

person = typer.Typer(help="What is kept about a person.", no_args_is_help=True)


@person.callback()
def of_persons() -> None:
    """What is kept about a person."""


@person.command("export")
def export(
    person_id: Annotated[str, typer.Argument(metavar="ID", help="The person's id, as assignee or in people.yaml.")],
    target: Annotated[Path | None, typer.Option("--out", help="File to write to; default: standard output.")] = None,
    policies: Policies = None,
) -> None:
    """Write all that is kept about a person, as JSON lines: their roster entry, then each record that mentions them.

    Redis is a view of these topics and holds nothing else.
    """
    folder = policies_at(policies)
    roster = load_people(folder, load_cards(folder))
    settings = load_settings()
    set_up_logs(settings.log)
    try:
        found = asyncio.run(_records(access_to(settings), settings.group, Mentions(person_id)))
    except KafkaUnreachable as error:
        raise Unreachable(str(error)) from error
    lines = [*_roster_lines(roster, person_id), *found]
    content = b"".join(orjson.dumps(line) + b"\n" for line in lines)
    if target is None:
        sys.stdout.buffer.write(content)
    else:
        try:
            target.write_bytes(content)
        except OSError as error:
            msg = f"{target} cannot be written: {error.strerror}"
            raise Unusable(msg) from error
    err.print(f"{len(found):,} records mention {person_id}", markup=False)


async def _records(access: KafkaAccess, group: str, mentions: Mentions) -> list[dict[str, Any]]:
    names = [
        topics.EVENTS,
        topics.DEAD_LETTERS,
        topics.changelog(group),
        topics.partials(group),
        topics.solutions(group),
        topics.FACTS,
        topics.TOTALS,
        topics.METRICS,
        ALERTS,  # who acknowledged, who was on duty
    ]

    def wanted(key: bytes, value: bytes) -> bool:
        return mentions.is_in_key(key) or mentions.are_in(value)

    return [_line(name, one) for name in names for one in await read_topic(access, name, wanted)]


def _line(topic: str, one: Told) -> dict[str, Any]:
    return {
        "topic": topic,
        "partition": one.partition,
        "offset": one.offset,
        "key": _said(one.key),
        "value": _said(one.value),
    }


def _said(value: bytes | None) -> Any:
    """What bytes say: JSON, else text, else hexadecimal."""
    if value is None:
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.hex()


def _roster_lines(roster: Roster, person_id: str) -> Iterator[dict[str, Any]]:
    """The person's entry, and those of whom they are the superior."""
    for one in roster.people.values():
        if person_id in {one.id, one.superior}:
            said = dataclasses.asdict(one)
            spans = {name: [_span(span) for span in getattr(one, name)] for name in ("leads", "teams")}
            yield {"people.yaml": {**said, **spans}}


def _span(span: Span) -> dict[str, str | None]:
    first = None if span.first == ALWAYS else date.fromordinal(span.first).isoformat()
    last = None if span.last == NEVER else date.fromordinal(span.last).isoformat()
    return {"team": span.team, "from": first, "to": last}
