"""Who is credited: the fields just before the deciding event, and the person who did it."""

from __future__ import annotations

from typing import Any

import pytest

from models.fact import Fact
from sla.ticket.document import document
from sla.ticket.tally import standing
from sla.ticket.ticket import Ticket
from tests.sla.ticket.stories import DAY, MINUTE, START, told

P0 = ("created", 0, {"priority": "P0", "team": "desk", "assignee": "ada", "channel": "web", "customer_tier": "vip"})
AGENT = {"author": "agent"}


def of(ticket: Ticket, kind: str, metric: str | None = None) -> list[Fact]:
    return [fact for fact in standing(ticket) if fact.kind == kind and metric in {None, fact.metric}]


def one(ticket: Ticket, kind: str, metric: str | None = None) -> Fact:
    found = of(ticket, kind, metric)
    assert 1 == len(found), found
    return found[0]


def test_a_creation_is_credited_to_its_own_fields_and_nobody() -> None:
    """`created` has no person."""
    fact = one(told(P0), "created")

    assert ("desk", "P0", "vip", "web", 1_000_000) == fact.dims
    assert fact.person is None


@pytest.mark.parametrize(("reply", "person"), [({"author_id": "bob"}, "bob"), ({}, "ada")])
def test_a_response_is_credited_to_its_author_else_to_the_assignee(reply: dict[str, Any], person: str) -> None:
    """The count, the verdict and the round alike."""
    ticket = told(P0, ("replied", 5, {**AGENT, **reply}))

    assert person == one(ticket, "first_responses").person
    assert person == one(ticket, "met", "first_response").person
    assert person == one(ticket, "replied").person
    assert person == one(ticket, "met", "update").person


@pytest.mark.parametrize(("solved", "person"), [({"resolver": "bob"}, "bob"), ({}, "ada")])
def test_a_solution_is_credited_to_the_resolver_else_to_the_assignee(solved: dict[str, Any], person: str) -> None:
    """So is the first response that it is where there was none, and a reopening after it."""
    ticket = told(P0, ("solved", 5, solved), ("assigned", 6, {"assignee": "eve"}), ("reopened", 10), until=11)

    assert person == one(ticket, "solved").person
    assert person == one(ticket, "first_responses").person
    assert person == one(ticket, "met", "first_response").person
    assert person == one(ticket, "reopened").person


def test_a_closing_that_is_the_solution_is_credited_to_the_assignee() -> None:
    """A closing names no resolver, whatever unknown fields it has."""
    assert "ada" == one(told(P0, ("closed", 5, {"resolver": "bob"})), "solved").person


def test_a_breach_is_credited_to_the_assignee_at_the_due_instant() -> None:
    """Whoever answers later: the late answer's duration is his who gave it."""
    ticket = told(P0, ("assigned", 20, {"assignee": "bob", "team": "network"}), ("replied", 25, AGENT), until=30)
    breach, late = one(ticket, "breached", "first_response"), one(ticket, "late", "first_response")

    assert ("ada", "desk", START + 15 * MINUTE) == (breach.person, breach.dims.team, breach.at)
    assert ("bob", "network", START + 25 * MINUTE) == (late.person, late.dims.team, late.at)
    assert 25 * MINUTE == late.value


def test_a_breach_of_a_ticket_that_nobody_has_is_credited_to_nobody() -> None:
    """Team and all only."""
    assert one(told(("created", 0, {"priority": "P0"}), until=16), "breached", "first_response").person is None


def test_a_handing_over_on_the_due_instant_comes_after_the_breach() -> None:
    """Who had the ticket up to that instant has the breach."""
    ticket = told(P0, ("assigned", 15, {"assignee": "bob", "team": "network"}), until=16)

    breach = one(ticket, "breached", "first_response")
    assert ("ada", "desk") == (breach.person, breach.dims.team)


def test_a_breach_that_a_change_brings_about_is_credited_to_what_the_change_made() -> None:
    """The new priority's promise is broken, not the old one's."""
    ticket = told(
        ("created", 0, {"priority": "P1", "assignee": "ada"}), ("updated", 300, {"priority": "P0", "assignee": "bob"}),
        until=301,
    )  # fmt: skip
    breach = one(ticket, "breached", "resolution")

    assert ("P0", "bob", START + 300 * MINUTE) == (breach.dims.priority, breach.person, breach.at)


def test_an_assignment_is_credited_to_the_new_assignee_in_the_old_team() -> None:
    """The team is the one just before the event."""
    ticket = told(("created", 0, {"priority": "P0", "team": "desk"}), ("assigned", 5, {"assignee": "bob", "team": "x"}))
    fact = one(ticket, "met", "assignment")

    assert ("bob", "desk", 5 * MINUTE) == (fact.person, fact.dims.team, fact.value)


def test_a_change_of_priority_counts_where_it_was_before() -> None:
    """So does every other count."""
    assert "P0" == one(told(P0, ("updated", 5, {"priority": "P1"})), "priority_changes").dims.priority


def test_an_escalation_is_credited_to_who_had_the_ticket_before_it() -> None:
    """And to the team before it, though it moves the ticket to another."""
    ticket = told(P0, ("escalated", 5, {"to_team": "network"}))
    fact = one(ticket, "escalated")

    assert ("ada", "desk") == (fact.person, fact.dims.team)
    assert "network" == ticket.fields["team"]


@pytest.mark.parametrize(
    ("story", "person"),
    [
        ([("rated", 9, {"score": 4, "scale": 5, "agent": "eve"})], "eve"),
        ([("solved", 5, {"resolver": "bob"}), ("rated", 9, {"score": 4, "scale": 5})], "bob"),
        (
            [("solved", 5, {"resolver": "bob"}), ("reopened", 6), ("solved", 7, {"resolver": "eve"}),
             ("rated", 9, {"score": 4, "scale": 5})], "eve",
        ),
        ([("rated", 9, {"score": 4, "scale": 5})], "ada"),
    ],
)  # fmt: skip
def test_a_rating_is_credited_to_its_agent_else_the_solver_else_the_assignee(
    story: list[tuple[Any, ...]], person: str
) -> None:
    """The solver of the latest solution, that is."""
    fact = one(told(P0, *story), "rated")

    assert (person, "overall", "customer", 80_000_000) == (fact.person, fact.metric, fact.mark, fact.value)


def test_a_flag_is_credited_as_a_rating_is() -> None:
    """Its agent, else the solver, else the assignee."""
    assert "eve" == one(told(P0, ("flagged", 5, {"flag": "error", "agent": "eve"})), "flagged").person
    assert (
        "bob" == one(told(P0, ("solved", 4, {"resolver": "bob"}), ("flagged", 5, {"flag": "error"})), "flagged").person
    )
    assert "ada" == one(told(P0, ("flagged", 5, {"flag": "error"})), "flagged").person


def test_the_latest_rating_of_a_rater_and_aspect_replaces() -> None:
    """Another rater's, or one of another aspect, stands beside it."""
    ticket = told(
        P0,
        ("rated", 1, {"score": 1, "scale": 5, "rater_id": "c1"}),
        ("rated", 2, {"score": 5, "scale": 5, "rater_id": "c1"}),
        ("rated", 3, {"score": 3, "scale": 5, "rater_id": "c2"}),
        ("rated", 4, {"score": 2, "scale": 5, "rater_id": "c1", "aspect": "attitude"}),
        ("rated", 5, {"score": 4, "scale": 5, "rater_id": "c1", "rater": "colleague"}),
    )

    assert [(2, 100_000_000), (3, 60_000_000), (4, 40_000_000), (5, 80_000_000)] == [
        ((fact.at - START) / MINUTE, fact.value) for fact in of(ticket, "rated")
    ]


def test_a_withdrawn_flag_counts_no_more() -> None:
    """Set again it counts from then on."""
    flag = {"flag": "complaint"}
    ticket = told(P0, ("flagged", 1, flag), ("flagged", 2, {**flag, "withdrawn": True}), ("flagged", 3, flag))

    assert [START + 3 * MINUTE] == [fact.at for fact in of(ticket, "flagged")]
    assert {"complaint"} == set(ticket.flags)


def test_a_score_beyond_all_bounds_is_still_a_share_of_its_scale() -> None:
    """Nothing overflows."""
    assert 50_000_000 == one(told(P0, ("rated", 1, {"score": 0.5e308, "scale": 1e308})), "rated").value


@pytest.mark.parametrize(
    ("story", "marks"),
    [
        ([], {"first_contact", "kept"}),
        ([("replied", 1, AGENT)], {"first_contact", "kept"}),
        ([("replied", 1, AGENT), ("replied", 2, AGENT)], {"kept"}),
        ([("replied", 1, AGENT), ("replied", 2, {**AGENT, "public": False})], {"first_contact", "kept"}),
        ([("escalated", 1)], {"kept"}),
        ([("solved", 1), ("replied", 2, AGENT), ("replied", 3, AGENT), ("reopened", 4)], {"kept"}),
    ],
)
def test_a_solution_is_of_the_first_contact_after_at_most_one_public_reply_and_no_escalation(
    story: list[tuple[Any, ...]], marks: set[str]
) -> None:
    """Notes are no contact; what is written while the ticket is solved is."""
    assert marks == set(of(told(P0, *story, ("solved", 60)), "solved")[-1].mark.split("+"))


def test_what_the_solution_says_of_the_first_contact_overrides_the_replies() -> None:
    """A call solved on the phone; an escalation, or a reopening within seven days, still spoils it."""
    many = [("replied", 1, AGENT), ("replied", 2, AGENT)]

    assert "first_contact+kept" == one(told(P0, *many, ("solved", 60, {"first_contact": True})), "solved").mark
    assert "kept" == one(told(P0, ("solved", 60, {"first_contact": False})), "solved").mark
    assert "kept" == one(told(P0, ("solved", 60, {"first_contact": True}), ("escalated", 70)), "solved").mark
    assert "" == one(told(P0, ("solved", 60, {"first_contact": True}), ("reopened", 70), until=71), "solved").mark


def test_a_reopening_after_seven_days_leaves_the_solution_kept() -> None:
    """Up to and on the seventh day it spoils it."""
    week = 7 * 24 * 60

    assert "" == one(told(P0, ("solved", 0), ("reopened", week), until=week), "solved").mark
    assert "first_contact+kept" == one(told(P0, ("solved", 0), ("reopened", week + 1), until=week + 1), "solved").mark


def test_a_solution_with_a_category_and_a_note_is_recorded() -> None:
    """An article will do as well; without a category neither does."""
    category = ("updated", 1, {"category": "mail"})

    assert "recorded" in one(told(P0, category, ("solved", 2, {"note": True})), "solved").mark
    assert "recorded" in one(told(P0, category, ("solved", 2, {"article": "KB1"})), "solved").mark
    assert "recorded" not in one(told(P0, ("solved", 2, {"note": True})), "solved").mark
    assert "workaround" in one(told(P0, ("solved", 2, {"workaround": True})), "solved").mark


def test_a_call_back_within_seven_days_confirms_the_solution() -> None:
    """A reply or a rating with that aspect; an unsolved ticket has nothing to confirm."""
    call = {**AGENT, "follow_up": True}
    rating = {"score": 5, "scale": 5, "aspect": "follow_up"}

    assert "followed_up" in one(told(P0, ("solved", 2), ("replied", 9, call)), "solved").mark
    assert "followed_up" in one(told(P0, ("solved", 2), ("rated", 9, rating)), "solved").mark
    assert "followed_up" not in one(told(P0, ("replied", 1, call), ("solved", 2)), "solved").mark


def test_the_weight_of_a_solution_is_the_complexity_before_it() -> None:
    """In millionths; 1 by default."""
    assert 1_000_000 == one(told(P0, ("solved", 2)), "solved").value
    assert 2_500_000 == one(told(P0, ("updated", 1, {"complexity": 2.5}), ("solved", 2)), "solved").value


def test_taken_back_and_put_again_a_verdict_counts_once() -> None:
    """Reopened it is taken back, solved again it stands at the later instant; both solutions are counted."""
    ticket = told(P0, ("solved", 60), ("reopened", 100), ("solved", 130))

    verdict = one(ticket, "met", "resolution")
    assert (START + 130 * MINUTE, 90 * MINUTE) == (verdict.at, verdict.value)
    assert (2, 1) == (ticket.counts["solved"], ticket.counts["reopened"])


def test_with_restart_both_cycles_have_a_verdict() -> None:
    """The first one stands as it was given."""
    ticket = told(("created", 0, {"priority": "P1"}), ("solved", 60), ("reopened", 100), ("solved", 130))

    assert [(1, 60 * MINUTE), (2, 30 * MINUTE)] == [
        (fact.cycle, fact.value) for fact in of(ticket, "met", "resolution")
    ]


def test_a_cancelled_ticket_has_no_verdicts_but_its_counts() -> None:
    """Also when its cancellation is cancelled twice."""
    ticket = told(P0, ("replied", 5, AGENT), ("cancelled", 250), ("cancelled", 260))

    assert [] == [fact for kind in ("met", "late", "stopped", "breached") for fact in of(ticket, kind)]
    assert (1, 1) == (ticket.counts["first_responses"], ticket.counts["cancelled"])


def test_moving_a_ticket_moves_it_on_the_board() -> None:
    """It leaves under its old fields and opens under the new ones; a solved one moves nothing."""
    ticket = told(P0, ("assigned", 5, {"team": "network"}), ("solved", 9), ("assigned", 10, {"team": "desk"}))

    assert [("opened", "desk"), ("left", "desk"), ("opened", "network"), ("left", "network")] == [
        (fact.kind, fact.dims.team) for fact in standing(ticket) if fact.kind in {"opened", "left"}
    ]


@pytest.mark.parametrize(
    ("minute", "marked"),
    [(12, []), (12.1, [("ada", "bob", "first_response", 80)]), (20, [("ada", "bob", "first_response", 133)])],
)
def test_a_handing_over_with_more_than_80_percent_used_is_marked_at_both_names(
    minute: float, marked: list[tuple[Any, ...]]
) -> None:
    """At each clock that is that far; it moves no figure."""
    ticket = told(P0, ("assigned", minute, {"assignee": "bob"}), until=30)

    assert marked == [(one.from_person, one.to_person, one.metric, one.used) for one in ticket.handovers]
    assert len(marked) == len(document(ticket, START + DAY)["handovers"])


def test_paused_time_uses_nothing_of_a_target() -> None:
    """Only what was counted is used; the first assignment hands nothing over."""
    ticket = told(
        ("created", 0, {"priority": "P0"}),
        ("replied", 1, AGENT),
        ("status_changed", 60, {"status": "on_hold"}),
        ("assigned", 100, {"assignee": "ada"}),
        ("assigned", 300, {"assignee": "bob"}),
        until=301,
    )

    assert [] == [one for one in ticket.handovers if one.metric == "resolution"]
