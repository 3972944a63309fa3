"""Cells by time and name, what changed among them, and what time leaves behind: the store of stage 1."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

from models.partial import FORGOTTEN, PartialRow
from sla.figures.codes import Cell
from sla.figures.rows import write_cell

Name = TypeVar("Name", bound=Hashable)
#: Scope and key of the rows that a cell is published as, from its index and name.
Places = Callable[[int, Name], Iterable[tuple[str, bytes]]]


class Column(Generic[Name]):
    """The cells of one index (a minute, a slot, a period) by name."""

    __slots__ = ("cells", "peaks", "published", "touched")

    def __init__(self) -> None:
        self.cells: dict[Name, Cell] = {}
        self.peaks: dict[Name, Cell] = {}
        self.touched: set[Name] = set()
        self.published: set[Name] = set()

    def cell(self, name: Name) -> Cell:
        """The cell, to be changed."""
        self.touched.add(name)
        cell = self.cells.get(name)
        if cell is None:
            cell = self.cells[name] = {}
        return cell

    def peaks_of(self, name: Name) -> Cell:
        """The peaks of a cell, to be changed."""
        peaks = self.peaks.get(name)
        if peaks is None:
            peaks = self.peaks[name] = {}
        return peaks


class Grid(Generic[Name]):
    """Cells under (index, name).

    A cell that was published and then emptied stays, empty, until its index is forgotten: it still owes a tombstone.
    """

    def __init__(self, places: Places[Name]) -> None:
        self._places = places
        self._columns: dict[int, Column[Name]] = {}
        self._changed: set[int] = set()
        self._forgotten: list[tuple[int, Name]] = []

    def column(self, index: int) -> Column[Name]:
        """The cells of an index, to be changed."""
        self._changed.add(index)
        column = self._columns.get(index)
        if column is None:
            column = self._columns[index] = Column()
        return column

    def forget(self, floor: int, least: int = 0) -> None:
        """Leaves behind all cells under `floor`, from `least` on."""
        for index in [index for index in self._columns if least <= index < floor]:
            self._forgotten.extend((index, name) for name in self._columns.pop(index).published)
            self._changed.discard(index)

    def changed(self) -> Iterator[PartialRow]:
        """Rows of the cells changed since they were last told, and tombstones of those forgotten.

        The grid may change between two of them; what changes meanwhile is told before the end.
        """
        while self._changed:
            index = self._changed.pop()
            column = self._columns[index]
            while column.touched:
                yield from self._publish(index, column, column.touched.pop())
            if not column.cells and self._columns.get(index) is column:
                del self._columns[index]
                self._changed.discard(index)
        while self._forgotten:
            index, name = self._forgotten.pop()
            for scope, key in self._places(index, name):
                yield PartialRow(scope, key, FORGOTTEN)

    def rows(self) -> Iterator[PartialRow]:
        """Rows of all cells with something in them; they count as told. The grid may change between two of them."""
        for index in list(self._columns):
            column = self._columns.get(index)
            for name in list(column.cells) if column else ():
                if column and column.cells.get(name) and self._columns.get(index) is column:
                    column.touched.discard(name)
                    yield from self._publish(index, column, name)

    def _publish(self, index: int, column: Column[Name], name: Name) -> Iterator[PartialRow]:
        cell, peaks = column.cells[name], column.peaks.get(name)
        if cell:
            column.published.add(name)
        elif name not in column.published:  # nobody heard of it: it leaves no trace
            del column.cells[name]
            column.peaks.pop(name, None)
            return
        value = write_cell(cell, peaks)
        for scope, key in self._places(index, name):
            yield PartialRow(scope, key, value)
