"""Which figures there are to show, by the address that pages give them, and of which scopes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from models import scope as scopes
from models.fact import COUNT_KINDS
from models.kpi import AGENT_WINDOWS, METRICS, TODAY, WINDOWS
from models.wallboard import Better, Figure, Unit
from sla.catalogue import CATALOGUE
from sla.figures.measures import measures_of

LIVE = ("open", "unassigned", "waiting", "at_risk", "breached")
#: The running month's measures: `month.sla_attainment`.
MONTH = "month"
#: Stands for every objective in force, in place of a name.
EVERY = "*"
#: Figures that `sla:day` knows of a week ago.
LAST_WEEK = frozenset({"live.open", "today.created", "today.solved", "today.sla.attainment"})

_BETTER_MORE = frozenset({
    "first_responses", "solved", "closed", "met", "count", "attainment", "fcr_rate", "weighted_solved",
    "mean_pct", "satisfied_rate", "left", "decided", "allowed",
})  # fmt: skip
_STATS: dict[str, Unit] = {
    "count": "count", "mean_s": "s", "p50_s": "s", "p90_s": "s", "p95_s": "s", "max_s": "s",
    "met": "count", "breached": "count", "attainment": "ratio",
}  # fmt: skip
_CSAT: dict[str, Unit] = {"count": "count", "mean_pct": "points", "satisfied_rate": "ratio"}
_RATES = ("fcr_rate", "reopen_rate", "escalation_rate")
_BUDGET: dict[str, Unit] = {"left": "ratio", "decided": "count", "breached": "count", "allowed": "count"}
_MEASURES: dict[str, Unit] = {"s": "s", "points": "points", "ratio": "ratio", "count": "count", "weight": "weight"}


def figure_at(field: str) -> Figure | None:
    """The figure of an address; None where there is none. The name of an objective is not looked at."""
    name, _, last = field.removeprefix("budget.").rpartition(".")
    if not field.startswith("budget."):
        return _known().get(field)
    burned, _, word = name.rpartition(".")
    if word == "burn" and burned and last in WINDOWS:
        return Figure(field, "rate", "less")
    return Figure(field, _BUDGET[last], _better(last)) if name and last in _BUDGET else None


def objective_of(field: str) -> str | None:
    """The objective whose budget an address names, `EVERY` included; None where it names none."""
    if not field.startswith("budget."):
        return None
    name, _, last = field.removeprefix("budget.").rpartition(".")
    return name.removesuffix(".burn") if last in WINDOWS else name


def addresses() -> list[str]:
    """Every address that is known beforehand: all but those of objectives."""
    return list(_known())


def is_kept(field: str, scope: str) -> bool:
    """Whether a scope, as `models.scope` writes it, has a figure at all."""
    kinds = set(scopes.parts(scope))
    window = field.partition(".")[0]
    if window == MONTH:
        return not kinds & {"channel", "tier"}
    return window not in WINDOWS or "agent" not in kinds or window in AGENT_WINDOWS


@lru_cache(maxsize=1)
def _known() -> dict[str, Figure]:
    return {figure.field: figure for figure in _figures()}


def _figures() -> Iterator[Figure]:
    for name in LIVE:
        yield Figure(f"live.{name}", "count", "less")
    yield Figure("live.oldest_open", "ticket", "less")
    for window in (TODAY, *(window for window in WINDOWS if window != TODAY)):
        for kind in COUNT_KINDS:
            yield Figure(f"{window}.{kind}", "count", _better(kind))
        for metric in ("sla", *METRICS):
            for stat, unit in _STATS.items():
                yield Figure(f"{window}.{metric}.{stat}", unit, _better(stat))
        for rate in _RATES:
            yield Figure(f"{window}.{rate}", "ratio", _better(rate))
        for stat, unit in _CSAT.items():
            yield Figure(f"{window}.csat.{stat}", unit, _better(stat))
        yield Figure(f"{window}.weighted_solved", "weight", "more")
    for name, measure in measures_of(()).items():
        yield Figure(f"{MONTH}.{name}", _MEASURES[measure.unit], CATALOGUE[name].better)


def _better(word: str) -> Better:
    return "more" if word in _BETTER_MORE else "less"
