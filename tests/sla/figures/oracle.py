"""The figures of a heap of facts, worked out the plain way: look at every fact, for every figure.

Slow and obvious on purpose, and sharing nothing with the code under test but the contract's words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from models.fact import Dims, Fact, Gauge

METRICS = ("assignment", "first_response", "next_response", "update", "resolution")
LENGTHS = {"5m": 5, "30m": 30, "1h": 60, "6h": 360, "24h": 1440}
COUNTS = ("created", "first_responses", "solved", "reopened", "escalated", "closed", "cancelled")
MINUTE, SLOT, DAY = 60_000, 300_000, 86_400_000

Heap = Mapping[str, Sequence[Fact]]


def scopes(dims: Dims, person: str | None) -> set[str]:
    """Every scope, spelled out (names in these tests need no encoding)."""
    found = {"all", f"priority:{dims.priority}"}
    if dims.team is not None:
        found |= {f"team:{dims.team}", f"team:{dims.team}|priority:{dims.priority}"}
    if dims.tier is not None:
        found.add(f"tier:{dims.tier}")
    if dims.channel is not None:
        found.add(f"channel:{dims.channel}")
    if person is not None:
        found.add(f"agent:{person}")
    return found


def quantile(values: Sequence[int], percent: int) -> Fraction:
    """Linear interpolation between ranks."""
    ordered = sorted(values)
    place = Fraction((len(ordered) - 1) * percent, 100)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def seconds(value: Fraction | int) -> float:
    return float(Fraction(value) / 1000)


def midnight(at: int, zone: str) -> int:
    then = datetime.fromtimestamp(at / 1000, ZoneInfo(zone))
    return int(then.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp()) * 1000


def metric(facts: Sequence[Fact], metrics: Sequence[str]) -> dict[str, Any]:
    mine = [fact for fact in facts if fact.metric in metrics]
    values = [fact.value for fact in mine if fact.kind in ("met", "late", "stopped")]
    met = sum(fact.kind == "met" for fact in mine)
    breached = sum(fact.kind == "breached" for fact in mine)
    return {
        "count": len(values),
        "mean_s": seconds(Fraction(sum(values), len(values))) if values else None,
        "p50_s": seconds(quantile(values, 50)) if values else None,
        "p90_s": seconds(quantile(values, 90)) if values else None,
        "p95_s": seconds(quantile(values, 95)) if values else None,
        "max_s": seconds(max(values)) if values else None,
        "met": met,
        "breached": breached,
        "attainment": met / (met + breached) if met + breached else None,
    }


def kpi(heap: Heap, scope: str, begin: int, end: int, promised: Sequence[str]) -> dict[str, Any]:
    """The figures of one scope and window."""
    of_ticket = {
        ticket: [fact for fact in facts if begin <= fact.at < end and scope in scopes(fact.dims, fact.person)]
        for ticket, facts in heap.items()
    }
    facts = [fact for mine in of_ticket.values() for fact in mine]
    number = defaultdict(int)
    for fact in facts:
        number[fact.kind] += 1
    solved = [fact for fact in facts if fact.kind == "solved"]
    rated = [f.value for f in facts if f.kind == "rated" and f.metric == "overall" and f.mark == "customer"]
    handled = sum(any(f.kind in ("replied", "solved", "escalated") for f in mine) for mine in of_ticket.values())
    escalated = sum(any(f.kind == "escalated" for f in mine) for mine in of_ticket.values())
    return {
        **{kind: number[kind] for kind in COUNTS},
        **{name: metric(facts, (name,)) for name in METRICS},
        "sla": metric(facts, promised),
        "fcr_rate": sum("first_contact" in f.mark.split("+") for f in solved) / len(solved) if solved else None,
        "reopen_rate": number["reopened"] / len(solved) if solved else None,
        "escalation_rate": escalated / handled if handled else None,
        "csat": {
            "count": len(rated),
            "mean_pct": float(Fraction(sum(rated), len(rated) * 1_000_000)) if rated else None,
            "satisfied_rate": sum(value >= 80_000_000 for value in rated) / len(rated) if rated else None,
        },
        "weighted_solved": sum(fact.value for fact in solved) / 1_000_000,
    }


def kpis(
    heap: Heap, gauges: Mapping[str, Gauge], as_of: int, zone: str, promised: Sequence[str]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Every window of every scope that any fact or open ticket has."""
    known = {name for facts in heap.values() for fact in facts for name in scopes(fact.dims, fact.person)}
    known |= {name for gauge in gauges.values() for name in scopes(gauge.dims, gauge.assignee)}
    end = as_of // MINUTE * MINUTE + MINUTE
    found = {}
    for scope in known:
        for window in ("today",) if scope.startswith("agent:") else (*LENGTHS, "today"):
            begin = midnight(as_of, zone) if window == "today" else end - LENGTHS[window] * MINUTE
            found[scope, window] = kpi(heap, scope, begin, end, promised)
    return found


def lives(gauges: Mapping[str, Gauge]) -> dict[str, dict[str, Any]]:
    """The live figures of every scope with an open ticket."""
    found: dict[str, dict[str, Any]] = {}
    names = {name for gauge in gauges.values() for name in scopes(gauge.dims, gauge.assignee)}
    for scope in names:
        mine = {t: gauge for t, gauge in gauges.items() if scope in scopes(gauge.dims, gauge.assignee)}
        oldest = min(mine, key=lambda ticket: (mine[ticket].created_at, ticket))
        found[scope] = {
            "open": len(mine),
            "unassigned": sum(gauge.assignee is None for gauge in mine.values()),
            "waiting": sum(gauge.waiting for gauge in mine.values()),
            "at_risk": sum(gauge.at_risk for gauge in mine.values()),
            "breached": sum(gauge.breached for gauge in mine.values()),
            "oldest_open": oldest,
        }
    return found


def slots(heap: Heap, as_of: int, promised: Sequence[str]) -> dict[tuple[str, int], tuple[int, ...]]:
    """The slots of the last 8 days by scope and start, from the first on in which anything happened or stood open."""
    facts = [fact for mine in heap.values() for fact in mine]
    last = as_of // SLOT * SLOT
    starts = range(last - 8 * DAY + SLOT, last + SLOT, SLOT)
    found = {}
    for scope in {name for fact in facts for name in scopes(fact.dims, None)}:
        if "|" in scope or not scope.startswith(("all", "team:", "priority:")):
            continue
        mine = [fact for fact in facts if scope in scopes(fact.dims, None)]
        moves = sorted((f.at, 1 if f.kind == "opened" else -1) for f in mine if f.kind in ("opened", "left"))
        told = ("created", "solved", "met", "breached", "opened", "left")
        if not sum(move for _, move in moves) and not any(f.kind in told and f.at >= starts[0] for f in mine):
            continue
        by_start = defaultdict(list)
        for fact in mine:
            by_start[fact.at // SLOT * SLOT].append(fact)
        place, standing, begun = 0, 0, False
        for start in starts:
            while place < len(moves) and moves[place][0] < start + SLOT:
                standing += moves[place][1]
                place += 1
            here = by_start.get(start, ())
            begun = begun or standing != 0 or any(fact.kind in told for fact in here)
            if not begun:
                continue
            found[scope, start] = (
                sum(fact.kind == "created" for fact in here),
                sum(fact.kind == "solved" for fact in here),
                standing,
                sum(fact.kind == "met" and fact.metric in promised for fact in here),
                sum(fact.kind == "breached" and fact.metric in promised for fact in here),
            )
    return found


def in_period(heap: Heap, subject: str, begin: int, end: int) -> dict[str, list[Fact]]:
    """Each ticket's facts of a subject within a period."""
    return {
        ticket: [fact for fact in facts if begin <= fact.at < end and subject in scopes(fact.dims, fact.person)]
        for ticket, facts in heap.items()
    }


def month(at: int, zone: str) -> tuple[str, int, int]:
    """The id and bounds of the month of an instant."""
    tz = ZoneInfo(zone)
    then = datetime.fromtimestamp(at / 1000, tz)
    begin = datetime(then.year, then.month, 1, tzinfo=tz)
    after = (begin + timedelta(days=32)).replace(day=1)
    return f"{then:%Y-%m}", int(begin.timestamp()) * 1000, int(after.timestamp()) * 1000
