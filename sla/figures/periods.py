"""Stage 2's totals: the running days and months of every subject, merged over the partitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from models.instant import format_ms
from sla.figures.codes import Cell
from sla.figures.days import Days, months_of, period_id
from sla.figures.ledger import Ledger, Place, merged


class Periods:
    """The ledgers of days and months."""

    def __init__(self, days: Days, promised: Sequence[str], editions: Sequence[tuple[str, int]]) -> None:
        self._days = days
        self._promised = tuple(promised)
        self._editions = tuple(editions)
        self._ledgers: dict[tuple[int, str], Ledger] = {}
        self._changed: set[tuple[int, str]] = set()

    def apply(self, period: int, subject: str, place: Place, old: Cell, new: Cell) -> None:
        """Replaces a partition's part of a cell."""
        ledger = self._ledgers.get((period, subject))
        if ledger is None:
            ledger = self._ledgers[period, subject] = Ledger()
        ledger.retract(place, old)
        ledger.add(place, new)
        if not ledger.cells:
            del self._ledgers[period, subject]
        self._changed.add((period, subject))

    def forget(self, floor: int) -> list[tuple[int, str, Place]]:
        """Drops the days under `floor`; answers the cells that went with them. Their documents expire by themselves."""
        gone = [name for name in self._ledgers if 1_000_000 < name[0] < floor]
        places = [(*name, place) for name in gone for place in self._ledgers[name].cells]
        for name in gone:
            del self._ledgers[name]
            self._changed.discard(name)
        return places

    def changed(self, as_of: int, *, whole: bool = False) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
        """(period, subject, document) of what changed since the last call, or of all, in order; None: none is left."""
        names = sorted(self._ledgers.keys() | self._changed if whole else self._changed, key=_in_order)
        for name in names:
            self._changed.discard(name)
            ledger = self._ledgers.get(name)
            period, subject = name
            body = None
            if ledger is not None:
                body = self._document((period_id(period), subject), self._days.bounds(period), ledger, as_of)
            yield period_id(period), subject, body

    def longer(self, name: str, subject: str, as_of: int) -> dict[str, Any]:
        """The document of a quarter, half or year (or month), merged from its months.

        Raises:
            ValueError: `name` is no period.
        """
        months = months_of(name)
        ledger = merged(self._ledgers.get((month, subject), Ledger()) for month in months)
        bounds = self._days.bounds(months[0])[0], self._days.bounds(months[-1])[1]
        return self._document((name, subject), bounds, ledger, as_of)

    def _document(self, name: tuple[str, str], bounds: tuple[int, int], ledger: Ledger, as_of: int) -> dict[str, Any]:
        begin, end = bounds
        return {
            "period": name[0],
            "subject": name[1],
            "from": format_ms(begin),
            "to": format_ms(end),
            "as_of": format_ms(as_of),
            "editions": list(editions_in(self._editions, begin, end)),
            "revision": 0,
            "final": False,
            **ledger.result(self._promised),
        }


def editions_in(editions: Sequence[tuple[str, int]], begin: int, end: int) -> Iterable[str]:
    """The editions in force at some instant of a period; the first also holds before it begins."""
    for place, (name, since) in enumerate(editions):
        until = editions[place + 1][1] if place + 1 < len(editions) else end
        if (since < end or place == 0) and (until > begin or until == end):
            yield name


def _in_order(name: tuple[int, str]) -> tuple[str, str]:
    return period_id(name[0]), name[1]
