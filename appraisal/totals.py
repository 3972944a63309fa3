"""The rows of totals: every measure of every subject, plain and by split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from appraisal.evidence import Evidence, Figure
from appraisal.form import FilledForm, MeasureLine, Number, Status, TotalRow
from appraisal.line import status_of
from appraisal.numbers import decimal, decimal_or_none
from appraisal.tally import Tally
from appraisal.where import own_where
from models.measure import Measure
from models.period import PeriodDocument
from sla.catalogue import CATALOGUE

#: A line by its measure and by the split as rows have it.
Lines = Mapping[tuple[str, str], MeasureLine]


def rows_of(
    subject: str, name: str, evidence: Evidence, form: FilledForm | None, desk: Sequence[PeriodDocument] = ()
) -> Iterator[TotalRow]:
    """The rows of one subject; a row is scored where the subject's form scores exactly its figure.

    `desk` has the documents of the whole desk: who has no tickets closes with it.
    """
    documents = [document for document, _ in evidence.documents] or desk
    revision = max((document.revision for document in documents), default=0)
    editions = list(dict.fromkeys(edition for document in documents for edition in document.editions))
    lines = {_place(line): line for line in form.lines} if form else {}

    def row(measure: Measure, split: str, tally: Tally, status: Status, score: Number | None) -> TotalRow:
        there = bool(tally.denominator or tally.numerator)
        return TotalRow(
            period=evidence.period.id,
            revision=revision,
            subject=subject,
            name=name,
            measure=measure.id,
            split=split,
            value=decimal_or_none(tally.value),
            unit=measure.unit,
            numerator=decimal(tally.numerator) if there else None,
            denominator=decimal(tally.denominator) if there else None,
            cases=decimal(tally.cases),
            status=status,
            score=score,
            editions=editions,
        )

    for measure in CATALOGUE.values():
        figure = evidence.figure(measure.id)
        yield row(measure, "", figure.tally, *_judged(lines.get((measure.id, "")), measure, figure))
        for by, labels in figure.parts.items():
            for label, tally in labels.items():
                part = Figure(tally, {}, figure.so_far, reported=False, subjects=())
                split = f"{by}:{label}"
                yield row(measure, split, tally, *_judged(lines.get((measure.id, split)), measure, part))


def _place(line: MeasureLine) -> tuple[str, str]:
    """Where a line's figure stands: the split of a measure that is one by itself is its plain figure."""
    own = own_where(CATALOGUE[line.measure])
    return line.measure, "" if own and own.label == line.where else line.where


def _judged(line: MeasureLine | None, measure: Measure, figure: Figure) -> tuple[Status, Number | None]:
    if line is not None:
        return line.status, line.score
    return status_of(measure.id, figure, measure.minimum), None
