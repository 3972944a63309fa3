"""Stage 1's totals of days and months.

A fact enters one pending cell, by its period and place; only when rows are asked for do the pending cells go on to the
subjects they belong to. So replaying years costs one cell a fact, not one for each subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from models import scope
from models.fact import Dims, Fact
from models.partial import PartialRow
from sla.figures.codes import FACTS_END, Cell, bump, merge, tally
from sla.figures.credits import Credits, Place
from sla.figures.days import Days
from sla.figures.grid import Grid
from sla.figures.panes import scopes_of
from sla.figures.rows import EMPTY, KNOWN_KEY, key_of, write_list
from sla.figures.slots import slot_scopes

#: A cell of totals: subject, priority, tier, complexity.
Part = tuple[str, str, str | None, int]
#: A cell of tickets counted once: subject, split ("" for none), value of the split.
Once = tuple[str, str, str | int]


def is_day(period: int) -> bool:
    """Whether a period is a day; else it is a month."""
    return period > 1_000_000


def subjects_of(period: int, dims: Dims, person: str | None) -> tuple[str, ...]:
    """The subjects that a day or month keeps totals for."""
    return slot_scopes(dims) if is_day(period) else scope.of_board(dims[0], dims[1], person)


@lru_cache(maxsize=16384)
def _once_in(day: bool, places: frozenset[Place]) -> frozenset[Once]:  # noqa: FBT001  a key of the cache
    """The cells in which a ticket with these places counts, each once."""
    period = 2_000_000 if day else 0
    return frozenset(
        (subject, split, value)
        for dims, person in places
        for subject in subjects_of(period, dims, person)
        for split, value in (("", ""), ("priority", dims[1]), ("tier", dims[2]), ("complexity", dims[4]))
        if value is not None
    )


class Totals:
    """The totals of one partition, and which scopes it knows at all."""

    def __init__(self, days: Days) -> None:
        self.floor = 0  # the first day that is kept
        self._days = days
        self._facts: dict[tuple[int, Dims, str | None], Cell] = {}
        self._exact: dict[tuple[int, Dims, str | None], Cell] = {}
        self._tickets: dict[tuple[int, int, frozenset[Place]], int] = {}
        self._parts: Grid[Part] = Grid(lambda period, part: (part[0], key_of("t", period, *part[1:])))
        self._once: Grid[Once] = Grid(lambda period, once: (once[0], key_of("d", period, *once[1:])))
        self._known: dict[str, int] = {}
        self._announced: set[str] = set()
        self._touched: set[str] = set()

    def forget(self, floor: int) -> None:
        """Leaves behind the days under `floor`; it never falls. Months stay as long as their facts."""
        if floor > self.floor:
            self._settle()
            self.floor = floor
            self._forget_days(self._parts)
            self._forget_days(self._once)

    def periods_of(self, at: int) -> tuple[int, ...]:
        """The month of an instant, and its day while that is kept."""
        day = self._days.day_of(at)
        return (day // 100, day) if day >= self.floor else (day // 100,)

    def month_end(self, period: int) -> int:
        """The first instant after the month of a day or month."""
        return self._days.bounds(period // 100 if is_day(period) else period)[1]

    def tally(self, facts: Iterable[Fact], sign: int) -> None:
        """Adds facts, or takes them out."""
        day_of, floor, pending = self._days.day_of, self.floor, self._facts
        dims: Dims | None = None
        person: str | None = None
        at_day = -1
        cell: Cell = {}
        for fact in facts:
            day = day_of(fact[1])
            if day < floor:
                day //= 100
            if fact[2] is not dims or fact[3] != person or day != at_day:
                dims, person, at_day = fact[2], fact[3], day
                key = (day, dims, person)
                found = pending.get(key)
                cell = pending.setdefault(key, {}) if found is None else found
            tally(cell, fact, sign)

    def credit(self, found: Credits, sign: int) -> None:
        """Adds what follows from a ticket's facts together, or takes it out."""
        for period, (dims, person), code, amount in found.amounts:
            bump(self._exact.setdefault((period, dims, person), {}), code, sign * amount)
        for entry in found.tickets:
            self._tickets[entry] = self._tickets.get(entry, 0) + sign

    def changed(self) -> Iterator[PartialRow]:
        """Rows that changed since the last call."""
        self._settle()
        yield from self._parts.changed()
        yield from self._once.changed()
        touched, self._touched = self._touched, set()
        for name in sorted(touched):
            if bool(self._known[name]) != (name in self._announced):
                yield self._knows(name)
            if not self._known[name]:
                del self._known[name]

    def rows(self) -> Iterator[PartialRow]:
        """All rows."""
        self._settle()
        yield from self._parts.rows()
        yield from self._once.rows()
        for name in sorted(self._known):
            if self._known.get(name):
                yield self._knows(name)

    def _knows(self, name: str) -> PartialRow:
        if self._known[name]:
            self._announced.add(name)
            return PartialRow(name, KNOWN_KEY, write_list(1))
        self._announced.discard(name)
        return PartialRow(name, KNOWN_KEY, EMPTY)

    def _forget_days(self, grid: Grid[Part] | Grid[Once]) -> None:
        grid.forget_between(1_000_000, self.floor)

    def _settle(self) -> None:
        """Hands the pending cells on to subjects; a day's facts are its month's, too."""
        pending, self._facts = self._facts, {}
        for (period, dims, person), cell in pending.items():
            self._know(dims, person, sum(amount for code, amount in cell.items() if code < FACTS_END))
            if is_day(period):
                self._spread(period, dims, person, cell)
            self._spread(period // 100 if is_day(period) else period, dims, person, cell)
        exact, self._exact = self._exact, {}
        for (period, dims, person), cell in exact.items():
            self._spread(period, dims, person, cell)
        tickets, self._tickets = self._tickets, {}
        for (period, code, places), number in tickets.items():
            if number and (not is_day(period) or period >= self.floor):
                for once in _once_in(is_day(period), places):
                    bump(self._once.cell(period, once), code, number)

    def _know(self, dims: Dims, person: str | None, number: int) -> None:
        """Counts the facts that a scope is known by."""
        if number:
            for name in scopes_of(dims, person):
                self._known[name] = self._known.get(name, 0) + number
                self._touched.add(name)

    def _spread(self, period: int, dims: Dims, person: str | None, cell: Cell) -> None:
        """Adds a pending cell to its subjects, unless its day has gone."""
        if cell and (not is_day(period) or period >= self.floor):
            for subject in subjects_of(period, dims, person):
                merge(self._parts.cell(period, (subject, dims[1], dims[2], dims[4])), cell)
