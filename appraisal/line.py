"""One measure's line of a form: its figure judged and scored, before weights are dealt out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from appraisal.beside import beside_of
from appraisal.evidence import Evidence, Figure, Parts
from appraisal.form import MeasureLine, Part, Rule, Status, Treatment, Words
from appraisal.numbers import decimal, decimal_or_none
from appraisal.scorecard import CardMeasure
from appraisal.scoring import FULL, Scored, score_of
from appraisal.tally import Tally
from models.measure import Unit
from sla.catalogue import CATALOGUE

_SCORES: dict[Treatment, Fraction] = {"full": FULL, "zero": Fraction(0)}


@dataclass(frozen=True, slots=True)
class Judged:
    """A line with its status and score; `treatment` where the value itself could not be scored."""

    line: CardMeasure
    figure: Figure
    status: Status
    treatment: Treatment | None
    scored: Scored | None  # by its value

    @property
    def score(self) -> Fraction | None:
        """The score that enters the form: by the value, or as the card says of what is missing."""
        if self.scored:
            return self.scored.score
        return _SCORES.get(self.treatment) if self.treatment else None


def status_of(name: str, figure: Figure, minimum: int) -> Status:
    """Whether a figure says enough to be scored. A count of 0 does."""
    if not figure.tally.denominator:
        return "no_cases" if CATALOGUE[name].source != "observed" or figure.reported else "not_reported"
    if figure.tally.cases < minimum:
        return "too_few"
    return "so_far" if figure.so_far else "ok"


def judge(line: CardMeasure, evidence: Evidence, *, whole: bool) -> Judged:
    """The figure of a line, scored where it can be."""
    figure = evidence.figure(line.measure, line.where)
    status = status_of(line.measure, figure, line.minimum)
    value = figure.tally.value
    if status in {"ok", "so_far"} and value is not None:
        return Judged(line, figure, status, None, score_of(value, line.goal, whole=whole))
    return Judged(line, figure, status, line.missing[status], None)


def write(judged: Judged, evidence: Evidence, number: int, weights: tuple[Fraction, Fraction] | None,
          weight: Fraction, *, whole: bool) -> MeasureLine:  # fmt: skip
    """The line as it is printed. `weights` are the effective weight of the dimension and the effective share in it."""
    line, tally = judged.line, judged.figure.tally
    known = CATALOGUE[line.measure]
    percentiles = tally.percentiles(known.unit) or (None, None, None)
    effective = weights[0] * weights[1] if weights else None
    score = judged.score
    return MeasureLine(
        number=number,
        measure=line.measure,
        name=Words.of(known.name),
        formula=Words.of(known.formula),
        unit=known.unit,
        better=known.better,
        source=known.source,
        where=line.where.label if line.where else "",
        subjects=list(judged.figure.subjects),
        numerator=decimal(tally.numerator) if tally.denominator else None,
        denominator=decimal(tally.denominator) if tally.denominator else None,
        cases=decimal(tally.cases),
        minimum=line.minimum,
        value=decimal_or_none(tally.value),
        status=judged.status,
        treatment=judged.treatment,
        rule=_rule(line, whole=whole),
        shortfall=decimal_or_none(judged.scored.shortfall if judged.scored else None),
        steps=decimal_or_none(judged.scored.steps if judged.scored else None),
        score=decimal_or_none(score),
        share=decimal(line.share),
        effective_share=decimal_or_none(weights[1] if weights else None),
        weight=decimal(line.share * weight),
        effective_weight=decimal_or_none(effective),
        points=decimal_or_none(score * effective if score is not None and effective is not None else None),
        histogram=tally.steps(),
        p50=decimal_or_none(percentiles[0]),
        p90=decimal_or_none(percentiles[1]),
        p95=decimal_or_none(percentiles[2]),
        splits=parts_of(judged.figure.parts, known.unit),
        beside=beside_of(evidence, line.measure, line.where),
    )


def parts_of(parts: Parts, unit: Unit) -> list[Part]:
    """The parts of a figure by split and label."""
    return [_part(by, label, tally, unit) for by, labels in parts.items() for label, tally in labels.items()]


def _part(by: str, label: str, tally: Tally, unit: Unit) -> Part:
    percentiles = tally.percentiles(unit) or (None, None, None)
    return Part(
        by=by,
        label=label,
        numerator=decimal(tally.numerator),
        denominator=decimal(tally.denominator),
        cases=decimal(tally.cases),
        value=decimal_or_none(tally.value),
        histogram=tally.steps(),
        p50=decimal_or_none(percentiles[0]),
        p90=decimal_or_none(percentiles[1]),
        p95=decimal_or_none(percentiles[2]),
    )


def _rule(line: CardMeasure, *, whole: bool) -> Rule:
    goal = line.goal
    return Rule(
        direction=goal.direction,
        target=decimal(goal.target),
        deduct=decimal(goal.deduct),
        per=decimal(goal.per),
        whole=whole,
        text=goal.text,
        per_text=goal.per_text,
    )
