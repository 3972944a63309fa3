"""Totals of one period and subject: cells by split, merged over partitions or over months, and their document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import inf
from typing import Any

from sla.figures.buckets import LEAST, quantiles
from sla.figures.codes import Cell, histograms, merge
from sla.figures.measures import BY_ASPECT, DERIVED, MOST, PERIOD_COUNTS, SCALE, Derived, Measure, Measures, measures_of

#: Where a cell belongs: (priority, tier, complexity in millionths) for what adds up over splits, (split, value) for
#: tickets that count once in each split; ("", "") is the whole.
Place = tuple[str, str | None, int] | tuple[str, str | int]
_SPLITS = ("priority", "tier", "complexity")


class Ledger:
    """The cells of one period and subject. An aggregate: `add`, `retract`, `merge`, `result`."""

    __slots__ = ("cells",)

    def __init__(self) -> None:
        self.cells: dict[Place, Cell] = {}

    def add(self, place: Place, cell: Cell) -> None:
        """Adds a cell."""
        merge(self.cells.setdefault(place, {}), cell)
        if not self.cells[place]:
            del self.cells[place]

    def retract(self, place: Place, cell: Cell) -> None:
        """Takes a cell out again."""
        self.add(place, {code: -amount for code, amount in cell.items()})

    def merge(self, other: Ledger) -> None:
        """Adds another ledger: of another partition, or of another month of a longer period."""
        for place, cell in other.cells.items():
            self.add(place, cell)

    def result(self, promised: Sequence[str]) -> dict[str, Any]:
        """`counts` and `measures` of a period document."""
        known = measures_of(tuple(promised))
        plain, splits = _sums(self.cells)
        found = _measures(plain, splits, known)
        steps = histograms(plain)
        for name, aspects in BY_ASPECT.items():
            for aspect, measure in aspects.items():
                share = share_of(plain, measure, steps)
                if share["cases"]:
                    _part(found[name], "aspect", aspect, share)
        for name, derived in DERIVED.items():
            found |= _measures(*_sums(self._only(derived, known[derived.of])), _alone(name, known[derived.of]))
        return {"counts": {kind: plain.get(code, 0) for kind, code in PERIOD_COUNTS}, "measures": found}

    def _only(self, derived: Derived, measure: Measure) -> dict[Place, Cell]:
        """What of the cells a derived measure looks at."""
        return {
            place: {code: amount for code, amount in cell.items() if measure.reads(code)}
            for place, cell in self.cells.items()
            if len(place) == 3 and derived.holds(place) and not measure.codes.isdisjoint(cell)
        }


def _measures(
    plain: Cell, splits: Mapping[str, Mapping[str | int, Cell]], known: Measures
) -> dict[str, dict[str, Any]]:
    """The measures `known` of a whole and of its splits."""
    found = {name: dict(_nothing(measure)) for name, measure in known.items()}
    for name, share in shares_of(plain, known).items():
        found[name].update(share)
    for split in _SPLITS:
        for value, cell in sorted(splits[split].items(), key=_by_text):
            for name, share in shares_of(cell, known).items():
                if share["cases"]:
                    _part(found[name], split, label_of(value), share)
    return found


@lru_cache(maxsize=64)
def _alone(name: str, measure: Measure) -> Measures:
    return Measures({name: measure})


def _by_text(entry: tuple[str | int, Cell]) -> str:
    return str(entry[0])


def _sums(cells: Mapping[Place, Cell]) -> tuple[Cell, dict[str, dict[str | int, Cell]]]:
    """The cell of the whole, and those of each value of each split; not to be changed."""
    plain: list[Cell] = []
    splits: dict[str, dict[str | int, list[Cell]]] = {split: {} for split in _SPLITS}
    for place, cell in cells.items():
        if len(place) == 2:
            (splits[place[0]].setdefault(place[1], []) if place[0] else plain).append(cell)
            continue
        plain.append(cell)
        for split, value in zip(_SPLITS, place, strict=True):
            if value is not None:
                splits[split].setdefault(value, []).append(cell)
    return _sum(plain), {
        split: {value: _sum(found) for value, found in values.items()} for split, values in splits.items()
    }


def _sum(cells: Sequence[Cell]) -> Cell:
    if len(cells) == 1:
        return cells[0]
    total: Cell = {}
    get = total.get
    for cell in sorted(cells, key=len, reverse=True):
        if total:
            for code, amount in cell.items():
                total[code] = get(code, 0) + amount
        else:
            total.update(cell)
    return {code: amount for code, amount in total.items() if amount} if 0 in total.values() else total


def merged(ledgers: Iterable[Ledger]) -> Ledger:
    """One ledger of several: a quarter of its months."""
    whole = Ledger()
    for ledger in ledgers:
        whole.merge(ledger)
    return whole


def label_of(value: str | int) -> str:
    """How a value of a split is written: complexity 3_000_000 as `3`, 2_500_000 as `2.5`."""
    if isinstance(value, str):
        return value
    whole, part = divmod(value, 1_000_000)
    return f"{whole}.{part:06d}".rstrip("0") if part else str(whole)


def shares_of(cell: Cell, known: Measures) -> dict[str, dict[str, Any]]:
    """Those of the measures `known` that anything in a cell moves, by id."""
    steps = histograms(cell)
    moved = known.moved_by(cell)
    return {name: share_of(cell, measure, steps) for name, measure in known.items() if name in moved}


def _part(whole: dict[str, Any], split: str, label: str, share: dict[str, Any]) -> None:
    """Adds a part of a split to a measure."""
    whole[f"by_{split}"] = {**whole[f"by_{split}"], label: share}


@lru_cache(maxsize=256)
def _nothing(measure: Measure) -> dict[str, Any]:
    """A measure that nothing has moved; shared, so it must be copied and its splits be replaced, not filled."""
    return {"unit": measure.unit, **share_of({}, measure, {}), **{f"by_{split}": {} for split in (*_SPLITS, "aspect")}}


def share_of(cell: Cell, measure: Measure, steps: Mapping[int, Sequence[tuple[int, int]]]) -> dict[str, Any]:
    """Numerator, denominator, cases, value (and histogram and percentiles) of one measure.

    The cases of a count or weight are what was counted; else the denominator.
    """
    get = cell.get
    numerator = sum([get(code, 0) for code in measure.numerator])
    if measure.minus:
        numerator -= sum([get(code, 0) for code in measure.minus])
    denominator = sum([get(code, 0) for code in measure.denominator]) if measure.denominator else 1
    cases = denominator
    if not measure.denominator:
        cases = sum([cell.get(code, 0) for code in measure.cases or measure.numerator])
    scale = SCALE[measure.unit]
    share: dict[str, Any] = {
        "numerator": numerator,
        "denominator": denominator,
        "cases": cases,
        "value": numerator / (denominator * scale) if denominator else None,
    }
    if measure.histograms:
        ordered = _pooled(measure.histograms, steps)
        share["histogram"] = [(LEAST[bucket], number) for bucket, number in ordered]
        found = quantiles(ordered, cases, (50, 90, 95)) if cases else (None, None, None)
        for name, value in zip(("p50", "p90", "p95"), found, strict=True):
            share[name] = None if value is None else min(value / scale, MOST.get(measure.unit, inf))
    return share


def _pooled(firsts: Sequence[int], steps: Mapping[int, Sequence[tuple[int, int]]]) -> Sequence[tuple[int, int]]:
    if len(firsts) == 1:
        return steps.get(firsts[0], ())
    pooled: Cell = {}
    for first in firsts:
        merge(pooled, dict(steps.get(first, ())))
    return sorted(pooled.items())
