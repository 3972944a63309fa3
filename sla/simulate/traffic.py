"""Many stories at once, in the order of time, for as long as anybody listens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from heapq import heappop, heappush, heapreplace
from math import log
from random import Random
from typing import Any

from sla.simulate.desk import TEAMS
from sla.simulate.hours import BUSIEST, DAY, HOUR, MINUTE, busyness
from sla.simulate.story import Outage, Step, Story

#: How many events a ticket comes to, on average; a test holds it to that.
EVENTS_PER_TICKET = 9.2
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Told:
    """A ticket and what is still to be told of it."""

    __slots__ = ("count", "id", "step", "steps")

    def __init__(self, ticket: str, steps: Iterator[Step], step: Step) -> None:
        self.id = ticket
        self.steps = steps
        self.step = step
        self.count = 0


def simulate(
    seed: int,
    start_ms: int,
    rate: float,
    *,
    utc_offset_ms: int = 8 * HOUR,
    outages_a_day: float = 1.0,
    steady: bool = False,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Endless ticket events from `start_ms` on, as (instant in ms, event), in the order of time.

    The same arguments give the same events, byte for byte. `rate` is the average number of events a second over a
    working day, once the first tickets have run their course (a day; before that it is less, since nothing but the
    beginnings of stories can be told). To begin with a desk that is alive, start a day or two earlier.

    Args:
        seed: what makes this traffic differ from another; part of every ticket's id, as is the second of the start.
        start_ms: ms since 1970 UTC.
        rate: events a second, above 0.
        utc_offset_ms: what the clocks of the desk are ahead of UTC.
        outages_a_day: major incidents on average, each with a burst of P0 and P1 tickets that belong to it.
        steady: tickets come in evenly at all hours, as a load test wants it; the desk still sleeps at night.

    Raises:
        ValueError: `rate` is not above 0.
    """
    if rate <= 0:
        msg = f"a rate of {rate} events a second gives no traffic: choose one above 0"
        raise ValueError(msg)
    rng = Random(seed)
    prefix = f"SD{seed}-{_base36(start_ms // 1000)}-"
    arrivals = _arrivals(rng, start_ms, rate / EVENTS_PER_TICKET / 1000, utc_offset_ms, steady=steady)
    outages = _outages(rng, start_ms, outages_a_day)
    heap: list[tuple[int, int, _Told]] = []
    number = 0
    arrival, struck = next(arrivals), next(outages)
    stamp = _Stamp()
    while True:
        due = heap[0][0] if heap else arrival
        if struck <= arrival and struck <= due:
            for told in _strike(rng, prefix, number + 1, struck, utc_offset_ms):
                number += 1
                heappush(heap, (told.step[0], number, told))
            struck = next(outages)
            continue
        if arrival <= due:
            number += 1
            steps = Story(rng, arrival, utc_offset_ms).tell()
            heappush(heap, (arrival, number, _Told(f"{prefix}{number:06d}", steps, next(steps))))
            arrival = next(arrivals)
            continue
        at, order, told = heap[0]
        _, kind, fields = told.step
        told.count += 1
        event = {
            "event_id": f"{told.count:03d}",
            "type": "ticket." + kind,
            "ticket_id": told.id,
            "occurred_at": stamp(at),
            "source": "simulator",
            **fields,
        }
        following = next(told.steps, None)
        if following is None:
            heappop(heap)
        else:
            told.step = following
            # A story never turns back, whatever its draws say.
            heapreplace(heap, (max(at, following[0]), order, told))
        yield at, event


def _arrivals(rng: Random, at: int, per_ms: float, offset: int, *, steady: bool) -> Iterator[int]:
    """When tickets come in: a Poisson stream, thinned by how busy the hour is."""
    random = rng.random
    most = per_ms if steady else per_ms * BUSIEST
    exact = float(at)
    while True:
        exact -= log(1.0 - random()) / most
        at = int(exact)
        if steady or random() * BUSIEST < busyness(at, offset):
            yield at


def _outages(rng: Random, at: int, per_day: float) -> Iterator[int]:
    """When major incidents strike. Without any: never, within our years."""
    while True:
        at += int(rng.expovariate(per_day / DAY)) + MINUTE if per_day > 0 else 200 * 365 * DAY
        yield at


def _strike(rng: Random, prefix: str, number: int, at: int, offset: int) -> Iterator[_Told]:
    """A major incident begins: its own ticket with its flag, and within minutes those that belong to it."""
    team = int(rng.random() * len(TEAMS))
    issues = TEAMS[team].issues
    ends = at + HOUR + int(rng.random() * 3 * HOUR)
    outage = Outage(f"{prefix}{number:06d}", team, issues[int(rng.random() * len(issues))], ends)
    yield _told_of_the_incident(rng, outage, at, offset)
    for child in range(number + 1, number + 9 + int(rng.random() * 18)):
        came = at + int(rng.random() * rng.random() * 20 * MINUTE) + MINUTE
        steps = Story(rng, came, offset, outage).tell()
        yield _Told(f"{prefix}{child:06d}", steps, next(steps))


def _told_of_the_incident(rng: Random, outage: Outage, at: int, offset: int) -> _Told:
    """The incident's own ticket: as any other of the burst, but a P0, flagged, and belonging to no other."""
    story = Story(rng, at, offset, outage)
    story.urgency, story.complexity = 0, 5
    steps = story.tell()
    created_at, kind, fields = next(steps)
    del fields["incident"]

    def flagged() -> Iterator[Step]:
        yield at + 1000, "flagged", {"flag": "major_incident"}
        yield from steps

    return _Told(outage.ticket, flagged(), (created_at, kind, fields))


class _Stamp:
    """RFC 3339 of ms, with the minute's part remembered, as most events share it with the one before."""

    def __init__(self) -> None:
        self._minute = -1
        self._text = ""

    def __call__(self, at: int) -> str:
        minute, rest = divmod(at, MINUTE)
        if minute != self._minute:
            self._minute = minute
            self._text = datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:")
        return f"{self._text}{rest // 1000:02d}.{rest % 1000:03d}Z"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
