"""Stage 1's live gauges: how many tickets of a scope stand open now, and the oldest of them."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

from models.fact import Gauge
from models.partial import PartialRow
from sla.figures.panes import scopes_of
from sla.figures.rows import EMPTY, LIVE_KEY, write_list

#: The order of the numbers in a row; the oldest ticket and its creation in ms follow.
LIVE_FIELDS = ("open", "unassigned", "waiting", "at_risk", "breached")


class Gauges:
    """The open tickets of one partition, by scope."""

    def __init__(self) -> None:
        self._open: dict[str, Gauge] = {}
        self._numbers: dict[str, list[int]] = {}
        self._oldest: dict[str, list[tuple[int, str]]] = {}
        self._moved: set[str] = set()

    def set(self, ticket_id: str, old: Gauge | None, new: Gauge | None) -> None:
        """Replaces how a ticket stands; None: it is not open."""
        if old == new:
            return
        before = scopes_of(old.dims, old.assignee) if old else ()
        after = scopes_of(new.dims, new.assignee) if new else ()
        if old:
            self._count(before, old, -1)
        if new:
            self._count(after, new, 1)
            self._open[ticket_id] = new
            known = before if old and old.created_at == new.created_at else ()
            for name in after:
                if name not in known:
                    self._enter(name, (new.created_at, ticket_id))
        else:
            self._open.pop(ticket_id, None)

    def changed(self) -> Iterator[PartialRow]:
        """Rows that changed since they were last told."""
        while self._moved:
            yield self._row(self._moved.pop())

    def rows(self) -> Iterator[PartialRow]:
        """All rows; they count as told."""
        for name in list(self._numbers):
            if self._numbers.get(name, (0,))[0]:
                self._moved.discard(name)
                yield self._row(name)

    def _count(self, names: tuple[str, ...], gauge: Gauge, sign: int) -> None:
        for name in names:
            numbers = self._numbers.get(name)
            if numbers is None:
                numbers = self._numbers[name] = [0, 0, 0, 0, 0]
            numbers[0] += sign
            if gauge.assignee is None:
                numbers[1] += sign
            if gauge.waiting:
                numbers[2] += sign
            if gauge.at_risk:
                numbers[3] += sign
            if gauge.breached:
                numbers[4] += sign
            self._moved.add(name)

    def _enter(self, name: str, entry: tuple[int, str]) -> None:
        """Puts a ticket into the heap of a scope; those that left are taken out when they come to the top."""
        heap = self._oldest.setdefault(name, [])
        heappush(heap, entry)
        if len(heap) > 2 * self._numbers[name][0] + 64:
            heap[:] = {entry for entry in heap if self._stands(name, entry)}
            heapify(heap)

    def _stands(self, name: str, entry: tuple[int, str]) -> bool:
        gauge = self._open.get(entry[1])
        return gauge is not None and gauge.created_at == entry[0] and name in scopes_of(gauge.dims, gauge.assignee)

    def _row(self, name: str) -> PartialRow:
        numbers = self._numbers.get(name)
        if not numbers or not numbers[0]:
            self._numbers.pop(name, None)
            self._oldest.pop(name, None)
            return PartialRow(name, LIVE_KEY, EMPTY)
        heap = self._oldest[name]
        while not self._stands(name, heap[0]):
            heappop(heap)
        created_at, ticket_id = heap[0]
        return PartialRow(name, LIVE_KEY, write_list(*numbers, ticket_id, created_at))
