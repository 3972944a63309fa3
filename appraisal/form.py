"""The filled form: all that is printed about one subject, one period and one scorecard, already computed.

A renderer adds nothing to it and works nothing out: it chooses a language, rounds for the eye (half up, two places) and
lays out the lines for the interview and the signatures. Numbers are decimal and unrounded (28 digits): a `ratio` is
0.95 and not 95, `s` are seconds, `points` are of 100, `hours`, `weight` and `count` are plain; scores and totals are of
100, weights and shares are fractions of 1. What cannot be said is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from appraisal.words import Frozen, Number, Words
from models.measure import Better, Source, Unit

__all__ = [
    "AdjustmentLine",
    "Appraisal",
    "Beside",
    "DimensionLine",
    "FilledForm",
    "Led",
    "MeasureLine",
    "Number",
    "Part",
    "QualityLine",
    "Rater",
    "Role",
    "RoleLine",
    "Rule",
    "Status",
    "Subject",
    "TicketRow",
    "TotalRow",
    "Treatment",
    "Words",
]


Status = Literal["ok", "so_far", "too_few", "no_cases", "not_reported"]
#: What a card does about a figure that cannot be scored.
Treatment = Literal["reweigh", "full", "zero", "block"]
Role = Literal["self", "superior", "peer", "data"]


class Subject(Frozen):
    """Who is appraised: a person of the roster, a team, or the whole desk. What the roster does not tell is empty."""

    id: str  # `agent:wang.li`, `team:network`, `all`
    name: str
    position: str = ""
    department: str = ""
    superior: str = ""  # their id in the roster
    superior_name: str = ""


class Led(Frozen):
    """A team that counted for a card over led teams, with the first and last day (both included) in the period."""

    team: str
    from_: str = Field(alias="from")
    to: str
    days: int
    by_share: bool = False  # some month without days of its own counted by its share of days


class Rule(Frozen):
    """How a value becomes a score: full marks at the target, less `deduct` for each `per` that it falls short."""

    direction: Literal["at_least", "at_most"]
    target: Number  # in the measure's unit
    deduct: Number
    per: Number  # in the measure's unit
    whole: bool  # only whole steps count
    text: str  # the target as the card has it: `>= 95%`
    per_text: str  # the step as the card has it: `1%`


class Part(Frozen):
    """One part of a split: `by` is `priority`, `tier`, `complexity` or `aspect`; `label` its value."""

    by: str
    label: str
    numerator: Number
    denominator: Number
    cases: Number
    value: Number | None
    histogram: list[tuple[int, int]] | None = None  # as in period documents: [least value, number]
    p50: Number | None = None
    p90: Number | None = None
    p95: Number | None = None


class Beside(Frozen):
    """A figure printed beside a measure and never scored: weighted throughput beside the plain one."""

    measure: str
    name: Words
    unit: Unit
    numerator: Number | None
    denominator: Number | None
    cases: Number
    value: Number | None


class MeasureLine(Frozen):
    """One measure of the form.

    `numerator` and `denominator` are in the units of period documents' `value`: their quotient is `value`. Of counts
    and weights the denominator is 1. `shortfall`, `steps` and `score` are None where the value was not scored;
    `score` is then 100 or 0 where the card says so. `share` is of the dimension and `weight` of the whole form, both as
    the card has them; the effective ones are what was left after reweighing, 0 for a line left out, None in a blocked
    form. `points` are the score by the effective weight; their sum is the form's total.
    """

    number: int  # from 1, through the whole form
    measure: str
    name: Words
    formula: Words
    unit: Unit
    better: Better
    source: Source
    where: str  # empty, or as in totals: `tier:vip`, `priority:P0,P1`, `complexity:>= 3`
    subjects: list[str]  # whose figures were pooled
    numerator: Number | None
    denominator: Number | None
    cases: Number
    minimum: int
    value: Number | None
    status: Status
    treatment: Treatment | None  # what was done, where the status kept the value from being scored
    rule: Rule
    shortfall: Number | None
    steps: Number | None
    score: Number | None
    share: Number
    effective_share: Number | None
    weight: Number
    effective_weight: Number | None
    points: Number | None
    histogram: list[tuple[int, int]] | None = None
    p50: Number | None = None
    p90: Number | None = None
    p95: Number | None = None
    splits: list[Part] = Field(default_factory=list)
    beside: list[Beside] = Field(default_factory=list)
    notes: list[Words] = Field(default_factory=list)


class DimensionLine(Frozen):
    """One dimension; `score` is that of its measures by their effective shares, None where none could be scored."""

    number: int
    name: Words
    weight: Number
    effective_weight: Number | None
    score: Number | None
    measures: list[MeasureLine]


class Rater(Frozen):
    """What one rater gave: a score of 100 for each dimension in the form's order (None: not given), and the total."""

    rater: str
    name: str
    scores: list[Number | None]
    total: Number | None  # None until every dimension is rated


class RoleLine(Frozen):
    """A role's part in the rating; of several raters the mean of their totals. `data` is the computed total."""

    role: Role
    name: Words
    weight: Number
    raters: list[Rater]
    total: Number | None


class AdjustmentLine(Frozen):
    """An appeal that was granted, beside the computed figure. Of several for one line the last holds."""

    event_id: str
    occurred_at: str
    number: int  # the measure's line
    measure: str
    name: Words
    where: str
    unit: Unit
    computed_value: Number | None
    computed_score: Number | None
    value: Number
    score: Number  # that the value would have had
    reason: str
    approved_by: str
    approved_by_name: str
    holds: bool


class QualityLine(Frozen):
    """A line of the sheet on data quality: so many of so many tickets or events."""

    id: str
    name: Words
    count: int
    of: int | None


class FilledForm(Frozen):
    """The form."""

    scorecard: str
    title: Words
    example: bool  # the card's weights and targets are examples, and every print has to say so
    period: str
    kind: Literal["day", "month", "quarter", "half", "year"]
    from_: str = Field(alias="from")
    to: str  # not included
    zone: str
    subject: Subject
    over: Literal["self", "led_teams"]
    led: list[Led]
    steps: Literal["pro_rata", "whole"]
    dimensions: list[DimensionLine]
    measured: int  # n of "n of N measures": those that were scored by their own value
    of: int
    total: Number | None
    blocked_by: list[int]  # the lines that keep the form from having a total
    pass_: Number = Field(alias="pass")
    passed: bool | None
    roles: list[RoleLine]  # empty where the card asks for no ratings
    rating: Number | None
    bonus: Number | None  # rounded half up to two places: it is what is paid by
    missing_ratings: list[Words]
    adjustments: list[AdjustmentLine]
    adjusted_total: Number | None  # the total with the adjustments that hold; None where there are none
    data_quality: list[QualityLine]
    notes: list[Words]
    revision: int
    final: bool
    editions: list[str]
    as_of: str

    @property
    def lines(self) -> Iterator[MeasureLine]:
        """Every measure's line, in order."""
        for dimension in self.dimensions:
            yield from dimension.measures


class TotalRow(Frozen):
    """One row of the totals: a subject's measure, plain (`split` empty) or one part of a split."""

    period: str
    revision: int
    subject: str
    name: str
    measure: str
    split: str
    value: Number | None
    unit: Unit
    numerator: Number | None
    denominator: Number | None
    cases: Number
    status: Status
    score: Number | None  # where the subject's form scores exactly this figure
    editions: list[str]


class TicketRow(Frozen):
    """A ticket behind a figure: what it adds to numerator and denominator, in the units of `TotalRow`."""

    period: str
    subject: str
    measure: str
    ticket: str
    numerator: Number
    denominator: Number


class Appraisal(Frozen):
    """Everything that one period's appraisal puts out, in an order that no arrival can change."""

    period: str
    kind: Literal["day", "month", "quarter", "half", "year"]
    from_: str = Field(alias="from")
    to: str
    zone: str
    revision: int
    final: bool
    editions: list[str]
    as_of: str
    inputs: str  # SHA-256 in hex of what it was computed from: totals, observations, ratings, cards, roster
    forms: list[FilledForm]  # by scorecard and subject
    totals: list[TotalRow]  # by subject, measure and split
    tickets: list[TicketRow]  # only where asked for
