"""The measures of the catalogue that follow from events, each as a fraction of codes.

A measure is one line here: add a code for what is missing (sla/figures/codes.py), then the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

from models.kpi import METRICS
from sla.catalogue import CATALOGUE
from sla.figures import codes
from sla.figures.buckets import STEPS
from sla.figures.codes import CLOCKS, COUNTS, DURATION, FLAGGED, HISTOGRAM, RATED, RATED_HISTOGRAM, RATED_SUM, RATERS


@dataclass(frozen=True, slots=True)
class Measure:
    """A fraction of sums of codes; no denominator: a plain count.

    `minus` are codes taken off the numerator. `unit` is `s` (from ms), `points` (from millionths), `ratio`, `count` or
    `weight` (from millionths). `cases` are, of a weight, what was weighed.
    """

    unit: str
    numerator: tuple[int, ...]
    denominator: tuple[int, ...] = ()
    histograms: tuple[int, ...] = ()
    cases: tuple[int, ...] = ()
    minus: tuple[int, ...] = ()
    codes: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        """Notes the codes that move it."""
        object.__setattr__(self, "codes", frozenset((*self.numerator, *self.minus, *self.denominator, *self.cases)))

    def reads(self, code: int) -> bool:
        """Whether a code has a part in it, as a sum or as a step of its histograms."""
        return code in self.codes or (code >= STEPS and code - code % STEPS in self.histograms)


def _stopped(metric: str) -> tuple[int, ...]:
    return tuple(CLOCKS[kind, metric] for kind in ("met", "late", "stopped"))


def _mean(metric: str) -> Measure:
    return Measure("s", (DURATION[metric],), _stopped(metric), (HISTOGRAM[metric],))


def _attainment(metrics: Sequence[str]) -> Measure:
    met = tuple(CLOCKS["met", metric] for metric in metrics)
    return Measure("ratio", met, (*met, *(CLOCKS["breached", metric] for metric in metrics)))


def _ratings(aspect: str, raters: Sequence[str]) -> Measure:
    keys = [(aspect, rater) for rater in raters]
    return Measure(
        "points",
        tuple(RATED_SUM[key] for key in keys),
        tuple(RATED[key] for key in keys),
        tuple(RATED_HISTOGRAM[key] for key in keys),
    )


def _satisfied(aspect: str) -> Measure:
    return Measure("ratio", (codes.SATISFIED[aspect, "customer"],), (RATED[aspect, "customer"],))


_CUSTOMER: Final = ("customer",)
#: The aspects of satisfaction with the service; without a split it is that with the whole, as in KPI documents.
_CSAT: Final = ("overall", "expertise", "attitude")
_SOLVED: Final = (codes.SOLVED,)
_HANDLED: Final = (codes.HANDLED_TICKETS,)

_FIXED: Final[Mapping[str, Measure]] = {
    **{f"{metric}_mean": _mean(metric) for metric in METRICS},
    **{f"{metric}_attainment": _attainment((metric,)) for metric in METRICS if metric not in {"update", "resolution"}},
    "resolution_rate": _attainment(("resolution",)),
    "update_timeliness": _attainment(("update",)),
    "solved_to_received": Measure("ratio", _SOLVED, (codes.CREATED,)),
    "first_contact_resolution": Measure("ratio", (codes.FIRST_CONTACT,), _SOLVED),
    "throughput": Measure("count", (codes.THROUGHPUT,)),
    "weighted_throughput": Measure("weight", (codes.THROUGHPUT_WEIGHT,), cases=(codes.THROUGHPUT,)),
    "reopen_rate": Measure("ratio", (codes.REOPENED,), _SOLVED),
    "recurrence_rate": Measure("ratio", (codes.RECURRED,), _SOLVED),
    "issue_key_share": Measure("ratio", (codes.CREATED,), (codes.CREATED,), minus=(codes.MISSING["issue_key"],)),
    "escalation_rate": Measure("ratio", (codes.ESCALATED_TICKETS,), _HANDLED),
    "time_to_escalate": Measure(
        "s", (codes.ESCALATION_TIME,), (codes.TIMED_ESCALATIONS,), (codes.ESCALATION_HISTOGRAM,)
    ),
    "cross_team_resolution": Measure("ratio", (codes.CROSS_MET,), (codes.CROSS_MET, codes.CROSS_BREACHED)),
    "workaround_effectiveness": Measure("ratio", (codes.WORKAROUND_KEPT,), (codes.WORKAROUND,)),
    "self_service_rate": Measure("ratio", (codes.SELF_SERVICE_TICKETS,), (codes.CREATED,)),
    "csat": _ratings("overall", _CUSTOMER),
    "csat_satisfied": _satisfied("overall"),
    "rated_to_solved": Measure("ratio", (RATED["overall", "customer"],), _SOLVED),
    "follow_up_satisfaction": _ratings("follow_up", _CUSTOMER),
    "collaboration_satisfaction": _ratings("collaboration", RATERS),
    "complaint_rate": Measure("ratio", (FLAGGED["complaint"],), _HANDLED),
    "complaint_resolution_rate": Measure("ratio", (codes.COMPLAINTS_RESOLVED,), (codes.COMPLAINT_TICKETS,)),
    "commendation_rate": Measure("ratio", (FLAGGED["commendation"],), _HANDLED),
    "error_rate": Measure("ratio", (FLAGGED["error"],), _HANDLED),
    "major_incidents": Measure("count", (FLAGGED["service_accident"],)),
    "follow_up_coverage": Measure("ratio", (codes.FOLLOWED_UP,), _SOLVED),
    "record_completeness": Measure("ratio", (codes.RECORDED,), _SOLVED),
    **{f"missing_{field}": Measure("ratio", (code,), (codes.CREATED,)) for field, code in codes.MISSING.items()},
}

#: Measures that are split by aspect, too: id → the measure of one aspect.
BY_ASPECT: Final[Mapping[str, Mapping[str, Measure]]] = {
    "csat": {aspect: _ratings(aspect, _CUSTOMER) for aspect in _CSAT},
    "csat_satisfied": {aspect: _satisfied(aspect) for aspect in _CSAT},
}


class Derived(NamedTuple):
    """Another measure over some tickets only: those of `tiers` (all where none is named), from a complexity on.

    `least` is in millionths. What a scorecard names instead, it reads from the other measure's splits.
    """

    of: str
    tiers: frozenset[str] = frozenset()
    least: int = 0

    def holds(self, place: Sequence[Any]) -> bool:
        """Whether a cell at (priority, tier, complexity) belongs to it."""
        return (not self.tiers or place[1] in self.tiers) and place[2] >= self.least


DERIVED: Final[Mapping[str, Derived]] = {
    measure.id: Derived(
        measure.of,
        frozenset(measure.where.get("customer_tier", ())),
        int(str(measure.where.get("complexity", ">= 0")).removeprefix(">= ")) * 1_000_000,
    )
    for measure in CATALOGUE.values()
    if measure.of is not None
}

#: Measures that are "so far" until so many ms after a period's end.
LOOK_AHEAD_MS: Final[Mapping[str, int]] = {
    measure.id: measure.look_ahead_days * 86_400_000 for measure in CATALOGUE.values() if measure.look_ahead_days
}

#: Counts of a period document, as `replay` writes them for a ticket.
PERIOD_COUNTS: Final = tuple(COUNTS.items())


class Measures(dict[str, Measure]):
    """Measures by id, and which of them a code moves."""

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        super().__init__(measures)
        self._by_code: dict[int, tuple[str, ...]] = {}
        for name, measure in measures.items():
            for code in measure.codes:
                self._by_code[code] = (*self._by_code.get(code, ()), name)

    def moved_by(self, codes: Iterable[int]) -> set[str]:
        """The ids of those that any of these codes moves."""
        by_code = self._by_code
        return {name for code in codes if code in by_code for name in by_code[code]}


@lru_cache(maxsize=8)
def measures_of(promised: tuple[str, ...]) -> Measures:
    """Every measure by its id in the catalogue; `sla_attainment` pools the promised metrics."""
    return Measures({"sla_attainment": _attainment(promised), **_FIXED})


#: From whole numbers to the unit: what the numerator is divided by.
SCALE: Final[Mapping[str, int]] = {"s": 1000, "points": 1_000_000, "ratio": 1, "count": 1, "weight": 1_000_000}
#: No number of the unit is greater: the middle of a step of a histogram may lie beyond it.
MOST: Final[Mapping[str, float]] = {"points": 100.0}
