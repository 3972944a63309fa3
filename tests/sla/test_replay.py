"""Replay: lines of events in, lines of figures out."""

from __future__ import annotations

import orjson
import pytest

from models.instant import format_ms
from sla.replay import EventSet, describe, replay
from sla.ticket.happenings import HAPPENINGS
from tests.sla.ticket.stories import MINUTE, START, TICKET, book, said

CREATED = said("created", 0, "e1", priority="P0")
SOLVED = said("solved", 300, "e2")


def events_of(*lines: bytes) -> EventSet:
    events = EventSet()
    for number, line in enumerate(lines, 1):
        events.add(line, f"file:{number}")
    return events


def test_each_event_counts_once_and_the_first_body_holds() -> None:
    """Repeats are counted; a contradiction is rejected with its place."""
    events = events_of(CREATED, SOLVED, CREATED, CREATED.replace(b'"P0"', b'"P1"'), b"{")

    assert (2, 1) == (events.events, events.repeats)
    assert [("file:4", "conflict"), ("file:5", "json")] == [(one.place, one.reason) for one in events.rejected]


def test_without_an_as_of_the_newest_instant_counts() -> None:
    """Not the end of its millisecond: a clock counts no more than has passed."""
    events = events_of(CREATED, said("replied", 10, "e3", author="customer").replace(b":00Z", b":00.0005Z"))
    result = replay(events, book(), events.newest_ms)

    assert START + 10 * MINUTE == events.newest_ms
    assert 600 == orjson.loads(result.tickets[0])["clocks"][-1]["counted_s"]


def test_events_after_the_as_of_are_ignored() -> None:
    """And tickets that only come into being then are none yet."""
    other = CREATED.replace(f'"{TICKET}"'.encode(), b'"T0"').replace(b"09:00:00Z", b"11:00:00Z")
    result = replay(events_of(CREATED, SOLVED, other), book(), START + 60 * MINUTE)

    (ticket,) = map(orjson.loads, result.tickets)
    assert (TICKET, "open", 1) == (ticket["ticket_id"], ticket["status"], ticket["revision"])
    assert 1 == result.orphans


def test_tickets_are_sorted_and_breaches_by_ticket_metric_and_cycle() -> None:
    """Whatever the order of the lines; a line has neither revision nor backlog. Nobody was ever assigned."""
    lines = [line.replace(f'"{TICKET}"'.encode(), f'"T{n}"'.encode()) for n in (2, 10, 1) for line in (SOLVED, CREATED)]
    result = replay(events_of(*lines), book(), START + 600 * MINUTE)

    assert ["T1", "T10", "T2"] == [orjson.loads(line)["ticket_id"] for line in result.tickets]
    keys = [(one["ticket"], one["metric"], one["cycle"]) for one in map(orjson.loads, result.breaches)]
    assert sorted(keys) == keys
    assert 12 == len(keys)
    for one in map(orjson.loads, result.breaches):
        assert {"revision", "backlog"}.isdisjoint(one)
        assert ("breached" if one["metric"] == "assignment" else "ended") == one["status"]


def test_figures_of_every_scope_come_with_it() -> None:
    """A team's KPI documents are there, and the month's total."""
    result = replay(events_of(CREATED, SOLVED), book(), START + 301 * MINUTE)
    documents = [orjson.loads(line) for line in result.kpis]

    assert {"all", "priority:P0"} == {one["scope"] for one in documents}
    assert 1 == next(one for one in documents if (one["scope"], one["window"]) == ("all", "24h"))["solved"]
    assert any(orjson.loads(line)["period"] == "2026-01" for line in result.periods)


def test_a_ticket_that_cannot_be_folded_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are written, and the summary says which one and why."""

    def broken(*_: object) -> None:
        msg = "not to be borne"
        raise ArithmeticError(msg)

    monkeypatch.setitem(HAPPENINGS, "ticket.solved", broken)
    events = events_of(CREATED, SOLVED, CREATED.replace(b'"T1"', b'"T2"'))
    result = replay(events, book(), START + 600 * MINUTE)

    assert ["T2"] == [orjson.loads(line)["ticket_id"] for line in result.tickets]
    assert "ArithmeticError: not to be borne" == dict(describe(result, events, START))["set aside: T1"]


def test_a_summary_says_what_a_reader_wants_to_know_first() -> None:
    """How much there was, and what was wrong with it."""
    events = events_of(CREATED, SOLVED, CREATED, b"{", said("solved", 1, "e9").replace(b'"T1"', b'"T7"'))
    result = replay(events, book(), START + 600 * MINUTE)

    assert {
        "as of": format_ms(START + 600 * MINUTE),
        "events": "3",
        "tickets": "1",
        "warned or breached": "4",
        "repeats": "1",
        "not valid": "1",
        "orphans": "1",
    } == dict(describe(result, events, START + 600 * MINUTE))
