"""Who leads what on which days, and whose forms wait for whose."""

from __future__ import annotations

from decimal import Decimal

from appraisal.form import FilledForm
from appraisal.whole import appraise
from tests.appraisal.desk import Ticket, at, card_of, form_of, observed, roster_of, setting_of, told
from tests.appraisal.small import DAY, LED

CHANGE = """
- {id: wang.li, name: 王丽, scorecard: led, leads: [
    {team: network, from: 2026-01-01, to: 2026-11-09}, {team: desk, from: 2026-11-10}]}
"""
DAYS = ("2026-11-01", "2026-11-02", "2026-11-09", "2026-11-10", "2026-11-30")


IN_TWO = """
- {id: wang.li, name: 王丽, scorecard: led, leads: [
    {team: network, to: 2026-11-15}, {team: network, from: 2026-11-16}]}
"""
IN_ONE = "- {id: wang.li, name: 王丽, scorecard: led, leads: [{team: network}]}\n"


def change_of_team(period: str, as_of: str, *, gifts: bool = True, people: str = CHANGE) -> FilledForm:
    """Five tickets of two hours in one team and of one hour in the other, on the same days; reports, too."""
    card = card_of(LED.replace("[quarter]", "[month, quarter]"))
    tickets = [
        Ticket(f"{team}{n}", at(day), team=team).solved(60 if team == "desk" else 120)
        for team in ("network", "desk")
        for n, day in enumerate(DAYS)
    ]
    entries = [
        observed(f"{team}{n}", at(day), "kb_contributions", f"team:{team}", 1)
        for team in ("network", "desk")
        for n, day in enumerate(DAYS)
    ]
    roster = roster_of(people, {"led": card})
    setting = setting_of(told(tickets, entries), period, [card], roster, as_of, gifts=gifts)
    return form_of(setting, "agent:wang.li", "led")


def test_a_lead_that_ends_within_a_month_counts_by_its_days() -> None:
    """Network until 9 November, the desk from 10 November on: each ticket and report counts where its day was led."""
    filled = change_of_team("2026-11", "2026-12-09T00:00:00Z")
    throughput, articles, resolution = filled.lines

    assert Decimal(5) == throughput.value  # three of the network team, two of the desk
    assert Decimal(5) == articles.value
    assert (Decimal((3 * 120 + 2 * 60) * 60), Decimal(5)) == (resolution.numerator, resolution.denominator)
    assert [("team:desk", 21, False), ("team:network", 9, False)] == [(l.team, l.days, l.by_share) for l in filled.led]  # noqa: E741


def test_a_lead_written_in_two_spans_that_adjoin_is_one() -> None:
    """Who led a team all the time has its total, in however many lines the roster says so."""
    in_two, in_one = (change_of_team("2026-11", "2026-12-09T00:00:00Z", people=people) for people in (IN_TWO, IN_ONE))

    assert in_one.dimensions == in_two.dimensions
    assert in_one.led == in_two.led


def test_printed_again_years_later_a_lead_still_counts_by_its_days() -> None:
    """The documents of days are gone: what tickets gave to each day tells the same, line by line."""
    early = change_of_team("2026-Q4", "2027-01-09T00:00:00Z")
    late = change_of_team("2026-Q4", "2028-03-01T00:00:00Z")
    throughput, _, resolution = late.lines

    assert Decimal(5) == throughput.value
    assert (Decimal((3 * 120 + 2 * 60) * 60), Decimal(5)) == (resolution.numerator, resolution.denominator)
    assert [False, False] == [led.by_share for led in late.led]
    assert (early.dimensions, early.as_of) == (late.dimensions, late.as_of)


def test_where_days_are_kept_no_longer_a_month_counts_by_its_share_of_days_and_the_form_says_so() -> None:
    """Nine of thirty days of five tickets, and twenty-one of thirty."""
    filled = change_of_team("2026-Q4", "2027-03-01T00:00:00Z", gifts=False)
    throughput, articles, resolution = filled.lines

    assert Decimal(5) == throughput.value  # 1.5 + 3.5
    assert Decimal(5) == articles.value  # reports are counted by their days all the same
    assert (Decimal("3.5") * 3600 + Decimal("1.5") * 7200, Decimal(5)) == (resolution.numerator, resolution.denominator)
    assert [True, True] == [led.by_share for led in filled.led]
    assert any("share of its days" in note.en for note in filled.notes)


def test_two_teams_led_are_pooled_by_their_cases() -> None:
    """A mean over both is by tickets, not by teams."""
    card = card_of(LED)
    people = "- {id: wang.li, name: 王丽, scorecard: led, leads: [{team: network}, {team: desk}]}"
    tickets = [Ticket(f"N{n}", at("2026-11-02"), team="network").solved(60) for n in range(5)]
    tickets.append(Ticket("D", at("2026-11-03"), team="desk").solved(120))
    filled = form_of(
        setting_of(told(tickets), "2026-Q4", [card], roster_of(people, {"led": card})), "agent:wang.li", "led"
    )

    assert Decimal(70 * 60) == list(filled.lines)[2].value
    assert ["team:desk", "team:network"] == list(filled.lines)[2].subjects


LEADER = """
id: leader
title: Leader
periods: [quarter]
over: led_teams
dimensions:
  - {name: All, weight: 100%, measures: [{measure: team_attainment, full_at: ">= 85%", deduct: 1, per: 1%, minimum: 1},
      {measure: proposals_made, full_at: ">= 1", deduct: 50, per: 1}]}
"""


def test_who_leads_each_other_waits_for_nobody() -> None:
    """Two leaders in each other's team are left out of each other's figure; their other members count."""
    cards = {"leader": card_of(LEADER), "led": card_of(LED.replace("led_teams", "self"))}
    people = """
- {id: a, name: A, scorecard: leader, leads: [{team: x}], teams: [{team: y}]}
- {id: b, name: B, scorecard: leader, leads: [{team: y}], teams: [{team: x}]}
- {id: c, name: C, scorecard: led, teams: [{team: x}]}
"""
    roster = roster_of(people, cards)
    entries = [observed("p", DAY, "proposals_made", "agent:b", 1)]
    made = appraise(setting_of(told((), entries), "2026-Q4", cards.values(), roster))
    first, second = (one for one in made.forms if one.scorecard == "leader")

    assert (Decimal(1), Decimal(1)) == (next(first.lines).value, next(first.lines).cases)
    assert "not_reported" == next(second.lines).status
    assert ["B's own form depends on this one: not counted in the team's attainment"] == [
        n.en for n in first.notes[-1:]
    ]
