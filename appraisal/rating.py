"""The rating: what was given for each dimension, by role, and the bonus coefficient that follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from appraisal.form import Rater, RoleLine, Words
from appraisal.numbers import decimal, decimal_or_none, exact_half_up
from appraisal.roster import Roster
from appraisal.scorecard import ROLES, Dimension, Scorecard
from models.observation import RatingGiven


class Rating(NamedTuple):
    """The roles, what comes of them, and what is still missing; without every part there is no rating."""

    roles: list[RoleLine]
    rating: Fraction | None
    bonus: Decimal | None
    missing: list[Words]


def dimension_index(dimensions: Sequence[Dimension], name: str) -> int | None:
    """Which dimension a rating is of: by its name in either language."""
    return next((n for n, one in enumerate(dimensions) if name in {one.name.zh, one.name.en}), None)


def rating_of(
    card: Scorecard,
    dimensions: Sequence[Dimension],
    given: Iterable[RatingGiven],
    total: Fraction | None,
    roster: Roster,
) -> Rating:
    """The rating of a form whose computed total is `total`; `given` are the ratings of the form in order of time.

    The latest of one role, rater and dimension replaces. A role's total is the mean of its raters', each the sum of
    their scores by the dimensions' weights; who has not rated every dimension does not count yet.
    """
    latest: dict[tuple[str, str], dict[int, Fraction]] = {}
    for one in given:
        index = dimension_index(dimensions, one.dimension)
        if index is not None and one.role in card.ratings:
            latest.setdefault((one.role, one.rater), {})[index] = Fraction(one.score)
    whole = sum((dimension.weight for dimension in dimensions), Fraction(0))
    weights = [dimension.weight / whole for dimension in dimensions]
    roles: list[RoleLine] = []
    missing: list[Words] = []
    rating: Fraction | None = Fraction(0)
    for role, weight in card.ratings.items():
        name = ROLES[role]
        found = [(rater, latest[key]) for key in sorted(latest) for of, rater in [key] if of == role]
        totals = [_total(scores, weights) for _, scores in found]
        complete = [one for one in totals if one is not None]
        mean = sum(complete, Fraction(0)) / len(complete) if complete else None
        if role == "data":
            mean = total
        if mean is None:
            missing += _missing(name, dimensions, found)
        lines = [_rater(roster, rater, scores, weights) for rater, scores in found]
        roles.append(RoleLine(role=role, name=name, weight=decimal(weight), raters=lines, total=decimal_or_none(mean)))
        rating = None if rating is None or mean is None else rating + mean * weight
    if not roles:
        rating = None
    return Rating(roles, rating, None if rating is None else exact_half_up(rating / 100), missing)


def _total(scores: dict[int, Fraction], weights: Sequence[Fraction]) -> Fraction | None:
    if len(scores) < len(weights):
        return None
    return sum((scores[index] * weight for index, weight in enumerate(weights)), Fraction(0))


def _rater(roster: Roster, rater: str, scores: dict[int, Fraction], weights: Sequence[Fraction]) -> Rater:
    shown = [decimal_or_none(scores.get(index)) for index in range(len(weights))]
    return Rater(rater=rater, name=roster.name_of(rater), scores=shown, total=decimal_or_none(_total(scores, weights)))


def _missing(
    role: Words, dimensions: Sequence[Dimension], found: Sequence[tuple[str, dict[int, Fraction]]]
) -> list[Words]:
    """What a role without a total lacks: some dimensions of those who have begun, or everything."""
    lacking = [
        Words(zh=f"{role.zh} {rater} {dimension.name.zh}", en=f"{role.en} {rater}: {dimension.name.en}")
        for rater, scores in found
        for index, dimension in enumerate(dimensions)
        if index not in scores
    ]
    return lacking or [role]
