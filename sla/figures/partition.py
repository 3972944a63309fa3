"""Stage 1: the figures of the tickets of one partition, kept by adding and retracting facts.

What is handed in is only noted; it takes effect when rows are asked for (or `settle` is called), so that a ticket
touched many times between two publications is worked through once, and what time has left behind meanwhile costs
nothing. Facts and gauges of one ticket handed in must not be changed afterwards: hand in a new sequence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from models.fact import Fact, Gauge
from models.kpi import WINDOW_MINUTES
from models.partial import PartialRow
from sla.figures.credits import CREDITING, credits_of
from sla.figures.days import SLOT_MS, Days
from sla.figures.gauges import Gauges
from sla.figures.panes import HANDLING, MINUTE_MS, Panes, latest_marks
from sla.figures.slots import SLOT_KINDS, Slots
from sla.figures.totals import Totals

DAY_MS = 86_400_000
#: How long slots of five minutes, and totals of days, are kept, in days.
SLOT_DAYS = 8
PERIOD_DAYS = 40
#: Partitions are not equally far: minutes stay this much longer than the windows of their own watermark need them.
SKEW_MINUTES = 60


class PartitionFigures:
    """The partial figures of one partition."""

    def __init__(self, partition: int, zone: str) -> None:
        self.partition = partition
        self._days = Days(zone)
        self._panes = Panes()
        self._slots = Slots()
        self._totals = Totals(self._days)
        self._gauges = Gauges()
        self._minute = -1
        self._facts: dict[str, tuple[Sequence[Fact], Sequence[Fact]]] = {}
        self._stands: dict[str, tuple[Gauge | None, Gauge | None]] = {}

    def replace(self, ticket_id: str, old: Sequence[Fact], new: Sequence[Fact]) -> None:
        """Says that a ticket's facts, so far `old` (empty: unknown), are now `new`."""
        noted = self._facts.get(ticket_id)
        self._facts[ticket_id] = (old if noted is None else noted[0], new)

    def gauge(self, ticket_id: str, old: Gauge | None, new: Gauge | None) -> None:
        """Says that an open ticket, so far standing as `old` (None: not open), now stands as `new`."""
        noted = self._stands.get(ticket_id)
        self._stands[ticket_id] = (old if noted is None else noted[0], new)

    def advance(self, now_ms: int) -> None:
        """Forgets what has fallen out of every window, slot and day at `now_ms`; it never goes back."""
        minute = now_ms // MINUTE_MS
        if minute <= self._minute:
            return
        self._minute = minute
        today = self._days.start_of(self._days.day_of(now_ms)) // MINUTE_MS
        self._panes.forget(min(minute + 1 - WINDOW_MINUTES["24h"], today) - SKEW_MINUTES)
        self._slots.forget((now_ms - SLOT_DAYS * DAY_MS) // SLOT_MS)
        self._totals.forget(self._days.day_of(now_ms - PERIOD_DAYS * DAY_MS))

    def settle(self, limit: int | None = None) -> bool:
        """Works through noted tickets, at most `limit`; True when there are more, so that a loop can breathe."""
        facts = self._facts
        while facts:
            if limit is not None:
                if limit <= 0:
                    return True
                limit -= 1
            self._apply(*facts.popitem()[1])
        stands, self._stands = self._stands, {}
        for ticket_id, (before, after) in stands.items():
            self._gauges.set(ticket_id, before, after)
        return False

    def changed(self) -> list[PartialRow]:
        """The cells changed since the last call, absolute; emptied ones as nothing, forgotten ones as tombstones."""
        self.settle()
        return [
            *self._panes.changed(),
            *self._slots.changed(),
            *self._gauges.changed(),
            *self._totals.changed(),
        ]

    def dump(self) -> Iterator[PartialRow]:
        """All cells, to be published after a takeover; what changes meanwhile comes with the next `changed` as well."""
        self.settle()
        yield from self._panes.rows()
        yield from self._slots.rows()
        yield from self._gauges.rows()
        yield from self._totals.rows()

    def _apply(self, old: Sequence[Fact], new: Sequence[Fact]) -> None:
        gone, added = difference(old, new)
        if not gone and not added:
            return
        if gone:
            self._totals.tally(gone, -1)
        self._totals.tally(added, 1)
        self._move(gone, added)
        kinds = {fact[0] for fact in added}
        kinds.update(fact[0] for fact in gone)
        if kinds & CREDITING:
            periods_of, month_end = self._totals.periods_of, self._totals.month_end
            if old:
                self._totals.credit(credits_of(old, periods_of, month_end), -1)
            self._totals.credit(credits_of(new, periods_of, month_end), 1)
        if kinds & HANDLING:
            self._mark(old, new)

    def _move(self, gone: Sequence[Fact], added: Sequence[Fact]) -> None:
        """Moves panes and slots."""
        panes, slots = self._panes, self._slots
        from_ms, slots_from_ms = panes.floor * MINUTE_MS, slots.floor * SLOT_MS
        for fact in gone:
            if fact[1] >= from_ms:
                panes.retract(fact)
        for fact in added:
            if fact[1] >= from_ms:
                panes.add(fact)
        for facts, sign in ((gone, -1), (added, 1)):
            for fact in facts:
                if fact[0] in SLOT_KINDS and (fact[1] >= slots_from_ms or fact[0] in {"opened", "left"}):
                    slots.tally(fact, sign)

    def _mark(self, old: Sequence[Fact], new: Sequence[Fact]) -> None:
        before, after = latest_marks(old, self._panes.floor), latest_marks(new, self._panes.floor)
        if before != after:
            self._panes.mark({place: minute for place, minute in before.items() if after.get(place) != minute}, -1)
            self._panes.mark({place: minute for place, minute in after.items() if before.get(place) != minute}, 1)


def difference(old: Sequence[Fact], new: Sequence[Fact]) -> tuple[Sequence[Fact], Sequence[Fact]]:
    """Facts of `old` that `new` lacks, and facts of `new` that `old` lacks; most often `new` only goes on."""
    if not old:
        return (), new
    shared = 0
    for before, after in zip(old, new, strict=False):
        if before is not after and before != after:
            break
        shared += 1
    if shared == len(old):
        return (), new[shared:]
    before_rest, after_rest = Counter(old[shared:]), Counter(new[shared:])
    return list((before_rest - after_rest).elements()), list((after_rest - before_rest).elements())
