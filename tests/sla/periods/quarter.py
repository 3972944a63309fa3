"""A quarter of lifelike traffic, and what several partitions and a stage 2 make of it, however it comes in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from random import Random
from typing import Any
from zlib import crc32

import orjson

from models.instant import parse_ms
from sinks.kafka import partition_of
from sla.figures import ScopeFigures
from sla.partition import Partition
from sla.periods.closing import Closing
from sla.periods.recurrence import Solutions
from sla.policy import PolicyBook
from sla.replay import EventSet
from sla.simulate.traffic import simulate
from tests.sla.partition.feeding import give

DAY = 86_400_000
BEGIN = parse_ms("2026-07-01T00:00:00Z")
END = parse_ms("2026-10-01T00:00:00Z")
LATER = parse_ms("2026-10-20T00:00:00Z")
PARTITIONS = 3


def traffic(seed: int) -> list[bytes]:
    """Events of the quarter, in order: a few customers, whose tickets come back now and then; some have no issue."""
    told = simulate(seed, BEGIN, 0.001, steady=True)
    mine = []
    for _, said in takewhile(lambda one: one[0] < END, told):
        ticket = crc32(str(said["ticket_id"]).encode())
        if ticket % 9:
            continue
        if "requester_id" in said:
            said["requester_id"] = f"C{ticket % 7}"
            if ticket % 5 == 0:
                del said["issue_key"]
        mine.append(orjson.dumps(said))
    return mine


def event_set(raw: Sequence[bytes]) -> EventSet:
    """The events as `replay` takes them."""
    events = EventSet()
    for number, line in enumerate(raw):
        events.add(line, str(number))
    return events


class Stream:
    """Partitions that share what they know of solutions, and one stage 2."""

    def __init__(self, book: PolicyBook) -> None:
        self.book = book
        self.solutions = Solutions()
        self.partitions = [self._partition(number) for number in range(PARTITIONS)]
        self.rows: list[list[tuple[bytes, bytes | None]]] = [[] for _ in self.partitions]
        self.epochs = [1] * PARTITIONS
        editions = [(edition.name or "", edition.effective_from or 0) for edition in book.editions]
        self.stage2 = ScopeFigures(book.zone, book.promised, partitions=range(PARTITIONS), editions=editions)
        self.gifts: dict[bytes, bytes] = {}
        self.now = BEGIN

    def _partition(self, number: int) -> Partition:
        return Partition(self.book, number, solutions=self.solutions)

    def take(self, raw: Sequence[bytes]) -> None:
        """Events come in, each into its partition."""
        homes: list[list[bytes]] = [[] for _ in self.partitions]
        for line in raw:
            homes[partition_of(orjson.loads(line)["ticket_id"].encode(), PARTITIONS)].append(line)
        for number, mine in enumerate(homes):
            if mine:
                self.rows[number] += give(self.partitions[number], mine)

    def advance(self, now: int) -> None:
        """Time passes; what was solved in one partition may concern another."""
        self.now = max(now, self.now)
        for _ in range(2):
            for partition in self.partitions:
                partition.advance(self.now)

    def publish(self) -> None:
        """Partials and gifts go out."""
        for number, partition in enumerate(self.partitions):
            for row in partition.take_partials():
                self.stage2.upsert(number, self.epochs[number], row)
            self.stage2.watermark(number, self.now)
            for key, value in partition.take_gifts(1 << 30):
                if value is None:
                    self.gifts.pop(key, None)
                else:
                    self.gifts[key] = value
        self.stage2.advance()

    def kill(self, number: int) -> None:
        """An owner dies, and the next one begins with the rows of the changelog, gifts written so far or not."""
        self.partitions[number].comebacks.leave()
        heir = self.partitions[number] = self._partition(number)
        rows = list(self.rows[number])
        Random(number).shuffle(rows)  # noqa: S311 -- any order will do
        heir.restore(rows)
        heir.advance(self.now)
        self.epochs[number] += 1
        for row in heir.all_partials():
            self.stage2.upsert(number, self.epochs[number], row)
        self.stage2.mark(number, self.epochs[number])

    def settle(self) -> None:
        """Every ticket that is past its horizon stands on one row."""
        for number, partition in enumerate(self.partitions):
            while found := partition.settlements(100):
                for one in found:
                    partition.settled(one)
                    self.rows[number].append((one.key, one.value))
                    self.rows[number] += [(key, None) for key in one.tombstones]

    def closed(self) -> dict[tuple[str, str], bytes]:
        """Every total that closes by now, as it is written."""
        self.advance(self.now)
        closing: Closing = self.stage2.closing
        for _ in range(2):
            self.publish()
            for number in range(PARTITIONS):
                closing.tell(number, self.now, self.now + 10_000)
            closing.look()
        return {name: orjson.dumps(closing.first(name)) for name in closing.due()}


def totals(lines: Sequence[bytes]) -> dict[tuple[str, str], bytes]:
    """The final ones of `replay`'s totals."""
    found: dict[tuple[str, str], Any] = {}
    for line in lines:
        said = orjson.loads(line)
        if said["final"]:
            found[said["period"], said["subject"]] = line
    return found
