"""What a scorecard says: dimensions, measures, goals, weights, and what to do about figures that are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from appraisal.form import Role, Treatment, Words

Kind = Literal["day", "month", "quarter", "half", "year"]
KINDS: tuple[Kind, ...] = ("day", "month", "quarter", "half", "year")
#: What may keep a figure from being scored.
MISSING = ("no_cases", "too_few", "not_reported")
ROLES: Mapping[Role, Words] = {
    "self": Words(zh="自评", en="Self"),
    "superior": Words(zh="上级评定", en="Superior"),
    "peer": Words(zh="同事评定", en="Peers"),
    "data": Words(zh="系统数据", en="Computed from data"),
}
DEFAULT_PASS = Fraction(85)


class Goal(NamedTuple):
    """Where full marks begin. `target` and `per` are in the measure's unit (a ratio of 1, seconds, points …)."""

    direction: Literal["at_least", "at_most"]
    target: Fraction
    text: str  # as the card has it
    deduct: Fraction  # points of 100 off …
    per: Fraction  # … for each so much that the value falls short
    per_text: str


class Where(NamedTuple):
    """One split of a measure: the tickets with one of the values, or with a complexity that `compare` holds for."""

    by: Literal["priority", "tier", "complexity", "aspect"]
    values: tuple[str, ...]
    compare: str = ""  # of complexity: >=, <=, >, <, =
    than: Decimal = Decimal(0)

    @property
    def label(self) -> str:
        """As in totals: `tier:vip`, `priority:P0,P1`, `complexity:>= 3`."""
        return f"{self.by}:{','.join(self.values)}"

    def holds(self, value: str) -> bool:
        """Whether a part of the split belongs to it."""
        if self.by != "complexity":
            return value in self.values
        number = Decimal(value)
        return {
            ">=": number >= self.than,
            "<=": number <= self.than,
            ">": number > self.than,
            "<": number < self.than,
            "=": number == self.than,
        }[self.compare]


@dataclass(frozen=True, slots=True)
class CardMeasure:
    """One line of a card. `share` is its part of the dimension."""

    measure: str
    goal: Goal
    share: Fraction
    minimum: int
    missing: Mapping[str, Treatment]  # for each of `MISSING`
    where: Where | None = None

    def with_share(self, share: Fraction) -> CardMeasure:
        """The same line with its part of the dimension."""
        return replace(self, share=share)


@dataclass(frozen=True, slots=True)
class Dimension:
    """Measures that share a weight; `kinds` are the kinds of period that it is looked at in."""

    name: Words
    weight: Fraction
    measures: tuple[CardMeasure, ...]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A card. Weights of dimensions and of ratings add up to 1, shares within a dimension too."""

    id: str
    title: Words
    kinds: tuple[Kind, ...]
    over: Literal["self", "led_teams"]
    whole: bool
    dimensions: tuple[Dimension, ...]
    ratings: Mapping[Role, Fraction] = field(default_factory=dict)
    passes: Fraction = DEFAULT_PASS
    example: bool = False
    data_quality: bool = False

    def of_kind(self, kind: Kind) -> tuple[Dimension, ...]:
        """The dimensions that are looked at in a kind of period."""
        return tuple(dimension for dimension in self.dimensions if kind in dimension.kinds)
