"""A KPI document from the sums of a window. The same whole numbers give the same document, to the byte.

Means, percentiles and rates are the exact fraction of whole numbers, printed as the nearest float: nothing is rounded
before that. Seconds that are whole are written as integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
_OVERALL = ("overall", "customer")


def seconds_of(ms: float) -> int | float:
    """Ms, also parts of one, as seconds; whole ones as integers."""
    value = ms / 1000
    return int(value) if value.is_integer() else value


def ratio(part: int, whole: int) -> float | None:
    """A share; None where there is nothing to share."""
    return part / whole if whole else None


def metric_figures(
    cell: Cell, peaks: Cell, metrics: Sequence[str], found: dict[int, list[tuple[int, int]]]
) -> dict[str, Any]:
    """The figures of one metric, or of several pooled; `found` are the cell's histograms."""
    met = sum(cell.get(CLOCKS["met", metric], 0) for metric in metrics)
    breached = sum(cell.get(CLOCKS["breached", metric], 0) for metric in metrics)
    count = met + sum(cell.get(CLOCKS[kind, metric], 0) for kind in ("late", "stopped") for metric in metrics)
    figures: dict[str, Any] = {"count": count}
    if count:
        pooled: dict[int, int] = {}
        for metric in metrics:
            for bucket, number in found.get(HISTOGRAM[metric], ()):
                pooled[bucket] = pooled.get(bucket, 0) + number
        high = max(peaks[PEAK[metric]] for metric in metrics if PEAK[metric] in peaks)
        low = -max(peaks[PEAK[metric] + 1] for metric in metrics if PEAK[metric] in peaks)
        p50, p90, p95 = quantiles(sorted(pooled.items()), count, (50, 90, 95), low, high)
        total = sum(cell.get(DURATION[metric], 0) for metric in metrics)
        mean = total / (1000 * count)
        figures["mean_s"] = int(mean) if mean.is_integer() else mean
        figures["p50_s"] = seconds_of(p50)
        figures["p90_s"] = seconds_of(p90)
        figures["p95_s"] = seconds_of(p95)
        figures["max_s"] = seconds_of(high)
    else:
        figures.update(mean_s=None, p50_s=None, p90_s=None, p95_s=None, max_s=None)
    figures["met"] = met
    figures["breached"] = breached
    figures["attainment"] = ratio(met, met + breached)
    return figures


def kpi_figures(cell: Cell, peaks: Cell, promised: Sequence[str]) -> dict[str, Any]:
    """All of a KPI document that follows from its sums: the fields after `as_of`."""
    found = histograms(cell)
    figures: dict[str, Any] = {kind: cell.get(code, 0) for kind, code in _COUNTED}
    for metric in METRICS:
        figures[metric] = metric_figures(cell, peaks, (metric,), found)
    figures["sla"] = metric_figures(cell, peaks, promised, found)
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
