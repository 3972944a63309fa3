"""The tickets behind each figure: what every ticket gave to the months of a period, as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from appraisal.form import TicketRow
from appraisal.numbers import decimal
from appraisal.period import Period
from appraisal.tally import ADDED
from sla.catalogue import CATALOGUE
from sla.figures.codes import Cell, merge
from sla.figures.days import period_id
from sla.figures.ledger import shares_of
from sla.figures.measures import DERIVED, SCALE, Measures, measures_of
from sla.periods.gifts import Gift, cells_of

#: A month (202611), a ticket's id, and what it gave.
Given = tuple[int, str, Gift]
#: Whose figures are asked for: subject → the subjects whose tickets count for it, by month or day as it is written
#: (2026-11, 2026-11-21).
Wanted = Mapping[str, Mapping[str, Collection[str]]]


def rows_behind(period: Period, given: Iterable[Given], wanted: Wanted, promised: Sequence[str]) -> Iterator[TicketRow]:
    """What each ticket adds to each figure; a count's denominator is 1 for all together, so they add 0 to it."""
    known = measures_of(tuple(promised))
    groups = {"": known} | {name: Measures({name: known[derived.of]}) for name, derived in DERIVED.items()}
    sums: dict[tuple[str, str], dict[str, Cell]] = {}
    for month, ticket, gift in given:
        for one, own in ((month, gift), *(gift.days or {}).items()):
            askers = _askers(wanted, period_id(one))
            if not askers:
                continue
            for subject, place, cell in cells_of(one, own):
                for asker in askers.get(subject, ()):
                    found = sums.setdefault((asker, ticket), {})
                    for group in _groups(place):
                        merge(found.setdefault(group, {}), cell)
    for (subject, ticket), cells in sums.items():
        for group, cell in cells.items():
            for name, share in shares_of(cell, groups[group]).items():
                unit = CATALOGUE[name].unit
                yield TicketRow(
                    period=period.id,
                    subject=subject,
                    measure=name,
                    ticket=ticket,
                    numerator=decimal(Fraction(share["numerator"], SCALE[unit])),
                    denominator=decimal(0 if unit in ADDED else share["denominator"]),
                )


def _groups(place: Sequence[Any]) -> Iterator[str]:
    """Which measures a cell at a place belongs to: the plain ones (""), and those over some tickets only."""
    if len(place) == 2:  # tickets that count once in each split: only the whole is of interest
        if not place[0]:
            yield ""
        return
    yield ""
    for name, derived in DERIVED.items():
        if derived.holds(place):
            yield name


def _askers(wanted: Wanted, period: str) -> dict[str, list[str]]:
    """Whose figures a subject's tickets of a month or day count for."""
    found: dict[str, list[str]] = {}
    for asker, periods in wanted.items():
        for subject in periods.get(period, ()):
            found.setdefault(subject, []).append(asker)
    return found
