"""What the topic of observations holds: figures that no ticket tells, ratings, and adjustments after an appeal.

Each has its own `type`, and an `event_id` that is unique in the topic. Instants are ms since 1970 UTC; subjects are
written as scopes are (`agent:…`, `team:…`, `all`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class MetricObserved(NamedTuple):
    """A figure from outside: `value` of `of` for ratios and scores; `replaces` names the one that it corrects."""

    event_id: str
    occurred_at: int
    metric: str
    subject: str
    value: Decimal
    of: Decimal | None = None
    replaces: str | None = None


class RatingGiven(NamedTuple):
    """What a rater gives for one dimension of a form: a score of 100."""

    event_id: str
    occurred_at: int
    period: str
    scorecard: str
    subject: str
    role: str
    rater: str
    dimension: str  # its name in either language
    score: Decimal


class AdjustmentMade(NamedTuple):
    """An appeal that was granted: the value that a measure should have had, in the measure's unit."""

    event_id: str
    occurred_at: int
    period: str
    scorecard: str
    subject: str
    measure: str  # the measure's id, and where the card has it more than once its split: `csat aspect:attitude`
    value: Decimal
    reason: str
    approved_by: str


Entry = MetricObserved | RatingGiven | AdjustmentMade

#: The types as they are written.
TYPES: dict[str, type[MetricObserved | RatingGiven | AdjustmentMade]] = {
    "metric.observed": MetricObserved,
    "rating.given": RatingGiven,
    "adjustment.made": AdjustmentMade,
}
