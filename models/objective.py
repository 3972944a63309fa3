"""What a desk has set itself: how large a share of its promises is to be kept over a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Kinds of period that an objective may run over, cut in the book's zone.
OBJECTIVE_PERIODS = ("day", "month", "quarter", "half", "year")
#: In place of a metric: all that the edition promises, pooled.
SLA = "sla"


@dataclass(frozen=True, slots=True)
class Objective:
    """A share of a metric's clocks that is to be in time over a period."""

    name: str
    metric: str  # one of the five, or `SLA`
    attainment: int  # millionths
    period: str
    minimum: int = 1  # decided clocks below which nothing is said
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)  # priority and team only
