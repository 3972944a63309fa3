"""What a fact adds to a cell: a cell is a mapping of whole-number codes to whole numbers, and nothing else.

So adding, retracting and merging are the same for counts, sums and histograms, order changes nothing, and a cell that
is back at nothing is empty. This file is the one home of the codes; they are part of `models.partial.FORMAT`.

    0 …     one for each kind of fact, metric, aspect and flag: what happened, once for each fact
    200 …   what follows from a fact's mark or value: first contact, weight, satisfied …
    300 …   what follows from a ticket's facts taken together: handled once, kept within the period …
    4096 …  histograms, `STEPS` codes each
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from models.fact import ASKED_FIELDS, COUNT_KINDS, Fact
from models.kpi import METRICS, SATISFIED_FROM
from sla.figures.buckets import STEPS, bucket_of

Cell = dict[int, int]

ASPECTS: Final = ("overall", "expertise", "attitude", "follow_up", "collaboration")
FLAGS: Final = (
    "complaint",
    "complaint_resolved",
    "commendation",
    "error",
    "major_incident",
    "service_accident",
    "cross_team",
    "self_service",
)
RATERS: Final = ("customer", "colleague")

COUNTS: Final = {kind: code for code, kind in enumerate((*COUNT_KINDS, "priority_changes"))}
CREATED, SOLVED, REOPENED = COUNTS["created"], COUNTS["solved"], COUNTS["reopened"]
REPLIED: Final = 8
OPENED: Final = 9
LEFT: Final = 10
RECURRED: Final = 11
FLAGGED: Final = {flag: 20 + n for n, flag in enumerate(FLAGS)}
#: (kind, metric) → code of the clock facts.
CLOCKS: Final = {
    (kind, metric): 40 + 10 * m + k
    for m, metric in enumerate(METRICS)
    for k, kind in enumerate(("met", "late", "stopped", "breached"))
}
#: (aspect, rater) → code of the number of ratings.
RATED: Final = {(aspect, rater): 100 + 10 * a + r for a, aspect in enumerate(ASPECTS) for r, rater in enumerate(RATERS)}

WEIGHT: Final = 200  # millionths
FIRST_CONTACT: Final = 201
WORKAROUND: Final = 202
KEPT: Final = 203
RECORDED: Final = 204
FOLLOWED_UP: Final = 205
WORKAROUND_KEPT: Final = 206
#: First escalations of tickets with a `resolution` clock, and the sum of what it had counted then, in ms.
TIMED_ESCALATIONS: Final = 207
ESCALATION_TIME: Final = 208
#: metric → sum of counted ms.
DURATION: Final = {metric: 210 + m for m, metric in enumerate(METRICS)}
RATED_SUM: Final = {key: code + 120 for key, code in RATED.items()}  # 220 …, millionths of a point
SATISFIED: Final = {key: code + 125 for key, code in RATED.items()}  # 225 …

#: Tickets, each once: handled (replied to, solved or escalated), and escalated.
HANDLED_TICKETS: Final = 300
ESCALATED_TICKETS: Final = 301
#: Solutions not reopened within the period, and their complexity in millionths.
THROUGHPUT: Final = 302
THROUGHPUT_WEIGHT: Final = 303
#: `resolution` clocks of tickets flagged `cross_team`.
CROSS_MET: Final = 304
CROSS_BREACHED: Final = 305
#: Tickets with a complaint, those of them resolved in time, and tickets served by themselves.
COMPLAINT_TICKETS: Final = 306
COMPLAINTS_RESOLVED: Final = 307
SELF_SERVICE_TICKETS: Final = 308
#: Created tickets that lack a field; in totals only.
MISSING: Final = {field: 310 + n for n, field in enumerate(ASKED_FIELDS)}

#: metric → first code of the histogram of counted ms.
HISTOGRAM: Final = {metric: STEPS * (1 + m) for m, metric in enumerate(METRICS)}
ESCALATION_HISTOGRAM: Final = STEPS * 6
#: (aspect, rater) → first code of the histogram of ratings, in millionths of a point.
RATED_HISTOGRAM: Final = {key: STEPS * (8 + place) for place, key in enumerate(RATED)}

_PLAIN: Final = {"replied": REPLIED, "opened": OPENED, "left": LEFT, "recurred": RECURRED}
_SOLVED_MARKS: Final = {
    "first_contact": FIRST_CONTACT,
    "workaround": WORKAROUND,
    "kept": KEPT,
    "recorded": RECORDED,
    "followed_up": FOLLOWED_UP,
}


class Plan(NamedTuple):
    """Where a fact goes: codes that it counts 1 in, and codes that take its value (-1: none)."""

    counts: tuple[tuple[int, int], ...]
    total: int = -1
    histogram: int = -1
    satisfied: int = -1


def plan_of(kind: str, metric: str, mark: str) -> Plan:
    """The plan of a kind of fact.

    Raises:
        ValueError: no such fact is known; a fact must never fall out of the figures unseen.
    """
    codes, values = _codes_of(kind, metric, mark)
    if not codes:
        msg = f"no figure knows a fact {kind!r} of {metric!r} marked {mark!r}: give it a code in sla/figures/codes.py"
        raise ValueError(msg)
    return Plan(tuple((code, 1) for code in codes), *values)


def _codes_of(kind: str, metric: str, mark: str) -> tuple[list[int], tuple[int, ...]]:
    """The codes that count, and those that take the value; none that count: the fact is not known."""
    if (kind, mark) == ("escalated", "timed"):
        return [COUNTS[kind], TIMED_ESCALATIONS], (ESCALATION_TIME, ESCALATION_HISTOGRAM)
    if (kind, metric) in CLOCKS:
        return [CLOCKS[kind, metric]], () if kind == "breached" else (DURATION[metric], HISTOGRAM[metric])
    if kind == "solved":
        marks = {word for word in mark.split("+") if word}
        if not marks <= _SOLVED_MARKS.keys():
            return [], ()
        codes = [SOLVED, *sorted(_SOLVED_MARKS[word] for word in marks)]
        return [*codes, WORKAROUND_KEPT] if {"workaround", "kept"} <= marks else codes, (WEIGHT,)
    if kind == "rated" and (metric, mark) in RATED:
        key = (metric, mark)
        return [RATED[key]], (RATED_SUM[key], RATED_HISTOGRAM[key], SATISFIED[key])
    plain = FLAGGED.get(metric) if kind == "flagged" else COUNTS.get(kind, _PLAIN.get(kind))
    return [] if plain is None else [plain], ()


_PLANS: dict[tuple[str, str, str], Plan] = {}


def plan(fact: Fact) -> Plan:
    """The plan of a fact, remembered by its kind; errors as `plan_of`."""
    key = (fact[0], fact[4], fact[8])
    known = _PLANS.get(key)
    if known is None:
        known = _PLANS[key] = plan_of(*key)
    return known


def amounts_of(fact: Fact) -> Sequence[tuple[int, int]]:
    """What a fact adds to a cell: (code, amount), never 0."""
    known = _PLANS.get((fact[0], fact[4], fact[8])) or plan(fact)
    counts, total, histogram, satisfied = known
    if total < 0:
        return counts
    value = fact[7]
    if histogram < 0:
        return (*counts, (total, value)) if value else counts
    step = (histogram + bucket_of(value), 1)
    if not value:
        return (*counts, step)
    if satisfied >= 0 and value >= SATISFIED_FROM:
        return (*counts, (total, value), step, (satisfied, 1))
    return (*counts, (total, value), step)


_MISSING_IN: dict[str, tuple[tuple[int, int], ...]] = {}


def amounts_in_totals(fact: Fact) -> Sequence[tuple[int, int]]:
    """What a fact adds to totals of days and months: as `amounts_of`, and what a created ticket lacks."""
    if fact[0] != "created" or not fact[8]:
        return amounts_of(fact)
    known = _MISSING_IN.get(fact[8])
    if known is None:
        known = _MISSING_IN[fact[8]] = ((CREATED, 1), *((MISSING[field], 1) for field in fact[8].split("+")))
    return known


def bump(cell: Cell, code: int, amount: int) -> None:
    """Adds to one code; what comes to 0 vanishes."""
    now = cell.get(code, 0) + amount
    if now:
        cell[code] = now
    else:
        cell.pop(code, None)


def merge(cell: Cell, other: Cell, sign: int = 1) -> None:
    """Adds a whole cell to another, or takes it out (-1); what comes to 0 vanishes."""
    get = cell.get
    for code, amount in other.items():
        now = get(code, 0) + sign * amount
        if now:
            cell[code] = now
        else:
            cell.pop(code, None)


def histograms(cell: Cell) -> dict[int, list[tuple[int, int]]]:
    """The histograms of a cell by their first code: steps (bucket, number) in order."""
    found: dict[int, list[tuple[int, int]]] = {}
    first, steps = -1, []
    for code in sorted([code for code in cell if code >= STEPS]):
        bucket = code % STEPS
        if code - bucket != first:
            first = code - bucket
            steps = found[first] = []
        steps.append((bucket, cell[code]))
    return found
