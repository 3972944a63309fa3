"""The tickets behind each figure: what every ticket gave to the months of a period, as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from appraisal.form import TicketRow
from appraisal.numbers import decimal
from appraisal.period import Period
from appraisal.tally import ADDED
from sla.catalogue import CATALOGUE
from sla.figures.days import period_id
from sla.figures.ledger import Ledger
from sla.figures.measures import SCALE
from sla.periods.gifts import Gift, cells_of

#: A month (202611), a ticket's id, and what it gave.
Given = tuple[int, str, Gift]
#: Whose figures are asked for: subject → the subjects whose tickets count for it, by month as it is written (2026-11).
Wanted = Mapping[str, Mapping[str, Collection[str]]]


def rows_behind(period: Period, given: Iterable[Given], wanted: Wanted, promised: Sequence[str]) -> Iterator[TicketRow]:
    """What each ticket adds to each figure; a count's denominator is 1 for all together, so they add 0 to it."""
    ledgers: dict[tuple[str, str], Ledger] = {}
    for month, ticket, gift in given:
        askers = _askers(wanted, period_id(month))
        if not askers:
            continue
        for subject, place, cell in cells_of(month, gift):
            for asker in askers.get(subject, ()):
                ledgers.setdefault((asker, ticket), Ledger()).add(place, cell)
    for (subject, ticket), ledger in ledgers.items():
        for name, share in ledger.result(promised)["measures"].items():
            if not share["cases"] and not share["numerator"]:
                continue
            unit = CATALOGUE[name].unit
            yield TicketRow(
                period=period.id,
                subject=subject,
                measure=name,
                ticket=ticket,
                numerator=decimal(Fraction(share["numerator"], SCALE[unit])),
                denominator=decimal(0 if unit in ADDED else share["denominator"]),
            )


def _askers(wanted: Wanted, month: str) -> dict[str, list[str]]:
    """Whose figures a subject's tickets of a month count for."""
    found: dict[str, list[str]] = {}
    for asker, months in wanted.items():
        for subject in months.get(month, ()):
            found.setdefault(subject, []).append(asker)
    return found
