"""Stage 1's panes: what happened in each minute of each scope, for windows that end now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models import scope
from models.fact import Dims, Fact
from models.kpi import METRICS
from models.partial import PartialRow
from sla.figures.codes import ESCALATED_TICKETS, HANDLED_TICKETS, Cell, amounts_of, bump
from sla.figures.grid import Grid
from sla.figures.rows import key_of

MINUTE_MS = 60_000
#: metric → code of its peak; the least value is kept beside it, negated, so that both merge by `max`.
PEAK = {metric: 2 * place for place, metric in enumerate(METRICS)}
MEASURED = frozenset({"met", "late", "stopped"})
HANDLING = frozenset({"replied", "solved", "escalated"})
NOWHERE = Dims(None, "", None, None, 0)


def scopes_of(dims: Dims, person: str | None) -> tuple[str, ...]:
    """The scopes that a fact moves."""
    return scope.of_figures(dims[0], dims[1], dims[3], dims[2], person)


def raise_peaks(peaks: Cell, metric: str, value: int) -> None:
    """Lets a counted time be the greatest or least of its cell, if it is."""
    code = PEAK[metric]
    if value > peaks.get(code, -1):
        peaks[code] = value
    if -value > peaks.get(code + 1, -value - 1):
        peaks[code + 1] = -value


def latest_marks(facts: Iterable[Fact], floor: int) -> dict[tuple[int, str], int]:
    """The latest minute in which a ticket was handled (and escalated), by code and scope; none under `floor`.

    Every window ends now: a ticket lies in it when its latest mark does, so one mark for each ticket and scope counts
    tickets, each once, in windows of any length.
    """
    marks: dict[tuple[int, str], int] = {}
    for fact in facts:
        if fact[0] not in HANDLING:
            continue
        minute = fact[1] // MINUTE_MS
        if minute < floor:
            continue
        escalated = fact[0] == "escalated"
        for name in scopes_of(fact[2], fact[3]):
            place = (HANDLED_TICKETS, name)
            if minute > marks.get(place, -1):
                marks[place] = minute
            if escalated:
                place = (ESCALATED_TICKETS, name)
                if minute > marks.get(place, -1):
                    marks[place] = minute
    return marks


class Panes:
    """The minutes that windows may still hold."""

    def __init__(self) -> None:
        self.floor = 0  # the first minute that is kept
        self._grid: Grid[str] = Grid(lambda minute, name: ((name, key_of("m", minute)),))
        self._measured: dict[int, list[Fact]] = {}

    def forget(self, floor: int) -> None:
        """Leaves behind the minutes under `floor`; it never falls."""
        if floor <= self.floor:
            return
        self.floor = floor
        self._grid.forget(floor)
        for minute in [minute for minute in self._measured if minute < floor]:
            del self._measured[minute]

    def add(self, facts: Iterable[Fact]) -> None:
        """Counts facts; those under the floor are passed over.

        What one event leaves lies in the same minute and scopes, mostly: it goes to each of them in one piece.
        """
        floor = self.floor
        place: tuple[int, Dims, str | None] = (-1, NOWHERE, None)
        amounts: Cell = {}
        for fact in facts:
            minute = fact[1] // MINUTE_MS
            if minute < floor:
                continue
            here = (minute, fact[2], fact[3])
            if here != place:
                self._spread(place, amounts)
                place, amounts = here, {}
            for code, amount in amounts_of(fact):
                amounts[code] = amounts.get(code, 0) + amount
            if fact[0] in MEASURED:
                self._measured.setdefault(minute, []).append(fact)
                column = self._grid.column(minute)
                for name in scopes_of(fact[2], fact[3]):
                    raise_peaks(column.peaks_of(name), fact[4], fact[7])
        self._spread(place, amounts)

    def _spread(self, place: tuple[int, Dims, str | None], amounts: Cell) -> None:
        if not amounts:
            return
        minute, dims, person = place
        column = self._grid.column(minute)
        cells = column.cells
        names = scopes_of(dims, person)
        column.touched.update(names)
        for name in names:
            cell = cells.get(name)
            if cell:
                for code, amount in amounts.items():
                    cell[code] = cell.get(code, 0) + amount
            else:
                cells[name] = amounts.copy()

    def retract(self, fact: Fact) -> None:
        """Takes out a fact that was counted and is not under the floor."""
        minute = fact[1] // MINUTE_MS
        column = self._grid.column(minute)
        amounts = amounts_of(fact)
        names = scopes_of(fact[2], fact[3])
        for name in names:
            cell = column.cell(name)
            for code, amount in amounts:
                bump(cell, code, -amount)
        if fact[0] in MEASURED:
            left = self._measured[minute]
            left.remove(fact)
            for name in names:
                _lower_peaks(column.peaks_of(name), name, fact, left)
            if not left:
                del self._measured[minute]

    def mark(self, marks: dict[tuple[int, str], int], sign: int) -> None:
        """Adds or takes out what `latest_marks` gave."""
        for (code, name), minute in marks.items():
            if minute >= self.floor:
                bump(self._grid.column(minute).cell(name), code, sign)

    def changed(self) -> Iterator[PartialRow]:
        """Rows that changed since they were last told."""
        return self._grid.changed()

    def rows(self) -> Iterator[PartialRow]:
        """All rows; they count as told."""
        return self._grid.rows()


def _lower_peaks(peaks: Cell, name: str, gone: Fact, left: Iterable[Fact]) -> None:
    """Finds the peaks anew, only when one of them is what was taken out."""
    code = PEAK[gone[4]]
    if gone[7] != peaks[code] and -gone[7] != peaks[code + 1]:
        return
    del peaks[code], peaks[code + 1]
    for fact in left:
        if fact[4] == gone[4] and name in scopes_of(fact[2], fact[3]):
            raise_peaks(peaks, fact[4], fact[7])
