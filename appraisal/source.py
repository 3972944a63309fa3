"""Where documents of periods come from, and which of them count for a subject."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from appraisal.entries import Known
from appraisal.evidence import Evidence, Stretch
from appraisal.form import Led, Words
from appraisal.period import Part, Period, day_id
from appraisal.roster import Span
from models import scope
from models.period import PeriodDocument

Counted = list[tuple[PeriodDocument, Fraction]]


class Source(Protocol):
    """The totals of periods, the latest revision of each; from the topic or from a replay."""

    def document(self, period: str, subject: str) -> PeriodDocument | None:
        """The document of a period (day, month or longer) and subject; None where nothing happened."""
        ...

    def subjects(self, periods: Collection[str]) -> Iterable[str]:
        """Every subject that there are documents of in one of these periods, in order."""
        ...


class Documents:
    """A source of documents as they are written, by (period, subject); each is read when it is asked for."""

    def __init__(self, documents: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        self._documents = documents
        self._read: dict[tuple[str, str], PeriodDocument] = {}

    def with_days(self, days: Mapping[tuple[str, str], Mapping[str, Any]]) -> Documents:
        """The same, with these documents of days in place of those of the same days."""
        return Documents({**self._documents, **days})

    def document(self, period: str, subject: str) -> PeriodDocument | None:
        """As `Source`."""
        key = period, subject
        if key not in self._read and key in self._documents:
            self._read[key] = PeriodDocument.model_validate(self._documents[key])
        return self._read.get(key)

    def subjects(self, periods: Collection[str]) -> Iterable[str]:
        """As `Source`."""
        return sorted({subject for period, subject in self._documents if period in periods})


def own_evidence(source: Source, period: Period, subject: str, known: Known) -> Evidence:
    """The figures of a subject itself."""
    documents = whole_of(source, period, subject)
    notes = [] if documents else [_nothing(subject)]
    return Evidence(period, known, documents, [[(subject, period.first, period.last)]], notes=notes)


def led_evidence(source: Source, period: Period, subject: str, spans: Sequence[Span], known: Known) -> Evidence:
    """Events of the teams that a person led on these days; observations of the person, else of the teams."""
    documents: Counted = []
    led: list[Led] = []
    notes: list[Words] = []
    for span in spans:
        name = scope.team(span.team)
        found, by_share = _span(source, period, span)
        documents += found
        days = span.last - span.first + 1
        led.append(Led(team=name, from_=day_id(span.first), to=day_id(span.last), days=days, by_share=by_share))
        if by_share:
            zh = f"{name} 有的月份已无每日数据，按其天数比例计入"  # noqa: RUF001
            en = f"{name}: a month whose days are kept no longer counts by the share of its days"
            notes.append(Words(zh=zh, en=en))
        if not found:
            notes.append(_nothing(name))
    if not spans:
        notes.append(Words(zh="本期内未负责任何团队", en="led no team in this period"))
    observers: list[list[Stretch]] = [
        [(subject, period.first, period.last)],
        [(scope.team(span.team), span.first, span.last) for span in spans],
    ]
    return Evidence(period, known, documents, observers, led, notes)


def _nothing(subject: str) -> Words:
    return Words(zh=f"{subject} 在本期没有工单数据", en=f"{subject} has no tickets in this period")


def whole_of(source: Source, period: Period, subject: str) -> Counted:
    """A subject's document of a period, or those of its months."""
    found = source.document(period.id, subject)
    if found:
        return [(found, Fraction(1))]
    parts = [source.document(part.id, subject) for part in period.parts if part.id != period.id]
    return [(document, Fraction(1)) for document in parts if document]


def _span(source: Source, period: Period, span: Span) -> tuple[Counted, bool]:
    """What a team's figures come to over some days: whole months, else days, else a month's share of days."""
    name = scope.team(span.team)
    if span.first == period.first and span.last == period.last:
        return whole_of(source, period, name), False
    documents: Counted = []
    by_share = False
    for part in period.parts:
        days = span.within(part.first, part.last)
        if not days:
            continue
        month = source.document(part.id, name)
        if month is None:
            continue
        if len(days) == part.last - part.first + 1:
            documents.append((month, Fraction(1)))
            continue
        daily = _daily(source, name, part, month)
        if daily is None:
            by_share = True
            documents.append((month, Fraction(len(days), part.last - part.first + 1)))
        else:
            documents += [(document, Fraction(1)) for day, document in daily if day in days]
    return documents, by_share


def _daily(source: Source, name: str, part: Part, month: PeriodDocument) -> list[tuple[int, PeriodDocument]] | None:
    """A month's days, if they are all still kept: then they add up to the month."""
    found = [
        (day, document)
        for day in range(part.first, part.last + 1)
        if (document := source.document(date.fromordinal(day).isoformat(), name))
    ]
    sums = {kind: sum(document.counts.get(kind, 0) for _, document in found) for kind in month.counts}
    return found if sums == month.counts else None
