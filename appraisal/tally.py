"""A figure still open to pooling: numerator, denominator, cases and histogram, in the measure's own unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from models.measure import Unit
from models.period import Share
from sla.figures.buckets import bucket_of, least_of, quantiles
from sla.figures.measures import MOST, SCALE

#: Units whose denominator is always 1: parts of such a figure add up, they are not averaged.
ADDED: Final = frozenset({"count", "weight", "hours"})
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases and what they come to. `histogram` maps buckets of whole numbers (ms, millionths of a point) to cases."""

    numerator: Fraction = _ZERO
    denominator: Fraction = _ZERO
    cases: Fraction = _ZERO
    histogram: Mapping[int, int] | None = None

    @property
    def value(self) -> Fraction | None:
        """The unrounded quotient; None of nothing."""
        return self.numerator / self.denominator if self.denominator else None

    def steps(self) -> list[tuple[int, int]] | None:
        """The histogram as period documents have it: [least value of the step, number]."""
        if self.histogram is None:
            return None
        return [(least_of(bucket), number) for bucket, number in sorted(self.histogram.items())]

    def percentiles(self, unit: Unit) -> tuple[Fraction, ...] | None:
        """Median, p90 and p95 in the measure's unit, within 1 %."""
        if not self.histogram:
            return None
        found = quantiles(sorted(self.histogram.items()), sum(self.histogram.values()), (50, 90, 95))
        most = Fraction(MOST[unit]) if unit in MOST else None
        scaled = [Fraction(value) / SCALE[unit] for value in found]
        return tuple(scaled if most is None else [min(value, most) for value in scaled])


def of_share(share: Share, unit: Unit, part: Fraction = Fraction(1)) -> Tally:
    """A share of a period document, or a part of it (a month led for some of its days)."""
    histogram = None
    if share.histogram is not None and part == 1:
        histogram = {bucket_of(least): number for least, number in share.histogram}
    scaled = part / SCALE[unit]
    return Tally(
        share.numerator * scaled,
        Fraction(share.denominator) if unit in ADDED else share.denominator * part,
        share.cases * part,
        histogram,
    )


def pooled(tallies: Iterable[Tally], unit: Unit) -> Tally:
    """Several as one: cases of one measure pool, whoever told of them."""
    found = list(tallies)
    if len(found) == 1:
        return found[0]
    denominator = sum((tally.denominator for tally in found), _ZERO)
    if unit in ADDED:
        denominator = Fraction(1 if any(tally.denominator for tally in found) else 0)
    histogram: dict[int, int] | None = None
    if any(tally.histogram for tally in found) and all(tally.histogram or not tally.cases for tally in found):
        histogram = {}
        for tally in found:
            for bucket, number in (tally.histogram or {}).items():
                histogram[bucket] = histogram.get(bucket, 0) + number
    return Tally(
        sum((tally.numerator for tally in found), _ZERO),
        denominator,
        sum((tally.cases for tally in found), _ZERO),
        histogram,
    )
