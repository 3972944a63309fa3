"""The simulated traffic: endless, in order, valid, the same for the same seed, and like life."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

import orjson
import pytest

from models.event import parse
from models.instant import format_ms, parse_ms
from sla.policy import load_book
from sla.simulate import simulate
from sla.simulate.hours import DAY, HOUR
from sla.ticket.ticket import fold

MONDAY = parse_ms("2026-11-16T00:00:00+08:00")
POLICIES = Path(__file__).parents[3] / "policies"

Event = dict[str, Any]


def until(end: int, seed: int = 1, rate: float = 0.1, **how: Any) -> list[tuple[int, Event]]:
    return list(takewhile(lambda told: told[0] < end, simulate(seed, MONDAY, rate, **how)))


@pytest.fixture(scope="module")
def week() -> list[tuple[int, Event]]:
    return until(MONDAY + 7 * DAY)


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Two runs of one seed cannot be told apart."""
    one = [orjson.dumps(event) for _, event in islice(simulate(7, MONDAY, 1.0), 5_000)]
    other = [orjson.dumps(event) for _, event in islice(simulate(7, MONDAY, 1.0), 5_000)]

    assert one == other


def test_another_seed_gives_other_tickets() -> None:
    """Runs of different seeds share no ticket, so both can feed one desk."""
    one = {event["ticket_id"] for _, event in islice(simulate(7, MONDAY, 1.0), 500)}
    other = {event["ticket_id"] for _, event in islice(simulate(8, MONDAY, 1.0), 500)}

    assert one.isdisjoint(other)


def test_another_start_gives_other_tickets() -> None:
    """A run begun a second later shares no ticket either, so a restart is no repetition."""
    one = {event["ticket_id"] for _, event in islice(simulate(7, MONDAY, 1.0), 500)}
    other = {event["ticket_id"] for _, event in islice(simulate(7, MONDAY + 1000, 1.0), 500)}

    assert one.isdisjoint(other)


def test_time_never_goes_back(week: list[tuple[int, Event]]) -> None:
    """Events come in the order of their instants, from the start on."""
    instants = [at for at, _ in week]

    assert sorted(instants) == instants
    assert instants[0] >= MONDAY


def test_the_instant_is_the_events_own(week: list[tuple[int, Event]]) -> None:
    """What is yielded beside an event is its `occurred_at`."""
    for at, event in week[:2_000]:
        assert at == parse_ms(event["occurred_at"]), format_ms(at)


def test_every_event_is_valid(week: list[tuple[int, Event]]) -> None:
    """The product takes every event that its simulator makes, as `simulate` alone would be no use otherwise."""
    for _, event in week[:10_000]:
        parse(orjson.dumps(event))


def test_an_event_id_is_unique_and_tells_the_order(week: list[tuple[int, Event]]) -> None:
    """The ids of a ticket's events grow with their time."""
    ids: dict[str, list[str]] = defaultdict(list)
    for _, event in week:
        ids[event["ticket_id"]].append(event["event_id"])

    for told in ids.values():
        assert sorted(set(told)) == told


def test_a_story_begins_with_its_creation(week: list[tuple[int, Event]]) -> None:
    """No ticket is an orphan, and none is created twice."""
    first: dict[str, str] = {}
    created: Counter[str] = Counter()
    for _, event in week:
        first.setdefault(event["ticket_id"], event["type"])
        created[event["ticket_id"]] += event["type"] == "ticket.created"

    assert {"ticket.created"} == set(first.values())
    assert {1} == set(created.values())


def test_every_type_of_event_occurs(week: list[tuple[int, Event]]) -> None:
    """A week of a small desk shows all that can happen to a ticket."""
    kinds = {event["type"].removeprefix("ticket.") for _, event in week}
    expected = {"created", "updated", "assigned", "replied", "status_changed", "escalated", "solved", "reopened"}

    assert expected | {"closed", "cancelled", "rated", "flagged"} == kinds


def test_the_rate_is_that_of_a_working_day() -> None:
    """Once the first tickets have run their course, a week of five working days has its events."""
    told = Counter((at - MONDAY) // DAY for at, _ in until(MONDAY + 14 * DAY, rate=0.05))
    second_week = sum(told[day] for day in range(7, 12)) / (5 * DAY / 1000)

    assert pytest.approx(second_week, rel=0.15) == 0.05


def test_a_day_has_its_shape(week: list[tuple[int, Event]]) -> None:
    """Few tickets come in at night, most before lunch, fewer at lunch, fewest on Sunday."""
    hours = Counter((at - MONDAY) % DAY // HOUR for at, e in week if e["type"] == "ticket.created")
    days = Counter((at - MONDAY) // DAY for at, e in week if e["type"] == "ticket.created")

    assert hours[10] > 6 * hours[3]
    assert hours[10] > hours[12] > hours[3]
    assert days[1] > 1.7 * days[6]


def test_steady_traffic_has_none() -> None:
    """Asked to be steady, as many tickets come in at night as by day."""
    told = until(MONDAY + 3 * DAY, rate=0.3, steady=True, outages_a_day=0)
    hours = Counter((at - MONDAY) % DAY // HOUR // 12 for at, e in told if e["type"] == "ticket.created")

    assert pytest.approx(hours[0], rel=0.1) == hours[1]


def test_a_major_incident_brings_a_burst() -> None:
    """Tickets of an outage name the incident's own ticket, which is a flagged P0, and are urgent themselves."""
    told = [event for _, event in until(MONDAY + 2 * DAY, outages_a_day=4)]
    flagged = {e["ticket_id"] for e in told if e.get("flag") == "major_incident"}
    created = {e["ticket_id"]: e for e in told if e["type"] == "ticket.created"}
    children = [e for e in created.values() if "incident" in e]

    assert flagged
    assert {"P0"} == {created[ticket]["priority"] for ticket in flagged}
    assert {e["incident"] for e in children} <= flagged
    assert {e["priority"] for e in children} == {"P0", "P1"}
    assert len(children) >= 8 * len(flagged) - 25


def test_without_outages_there_are_none() -> None:
    """A rate of 0 outages a day is no error and no outage."""
    told = [event for _, event in until(MONDAY + 2 * DAY, outages_a_day=0)]

    assert [] == [event for event in told if event.get("flag") == "major_incident" or "incident" in event]


def test_no_rate_is_no_traffic() -> None:
    """A rate of 0 is refused, with the mend."""
    with pytest.raises(ValueError, match="choose one above 0"):
        next(simulate(1, MONDAY, 0))


def test_most_promises_of_the_default_book_are_kept(week: list[tuple[int, Event]]) -> None:
    """Of each promised metric between 85 and 99 in a hundred are met, at every priority that is not rare."""
    book, now = load_book(POLICIES), MONDAY + 7 * DAY
    events: dict[str, list[Any]] = defaultdict(list)
    for _, event in week:
        events[event["ticket_id"]].append(parse(orjson.dumps(event)))
    decided: Counter[tuple[str, str, str]] = Counter()
    gauges = []
    for told in events.values():
        ticket = fold(told, book, now)
        assert ticket is not None
        gauges.append(ticket.gauge())
        decided.update((f.metric, f.dims.priority, f.kind) for f in ticket.facts if f.kind in {"met", "breached"})

    for metric in book.promised.at(now):
        for priority in ("P1", "P2", "P3"):
            met, breached = decided[metric, priority, "met"], decided[metric, priority, "breached"]
            assert 0.85 < met / (met + breached) < 0.995, (metric, priority)
    assert any(gauge.at_risk for gauge in gauges if gauge is not None)
    assert any(gauge.breached for gauge in gauges if gauge is not None)
    assert any(gauge.waiting for gauge in gauges if gauge is not None)
