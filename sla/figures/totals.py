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
from sla.figures.codes import LEFT, OPENED, Cell, amounts_in_totals, bump, merge
from sla.figures.credits import Credits, Place
from sla.figures.days import SLOT_MS, Days
from sla.figures.grid import Grid
from sla.figures.panes import scopes_of
from sla.figures.rows import EMPTY, KNOWN_KEY, key_of, write_list
from sla.figures.slots import slot_scopes

#: A cell of totals: subject (`all`, a team or a person), raw team, priority, tier, complexity. The cell of `all` with
#: priority P0 is that of `priority:P0` as well, and so is a team's: kept once, published for both.
Part = tuple[str, str | None, str, str | None, int]
#: A cell of tickets counted once: subject, split ("" for none), value of the split.
Once = tuple[str, str, str | int]


def is_day(period: int) -> bool:
    """Whether a period is a day; else it is a month."""
    return period > 1_000_000


def subjects_of(period: int, dims: Dims, person: str | None) -> tuple[str, ...]:
    """The subjects that a day or month keeps totals for."""
    return slot_scopes(dims) if is_day(period) else scope.of_board(dims[0], dims[1], person)


def _part_places(period: int, part: Part) -> list[tuple[str, bytes]]:
    subject, team, priority, tier, complexity = part
    key = key_of("t", period, priority, tier, complexity)
    if subject == scope.ALL:
        return [(subject, key), (scope.priority(priority), key)]
    if team is not None and not is_day(period):
        return [(subject, key), (scope.team_priority(team, priority), key)]
    return [(subject, key)]


def _once_places(period: int, once: Once) -> list[tuple[str, bytes]]:
    return [(once[0], key_of("d", period, *once[1:]))]


@lru_cache(maxsize=16384)
def once_in(day: bool, places: frozenset[Place]) -> frozenset[Once]:  # noqa: FBT001  a key of the cache
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
        self._parts: Grid[Part] = Grid(_part_places)
        self._once: Grid[Once] = Grid(_once_places)
        self._counted: dict[tuple[Dims, str | None], int] = {}
        self._known: dict[str, int] = {}
        self._announced: set[str] = set()
        self._touched: set[str] = set()

    def forget(self, floor: int) -> None:
        """Leaves behind the days under `floor`; it never falls. Months stay as long as their facts."""
        if floor > self.floor:
            self.floor = floor
            self._parts.forget(floor, least=1_000_000)
            self._once.forget(floor, least=1_000_000)

    def periods_of(self, at: int) -> tuple[int, ...]:
        """The month of an instant, and its day while that is kept."""
        day = self._days.day_of(at)
        return (day // 100, day) if day >= self.floor else (day // 100,)

    def month_end(self, period: int) -> int:
        """The first instant after the month of a day or month."""
        return self._days.bounds(period // 100 if is_day(period) else period)[1]

    def tally(self, facts: Iterable[Fact], sign: int) -> None:
        """Adds facts, or takes them out."""
        pending, counted = self._facts, self._counted
        dims: Dims | None = None
        person: str | None = None
        slot = -1
        cell: Cell = {}
        for fact in facts:
            if fact[2] is not dims or fact[3] != person or fact[1] // SLOT_MS != slot:
                dims, person, slot = fact[2], fact[3], fact[1] // SLOT_MS
                period = self._days.day_of(fact[1])
                if period < self.floor:
                    period //= 100
                key = (period, dims, person)
                cell = pending.get(key)  # type: ignore[assignment]
                if cell is None:
                    cell = pending[key] = {}
                by = (dims, person)
            counted[by] = counted.get(by, 0) + sign
            for code, amount in amounts_in_totals(fact):
                cell[code] = cell.get(code, 0) + sign * amount

    def credit(self, found: Credits, sign: int) -> None:
        """Adds what follows from a ticket's facts together, or takes it out."""
        for period, (dims, person), code, amount in found.amounts:
            bump(self._exact.setdefault((period, dims, person), {}), code, sign * amount)
        for entry in found.tickets:
            self._tickets[entry] = self._tickets.get(entry, 0) + sign

    def settle(self, limit: int) -> int:
        """Hands pending cells on to their subjects, at most `limit`; answers what is left of the limit."""
        while self._facts and limit > 0:
            self._settle_facts(*self._facts.popitem())
            limit -= 1
        while self._exact and limit > 0:
            (period, dims, person), cell = self._exact.popitem()
            self._spread(period, dims, person, cell)
            limit -= 1
        while self._tickets and limit > 0:
            (period, code, places), number = self._tickets.popitem()
            limit -= 1
            if number and (not is_day(period) or period >= self.floor):
                column = self._once.column(period)
                for once in once_in(is_day(period), places):
                    bump(column.cell(once), code, number)
        return limit

    def changed(self) -> Iterator[PartialRow]:
        """Rows of totals that changed since they were last told."""
        yield from self._parts.changed()
        yield from self._once.changed()

    def known(self) -> Iterator[PartialRow]:
        """Rows of the scopes that became known, or have nothing left, since they were last told."""
        self._know()
        while self._touched:
            name = self._touched.pop()
            if bool(self._known[name]) != (name in self._announced):
                yield self._knows(name)
            if not self._known[name]:
                del self._known[name]

    def rows(self) -> Iterator[PartialRow]:
        """All rows; they count as told."""
        yield from self._parts.rows()
        yield from self._once.rows()
        self._know()
        for name in list(self._known):
            if self._known.get(name):
                yield self._knows(name)

    def _knows(self, name: str) -> PartialRow:
        if self._known[name]:
            self._announced.add(name)
            return PartialRow(name, KNOWN_KEY, write_list(1))
        self._announced.discard(name)
        return PartialRow(name, KNOWN_KEY, EMPTY)

    def _settle_facts(self, place: tuple[int, Dims, str | None], cell: Cell) -> None:
        """Hands a pending cell on; a day's facts are its month's, too."""
        period, dims, person = place
        cell.pop(OPENED, None)  # where a ticket stands on the board is in no total
        cell.pop(LEFT, None)
        if is_day(period):
            self._spread(period, dims, person, cell)
        self._spread(period // 100 if is_day(period) else period, dims, person, cell)

    def _know(self) -> None:
        """Counts the facts that scopes are known by."""
        counted, self._counted = self._counted, {}
        for (dims, person), number in counted.items():
            if number:
                for name in scopes_of(dims, person):
                    self._known[name] = self._known.get(name, 0) + number
                    self._touched.add(name)

    def _spread(self, period: int, dims: Dims, person: str | None, cell: Cell) -> None:
        """Adds a pending cell to its subjects, unless its day has gone."""
        if cell and (not is_day(period) or period >= self.floor):
            team, priority, tier, _, complexity = dims
            column = self._parts.column(period)
            merge(column.cell((scope.ALL, None, priority, tier, complexity)), cell)
            if team is not None:
                merge(column.cell((scope.team(team), team, priority, tier, complexity)), cell)
            if person is not None and not is_day(period):
                merge(column.cell((scope.agent(person), None, priority, tier, complexity)), cell)
