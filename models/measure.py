"""A measure of the catalogue as a noun: what it is called, what it is measured in, and how it comes about, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

#: `s` seconds, `points` of 100, `ratio` a share (1 is all), `count` and `weight` numbers, `hours` as they are reported.
Unit = Literal["s", "ratio", "points", "count", "weight", "hours"]
Better = Literal["more", "less"]
#: Where its cases come from: ticket events, `metric.observed`, or both, pooled.
Source = Literal["events", "observed", "both"]
#: How observations of one subject and period become one figure.
Aggregation = Literal["sum", "mean", "latest", "ratio"]


class Text(NamedTuple):
    """The same in both languages of the forms."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in `zh` or `en`."""
        return self.zh if language == "zh" else self.en


class Measure(NamedTuple):
    """One measure.

    `minimum` is the number of cases under which it is shown as "too few" unless a card says otherwise; 0: never.
    `look_ahead_days`: what it counts is only certain so long after the period's end; until then it is "so far".
    `of` and `where`: the measure is another one over some tickets only; a scorecard may choose others.
    `scored`: false for what is shown beside another measure and judges nobody.
    """

    id: str
    name: Text
    unit: Unit
    better: Better
    source: Source
    formula: Text
    aggregation: Aggregation | None = None
    minimum: int = 5
    look_ahead_days: int = 0
    of: str | None = None
    where: Mapping[str, str | tuple[str, ...]] = {}
    scored: bool = True
