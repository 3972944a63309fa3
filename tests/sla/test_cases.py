"""Cases: what they expect and do not get is said in a line each; what cannot be run is an error."""

from __future__ import annotations

from typing import Any

import pytest

from sla.cases import CaseError, run_case
from tests.sla.ticket.stories import BOOK

CALENDAR = {"timezone": "Europe/Berlin", "week": {"mon": ["09:00-17:00"]}}
ASK = {"id": "c", "calendar": CALENDAR, "ask": "elapsed", "from": "2024-01-08T08:00:00Z", "to": "2024-01-08T10:00:00Z"}
CREATED = {
    "event_id": "e1",
    "type": "ticket.created",
    "ticket_id": "T1",
    "occurred_at": "2026-01-05T09:00:00Z",
    "priority": "P0",
}


def scenario(clocks: dict[str, Any], *events: dict[str, Any], **more: Any) -> dict[str, Any]:
    expect = {"clocks": clocks, **more}
    return {
        "id": "s",
        "policies": BOOK,
        "events": [CREATED, *events],
        "as_of": "2026-01-05T09:20:00Z",
        "expect": expect,
    }


def test_a_case_that_holds_has_nothing_to_say() -> None:
    """Instants are compared as instants, and only the fields named."""
    assert [] == run_case({**ASK, "expect": 7200})
    assert [] == run_case(scenario({"first_response": {"due_at": "2026-01-05T17:15:00+08:00", "status": "breached"}}))


def test_a_case_that_fails_says_what_it_got() -> None:
    """By clock and field."""
    assert ["expected 7201, got 7200"] == run_case({**ASK, "expect": 7201})
    assert ['first_response.status: expected "met", got "breached"'] == run_case(
        scenario({"first_response": {"status": "met"}})
    )


@pytest.mark.parametrize("nothing", [[], None])
def test_no_clock_is_expected_by_an_empty_list_or_null(nothing: object) -> None:
    """And one that is there all the same fails the case."""
    assert [] == run_case(scenario({"next_response": nothing}))
    assert ["resolution: expected no clock, got 1"] == run_case(scenario({"resolution": nothing}))


def test_a_list_names_every_cycle() -> None:
    """Of exactly that length."""
    reply = {**CREATED, "event_id": "e2", "type": "ticket.replied", "author": "agent"}
    assert [] == run_case(scenario({"update": [{"status": "met"}, {"status": "running"}]}, reply))
    assert ["update: expected 1 clocks, got 2"] == run_case(scenario({"update": [{"status": "met"}]}, reply))


@pytest.mark.parametrize(
    ("case", "word"),
    [
        ({**ASK, "ask": "weather", "expect": 1}, "weather"),
        ({key: value for key, value in ASK.items() if key != "from"} | {"expect": 1}, "from"),
        (scenario({"resolution": {"colour": "red"}}), "colour"),
        (scenario({}, {**CREATED, "event_id": "e2", "priority": "P9"}), "priority"),
        (scenario({}, {**CREATED, "event_id": "e2", "ticket_id": "T2"}), "ticket"),
        ({**scenario({}), "policies": {**BOOK, "calendars": {}}}, "calendar"),
    ],
)
def test_a_case_that_cannot_be_run_says_why(case: dict[str, Any], word: str) -> None:
    """It neither holds nor fails."""
    with pytest.raises(CaseError, match=word):
        run_case(case)


def test_of_several_tickets_one_may_be_asked_about() -> None:
    """By `expect.ticket`."""
    other = {**CREATED, "ticket_id": "T2", "priority": "P1"}
    assert [] == run_case(scenario({"first_response": []}, other, ticket="T2"))
