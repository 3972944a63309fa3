"""Filling one form: lines judged, weights dealt out, total, ratings, adjustments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from appraisal.adjusting import adjustments_of
from appraisal.evidence import Evidence
from appraisal.form import DimensionLine, FilledForm, QualityLine, Subject, Words
from appraisal.line import Judged, judge, write
from appraisal.numbers import decimal, decimal_or_none
from appraisal.rating import rating_of
from appraisal.roster import Roster
from appraisal.scorecard import Dimension, Scorecard
from appraisal.scoring import Weighed, reweigh
from appraisal.setting import Setting
from appraisal.source import whole_of
from models import scope
from models.instant import format_ms
from sla.catalogue import CATALOGUE


@dataclass(frozen=True, slots=True)
class Filled:
    """A form, and its exact total: what others are computed from."""

    form: FilledForm
    total: Fraction | None


@dataclass(frozen=True, slots=True)
class Totalled:
    """Lines with their weights; `total` is None where a line blocks it, or where nothing could be scored."""

    weights: list[Weighed]
    total: Fraction | None
    blocked: list[int]  # indices of lines


def total_of(
    dimensions: Sequence[Dimension], judged: Sequence[Judged], instead: Mapping[int, Fraction] | None = None
) -> Totalled:
    """The total of judged lines; `instead` has the scores of adjusted lines by index."""
    instead = instead or {}
    scores = [instead.get(index, line.score) for index, line in enumerate(judged)]
    blocked = [n for n, line in enumerate(judged) if line.treatment == "block" and n not in instead]
    dealt: list[tuple[Fraction, list[tuple[Fraction, bool]]]] = []
    index = 0
    for dimension in dimensions:
        number = len(dimension.measures)
        own = scores[index : index + number]
        shares = [(line.share, score is not None) for line, score in zip(dimension.measures, own, strict=True)]
        dealt.append((dimension.weight, shares))
        index += number
    weights = reweigh(dealt)
    effective = [one.weight * share for one in weights for share in one.shares]
    total = None
    if not blocked and any(effective):
        total = sum((w * s for w, s in zip(effective, scores, strict=True) if s is not None), Fraction(0))
    return Totalled(weights, total, blocked)


def fill(
    card: Scorecard, subject: Subject, evidence: Evidence, setting: Setting, notes: Sequence[Words] = ()
) -> Filled:
    """The form of a subject; `notes` come to those of the evidence."""
    period = evidence.period
    dimensions = card.of_kind(period.kind)
    judged = [judge(line, evidence, whole=card.whole) for dimension in dimensions for line in dimension.measures]
    totalled = total_of(dimensions, judged)
    own = (period.id, card.id, subject.id)
    known, roster = setting.known, setting.roster
    given = [one for one in known.ratings if (one.period, one.scorecard, one.subject) == own]
    made = [one for one in known.adjustments if (one.period, one.scorecard, one.subject) == own]
    rating = rating_of(card, dimensions, given, totalled.total, roster)
    adjusted, scores, more = adjustments_of(judged, made, roster, whole=card.whole)
    desk = whole_of(setting.source, period, scope.ALL)  # who has no tickets closes with the desk
    documents = [document for document, _ in evidence.documents or desk]
    form = FilledForm(
        scorecard=card.id,
        title=card.title,
        example=card.example,
        period=period.id,
        kind=period.kind,
        from_=format_ms(period.begin),
        to=format_ms(period.end),
        zone=setting.zone,
        subject=subject,
        over=card.over,
        led=list(evidence.led),
        steps="whole" if card.whole else "pro_rata",
        dimensions=_dimension_lines(card, dimensions, judged, totalled, evidence),
        measured=sum(one.scored is not None for one in judged),
        of=len(judged),
        total=decimal_or_none(totalled.total),
        blocked_by=[index + 1 for index in totalled.blocked],
        pass_=decimal(card.passes),
        passed=None if totalled.total is None else totalled.total >= card.passes,
        roles=rating.roles,
        rating=decimal_or_none(rating.rating),
        bonus=rating.bonus,
        missing_ratings=rating.missing,
        adjustments=adjusted,
        adjusted_total=decimal_or_none(total_of(dimensions, judged, scores).total) if scores else None,
        data_quality=quality_of(evidence, setting.orphans) if card.data_quality else [],
        notes=[*evidence.notes, *notes, *more],
        revision=max((document.revision for document in documents), default=0),
        final=bool(documents) and all(document.final for document in documents),
        editions=list(dict.fromkeys(edition for document in documents for edition in document.editions)),
        as_of=max((document.as_of for document in documents), default=setting.as_of),
    )
    return Filled(form, totalled.total)


def _dimension_lines(
    card: Scorecard, dimensions: Sequence[Dimension], judged: Sequence[Judged], totalled: Totalled, evidence: Evidence
) -> list[DimensionLine]:
    lines: list[DimensionLine] = []
    index = 0
    for number, (dimension, weighed) in enumerate(zip(dimensions, totalled.weights, strict=True), 1):
        own = []
        score: Fraction | None = None
        for share in weighed.shares:
            one = judged[index]
            index += 1
            weights = None if totalled.blocked else (weighed.weight, share)
            own.append(write(one, evidence, index, weights, dimension.weight, whole=card.whole))
            if one.score is not None and not totalled.blocked:
                score = (score or Fraction(0)) + one.score * share
        lines.append(
            DimensionLine(
                number=number,
                name=dimension.name,
                weight=decimal(dimension.weight),
                effective_weight=None if totalled.blocked else decimal(weighed.weight),
                score=decimal_or_none(score),
                measures=own,
            )
        )
    return lines


def quality_of(evidence: Evidence, orphans: int | None) -> list[QualityLine]:
    """The sheet on data quality: events without a ticket, and tickets that lack a field."""
    lines: list[QualityLine] = []
    if orphans is not None:
        name = Words(zh="没有建单事件的工单（孤儿）", en="Tickets whose creation has not arrived (orphans)")  # noqa: RUF001
        lines.append(QualityLine(id="orphans", name=name, count=orphans, of=None))
    for measure in CATALOGUE.values():
        if measure.id.startswith("missing_"):
            tally = evidence.figure(measure.id).tally
            lines.append(
                QualityLine(
                    id=measure.id,
                    name=Words.of(measure.name),
                    count=int(tally.numerator),
                    of=int(tally.denominator),
                )
            )
    return lines


def subject_of(roster: Roster, subject: str) -> Subject:
    """Who a form is about, with what the roster tells."""
    parts = scope.parts(subject)
    person = roster.people.get(parts.get("agent", ""))
    if person is None:
        return Subject(id=subject, name=next(iter(parts.values()), subject))
    return Subject(
        id=subject,
        name=person.name,
        position=person.position,
        department=person.department,
        superior=person.superior,
        superior_name=roster.name_of(person.superior) if person.superior else "",
    )
