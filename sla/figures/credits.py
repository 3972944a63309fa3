"""What follows from the facts of one ticket taken together: counted once, or only if something did not follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from models.fact import Dims, Fact
from sla.figures.codes import (
    COMPLAINT_TICKETS,
    COMPLAINTS_RESOLVED,
    CROSS_BREACHED,
    CROSS_MET,
    ESCALATED_TICKETS,
    HANDLED_TICKETS,
    SELF_SERVICE_TICKETS,
    THROUGHPUT,
    THROUGHPUT_WEIGHT,
)

#: The kinds that a credit follows from.
CREDITING = frozenset({"replied", "solved", "escalated", "reopened", "flagged", "met", "breached"})
#: How long after the month's end a complaint may still be resolved for it.
COMPLAINT_GRACE_MS = 7 * 86_400_000

Place = tuple[Dims, str | None]
Once = dict[tuple[int, int], set[Place]]  # (period, code) → places
_HANDLED_BY = frozenset({"replied", "solved", "escalated"})
_CROSS = {"met": CROSS_MET, "breached": CROSS_BREACHED}


class Credits(NamedTuple):
    """What a ticket's facts amount to together.

    `amounts` are (period, place, code, amount). `tickets` are (period, code, places): in that period the ticket
    counts once for each subject and split that any of the places belongs to.
    """

    amounts: list[tuple[int, Place, int, int]]
    tickets: list[tuple[int, int, frozenset[Place]]]


def credits_of(
    facts: Sequence[Fact], periods_of: Callable[[int], tuple[int, ...]], month_end: Callable[[int], int]
) -> Credits:
    """Credits of a ticket's facts, in whatever order, but for those of one instant: they stand as they came to pass.

    `periods_of` gives the periods (month, and the day while days are kept) of an instant; `month_end` the first instant
    after the month of a period.
    """
    once: Once = {}
    amounts: list[tuple[int, Place, int, int]] = []
    turns: dict[int, Fact] = {}
    flags: list[Fact] = []
    for fact in facts:
        kind = fact[0]
        if kind == "flagged":
            flags.append(fact)
        elif kind in _HANDLED_BY:
            _handled(fact, periods_of(fact[1]), once, turns)
        elif kind == "reopened":
            for period in periods_of(fact[1]):
                _turn(turns, period, fact)
    for period, fact in turns.items():
        if fact[0] == "solved":
            place = (fact[2], fact[3])
            amounts.append((period, place, THROUGHPUT, 1))
            amounts.append((period, place, THROUGHPUT_WEIGHT, fact[7]))
    if flags:
        _flagged(flags, periods_of, month_end, once)
        if any(fact[4] == "cross_team" for fact in flags):
            amounts.extend(
                (period, (fact[2], fact[3]), _CROSS[fact[0]], 1)
                for fact in facts
                if fact[4] == "resolution" and fact[0] in _CROSS
                for period in periods_of(fact[1])
            )
    return Credits(amounts, [(period, code, frozenset(places)) for (period, code), places in once.items()])


def _handled(fact: Fact, periods: tuple[int, ...], once: Once, turns: dict[int, Fact]) -> None:
    place = (fact[2], fact[3])
    for period in periods:
        _once(once, period, HANDLED_TICKETS, place)
        if fact[0] == "solved":
            _turn(turns, period, fact)
        elif fact[0] == "escalated":
            _once(once, period, ESCALATED_TICKETS, place)


def _flagged(
    flags: list[Fact], periods_of: Callable[[int], tuple[int, ...]], month_end: Callable[[int], int], once: Once
) -> None:
    resolved = min((fact[1] for fact in flags if fact[4] == "complaint_resolved"), default=None)
    for fact in flags:
        place = (fact[2], fact[3])
        for period in periods_of(fact[1]):
            if fact[4] == "complaint":
                _once(once, period, COMPLAINT_TICKETS, place)
                if resolved is not None and resolved <= month_end(period) + COMPLAINT_GRACE_MS:
                    _once(once, period, COMPLAINTS_RESOLVED, place)
            elif fact[4] == "self_service":
                _once(once, period, SELF_SERVICE_TICKETS, place)


def _once(once: Once, period: int, code: int, place: Place) -> None:
    places = once.get((period, code))
    if places is None:
        once[period, code] = {place}
    else:
        places.add(place)


def _turn(turns: dict[int, Fact], period: int, fact: Fact) -> None:
    """Keeps the last solution or reopening of a period: only a solution that stands last was not reopened in it."""
    last = turns.get(period)
    if last is None or fact[1] >= last[1]:
        turns[period] = fact
