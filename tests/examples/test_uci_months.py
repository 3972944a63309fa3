"""The UCI log's months by group, as closed totals: what the oracle counts, and nothing but the stated differences."""

from __future__ import annotations

import csv
import gc
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import orjson
import pytest

from examples import uci
from models.event import parse
from models.scope import team
from sla.figures.codes import SOLVED
from sla.figures.days import Days, period_id
from sla.periods.gifts import cells_of, gifts_to_months
from sla.policy import load_book
from sla.replay import EventSet, replay
from sla.ticket.tally import standing
from sla.ticket.ticket import fold
from tests.examples.test_uci import DATA, EXTRACT, LOG, POLICIES, solved_by_month_and_group

Event = dict[str, Any]
Place = tuple[str, str]  # month, group
LATER = 4_102_444_800_000 - 1  # the end of 2099: every month has closed


def solutions(events: Iterable[Event]) -> dict[str, list[Place]]:
    """Of each incident the month and group of each solution that found it open, counted from the events alone."""
    group: dict[str, str] = {}
    found: dict[str, list[Place]] = defaultdict(list)
    over: set[str] = set()
    for event in events:
        ticket, kind = event["ticket_id"], event["type"]
        if kind in {"ticket.created", "ticket.assigned"} and ("team" in event or ticket not in group):
            group[ticket] = event.get("team") or "?"
        if kind == "ticket.reopened":
            over.discard(ticket)
        if kind in {"ticket.solved", "ticket.closed"} and ticket not in over:
            over.add(ticket)
            found[ticket].append((event["occurred_at"][:7], group[ticket]))
    return found


def closed_totals(events: Iterable[Event]) -> dict[Place, int]:
    """The solutions of each month and subject as their final totals say."""
    given = EventSet()
    for number, event in enumerate(events):
        given.add(orjson.dumps(event), str(number))
    documents = map(orjson.loads, replay(given, load_book(POLICIES), LATER).periods)
    return {
        (one["period"], one["subject"]): one["counts"]["solved"]
        for one in documents
        if one["final"] and len(one["period"]) == 7 and one["period"][-2:].isdigit()
    }


def summed_gifts(events: Iterable[Event]) -> Counter[Place]:
    """The same from what each ticket gave, which adds up to the totals and costs a tenth of their documents."""
    book = load_book(POLICIES)
    days, by_ticket, found = Days(book.zone), defaultdict(list), Counter[Place]()
    for event in events:
        by_ticket[event["ticket_id"]].append(parse(orjson.dumps(event)))
    for raw in by_ticket.values():
        ticket = fold(raw, book, LATER)
        assert ticket is not None
        for month, gift in gifts_to_months(standing(ticket), days).items():
            for subject, _, cell in cells_of(month, gift):
                found[period_id(month), subject] += cell.get(SOLVED, 0)
    return found


def of_groups(counted: Counter[Place]) -> dict[Place, int]:
    """As totals name their subjects; incidents without a group have none."""
    return {(month, team(name)): number for (month, name), number in counted.items() if name != "?"}


def check(events: list[Event], totals: dict[Place, int]) -> tuple[Counter[Place], dict[str, list[Place]]]:
    ours = solutions(events)
    counted = Counter(place for places in ours.values() for place in places)

    assert of_groups(counted) == {
        name: number for name, number in totals.items() if number and name[1].startswith("team:") and "|" not in name[1]
    }
    assert sum(counted.values()) == sum(number for name, number in totals.items() if name[1] == "all")
    return counted, ours


def test_the_months_of_the_extract_are_those_of_its_solutions() -> None:
    """Each group's total of each month is the number of its solutions in it."""
    events = list(uci.events(EXTRACT))
    totals = closed_totals(events)
    check(events, totals)

    assert +Counter(totals) == +summed_gifts(events)


@pytest.mark.slow
@pytest.mark.skipif(not LOG.exists(), reason="the log is not here")
def test_the_months_of_the_whole_log_differ_from_the_oracle_as_stated() -> None:
    """454 figures: with what the oracle leaves out put beside it, and what it books elsewhere moved, they are equal."""
    events = list(uci.events(LOG))
    gc.collect()
    counted, ours = check(events, summed_gifts(events))
    with (DATA / "oracle_uci_monthly_by_group.csv").open(encoding="utf-8") as file:
        oracle = Counter(
            {(row["month"], row["assignment_group"]): int(row["resolved"]) for row in csv.DictReader(file)}
        )
    closed = {event["ticket_id"] for event in events if event["type"] == "ticket.closed" and "resolved_at" in event}
    last: dict[str, Place] = {}
    group: dict[str, str] = {}
    for event in events:
        ticket = event["ticket_id"]
        if event["type"] in {"ticket.created", "ticket.assigned"} and ("team" in event or ticket not in group):
            group[ticket] = event.get("team") or "?"
        if event["type"] == "ticket.solved":
            last[ticket] = (event["occurred_at"][:7], group[ticket])
    unremembered = Counter(places[-1] for ticket, places in ours.items() if ticket not in closed)
    earlier = Counter(place for places in ours.values() for place in places[:-1])
    moved = {ticket for ticket in closed if last[ticket] != ours[ticket][-1]}

    assert oracle == solved_by_month_and_group(events)
    assert (454, 1556, 331) == (len(oracle), sum(unremembered.values()), sum(earlier.values()))
    assert len(moved) == 85  # Resolved on several rows in a row, most of them
    there, here = Counter(last[ticket] for ticket in moved), Counter(ours[ticket][-1] for ticket in moved)
    assert counted == oracle + unremembered + earlier - there + here
