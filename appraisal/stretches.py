"""Months of which only some days count: their days, made of what each ticket gave to them.

Documents of days are kept for 40 days, and a quarter is appraised later than that; what tickets gave is kept for 25
months. So a form that is printed again next year still counts a lead that changed within a month by its days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from appraisal.behind import Given
from appraisal.period import Period
from appraisal.roster import Roster
from appraisal.source import Source
from models import scope
from models.instant import format_ms
from models.period import PeriodDocument
from sla.figures.days import period_id
from sla.figures.ledger import Ledger
from sla.periods.gifts import cells_of

#: A month as it is written, and a team's subject.
Stretched = tuple[str, str]


def stretched(period: Period, roster: Roster) -> set[Stretched]:
    """The months and teams that somebody led on some days only."""
    return {
        (part.id, scope.team(span.team))
        for part in period.parts
        for person in roster.people
        for span in roster.led(person, part.first, part.last)
        if (span.first, span.last) != (part.first, part.last)
    }


def days_of(
    wanted: Iterable[Stretched], source: Source, given: Iterable[Given], period: Period, promised: Sequence[str]
) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """The documents of these months' days, by day and team; of a month whose days do not add up to it, none."""
    months = {one: document for one in wanted if (document := source.document(*one))}
    ledgers: dict[Stretched, dict[int, Ledger]] = {}
    for month, _, gift in given:
        for day, own in (gift.days or {}).items():
            for subject, place, cell in cells_of(day, own):
                if (period_id(month), subject) in months:
                    days = ledgers.setdefault((period_id(month), subject), {})
                    days.setdefault(day, Ledger()).add(place, cell)
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for one, days in ledgers.items():
        whole = months[one]
        documents = {day: _document(day, whole, ledger.result(promised), period) for day, ledger in days.items()}
        sums = {kind: sum(document["counts"][kind] for document in documents.values()) for kind in whole.counts}
        if sums == whole.counts:
            found |= {(period_id(day), one[1]): document for day, document in documents.items()}
    return found


def _document(day: int, whole: PeriodDocument, result: Mapping[str, Any], period: Period) -> dict[str, Any]:
    """A day of a month: known when the month was."""
    begin, end = period.days.bounds(day)
    for name, measure in result["measures"].items():
        measure["so_far"] = name in whole.measures and whole.measures[name].so_far
    return {
        "period": period_id(day),
        "subject": whole.subject,
        "from": format_ms(begin),
        "to": format_ms(end),
        "as_of": whole.as_of,
        "editions": whole.editions,
        "revision": whole.revision,
        "final": whole.final,
        **result,
    }
