"""KPI documents, live figures and slots of a day, as they stand in Redis and in `kpis.jsonl`."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

#: The metrics of a policy, in the order of a ticket's life.
METRICS = ("assignment", "first_response", "next_response", "update", "resolution")
#: Windows by length in minutes; `today` reaches from midnight in the book's zone.
WINDOW_MINUTES = {"5m": 5, "30m": 30, "1h": 60, "6h": 360, "24h": 1440}
TODAY = "today"
WINDOWS = (*WINDOW_MINUTES, TODAY)
#: The windows of a person.
AGENT_WINDOWS = (TODAY,)
#: What satisfied means: from this many millionths of a point of 100.
SATISFIED_FROM = 80_000_000


class Document(NamedTuple):
    """One finished figure on its way to a sink.

    `family` is `kpi` (`field` = window), `live` (`field` = "", `value` the hash as a whole), `day` (`field` = start of
    the slot), `since` (no slot of the scope before `field` is any), `budget` or `period` (`scope` = subject, `field` =
    period id). `final` is a closed total, which is announced once for each revision; `announced` an earlier revision of
    one, of which only that is told (`value`: revision, as_of). `value` is JSON, but a mapping for `live` and
    `announced`; None takes the field away.
    """

    family: str
    scope: str
    field: str
    value: bytes | dict[str, str | int] | None


class _Noun(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class MetricFigures(_Noun):
    """One metric, or `sla`, in one window. Seconds; null where nothing was measured or decided.

    `count`, `mean_s`, `max_s`, `met` and `breached` are exact, percentiles (linear between ranks) within 1 %.
    """

    count: int = Field(ge=0)
    mean_s: float | None
    p50_s: float | None
    p90_s: float | None
    p95_s: float | None
    max_s: float | None
    met: int = Field(ge=0)
    breached: int = Field(ge=0)
    attainment: float | None = Field(ge=0, le=1)


class Csat(_Noun):
    """What customers gave for the whole (`overall`), in points of 100; satisfied is 80 and more."""

    count: int = Field(ge=0)
    mean_pct: float | None
    satisfied_rate: float | None


class KpiDocument(_Noun):
    """The figures of one scope in one window: from `from` (included) to `to` (not included)."""

    scope: str
    window: str
    from_: str = Field(alias="from")
    to: str
    as_of: str
    created: int
    first_responses: int
    solved: int
    reopened: int
    escalated: int
    closed: int
    cancelled: int
    assignment: MetricFigures
    first_response: MetricFigures
    next_response: MetricFigures
    update: MetricFigures
    resolution: MetricFigures
    sla: MetricFigures
    fcr_rate: float | None
    reopen_rate: float | None
    escalation_rate: float | None
    csat: Csat
    weighted_solved: float


class DaySlot(_Noun):
    """Five minutes of a scope; `open` as it stood at their end, `met` and `breached` of the promised metrics."""

    created: int
    solved: int
    open: int
    met: int
    breached: int
