"""Which clocks a ticket has, and what moves them: the sentences of the law that no scenario tells."""

from __future__ import annotations

from typing import Any

import pytest

from models.event import parse
from models.instant import parse_ms
from sla.policy import book_from
from sla.ticket.document import document
from sla.ticket.ticket import Ticket, fold
from tests.sla.ticket.stories import BOOK, DAY, MINUTE, START, book, said, story, told

P0 = ("created", 0, {"priority": "P0"})
AGENT = {"author": "agent"}
CUSTOMER = {"author": "customer"}
WAITING = {"status": "on_hold"}
OPEN = {"status": "open"}


def clocks(ticket: Ticket, metric: str, until: float = 0) -> list[dict[str, Any]]:
    now = max(START + round(until * MINUTE), ticket.last[0] // 1000)
    return [clock for clock in document(ticket, now)["clocks"] if clock["metric"] == metric]


def minute(text: str | None) -> float | None:
    return None if text is None else (parse_ms(text) - START) / MINUTE


def ledger(clock: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (slice_["kind"], minute(slice_["from"]), minute(slice_["to"]), slice_["event"]) for slice_ in clock["ledger"]
    ]


# -- the creation -----------------------------------------------------------------------------------------------------


def test_what_occurred_before_the_creation_is_taken_at_it() -> None:
    """A reply that was written down first is a response in no time, and no clock starts before the ticket."""
    ticket = told(("replied", -5, AGENT), P0, ("updated", -3, {"team": "network"}), until=1)

    assert ["met"] == [clock["status"] for clock in clocks(ticket, "first_response")]
    assert 0 == clocks(ticket, "first_response")[0]["counted_s"]
    assert "network" == ticket.fields["team"]
    assert START == ticket.created_at


def test_of_several_creations_the_earliest_counts_and_the_others_update() -> None:
    """A later one changes the fields that it names, and no other."""
    ticket = told(
        ("created", 0, {"priority": "P0", "status": "on_hold", "team": "desk"}), ("created", 10, {"priority": "P1"})
    )

    assert (START, "P1", "desk", "on_hold") == (
        ticket.created_at, *(ticket.fields[name] for name in ("priority", "team", "status")),
    )  # fmt: skip
    assert (1, 1) == (ticket.counts["created"], ticket.counts["priority_changes"])


def test_a_ticket_without_a_creation_is_none() -> None:
    """It has no clocks yet; nor has one whose creation is still ahead."""
    assert fold(story(("solved", 5)), book(), START + DAY) is None
    assert fold(story(P0), book(), START - 1) is None


def test_an_event_within_the_millisecond_asked_about_has_occurred() -> None:
    """Instants are compared by the millisecond, order by the microsecond."""
    late = parse(said("solved", 0, "e9").replace(b"09:00:00Z", b"09:00:00.000900Z"))
    early = parse(said("replied", 0, "f1", author="agent").replace(b"09:00:00Z", b"09:00:00.000100Z"))
    ticket = fold([*story(P0), late, early], book(), START)
    assert ticket is not None

    assert (3, "solved", None) == (ticket.events, ticket.phase, ticket.solver)


# -- nulls ------------------------------------------------------------------------------------------------------------


def test_null_clears_a_field_and_a_missing_one_says_nothing() -> None:
    """Complexity goes back to 1, tags to none."""
    ticket = told(
        ("created", 0, {"priority": "P0", "team": "desk", "assignee": "ada", "complexity": 3, "tags": ["a"]}),
        ("updated", 1, {"team": None, "complexity": None, "tags": None}),
    )

    assert (None, "ada", 1, []) == tuple(ticket.fields[name] for name in ("team", "assignee", "complexity", "tags"))


def test_an_assignment_to_nobody_takes_the_ticket_away_and_starts_no_clock() -> None:
    """The first assignment to a person was the assignment."""
    ticket = told(
        P0,
        ("assigned", 5, {"assignee": "ada"}),
        ("assigned", 6, {"assignee": None}),
        ("assigned", 9, {"assignee": "bob"}),
    )

    assert [("met", 5)] == [(clock["status"], minute(clock["stopped_at"])) for clock in clocks(ticket, "assignment")]
    assert "bob" == ticket.assignee


def test_fields_unknown_to_a_type_say_nothing() -> None:
    """An assignment names no priority, a status no team."""
    ticket = told(
        P0, ("assigned", 1, {"assignee": "ada", "priority": "P1"}), ("status_changed", 2, {**WAITING, "team": "x"})
    )

    assert ("P0", None, "ada") == tuple(ticket.fields[name] for name in ("priority", "team", "assignee"))


# -- pauses -----------------------------------------------------------------------------------------------------------


def test_stop_wins_over_pause_in_one_event() -> None:
    """An update that assigns a ticket and puts it on hold stops the assignment clock while it still runs."""
    special = {**BOOK, "policies": [{"name": "p", "calendar": "always", "targets": {
        "assignment": {"within": "1h", "pause_on": ["on_hold"]}}}]}  # fmt: skip
    events = story(P0, ("updated", 10, {"assignee": "ada", "status": "on_hold"}))
    ticket = fold(events, book_from(special), START + DAY)
    assert ticket is not None
    (clock,) = clocks(ticket, "assignment")

    assert ("met", 60, 600, 0) == (clock["status"], minute(clock["due_at"]), clock["counted_s"], clock["paused_s"])


def test_pause_wins_over_start_in_one_event() -> None:
    """A clock that a change adds while it puts the ticket on hold starts paused."""
    ticket = told(
        ("created", 0, {"priority": "P4"}), ("updated", 10, {"priority": "P0", "status": "on_hold"}), until=15
    )
    (clock,) = clocks(ticket, "resolution", 15)

    assert ("paused", None, 600) == (clock["status"], clock["due_at"], clock["counted_s"])
    assert [("counted", 0, 10, "e001"), ("paused", 10, 15, "e002")] == ledger(clock)


def test_a_clock_stopped_while_paused_is_due_where_it_would_have_been_on_resuming_there() -> None:
    """The pause is cut out up to the stop."""
    ticket = told(P0, ("status_changed", 30, WAITING), ("solved", 90))
    (clock,) = clocks(ticket, "resolution")

    assert ("met", 300, 1800, 3600) == (clock["status"], minute(clock["due_at"]), clock["counted_s"], clock["paused_s"])


def test_paused_time_is_only_that_which_would_have_counted() -> None:
    """The night and the noon of a pause are closed."""
    ticket = told(
        ("created", 0, {"priority": "P1", "team": "network"}), ("status_changed", 120, WAITING),
        ("status_changed", 300, OPEN), until=310,
    )  # fmt: skip
    (clock,) = clocks(ticket, "resolution", 310)

    assert [
        ("counted", 0, 120, "e001"), ("paused", 120, 180, "e002"), ("closed", 180, 240, "e002"),
        ("paused", 240, 300, "e002"), ("counted", 300, 310, "e003"),
    ] == ledger(clock)  # fmt: skip
    assert (7800, 7200) == (clock["counted_s"], clock["paused_s"])


def test_a_customers_reply_wakes_a_ticket_that_waits_for_it() -> None:
    """Not one that is on hold; nor does a reply that is not public."""
    for status, reply, woken in (
        ("waiting_on_customer", CUSTOMER, "open"),
        ("on_hold", CUSTOMER, "on_hold"),
        ("waiting_on_customer", {**CUSTOMER, "public": False}, "waiting_on_customer"),
    ):
        ticket = told(P0, ("status_changed", 5, {"status": status}), ("replied", 6, reply))
        assert woken == ticket.fields["status"]


# -- re-selection -----------------------------------------------------------------------------------------------------


def test_a_metric_that_a_change_adds_counts_from_its_own_start_with_the_pauses_since() -> None:
    """The status had paused what the new policy pauses on."""
    ticket = told(
        ("created", 0, {"priority": "P4"}), ("status_changed", 10, WAITING), ("status_changed", 30, OPEN),
        ("updated", 60, {"priority": "P0"}), until=60,
    )  # fmt: skip
    (clock,) = clocks(ticket, "resolution")

    assert [("counted", 0, 10, "e001"), ("paused", 10, 30, "e002"), ("counted", 30, 60, "e003")] == ledger(clock)
    assert (260, 2400, 1200) == (minute(clock["due_at"]), clock["counted_s"], clock["paused_s"])


def test_a_metric_that_a_change_adds_too_late_is_due_at_the_change() -> None:
    """It never breaches the past."""
    ticket = told(("created", 0, {"priority": "P4"}), ("updated", 60, {"priority": "P0"}), until=61)
    (clock,) = clocks(ticket, "first_response", 61)

    assert ("breached", 60, 60) == (clock["status"], minute(clock["due_at"]), minute(clock["breached_at"]))


def test_a_metric_that_has_had_its_stop_is_not_added() -> None:
    """A first response given under a policy that did not promise one needs none later."""
    ticket = told(("created", 0, {"priority": "P1"}), ("replied", 5, AGENT), ("assigned", 6, {"assignee": "a"}),
                  ("updated", 9, {"priority": "P0"}))  # fmt: skip

    assert ([], []) == (clocks(ticket, "first_response"), clocks(ticket, "assignment"))
    assert [5] == [minute(clock["started_at"]) for clock in clocks(ticket, "update")]


def test_a_clock_called_off_comes_back_as_a_new_cycle_from_its_own_start() -> None:
    """The cancelled one stays."""
    ticket = told(P0, ("updated", 60, {"priority": "P4"}), ("updated", 90, {"priority": "P0"}), until=91)

    assert [("cancelled", 1, 60), ("running", 2, None)] == [
        (clock["status"], clock["cycle"], minute(clock["stopped_at"])) for clock in clocks(ticket, "resolution", 91)
    ]
    assert 240 == minute(clocks(ticket, "resolution", 91)[1]["due_at"])


def test_a_change_while_solved_holds_from_the_reopening() -> None:
    """The resolution goes on under the policy that holds then, and what was counted is kept."""
    ticket = told(("created", 0, {"priority": "P0"}), ("solved", 230), ("updated", 235, {"priority": "P2"}),
                  ("reopened", 300), until=301)  # fmt: skip
    (clock,) = clocks(ticket, "resolution", 301)

    assert ("days", "running", 2880) == (clock["policy"], clock["status"], minute(clock["due_at"]))


def test_a_promise_made_while_solved_starts_at_the_reopening_from_its_own_start() -> None:
    """The time while it was solved is left out of it."""
    ticket = told(("created", 0, {"priority": "P4"}), ("solved", 60), ("updated", 70, {"priority": "P0"}),
                  ("reopened", 100), until=110)  # fmt: skip
    (clock,) = clocks(ticket, "resolution", 110)

    assert [("counted", 0, 60, "e001"), ("solved", 60, 100, "e002"), ("counted", 100, 110, "e004")] == ledger(clock)
    assert [] == clocks(ticket, "first_response")


def test_a_promise_of_restart_made_while_solved_counts_from_the_reopening() -> None:
    """Its own start is the last reopening."""
    ticket = told(
        ("created", 0, {"priority": "P4"}), ("solved", 60), ("reopened", 100), ("updated", 130, {"priority": "P1"})
    )
    (clock,) = clocks(ticket, "resolution")

    assert (1, 100) == (clock["cycle"], minute(clock["started_at"]))


def test_a_breached_clock_is_selected_no_more() -> None:
    """Policy, target and due time stay, even when no policy wants the metric any more."""
    ticket = told(P0, ("updated", 250, {"priority": "P4"}), ("solved", 300))
    (clock,) = clocks(ticket, "resolution")

    assert ("urgent", "breached", 240, 14400) == (
        clock["policy"], clock["status"], minute(clock["due_at"]), clock["target_s"],
    )  # fmt: skip


def test_an_escalation_to_a_team_selects_the_teams_policy() -> None:
    """It moves the ticket as an assignment would."""
    ticket = told(("created", 0, {"priority": "P1"}), ("escalated", 60, {"to_team": "network"}), until=61)

    assert "network" == clocks(ticket, "resolution", 61)[0]["policy"]


# -- rounds and reopenings --------------------------------------------------------------------------------------------


def test_a_reply_while_closed_waits_for_the_reopening() -> None:
    """Its round starts there, and the reopening opened it."""
    ticket = told(P0, ("replied", 5, AGENT), ("closed", 10), ("replied", 20, CUSTOMER), ("reopened", 30), until=31)
    (clock,) = clocks(ticket, "next_response", 31)

    assert (30, 90, [("counted", 30, 31, "e005")]) == (
        minute(clock["started_at"]),
        minute(clock["due_at"]),
        ledger(clock),
    )


def test_what_the_solution_answered_needs_no_answer_after_the_reopening() -> None:
    """Its round ended with the solution; only a reply given afterwards waits."""
    ticket = told(P0, ("replied", 5, AGENT), ("replied", 10, CUSTOMER), ("solved", 20), ("reopened", 30), until=40)

    assert [("met", 20)] == [(one["status"], minute(one["stopped_at"])) for one in clocks(ticket, "next_response", 40)]


def test_while_a_ticket_is_over_no_clock_starts() -> None:
    """Neither by a reply nor by a change of policy, be it solved, closed or cancelled."""
    for end in ("solved", "closed", "cancelled"):
        ticket = told(("created", 0, {"priority": "P4"}), (end, 5), ("replied", 6, CUSTOMER), ("replied", 7, AGENT),
                      ("replied", 8, CUSTOMER), ("updated", 9, {"priority": "P0"}))  # fmt: skip
        assert [] == document(ticket, START + DAY)["clocks"], end


def test_a_status_said_of_a_ticket_that_is_over_says_nothing() -> None:
    """Reopened it is open."""
    ticket = told(P0, ("solved", 5), ("status_changed", 6, WAITING), ("updated", 7, {"status": "with_vendor"}))
    again = told(P0, ("solved", 5), ("status_changed", 6, WAITING), ("reopened", 7))

    assert ("solved", "open") == (ticket.fields["status"], again.fields["status"])


def test_a_cancelled_ticket_reopened_goes_on_with_its_resolution_alone() -> None:
    """What was cancelled beside it stays cancelled; the time in between is left out."""
    ticket = told(P0, ("cancelled", 60), ("reopened", 100), until=110)

    assert [("cancelled", 60)] == [
        (c["status"], minute(c["stopped_at"])) for c in clocks(ticket, "first_response", 110)
    ]
    (clock,) = clocks(ticket, "resolution", 110)
    assert ("running", 280) == (clock["status"], minute(clock["due_at"]))
    assert [("counted", 0, 60, "e001"), ("solved", 60, 100, "e002"), ("counted", 100, 110, "e003")] == ledger(clock)


def test_only_what_happens_is_counted() -> None:
    """A second solution, a closing of what is closed, a reopening of what is open: none of them is one."""
    ticket = told(
        P0, ("reopened", 1), ("solved", 2), ("solved", 3), ("closed", 4), ("closed", 5), ("solved", 6), ("reopened", 7),
        ("closed", 8), ("cancelled", 9), ("solved", 10), ("escalated", 11),
    )  # fmt: skip

    expected = {"created": 1, "first_responses": 1, "solved": 2, "reopened": 1, "escalated": 0, "closed": 2,
                "cancelled": 1, "priority_changes": 0}  # fmt: skip
    assert expected == document(ticket, START + DAY)["counts"]


def test_an_update_round_starts_again_with_the_next_reply_after_a_reopening() -> None:
    """Not with the reopening, nor with a change of policy after it."""
    events = [P0, ("solved", 5), ("reopened", 10), ("updated", 12, {"priority": "P2"})]

    assert 1 == len(clocks(told(*events), "update"))
    assert 20 == minute(clocks(told(*events, ("replied", 20, AGENT)), "update")[1]["started_at"])


# -- calendars that end -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [{"within": "8h"}, {"business_days": 3}])
def test_a_target_that_its_calendar_cannot_hold_is_never_due(target: dict[str, Any]) -> None:
    """A calendar of single dates may end before: the clock runs on, and the ticket is told of all the same."""
    ends = {
        "calendars": {"dates": {"timezone": "UTC", "week": {}, "dates": {"2026-01-05": ["09:00-12:00"]}}},
        "policies": [{"name": "p", "calendar": "dates", "targets": {"resolution": target}}],
    }
    ticket = fold(story(P0, ("solved", 600)), book_from(ends), START + DAY)
    assert ticket is not None
    (clock,) = clocks(ticket, "resolution")

    assert ("met", None, None, 10800) == (clock["status"], clock["due_at"], clock["breached_at"], clock["counted_s"])
