"""Cells by time and name, what changed among them, and what time leaves behind: the store of stage 1."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from models.partial import FORGOTTEN, PartialRow
from sla.figures.codes import Cell, merge
from sla.figures.rows import write_cell

Name = TypeVar("Name", bound=Hashable)


class Grid(Generic[Name]):
    """Cells under (index, name); the index is a minute, a slot or a period.

    `row_at` tells scope and key of a cell's row. A cell that was published and then emptied stays, empty, until its
    index is forgotten: then it still owes a tombstone.
    """

    def __init__(self, row_at: Callable[[int, Name], tuple[str, bytes]]) -> None:
        self._row_at = row_at
        self._cells: dict[int, dict[Name, Cell]] = {}
        self._peaks: dict[tuple[int, Name], Cell] = {}
        self._changed: set[tuple[int, Name]] = set()
        self._published: set[tuple[int, Name]] = set()
        self._forgotten: list[tuple[int, Name]] = []

    def cell(self, index: int, name: Name) -> Cell:
        """The cell, to be changed."""
        row = self._cells.get(index)
        if row is None:
            row = self._cells[index] = {}
        cell = row.get(name)
        if cell is None:
            cell = row[name] = {}
        self._changed.add((index, name))
        return cell

    def merge(self, index: int, name: Name, other: Cell, sign: int = 1) -> None:
        """Adds a whole cell."""
        merge(self.cell(index, name), other, sign)

    def peaks(self, index: int, name: Name) -> Cell:
        """The peaks of a cell, to be changed."""
        return self._peaks.setdefault((index, name), {})

    def forget(self, floor: int) -> list[int]:
        """Leaves behind all cells under `floor`; answers their indexes."""
        return self.forget_between(0, floor)

    def forget_between(self, least: int, floor: int) -> list[int]:
        """Leaves behind all cells from `least` on and under `floor`; answers their indexes."""
        gone = [index for index in self._cells if least <= index < floor]
        for index in gone:
            for name in self._cells.pop(index):
                place = (index, name)
                self._peaks.pop(place, None)
                self._changed.discard(place)
                if place in self._published:
                    self._published.discard(place)
                    self._forgotten.append(place)
        return gone

    def changed(self) -> Iterator[PartialRow]:
        """Rows of the cells changed since the last call, and tombstones of those forgotten."""
        places, self._changed = self._changed, set()
        for index, name in sorted(places, key=lambda place: place[0]):
            yield from self._publish(index, name)
        forgotten, self._forgotten = self._forgotten, []
        for place in forgotten:
            yield PartialRow(*self._row_at(*place), FORGOTTEN)

    def rows(self) -> Iterator[PartialRow]:
        """Rows of all cells with something in them. The grid may change between two of them."""
        for index in list(self._cells):
            for name in list(self._cells.get(index, ())):
                if self._cells.get(index, {}).get(name):
                    yield from self._publish(index, name)

    def _publish(self, index: int, name: Name) -> Iterator[PartialRow]:
        place = (index, name)
        cell = self._cells[index][name]
        if not cell and place not in self._published:
            self._drop(index, name)
            return
        self._published.add(place)
        yield PartialRow(*self._row_at(index, name), write_cell(cell, self._peaks.get(place)))

    def _drop(self, index: int, name: Name) -> None:
        """An empty cell that nobody heard of leaves no trace."""
        row = self._cells[index]
        del row[name]
        self._peaks.pop((index, name), None)
        if not row:
            del self._cells[index]
