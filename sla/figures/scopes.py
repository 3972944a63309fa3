"""Stage 2: the figures of scopes, merged from the rows of all partitions (see `held`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import orjson

from models.instant import format_ms
from models.kpi import TODAY, WINDOW_MINUTES, Document
from models.objective import Aimed
from models.partial import FORGOTTEN, PartialRow
from sla.figures.budgets import Budgets
from sla.figures.codes import Cell
from sla.figures.days import SLOT_MS, Days, period_id
from sla.figures.held import HeldRows, RowName
from sla.figures.kpis import KpiDocuments
from sla.figures.lives import Lives
from sla.figures.panes import MINUTE_MS
from sla.figures.partition import DAY_MS, PERIOD_DAYS, SLOT_DAYS
from sla.figures.periods import Periods
from sla.figures.rows import EMPTY, key_of, place_of, read_cell, read_list
from sla.figures.slots import has_slots
from sla.figures.trend import Trend
from sla.figures.verdicts import KINDS as VERDICT_KINDS
from sla.figures.windows import Windows, windows_of
from sla.periods.closing import DEFAULT_GRACE_MS, Closing
from sla.periods.documents import TotalDocuments
from sla.policy.promised import Promised


class ScopeFigures:
    """The figures of all scopes whose rows are handed in."""

    def __init__(
        self,
        zone: str,
        promised: Promised,
        *,
        partitions: Collection[int] = (),
        editions: Sequence[tuple[str, int]] = (),
        objectives: Callable[[int], Sequence[Aimed]] = lambda _: (),
        grace_ms: int = DEFAULT_GRACE_MS,
    ) -> None:
        """`partitions` are those that must have spoken before there is an `as_of`; without, those that have.

        `promised` says which metrics `sla` pools: in windows and slots those promised at `as_of`, in a period's totals
        those promised at its last instant, once that is reached. `editions` are the names of the book's editions and
        the instants in ms from which they hold, in order. `objectives` answers those in force at an instant
        in ms. `grace_ms` is how long after its end a period closes.
        """
        self._days = Days(zone)
        self._promised = promised
        self._partitions = frozenset(partitions)
        self._watermarks: dict[int, int] = {}
        self._held = HeldRows()
        self._windows = Windows()
        self._kpis = KpiDocuments(self._windows)
        self._trend = Trend()
        self._periods = Periods(self._days, promised, editions)
        self.closing = Closing(self._periods, grace_ms, partitions)
        self._totals = TotalDocuments(self._periods, self.closing)
        self._budgets = Budgets(zone, objectives)
        self._known: dict[str, int] = {}
        self._lives = Lives()
        self._gone: set[str] = set()
        self._listed: set[str] = set()
        self._floors = {"m": 0, "s": 0, "t": 0}  # the first minute, slot and day that are kept
        self._as_of_text = ""
        self.as_of: int | None = None
        """The instant, in ms, that the figures are of: the least watermark of all partitions."""

    def upsert(self, partition: int, epoch: int, row: PartialRow) -> None:
        """Takes a row over; one of an owner older than the last one heard of for it changes nothing."""
        name = (row.scope, row.key)
        if row.value == FORGOTTEN or not self._held.is_heard(partition, epoch, name):
            return  # one that has forgotten is further than others may be: what is past is dropped by `as_of` alone
        place = place_of(row.key)
        if self._past(place):
            return
        old = self._held.put(partition, epoch, row)
        if old != row.value:
            self._move(partition, name, place, old, row.value)

    def mark(self, partition: int, epoch: int) -> list[RowName]:
        """Ends the takeover of a partition: answers (scope, key) of the rows that were not renewed, now dropped."""
        stale = self._held.mark(partition, epoch)
        for name, value in stale:
            if value != EMPTY:
                self._move(partition, name, place_of(name[1]), value, EMPTY)
        return [name for name, _ in stale]

    def watermark(self, partition: int, ms: int) -> None:
        """Says how far a partition is; it never goes back."""
        self._watermarks[partition] = max(ms, self._watermarks.get(partition, ms))

    def advance(self) -> int | None:
        """Moves windows, slots and days on to the least watermark, and answers it (None: not all have spoken)."""
        if not self._watermarks or not self._partitions <= self._watermarks.keys():
            return None
        as_of = min(self._watermarks.values())
        if self.as_of is not None and as_of <= self.as_of:
            return self.as_of
        before, self.as_of = self.as_of, as_of
        self._as_of_text = format_ms(as_of)
        self._pool(before, as_of)
        if before is None or before // MINUTE_MS != as_of // MINUTE_MS:
            self._advance_minute(as_of)
        if before is None or before // SLOT_MS != as_of // SLOT_MS:
            self._advance_slot(as_of)
        self._held.drop(self._budgets.advance(as_of))
        return as_of

    def listed(self, scopes: Iterable[str]) -> None:
        """The view has figures of these scopes: those that are true no more are taken out with the next `whole` ones.

        Their facts may have been taken back, or moved elsewhere, while nobody told figures.
        """
        self._listed.update(scopes)

    def documents(self, *, whole: bool = False) -> Iterator[Document]:
        """What changed since the last call (`whole`: everything) but totals, made piece by piece as it is asked for."""
        if self.as_of is None:
            return
        if whole:
            yield from self._not_so()
            self._trend.retell()
            for scope in self._known:
                self._windows.touch(scope)
            self._lives.touch(self._known)
        yield from self._changed_kpis()
        for scope in self._lives.changed():
            if scope in self._known:
                yield Document("live", scope, "", self._lives.result(scope, self._as_of_text))
        yield from self._changed_slots(whole=whole)
        for name, budget in self._budgets.changed(whole=whole):
            yield Document("budget", name, "", None if budget is None else orjson.dumps(budget))

    def totals(self, *, whole: bool = False) -> Iterator[Document]:
        """The totals of periods that changed since the last call (`whole`: all, after `documents` with `whole`).

        They are the largest documents, and the least urgent ones.
        """
        if self.as_of is not None:
            yield from self._totals.documents(self.as_of, whole=whole)

    def kpis(self) -> Iterator[Document]:
        """Every window of every scope that is known, in order of scope; nothing before there is an `as_of`."""
        if self.as_of is None:
            return
        for name in sorted(self._known):
            for window in windows_of(name):
                yield self._kpis.document(name, window, self._as_of_text)

    def periods(self) -> Iterator[dict[str, Any]]:
        """The document of every period and subject, in order; final those that have closed by `as_of`."""
        if self.as_of is not None:
            yield from self._totals.as_if_closed(self.as_of)

    def budgets(self) -> Iterator[dict[str, Any]]:
        """The budget of every objective in force that is counted here, in the order in which they are written."""
        for _, body in self._budgets.changed(whole=True):
            if body is not None:
                yield body

    def longer_period(self, name: str, subject: str) -> dict[str, Any] | None:
        """The document of a quarter, half or year, merged from its months; None before there is an `as_of`.

        Raises:
            ValueError: `name` is no period.
        """
        return None if self.as_of is None else self._periods.document(name, subject, self.as_of, always=True)

    # Rows

    def _past(self, place: list[Any]) -> bool:
        """Whether a row tells of what is past and dropped already."""
        kind = place[0]
        if kind == "m":
            return bool(place[1] < self._floors["m"])
        if kind == "s":
            return bool(place[1] < self._floors["s"])
        if kind in VERDICT_KINDS:
            return self._budgets.is_past(place)
        return kind in {"t", "d"} and 1_000_000 < place[1] < self._floors["t"]

    def _move(self, partition: int, name: RowName, place: list[Any], old: bytes, new: bytes) -> None:
        """Replaces a partition's part of whatever the row tells of."""
        scope, kind = name[0], place[0]
        if kind == "m":
            self._move_pane(partition, name, place[1], old, new)
        elif kind == "s":
            self._trend.apply(scope, place[1], read_cell(old)[0], read_cell(new)[0])
        elif kind in {"t", "d"}:
            self._periods.apply(place[1], scope, tuple(place[2:]), read_cell(old)[0], read_cell(new)[0])
        elif kind in VERDICT_KINDS:
            self._budgets.apply(scope, place, old, new)
        elif kind == "l":
            self._lives.apply(scope, partition, new)
            self._know(scope, bool(read_list(new)) - bool(read_list(old)))
        elif kind == "o":
            self._trend.stand(scope, sum(read_list(new)) - sum(read_list(old)))
        elif kind == "k":
            self._know(scope, len(read_list(new)) - len(read_list(old)))

    def _move_pane(self, partition: int, name: RowName, minute: int, old: bytes, new: bytes) -> None:
        (old_cell, old_peaks), (new_cell, new_peaks) = read_cell(old), read_cell(new)
        peaks = new_peaks
        if not old_peaks and not self._windows.peaks(name[0], minute):
            others: list[Cell] = []
        elif all(new_peaks.get(code, value - 1) >= value for code, value in old_peaks.items()):
            others = [self._windows.peaks(name[0], minute)]
        else:
            others = [read_cell(row)[1] for row in self._held.others(partition, name)]
        for found in others:
            for code, value in found.items():
                if value > peaks.get(code, value - 1):
                    peaks = {**peaks, code: value}
        self._windows.apply(name[0], minute, old_cell, new_cell, peaks)

    def _know(self, scope: str, change: int) -> None:
        number = self._known.get(scope, 0) + change
        if number:
            if scope not in self._known:
                self._windows.touch(scope)
                self._lives.touch((scope,))
            self._known[scope] = number
            self._gone.discard(scope)
        elif self._known.pop(scope, None):
            self._gone.add(scope)

    # Time

    def _pool(self, before: int | None, as_of: int) -> None:
        """Where another edition has come into force, its promises are those that `sla` pools from now on."""
        if before is not None:
            self._periods.begin_editions(before, as_of)
            if not self._promised.changes(before, as_of):
                return
        pooled = self._promised.at(as_of)
        self._kpis.pool(pooled)
        self._trend.pool(pooled)

    def _advance_minute(self, as_of: int) -> None:
        end = as_of // MINUTE_MS + 1
        bounds = {window: (end - length, end) for window, length in WINDOW_MINUTES.items()}
        bounds[TODAY] = (self._days.start_of(self._days.day_of(as_of)) // MINUTE_MS, end)
        self._kpis.move(bounds)
        self._floors["m"] = min(begin for begin, _ in bounds.values())
        self._held.drop((scope, key_of("m", minute)) for scope, minute in self._windows.forget(self._floors["m"]))
        for scope in self._known:
            self._windows.touch(scope)
        self._lives.touch(self._known)

    def _advance_slot(self, as_of: int) -> None:
        after = as_of // SLOT_MS + 1
        first = self._floors["s"] = after - SLOT_DAYS * DAY_MS // SLOT_MS
        self._held.drop((scope, key_of("s", slot)) for scope, slot in self._trend.move(first, after))
        floor = self._floors["t"] = self.closing.floor = self._days.day_of(as_of - PERIOD_DAYS * DAY_MS)
        self._held.drop(
            (subject, key_of("t" if len(place) == 3 else "d", period, *place))
            for period, subject, place in self._periods.forget(floor)
        )

    # Documents

    def _not_so(self) -> Iterator[Document]:
        """What the view has of scopes of which there is nothing, or not in the periods that are still open."""
        listed, self._listed = self._listed, set()
        for name in listed - self._known.keys():
            self._gone.add(name)
            yield Document("day", name, "", None)
        as_of = self.as_of or 0
        days: list[int] = []
        day = self._days.day_of(as_of)
        while self.closing.closes_at(period_id(day)) > as_of:
            days.append(day)
            day = self._days.day_of(self._days.start_of(day) - 1)
        self._periods.note_missing(listed, [*days, *{day // 100 for day in days}])

    def _changed_kpis(self) -> Iterator[Document]:
        while self._gone:
            scope = self._gone.pop()
            for window in windows_of(scope):
                yield Document("kpi", scope, window, None)
            yield Document("live", scope, "", None)
        for scope, window in self._windows.changed():
            if scope in self._known:  # else it is told whole as soon as it is known
                yield self._kpis.document(scope, window, self._as_of_text)

    def _changed_slots(self, *, whole: bool) -> Iterator[Document]:
        names = ("created", "solved", "open", "met", "breached")
        for name, slot, numbers in self._trend.changed():
            value = None if numbers is None else orjson.dumps(dict(zip(names, numbers, strict=True)))
            yield Document("day", name, format_ms(slot * SLOT_MS), value)
        if whole:
            # Whoever told these scopes before may have known of slots that are none any more.
            for name in filter(has_slots, list(self._known)):
                yield Document("since", name, format_ms(self._trend.first(name) * SLOT_MS), None)
