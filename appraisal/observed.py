"""How observations of one metric become one figure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from appraisal.tally import Tally
from models.measure import Measure
from models.observation import MetricObserved
from sla.figures.buckets import bucket_of


def tally_of(measure: Measure, found: Sequence[MetricObserved]) -> Tally:
    """The figure of observations in order of time; there is at least one.

    A ratio is the sum of values by the sum of what they are of; each score is a case of value by `of`, in points of
    100; a mean of others is by their number; `latest` keeps the last of each subject.
    """
    if measure.aggregation == "latest":
        last = {one.subject: one for one in found}
        found = [last[subject] for subject in sorted(last)]
    if measure.unit == "points":
        scores = [Fraction(one.value) / Fraction(one.of or 100) * 100 for one in found]
        histogram: dict[int, int] = {}
        for score in scores:
            bucket = bucket_of(int(score * 1_000_000))
            histogram[bucket] = histogram.get(bucket, 0) + 1
        number = Fraction(len(scores))
        return Tally(sum(scores, Fraction(0)), number, number, histogram)
    total = sum((Fraction(one.value) for one in found), Fraction(0))
    if measure.unit == "ratio":
        of = sum((Fraction(one.of or 0) for one in found), Fraction(0))
        return Tally(total, of, of)
    number = Fraction(len(found))
    if measure.aggregation == "mean":
        return Tally(total, number, number)
    return Tally(total, Fraction(1), total)
