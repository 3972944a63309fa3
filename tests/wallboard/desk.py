"""A simulated desk that has been at work for days and goes on: its events folded and written as a worker writes them.

Its time is its own: what a page shows of it is the same on every day and machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import orjson

from sinks.view import Fence, PartitionBeat, View, WorkerBeat
from sla.partition import Incoming, Partition
from sla.policy import PolicyBook
from sla.simulate import simulate
from streams.parts import ScopesOf

DAY = 86_400_000
HOUR = 3_600_000
CHUNK = 5_000


class LifelikeDesk:
    """One partition of simulated traffic, from `days` before `now` (ms) on.

    Args:
        book: what is promised.
        now: the desk's present.
        days: how long it has been at work.
        rate: events a second on average.
        seed: of the simulator.
        names: other names for the simulator's teams.
    """

    def __init__(
        self,
        book: PolicyBook,
        now: int,
        *,
        days: int = 9,
        rate: float = 0.1,
        seed: int = 7,
        names: dict[str, str] | None = None,
    ) -> None:
        self.book = book
        self.now = now
        self._names = names or {}
        self._events = self._renamed(simulate(seed, now - days * DAY, rate))
        self._next: tuple[int, dict[str, Any]] | None = None
        self._partition = Partition(book)
        self._scopes = ScopesOf(book, 1)
        self._offset = 0
        self._seq = 1
        self._documents = 0

    async def begin(self, view: View) -> None:
        """Writes all that has happened so far into an empty view."""
        await view.take_over(0, 1)
        marks = [*range(self.now - 20 * DAY, self.now, DAY), self.now]
        for _, until in pairwise(marks):
            self._take(until)
            self._partition.advance(until)
        self._partition.take_writes(1 << 30)
        writes = list(self._partition.all_writes())
        for at in range(0, len(writes), CHUNK):
            some = writes[at : at + CHUNK]
            await view.write_tickets(0, 1, self._seq, some, self.now, refilling=True)
            self._seq += len(some)
        for row in self._partition.all_partials():
            self._scopes.upsert(0, 1, row)
        self._scopes.mark(0, 1)
        await self._publish(view, whole=True)

    async def go_on(self, view: View, now: int) -> None:
        """Lives on until `now`, and writes what changed; a beat, too."""
        self.now = now
        self._take(now)
        self._partition.advance(now)
        writes = self._partition.take_writes(1 << 30)
        if writes:
            await view.write_tickets(0, 1, self._seq, writes, now)
            self._seq += len(writes)
        for row in self._partition.take_partials():
            self._scopes.upsert(0, 1, row)
        await self._publish(view, whole=False)

    async def tell(self, view: View, *events: dict[str, Any]) -> None:
        """Lets something happen that the simulator does not tell of, now."""
        self._admit([(event["ticket_id"], event) for event in events])
        await self.go_on(view, self.now)

    def _renamed(self, events: Iterator[tuple[int, dict[str, Any]]]) -> Iterator[tuple[int, dict[str, Any]]]:
        for at, event in events:
            for name in ("team", "to_team"):
                if event.get(name) in self._names:
                    event[name] = self._names[event[name]]
            yield at, event

    def _take(self, until: int) -> None:
        taken: list[tuple[str, dict[str, Any]]] = []
        while True:
            self._next = self._next or next(self._events)
            if self._next[0] > until:
                break
            taken.append((self._next[1]["ticket_id"], self._next[1]))
            self._next = None
        self._admit(taken)

    def _admit(self, events: list[tuple[str, dict[str, Any]]]) -> None:
        records = []
        for ticket, event in events:
            self._offset += 1
            records.append(Incoming(self._offset, self.now, ticket.encode(), orjson.dumps(event)))
        self._partition.commit(self._partition.admit(records))

    async def _publish(self, view: View, *, whole: bool) -> None:
        self._scopes.watermark(0, self.now)
        self._scopes.advance()
        documents = [*self._scopes.documents(whole=whole), *self._scopes.totals(whole=whole)]
        self._documents += 1
        await view.write_documents(Fence("figures:0", 1, self._documents), documents, self.now, whole=whole)
        beat = WorkerBeat("desk", "1", [], self.book.digest)
        await view.write_health(beat, [PartitionBeat(0, 1, self.now, self.now)], self.now)
