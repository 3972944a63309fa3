"""Stage 2's totals: days and months of every subject, merged over the partitions, and longer periods of months."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from models.instant import format_ms
from sla.figures.codes import Cell
from sla.figures.days import Days, longer_names, months_of, period_id
from sla.figures.ledger import Ledger, Place, merged
from sla.figures.measures import LOOK_AHEAD_MS
from sla.policy.promised import Promised

#: Period id and subject.
Name = tuple[str, str]


class Periods:
    """The ledgers of days and months."""

    def __init__(self, days: Days, promised: Promised, editions: Sequence[tuple[str, int]]) -> None:
        self.days = days
        self.moved: dict[Name, int] = {}
        """What has changed, and the `round` in which it last did; whoever has seen to it takes it out."""
        self.round = 0
        self._promised = promised
        self._editions = tuple(editions)
        self._ledgers: dict[tuple[int, str], Ledger] = {}
        self._months: dict[str, set[int]] = {}
        self._changed: set[tuple[int, str]] = set()
        self._longer_changed: set[Name] = set()
        self._ids: dict[int, str] = {}

    def apply(self, period: int, subject: str, place: Place, old: Cell, new: Cell) -> None:
        """Replaces a partition's part of a cell."""
        ledger = self._ledgers.get((period, subject))
        if ledger is None:
            ledger = self._ledgers[period, subject] = Ledger()
            if period < 1_000_000:
                self._months.setdefault(subject, set()).add(period)
        ledger.retract(place, old)
        ledger.add(place, new)
        if not ledger.cells:
            self._drop(period, subject)
        self._changed.add((period, subject))
        self.moved[self._id(period), subject] = self.round
        if period < 1_000_000:
            for name in longer_names(period):
                self.moved[name, subject] = self.round
                self._longer_changed.add((name, subject))

    def forget(self, floor: int) -> list[tuple[int, str, Place]]:
        """Drops the days under `floor`; answers the cells that went with them. Their documents expire by themselves."""
        gone = [name for name in self._ledgers if 1_000_000 < name[0] < floor]
        places = [(*name, place) for name in gone for place in self._ledgers[name].cells]
        for period, subject in gone:
            del self._ledgers[period, subject]
            self._changed.discard((period, subject))
            self.moved.pop((self._id(period), subject), None)
            self._ids.pop(period, None)
        return places

    def note_missing(self, subjects: Iterable[str], periods: Iterable[int]) -> None:
        """Of subjects that have nothing in these days and months it is told so, as of what has changed."""
        periods = list(periods)
        for subject in subjects:
            missing = [period for period in periods if (period, subject) not in self._ledgers]
            self._changed.update((period, subject) for period in missing)
            months = (period for period in missing if period < 1_000_000)
            self._longer_changed.update((name, subject) for month in months for name in longer_names(month))

    def begin_editions(self, before: int, as_of: int) -> None:
        """Time has gone on from one instant to another: notes the totals that an edition has begun in, if any has.

        A total goes by what is in force at its own last instant, once that is reached: what is over never changes.
        """
        begun = any(before < since <= as_of for _, since in self._editions)
        if not begun and not self._promised.changes(before, as_of):
            return
        for period, subject in self._ledgers:
            names = [self._id(period), *(longer_names(period) if period < 1_000_000 else ())]
            other = [name for name in names if self._in_force(name, before) != self._in_force(name, as_of)]
            if names[0] in other:
                self._changed.add((period, subject))
            self._longer_changed.update((name, subject) for name in other if name != names[0])

    def _in_force(self, name: str, as_of: int) -> tuple[Sequence[str], list[str]]:
        """What `sla` pools in the totals of a period, known at an instant, and the editions that have ruled in it."""
        begin, end = self.days.bounds_of(name)
        last = min(as_of, end - 1)
        return self._promised.at(last), list(editions_in(self._editions, begin, last + 1))

    def names(self) -> Iterator[Name]:
        """Every period and subject that there is something of: days, months, and the longer ones of the months."""
        for period, subject in self._ledgers:
            yield self._id(period), subject
        for subject, months in self._months.items():
            for name in dict.fromkeys(name for month in months for name in longer_names(month)):
                yield name, subject

    def changed(self, *, whole: bool = False, longer: bool = False) -> list[Name]:
        """What has changed since it was last asked for, or all that there is (or was), in order.

        Longer periods wait for a call that asks for them.
        """
        names = {(self._id(period), subject) for period, subject in self._changed}
        self._changed.clear()
        if longer or whole:
            names |= self._longer_changed
            self._longer_changed.clear()
        if whole:
            names.update(self.names())
        return sorted(names)

    def document(
        self, name: str, subject: str, as_of: int, *, revision: int = 0, always: bool = False
    ) -> dict[str, Any] | None:
        """The totals of a period, known at `as_of` (ms); of nothing: None, or zeros if they are wanted `always`.

        Raises:
            ValueError: `name` is no period.
        """
        ledger = self._ledger(name, subject)
        if not ledger.cells and not always:
            return None
        begin, end = self.days.bounds_of(name)
        promised, editions = self._in_force(name, as_of)
        result = ledger.result(promised)
        for measure, ahead in LOOK_AHEAD_MS.items():
            if as_of < end + ahead:
                result["measures"][measure]["so_far"] = True
        return {
            "period": name,
            "subject": subject,
            "from": format_ms(begin),
            "to": format_ms(end),
            "as_of": format_ms(as_of),
            "editions": editions,
            "revision": revision,
            "final": revision > 0,
            **result,
        }

    def _ledger(self, name: str, subject: str) -> Ledger:
        if len(name) == 10:
            return self._ledgers.get((int(name.replace("-", "")), subject)) or Ledger()
        months = months_of(name)
        if len(months) == 1:
            return self._ledgers.get((months[0], subject)) or Ledger()
        return merged(found for month in months if (found := self._ledgers.get((month, subject))) is not None)

    def _drop(self, period: int, subject: str) -> None:
        del self._ledgers[period, subject]
        if period < 1_000_000:
            self._months[subject].discard(period)
            if not self._months[subject]:
                del self._months[subject]

    def _id(self, period: int) -> str:
        known = self._ids.get(period)
        if known is None:
            known = self._ids[period] = period_id(period)
        return known


def editions_in(editions: Sequence[tuple[str, int]], begin: int, end: int) -> Iterable[str]:
    """The editions in force at some instant of a period; the first also holds before it begins."""
    for place, (name, since) in enumerate(editions):
        until = editions[place + 1][1] if place + 1 < len(editions) else end
        if (since < end or place == 0) and (until > begin or until == end):
            yield name
