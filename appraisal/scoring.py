"""The arithmetic of a card: from a value to its score, and from missing figures to the weights of the others."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from appraisal.scorecard import Goal

FULL = Fraction(100)


class Scored(NamedTuple):
    """A score of 100 and how it came about; `shortfall` is in the measure's unit."""

    shortfall: Fraction
    steps: Fraction
    score: Fraction


def score_of(value: Fraction, goal: Goal, *, whole: bool) -> Scored:
    """Full marks less `deduct` for each step that the unrounded value falls short of the target; never below 0."""
    gap = goal.target - value if goal.direction == "at_least" else value - goal.target
    shortfall = max(gap, Fraction(0))
    steps = shortfall / goal.per
    if whole:
        steps = Fraction(steps.numerator // steps.denominator)
    return Scored(shortfall, steps, max(Fraction(0), FULL - steps * goal.deduct))


class Weighed(NamedTuple):
    """A dimension after reweighing: its effective weight in the form, and the shares of its measures within it."""

    weight: Fraction
    shares: tuple[Fraction, ...]


def reweigh(dimensions: Sequence[tuple[Fraction, Sequence[tuple[Fraction, bool]]]]) -> list[Weighed]:
    """Gives the weight of measures that are left out to those that stay, pro rata.

    `dimensions` are (weight, [(share, whether the measure stays)]). What a dimension's measures leave goes to its other
    measures; what an empty dimension leaves to the other dimensions. Effective weights add up to 1, unless nothing is
    left at all: then all are 0.
    """
    kept = [sum((share for share, stays in measures if stays), Fraction(0)) for _, measures in dimensions]
    whole = sum((weight for (weight, _), left in zip(dimensions, kept, strict=True) if left), Fraction(0))
    return [
        Weighed(
            weight / whole if left else Fraction(0),
            tuple(share / left if stays else Fraction(0) for share, stays in measures),
        )
        for (weight, measures), left in zip(dimensions, kept, strict=True)
    ]
