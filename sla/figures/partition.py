"""Stage 1: the figures of the tickets of one partition, kept by adding and retracting facts.

What is handed in is only noted; it takes effect when rows are asked for (or `settle` is called), so that a ticket
touched many times between two publications is worked through once, and what time has left behind meanwhile costs
nothing. Facts and gauges of one ticket handed in must not be changed afterwards: hand in a new sequence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from models.fact import Fact, Gauge
from models.kpi import WINDOW_MINUTES
from models.objective import Aim
from models.partial import PartialRow
from sla.figures.credits import CREDITING, credits_of
from sla.figures.days import SLOT_MS, Days
from sla.figures.gauges import Gauges
from sla.figures.panes import HANDLING, MINUTE_MS, Panes, latest_marks
from sla.figures.slots import SLOT_KINDS, STANDING_KINDS, Slots
from sla.figures.spans import first_day
from sla.figures.totals import Totals
from sla.figures.verdicts import Verdicts

DAY_MS = 86_400_000
#: How long slots of five minutes, and totals of days, are kept, in days.
SLOT_DAYS = 8
PERIOD_DAYS = 40
#: Partitions are not equally far: minutes stay this much longer than the windows of their own watermark need them.
SKEW_MINUTES = 60
UNLIMITED = 1 << 62
_REMARKED = 2  # facts that were marked anew where they stood, of which a ticket's change most often consists


class PartitionFigures:
    """The partial figures of one partition."""

    def __init__(self, partition: int, zone: str, aims: Collection[Aim] = ()) -> None:
        """`aims` are what objectives are about, of whichever edition."""
        self.partition = partition
        self._days = Days(zone)
        self._panes = Panes()
        self._slots = Slots()
        self._totals = Totals(self._days)
        self._gauges = Gauges()
        self._verdicts = Verdicts(aims, self._days)
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
        # Partitions are not equally far: at the turn of a year others may still be in the old one.
        self._verdicts.forget(self._panes.floor, first_day(self._days, now_ms - 2 * DAY_MS))

    def settle(self, limit: int = UNLIMITED, *, totals: bool = True) -> bool:
        """Works through what is noted, `limit` pieces of some 30 µs at most; True when there is more.

        A loop that must breathe calls it until False before it asks for rows, which does the rest at once. Without
        `totals`, what is noted goes on to days and months by `settle_totals`.
        """
        while self._facts and limit > 0:
            self._apply(*self._facts.popitem()[1])
            limit -= 1
        while self._stands and limit > 0:
            ticket_id, (before, after) = self._stands.popitem()
            self._gauges.set(ticket_id, before, after)
            limit -= 1
        return self.settle_totals(limit) if totals else limit <= 0

    def settle_totals(self, limit: int) -> bool:
        """Works what `settle` has worked through into days and months, as far as `limit` goes; True as there."""
        return self._totals.settle(limit) <= 0

    def changed(self, *, totals: bool = True) -> list[PartialRow]:
        """The cells changed since they were last told, absolute: see `changes`."""
        return list(self.changes(totals=totals))

    def changes(self, *, totals: bool = True) -> Iterator[PartialRow]:
        """The cells changed since they were last told, one by one, absolute; figures may change between two of them.

        Emptied cells are nothing, forgotten ones tombstones. Totals of days and months are the largest rows and the
        least urgent ones: without `totals` they wait for a call that asks for them.
        """
        self.settle(totals=totals)
        yield from self._panes.changed()
        yield from self._slots.changed()
        yield from self._gauges.changed()
        yield from self._verdicts.changed()
        yield from self._totals.known()
        if totals:
            yield from self.changes_of_totals()

    def changes_of_totals(self) -> Iterator[PartialRow]:
        """Those of days and months, as far as `settle` has got."""
        self._totals.settle(UNLIMITED)
        yield from self._totals.changed()

    def dump(self) -> Iterator[PartialRow]:
        """All cells, one by one, to be published after a takeover; what changes meanwhile is told by `changed`."""
        self.settle()
        yield from self._panes.rows()
        yield from self._slots.rows()
        yield from self._gauges.rows()
        yield from self._verdicts.rows()
        yield from self._totals.rows()

    def _apply(self, old: Sequence[Fact], new: Sequence[Fact]) -> None:
        gone, added = difference(old, new)
        if not gone and not added:
            return
        if gone:
            self._totals.tally(gone, -1)
        self._totals.tally(added, 1)
        self._verdicts.tally(gone, -1)
        self._verdicts.tally(added, 1)
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
        panes_from, slots_from = panes.floor * MINUTE_MS, slots.floor * SLOT_MS
        for fact in gone:
            if fact[1] >= panes_from:
                panes.retract(fact)
        panes.add(added)
        for facts, sign in ((gone, -1), (added, 1)):
            for fact in facts:
                at, kind = fact[1], fact[0]
                if (at >= slots_from and kind in SLOT_KINDS) or kind in STANDING_KINDS:
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
    if len(new) >= len(old):
        pairs = [pair for pair in zip(old[shared:], new[shared:], strict=False) if pair[0] != pair[1]]
        if len(pairs) <= _REMARKED:
            return [before for before, _ in pairs], [*(after for _, after in pairs), *new[len(old) :]]
    before_rest, after_rest = Counter(old[shared:]), Counter(new[shared:])
    return list((before_rest - after_rest).elements()), list((after_rest - before_rest).elements())
