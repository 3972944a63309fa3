"""The words that stories are told in: events as records, tickets with a little history, and the books they live by."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import count, takewhile
from typing import Any

import orjson

from models.instant import format_ms
from sinks.kafka import Record, partition_of
from sla.simulate.traffic import simulate

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000

#: A book whose promises last minutes and hours: stories of an afternoon.
BOOK = """\
edition: stories
effective_from: 2020-01-01T00:00:00Z
zone: UTC
calendars:
  always: {timezone: UTC, week: always}
policies:
  - name: urgent
    when: {priority: [P0, P1]}
    calendar: always
    targets:
      assignment: {within: 5m}
      first_response: {within: 15m, warn_at: [50%, 75%]}
      next_response: {within: 30m, warn_at: [75%]}
      resolution: {within: 4h, warn_at: [50%, 75%, 10m over]}
  - name: the rest
    calendar: always
    targets:
      first_response: {within: 1h, warn_at: [75%]}
      next_response: {within: 2h}
      update: {within: 1d}
      resolution: {within: 8h, warn_at: [75%]}
      assignment: {within: none}
objectives:
  - {name: promises kept, metric: sla, attainment: 90%, period: year}
  - {name: 紧急/answered, metric: first_response, when: {priority: [P0, P1]}, attainment: 99.5%, period: month}
"""

#: A book whose promises last seconds: stories of now.
QUICK_BOOK = """\
edition: quick
effective_from: 2020-01-01T00:00:00Z
zone: UTC
calendars:
  always: {timezone: UTC, week: always}
policies:
  - name: quick
    calendar: always
    targets:
      first_response: {within: 3s, warn_at: [50%]}
      resolution: {within: 1h}
"""

_numbers = count(1)


def now() -> int:
    """What the machine's clock says, in ms."""
    return time.time_ns() // 1_000_000


def event(ticket: str, kind: str, at: int, event_id: str | None = None, **fields: Any) -> Record:
    """An event of a ticket at an instant in ms; `kind` without `ticket.`."""
    body = {
        "event_id": event_id or f"e{next(_numbers):06d}",
        "type": f"ticket.{kind}",
        "ticket_id": ticket,
        "occurred_at": format_ms(at),
        **fields,
    }
    return Record(ticket.encode(), orjson.dumps(body))


def created(ticket: str, at: int, priority: str = "P1", **fields: Any) -> Record:
    """A ticket's creation."""
    return event(ticket, "created", at, priority=priority, **fields)


def replied(ticket: str, at: int, author: str = "agent", **fields: Any) -> Record:
    """A public reply."""
    return event(ticket, "replied", at, author=author, **fields)


def solved(ticket: str, at: int, resolver: str = "li.na", **fields: Any) -> Record:
    """A solution."""
    return event(ticket, "solved", at, resolver=resolver, **fields)


def traffic(seed: int, hours: float, events: int, until: int | None = None) -> list[Record]:
    """Lifelike traffic of about so many events over the last hours, or those before `until` (ms)."""
    end = until if until is not None else now()
    start = end - int(hours * HOUR)
    told = simulate(seed, start, events / (hours * 3600), steady=True)
    return [
        Record(str(said["ticket_id"]).encode(), orjson.dumps(said))
        for _, said in takewhile(lambda one: one[0] < end, told)
    ]


def pieces(records: list[Record], size: int) -> Iterator[list[Record]]:
    """The records in pieces of so many."""
    for at in range(0, len(records), size):
        yield records[at : at + size]


def tickets_of(records: Iterable[Record]) -> set[str]:
    """The ids of the tickets that records tell of."""
    return {(record.key or b"").decode() for record in records}


def at_home(partition: int, stem: str, partitions: int = 4) -> str:
    """A ticket id that begins with `stem` and belongs into a partition."""
    return next(name for n in count() if partition_of((name := f"{stem}-{n}").encode(), partitions) == partition)


def awake(partitions: int = 4) -> list[Record]:
    """A ticket of this very moment for each partition, so that each becomes live without waiting for silence."""
    return [created(at_home(number, "awake", partitions), now()) for number in range(partitions)]
