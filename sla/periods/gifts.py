"""What each ticket gave to days and months: cells whose sums are the totals, under the very rules of stage 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from models import scope
from models.fact import Dims, Fact
from sla.figures.codes import Cell, amounts_in_totals
from sla.figures.credits import Place, credits_of
from sla.figures.days import Days, period_id
from sla.figures.ledger import Ledger
from sla.figures.totals import is_day, once_in, subjects_of

#: The layout of a row of `sla-period-facts`.
FORMAT = 1
#: They move the gauge of open tickets and no measure.
_OF_THE_BOARD = frozenset({"opened", "left"})


class NewerFormatError(Exception):
    """A row of `sla-period-facts` was written by a later version than this one.

    Operator action: start the version of slawatch that writes the topic, or a later one.
    """


class Gift(NamedTuple):
    """What a ticket gave to one period.

    `parts` are what adds up, by fields and person. `tickets` are what it counts once for each subject and split that
    any of the places belongs to, by code. `days` are the same for each day (20261121) of a month; None: not told.
    """

    parts: dict[Place, Cell]
    tickets: dict[int, frozenset[Place]]
    days: Mapping[int, Gift] | None = None


def gifts_of(
    facts: Sequence[Fact], periods_of: Callable[[int], tuple[int, ...]], month_end: Callable[[int], int]
) -> dict[int, Gift]:
    """What facts of one ticket give, by period (202611, 20261121); see `credits_of` for the two questions."""
    found: dict[int, Gift] = {}
    # Those of the fact before: the next one most often has them, too.
    dims: Dims | None = None
    person: str | None = None
    periods: tuple[int, ...] = ()
    cells: list[Cell] = []
    for fact in facts:
        if fact[0] in _OF_THE_BOARD:
            continue
        there = periods_of(fact[1])
        if fact[2] is not dims or fact[3] != person or there != periods:
            dims, person, periods = fact[2], fact[3], there
            cells = [_cell(found, period, (dims, person)) for period in periods]
        amounts = amounts_in_totals(fact)
        for cell in cells:
            for code, amount in amounts:
                cell[code] = cell.get(code, 0) + amount
    credited = credits_of(facts, periods_of, month_end)
    for period, place, code, amount in credited.amounts:
        cell = _cell(found, period, place)
        cell[code] = cell.get(code, 0) + amount
    for period, code, places in credited.tickets:
        found[period].tickets[code] = places
    return found


def gifts_to_months(facts: Sequence[Fact], days: Days) -> dict[int, Gift]:
    """What facts of one ticket give to months, and to each day of these."""

    def periods_of(at: int) -> tuple[int, ...]:
        day = days.day_of(at)
        return day // 100, day

    def month_end(period: int) -> int:
        return days.month_end(period // 100 if is_day(period) else period)

    found = gifts_of(facts, periods_of, month_end)
    by_month: dict[int, dict[int, Gift]] = {}
    for period in sorted(found):
        if is_day(period):
            by_month[period // 100][period] = found[period]
        else:
            by_month[period] = {}
    return {month: found[month]._replace(days=own) for month, own in by_month.items()}


def cells_of(period: int, gift: Gift) -> Iterator[tuple[str, Any, Cell]]:
    """Subject, place (as `Ledger` has them) and cell of all that a gift moves."""
    for (dims, person), cell in gift.parts.items():
        place = (dims.priority, dims.tier, dims.complexity)
        for subject in subjects_of(period, dims, person):
            yield subject, place, cell
    for code, places in gift.tickets.items():
        for subject, split, value in once_in(is_day(period), places):
            yield subject, (split, value), {code: 1}


def give(ledgers: dict[str, Ledger], period: int, gift: Gift) -> None:
    """Adds a gift to the ledgers of a period, by subject."""
    for subject, place, cell in cells_of(period, gift):
        ledgers.setdefault(subject, Ledger()).add(place, cell)


def moved(old: dict[int, Gift], new: dict[int, Gift], period: int) -> set[str]:
    """The subjects whose total of a period differs by two states of a ticket."""
    amounts: Counter[tuple[str, Any, int]] = Counter()
    for gifts, sign in ((old, -1), (new, 1)):
        if period in gifts:
            for subject, place, cell in cells_of(period, gifts[period]):
                for code, amount in cell.items():
                    amounts[subject, place, code] += sign * amount
    return {subject for (subject, _, _), amount in amounts.items() if amount}


# -- as rows ----------------------------------------------------------------------------------------------------------


def row_key(month: int, ticket_id: str) -> bytes:
    """`2026-11/T1`, the ticket's name encoded as in keys of Redis."""
    return f"{period_id(month)}/{scope.encode(ticket_id)}".encode()


def row_value(month: int, ticket_id: str, gift: Gift) -> bytes:
    """A gift as it stands in the topic; the same for the same gift.

    What came of a single day only names it. The places of days are numbers: those of the month's parts, in order.
    """
    parts, tickets = _told(gift, _written)
    said = {"format": FORMAT, "month": period_id(month), "ticket": ticket_id, "parts": parts, "tickets": tickets}
    days = gift.days or {}
    if len(days) == 1:
        said["day"] = min(days) % 100
    elif days:
        numbers = {place: number for number, place in enumerate(sorted(gift.parts, key=_in_order))}
        said["days"] = [[day % 100, *_told(own, lambda place: [numbers[place]])] for day, own in sorted(days.items())]
    return orjson.dumps(said)


def read_row(value: bytes) -> tuple[int, str, Gift]:
    """Month, ticket and gift of a row.

    Raises:
        NewerFormatError: a later version wrote it.
    """
    said = orjson.loads(value)
    if said["format"] > FORMAT:
        msg = f"a row of contributions has format {said['format']}, this version knows up to {FORMAT}"
        raise NewerFormatError(msg)
    month = int(said["month"].replace("-", ""))
    gift = _heard(said["parts"], said["tickets"], _read)
    days = None
    if "day" in said:
        days = {month * 100 + said["day"]: gift}
    elif "days" in said:
        places = list(gift.parts)
        days = {
            month * 100 + day: _heard(parts, tickets, lambda one: places[one[0]])
            for day, parts, tickets in said["days"]
        }
    return month, said["ticket"], gift._replace(days=days)


def _told(gift: Gift, written: Callable[[Place], list[Any]]) -> tuple[list[Any], list[Any]]:
    """Parts and tickets as they are written, in order."""
    parts = []
    for place in sorted(gift.parts, key=_in_order):
        cell = gift.parts[place]
        codes = sorted(cell)
        parts.append([*written(place), codes, [cell[code] for code in codes]])
    tickets = [
        [code, [written(place) for place in sorted(places, key=_in_order)]]
        for code, places in sorted(gift.tickets.items())
    ]
    return parts, tickets


def _heard(parts: Sequence[Any], tickets: Sequence[Any], read: Callable[[Sequence[Any]], Place]) -> Gift:
    return Gift(
        {read(part[:-2]): dict(zip(*part[-2:], strict=True)) for part in parts},
        {code: frozenset(map(read, places)) for code, places in tickets},
    )


def _cell(found: dict[int, Gift], period: int, place: Place) -> Cell:
    gift = found.get(period)
    if gift is None:
        gift = found[period] = Gift({}, {})
    return gift.parts.setdefault(place, {})


def _written(place: Place) -> list[str | int | None]:
    return [*place[0], place[1]]


def _read(said: Sequence[Any]) -> Place:
    return Dims(*said[:5]), said[5]


def _in_order(place: Place) -> tuple[str, ...]:
    (team, priority, tier, channel, complexity), person = place
    return team or "", priority, tier or "", channel or "", str(complexity), person or ""
