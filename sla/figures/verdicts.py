"""Stage 1 of objectives: what was met and breached of each aim, by minute and by day.

An aim is a subject of its own: a fact enters the cells of each aim that it is about, whatever its partition, and all
that one objective needs comes together in one place of stage 2. Which objectives are in force is not asked here: an
edition that begins finds its aims counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from models.fact import Dims, Fact
from models.objective import Aim
from models.partial import PartialRow
from sla.figures.codes import Cell, bump
from sla.figures.days import Days
from sla.figures.grid import Grid
from sla.figures.panes import MINUTE_MS
from sla.figures.rows import key_of, write_list

#: Kinds of rows: a minute, a day, and that an aim is counted at all.
MINUTE, DAY, COUNTED = "bm", "bd", "b"
KINDS = frozenset({MINUTE, DAY, COUNTED})
COUNTED_KEY = key_of(COUNTED)
#: The codes of a cell.
MET, BREACHED = 0, 1
_CODES = {"met": MET, "breached": BREACHED}
_REMEMBERED = 65_536


class Verdicts:
    """The verdicts of one partition, by aim."""

    def __init__(self, aims: Collection[Aim], days: Days) -> None:
        self.minute_floor = 0  # the first minute that is kept
        self.day_floor = 0  # the first day that is kept
        self._aims = sorted((aim.subject, aim) for aim in aims)
        self._days = days
        self._minutes: Grid[str] = Grid(lambda minute, subject: ((subject, key_of(MINUTE, minute)),))
        self._by_day: Grid[str] = Grid(lambda day, subject: ((subject, key_of(DAY, day)),))
        self._subjects: dict[tuple[str | None, str, str], tuple[str, ...]] = {}
        self._announced = False

    def forget(self, minute: int, day: int) -> None:
        """Leaves behind what is under a minute and a day; neither falls."""
        if minute > self.minute_floor:
            self.minute_floor = minute
            self._minutes.forget(minute)
        if day > self.day_floor:
            self.day_floor = day
            self._by_day.forget(day)

    def tally(self, facts: Iterable[Fact], sign: int) -> None:
        """Adds facts, or takes them out; all but verdicts are passed over."""
        if not self._aims:
            return
        for fact in facts:
            code = _CODES.get(fact[0])
            if code is None:
                continue
            dims = fact[2]
            subjects = self._subjects.get((dims[0], dims[1], fact[4]))
            if subjects is None:
                subjects = self._subjects_of(dims, fact[4])
            if not subjects:
                continue
            minute, day = fact[1] // MINUTE_MS, self._days.day_of(fact[1])
            if day >= self.day_floor:
                column = self._by_day.column(day)
                for subject in subjects:
                    bump(column.cell(subject), code, sign)
            if minute >= self.minute_floor:
                column = self._minutes.column(minute)
                for subject in subjects:
                    bump(column.cell(subject), code, sign)

    def changed(self) -> Iterator[PartialRow]:
        """Rows that changed since they were last told."""
        if not self._announced:
            yield from self._announce()
        yield from self._minutes.changed()
        yield from self._by_day.changed()

    def rows(self) -> Iterator[PartialRow]:
        """All rows; they count as told."""
        yield from self._announce()
        yield from self._minutes.rows()
        yield from self._by_day.rows()

    def _announce(self) -> Iterator[PartialRow]:
        """Says which aims are counted: one of which nothing was decided has a budget, too."""
        self._announced = True
        for subject, _ in self._aims:
            yield PartialRow(subject, COUNTED_KEY, write_list(1))

    def _subjects_of(self, dims: Dims, metric: str) -> tuple[str, ...]:
        if len(self._subjects) >= _REMEMBERED:
            self._subjects.clear()
        team, priority = dims[0], dims[1]
        found = tuple(
            subject
            for subject, aim in self._aims
            if metric in aim.metrics
            and (aim.priorities is None or priority in aim.priorities)
            and (aim.teams is None or team in aim.teams)
        )
        self._subjects[team, priority, metric] = found
        return found


def counts_of(cell: Cell) -> tuple[int, int]:
    """How much was decided, and breached."""
    breached = cell.get(BREACHED, 0)
    return cell.get(MET, 0) + breached, breached
