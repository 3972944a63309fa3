"""Totals of a period for a subject, as they stand in Redis, in `periods.jsonl` and in the topic of totals."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Share(BaseModel):
    """A measure over some tickets.

    `numerator` and `denominator` are integers: ms ÷ clocks for `s`, millionths of a point ÷ ratings for `points`,
    cases ÷ cases for `ratio`, the count ÷ 1 for `count`, millionths ÷ 1 for `weight`. `value` is their unrounded
    quotient in the measure's unit, null when the denominator is 0. `histogram` lists `[least value of the step,
    number]` (ms or millionths of a point); a step is at most 1/64 as wide as its least value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    numerator: int
    denominator: int
    cases: int
    value: float | None
    histogram: list[tuple[int, int]] | None = None
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None


class MeasureTotals(Share):
    """A measure of the catalogue, plain and split; a ticket without the field stands in no part of that split.

    `so_far`: it looks ahead (a reopening within 7 days would still change it), and that time has not passed yet.
    """

    unit: str
    so_far: bool = False
    by_priority: dict[str, Share] = Field(default_factory=dict)
    by_tier: dict[str, Share] = Field(default_factory=dict)
    by_complexity: dict[str, Share] = Field(default_factory=dict)
    by_aspect: dict[str, Share] = Field(default_factory=dict)


class Move(BaseModel):
    """A count before and after a correction."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    from_: int = Field(alias="from")
    to: int


class Sums(BaseModel):
    """A measure's sums, without its histogram."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    numerator: int
    denominator: int
    cases: int
    value: float | None


class MeasureMove(BaseModel):
    """A measure before and after a correction; `split` is empty or such as `priority:P0`, `tier:vip`, `complexity:3`.

    None: there was, or is, no such part of the split.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    measure: str
    split: str
    from_: Sums | None = Field(alias="from")
    to: Sums | None


class Difference(BaseModel):
    """What a revision changed against the one before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    counts: dict[str, Move]
    measures: list[MeasureMove]


class CausingEvent(BaseModel):
    """An event that came after the closing and moved the total."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ticket: str
    event: str
    occurred_at: str


class PeriodDocument(BaseModel):
    """What a subject did in a period, from `from` (included) to `to` (not included), known at `as_of`.

    `revision` is 0 while it runs. The first one is final and known as of the closing (the end and the grace); each
    later one says what it changed, and by which events.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    period: str
    subject: str
    from_: str = Field(alias="from")
    to: str
    as_of: str
    editions: list[str]
    revision: int = Field(ge=0)
    final: bool
    counts: dict[str, int]
    measures: dict[str, MeasureTotals]
    difference: Difference | None = None
    causes: list[CausingEvent] | None = None
