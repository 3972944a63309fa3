"""Stage 1's slots: five minutes of `all`, each team and each priority, for the trend of the last days.

The gauge of open tickets is told by its changes in each slot and by where it stands after all of them (`standing`):
stage 2 walks back from there.
"""

from __future__ import annotations

from collections.abc import Iterator

from models import scope
from models.fact import Dims, Fact
from models.partial import PartialRow
from sla.figures.codes import Cell, bump, plan
from sla.figures.days import SLOT_MS
from sla.figures.grid import Grid
from sla.figures.rows import EMPTY, STANDING_KEY, key_of, write_list

#: The kinds that a slot holds.
SLOT_KINDS = frozenset({"created", "solved", "met", "breached", "opened", "left"})
#: Those that move how many tickets stand open, however long ago.
STANDING_KINDS = frozenset({"opened", "left"})


def slot_scopes(dims: Dims) -> tuple[str, ...]:
    """The scopes that have slots and days of these dims."""
    if dims[0] is None:
        return (scope.ALL, scope.priority(dims[1]))
    return (scope.ALL, scope.priority(dims[1]), scope.team(dims[0]))


def has_slots(name: str) -> bool:
    """Whether a scope is one of those."""
    return "|" not in name and name.startswith((scope.ALL, "team:", "priority:"))


class Slots:
    """The slots of the last days, and how many tickets stand open after them."""

    def __init__(self) -> None:
        self.floor = 0  # the first slot that is kept
        self._grid: Grid[str] = Grid(lambda slot, name: ((name, key_of("s", slot)),))
        self._standing: dict[str, int] = {}
        self._moved: set[str] = set()

    def forget(self, floor: int) -> None:
        """Leaves behind the slots under `floor`; it never falls."""
        if floor > self.floor:
            self.floor = floor
            self._grid.forget(floor)

    def tally(self, fact: Fact, sign: int) -> None:
        """Counts a fact of `SLOT_KINDS` or takes it out."""
        kind, slot = fact[0], fact[1] // SLOT_MS
        moves = sign if kind == "opened" else -sign if kind == "left" else 0
        live = slot >= self.floor
        if not live and not moves:
            return
        names = slot_scopes(fact[2])
        if moves:
            self._moved.update(names)
            for name in names:
                self._standing[name] = self._standing.get(name, 0) + moves
        if live:
            code, column = plan(fact).counts[0][0], self._grid.column(slot)
            for name in names:
                bump(column.cell(name), code, sign)

    def changed(self) -> Iterator[PartialRow]:
        """Rows that changed since they were last told."""
        yield from self._grid.changed()
        while self._moved:
            name = self._moved.pop()
            yield self._stands(name)
            if not self._standing[name]:
                del self._standing[name]

    def rows(self) -> Iterator[PartialRow]:
        """All rows; they count as told."""
        yield from self._grid.rows()
        for name in list(self._standing):
            if self._standing.get(name):
                self._moved.discard(name)
                yield self._stands(name)

    def _stands(self, name: str) -> PartialRow:
        standing: int = self._standing[name]
        return PartialRow(name, STANDING_KEY, write_list(standing) if standing else EMPTY)


def opens(cell: Cell, opened: int, left: int) -> int:
    """By how much a slot changes the number of open tickets; `opened` and `left` are the codes."""
    return cell.get(opened, 0) - cell.get(left, 0)
