"""Measures that the catalogue asks for beside the first ones, from events to the month's total."""

from __future__ import annotations

from typing import Any

import orjson

from sla.replay import EventSet, replay
from tests.sla.ticket.stories import MINUTE, START, book, said

FULL = {
    "team": "network",
    "category": "vpn",
    "channel": "mail",
    "requester_id": "C1",
    "customer_tier": "vip",
    "issue_key": "K",
}


def month(*lines: bytes, hours: int = 12) -> dict[str, Any]:
    """The measures of the month of these events, of everybody."""
    events = EventSet()
    for number, line in enumerate(lines):
        events.add(line, str(number))
    said_of = map(orjson.loads, replay(events, book(), START + hours * 60 * MINUTE).periods)
    measures: dict[str, Any] = next(
        one["measures"] for one in said_of if one["subject"] == "all" and len(one["period"]) == 7
    )
    return measures


def test_the_first_escalation_takes_the_counted_time_of_the_resolution_clock() -> None:
    """The second is none, paused time is not counted; a ticket without such a clock has no time."""
    told = month(
        said("created", 0, "e1", priority="P0"),
        said("status_changed", 10, "e2", status="waiting_on_customer"),
        said("status_changed", 40, "e3", status="open"),
        said("escalated", 60, "e4"),
        said("escalated", 90, "e5"),
    )

    assert (1800.0, 1) == (told["time_to_escalate"]["value"], told["time_to_escalate"]["cases"])
    assert (1, 1) == (told["escalation_rate"]["numerator"], told["escalation_rate"]["denominator"])


def test_a_created_ticket_lacks_what_it_never_got_until_it_was_first_solved() -> None:
    """Named later it is not missing; named after the solution it stays so; taken away it is missing."""
    bare = said("created", 0, "e1", priority="P0", **FULL | {"category": None, "issue_key": None})
    named = month(bare, said("updated", 5, "e2", category="vpn"), said("updated", 6, "e3", channel=None))
    late = month(bare, said("solved", 5, "e2", resolver="bo"), said("updated", 6, "e3", category="vpn"))

    def missing(told: dict[str, Any]) -> set[str]:
        return {name for name, one in told.items() if name.startswith("missing_") and one["numerator"]}

    assert {"missing_issue_key", "missing_channel"} == missing(named)
    assert {"missing_issue_key", "missing_category"} == missing(late)
    assert set() == missing(month(said("created", 0, "e1", priority="P0", **FULL)))
    assert (0.0, 1.0) == (
        named["issue_key_share"]["value"],
        month(said("created", 0, "e1", priority="P0", **FULL))["issue_key_share"]["value"],
    )


def test_complex_tickets_and_key_customers_have_measures_of_their_own() -> None:
    """From complexity 3 on, and of the tier `vip`, split like any other; the rest is in none of their splits."""
    told = month(
        said("created", 0, "e1", priority="P0", complexity=3, customer_tier="vip"),
        said("solved", 60, "e2", resolver="bo"),
        said("rated", 70, "e3", score=4, scale=5, rater_id="x"),
        *(
            line.replace(b'"T1"', b'"T2"')
            for line in (
                said("created", 0, "e1", priority="P1", complexity=2.5),
                said("solved", 30, "e2", resolver="bo"),
                said("rated", 70, "e3", score=1, scale=5, rater_id="x"),
            )
        ),
    )
    handled, key = told["complex_handling_mean"], told["key_customer_csat"]

    assert (3600.0, 1, {"3"}, {"P0"}) == (
        handled["value"],
        handled["cases"],
        handled["by_complexity"].keys(),
        handled["by_priority"].keys(),
    )
    assert (80.0, 1, {"vip"}) == (key["value"], key["cases"], key["by_tier"].keys())
    assert (2, 50.0) == (told["csat"]["cases"], told["csat"]["value"])
