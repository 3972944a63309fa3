"""Appeals that were granted: which line each is about, and what its score would have been."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from appraisal.form import AdjustmentLine, Words
from appraisal.line import Judged
from appraisal.numbers import decimal, decimal_or_none
from appraisal.roster import Roster
from appraisal.scorecard import CardMeasure
from appraisal.scoring import score_of
from models.instant import format_ms
from models.observation import AdjustmentMade
from sla.catalogue import CATALOGUE


def line_index(lines: Sequence[CardMeasure], measure: str) -> int | None:
    """The line that `csat aspect:attitude` names; without a split the only line of the measure."""
    name, _, split = measure.partition(" ")
    found = [n for n, line in enumerate(lines) if line.measure == name]
    if split:
        found = [n for n in found if (where := lines[n].where) and where.label == split]
    return found[0] if len(found) == 1 else None


def adjustments_of(
    judged: Sequence[Judged], made: Sequence[AdjustmentMade], roster: Roster, *, whole: bool
) -> tuple[list[AdjustmentLine], dict[int, Fraction], list[Words]]:
    """The lines of adjustments in order of time, the score of each adjusted line by the last of them, and notes."""
    lines: list[AdjustmentLine] = []
    scores: dict[int, Fraction] = {}
    notes: list[Words] = []
    last = {index: one for one in made if (index := line_index([j.line for j in judged], one.measure)) is not None}
    for one in made:
        index = line_index([j.line for j in judged], one.measure)
        if index is None:
            notes.append(
                Words(
                    zh=f"调整 {one.event_id} 所指的 {one.measure} 不在本表中",
                    en=f"adjustment {one.event_id} names {one.measure}, which is no line of this form",
                )
            )
            continue
        at = judged[index]
        scored = score_of(Fraction(one.value), at.line.goal, whole=whole)
        if last[index] is one:
            scores[index] = scored.score
        known = CATALOGUE[at.line.measure]
        lines.append(
            AdjustmentLine(
                event_id=one.event_id,
                occurred_at=format_ms(one.occurred_at),
                number=index + 1,
                measure=at.line.measure,
                name=Words.of(known.name),
                where=at.line.where.label if at.line.where else "",
                unit=known.unit,
                computed_value=decimal_or_none(at.figure.tally.value),
                computed_score=decimal_or_none(at.score),
                value=one.value,
                score=decimal(scored.score),
                reason=one.reason,
                approved_by=one.approved_by,
                approved_by_name=roster.name_of(one.approved_by),
                holds=last[index] is one,
            )
        )
    return lines, scores, notes
