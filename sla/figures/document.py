"""A KPI document from the sums of a window. The same whole numbers give the same document, to the byte.

Means, percentiles and rates are the exact fraction of whole numbers, printed as the nearest float: nothing is rounded
before that. Seconds that are whole are written as integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from models.fact import COUNT_KINDS
from models.kpi import METRICS
from sla.figures.buckets import quantiles
from sla.figures.codes import (
    CLOCKS,
    COUNTS,
    DURATION,
    ESCALATED_TICKETS,
    FIRST_CONTACT,
    HANDLED_TICKETS,
    HISTOGRAM,
    RATED,
    RATED_SUM,
    REOPENED,
    SATISFIED,
    SOLVED,
    WEIGHT,
    Cell,
    histograms,
)
from sla.figures.panes import PEAK

_COUNTED = tuple((kind, COUNTS[kind]) for kind in COUNT_KINDS)
_ALONE = tuple((metric, (metric,)) for metric in METRICS)
_OVERALL = ("overall", "customer")


def seconds_of(ms: float) -> int | float:
    """Ms, also parts of one, as seconds; whole ones as integers."""
    value = ms / 1000
    return int(value) if value.is_integer() else value


def ratio(part: int, whole: int) -> float | None:
    """A share; None where there is nothing to share."""
    return part / whole if whole else None


class _Codes(NamedTuple):
    """Where the sums of one metric, or of several pooled, stand in a cell."""

    met: tuple[int, ...]
    breached: tuple[int, ...]
    stopped: tuple[int, ...]  # late, or without a promise
    duration: tuple[int, ...]
    histogram: tuple[int, ...]
    peak: tuple[int, ...]


@lru_cache(maxsize=64)
def _codes_of(metrics: tuple[str, ...]) -> _Codes:
    return _Codes(
        tuple(CLOCKS["met", metric] for metric in metrics),
        tuple(CLOCKS["breached", metric] for metric in metrics),
        tuple(CLOCKS[kind, metric] for metric in metrics for kind in ("late", "stopped")),
        tuple(DURATION[metric] for metric in metrics),
        tuple(HISTOGRAM[metric] for metric in metrics),
        tuple(PEAK[metric] for metric in metrics),
    )


_UNTIMED: Final = {"mean_s": None, "p50_s": None, "p90_s": None, "p95_s": None, "max_s": None}
#: Of a metric that nothing was decided of; shared, not to be changed.
_NOTHING: Final[dict[str, Any]] = {"count": 0, **_UNTIMED, "met": 0, "breached": 0, "attainment": None}


def metric_figures(
    cell: Cell, peaks: Cell, metrics: tuple[str, ...], found: dict[int, list[tuple[int, int]]]
) -> dict[str, Any]:
    """The figures of one metric, or of several pooled; `found` are the cell's histograms. Not to be changed."""
    codes = _codes_of(metrics)
    met = sum([cell.get(code, 0) for code in codes.met])
    breached = sum([cell.get(code, 0) for code in codes.breached])
    count = met + sum([cell.get(code, 0) for code in codes.stopped])
    if not count:
        return {**_NOTHING, "breached": breached, "attainment": 0.0} if breached else _NOTHING
    high = max([peaks[code] for code in codes.peak if code in peaks])
    low = -max([peaks[code + 1] for code in codes.peak if code in peaks])
    p50, p90, p95 = quantiles(_pooled(codes.histogram, found), count, (50, 90, 95), low, high)
    mean = sum([cell.get(code, 0) for code in codes.duration]) / (1000 * count)
    return {
        "count": count,
        "mean_s": int(mean) if mean.is_integer() else mean,
        "p50_s": seconds_of(p50),
        "p90_s": seconds_of(p90),
        "p95_s": seconds_of(p95),
        "max_s": seconds_of(high),
        "met": met,
        "breached": breached,
        "attainment": ratio(met, met + breached),
    }


def _pooled(firsts: Sequence[int], found: dict[int, list[tuple[int, int]]]) -> list[tuple[int, int]]:
    present = [found[first] for first in firsts if first in found]
    if len(present) == 1:
        return present[0]
    pooled: dict[int, int] = {}
    for steps in present:
        for bucket, number in steps:
            pooled[bucket] = pooled.get(bucket, 0) + number
    return sorted(pooled.items())


def kpi_figures(cell: Cell, peaks: Cell, promised: Sequence[str]) -> dict[str, Any]:
    """All of a KPI document that follows from its sums: the fields after `as_of`."""
    found = histograms(cell)
    figures: dict[str, Any] = {kind: cell.get(code, 0) for kind, code in _COUNTED}
    for metric, alone in _ALONE:
        figures[metric] = metric_figures(cell, peaks, alone, found)
    figures["sla"] = metric_figures(cell, peaks, tuple(promised), found)
    solved, rated = cell.get(SOLVED, 0), cell.get(RATED[_OVERALL], 0)
    figures["fcr_rate"] = ratio(cell.get(FIRST_CONTACT, 0), solved)
    figures["reopen_rate"] = ratio(cell.get(REOPENED, 0), solved)
    figures["escalation_rate"] = ratio(cell.get(ESCALATED_TICKETS, 0), cell.get(HANDLED_TICKETS, 0))
    figures["csat"] = {
        "count": rated,
        "mean_pct": ratio(cell.get(RATED_SUM[_OVERALL], 0), 1_000_000 * rated),
        "satisfied_rate": ratio(cell.get(SATISFIED[_OVERALL], 0), rated),
    }
    weight = cell.get(WEIGHT, 0)
    figures["weighted_solved"] = weight / 1_000_000 if weight % 1_000_000 else weight // 1_000_000
    return figures
