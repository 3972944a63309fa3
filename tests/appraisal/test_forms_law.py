"""What a form says when figures are missing, people change teams, ratings come in and appeals are granted."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from appraisal.appraise import CannotAppraise
from appraisal.form import FilledForm
from appraisal.numbers import half_up
from appraisal.whole import appraise
from tests.appraisal.desk import Ticket, at, card_of, form_of, observed, roster_of, setting_of, told

TWO = """
id: two
title: Two dimensions
periods: [month, quarter]
{extra}
dimensions:
  - name: {{zh: 甲, en: One}}
    weight: 60%
    measures:
      - {{measure: kb_contributions, full_at: ">= 5", deduct: 10, per: 1}}
      - {{measure: csat, full_at: ">= 90", deduct: 1, per: 1{csat}}}
  - name: {{zh: 乙, en: Two}}
    weight: 40%
    measures:
      - {{measure: proposals_made, full_at: ">= 1", deduct: 50, per: 1{proposals}}}
"""
DAY = at("2026-11-20")
KB = observed("kb", DAY, "kb_contributions", "team:network", 3)
PROPOSAL = observed("p", DAY, "proposals_made", "team:network", 0)
SURVEYS = [observed(f"s{n}", DAY, "csat", "team:network", 4, 5) for n in range(5)]


def form(entries: Sequence[Any], extra: str = "", csat: str = "", proposals: str = "") -> FilledForm:
    """The team's form of the quarter."""
    card = card_of(TWO.format(extra=extra, csat=csat, proposals=proposals))
    return form_of(setting_of(told((), entries), "2026-Q4", [card]), "team:network", "two")


def test_everything_there_needs_no_reweighing() -> None:
    """80 and 90 share 60 per cent, 50 has the rest."""
    filled = form([KB, PROPOSAL, *SURVEYS])

    assert [Decimal(80), Decimal(90), Decimal(50)] == [line.score for line in filled.lines]
    assert (Decimal(71), 3, 3) == (filled.total, filled.measured, filled.of)
    assert [Decimal(24), Decimal(27), Decimal(20)] == [line.points for line in filled.lines]


def test_what_was_not_reported_leaves_its_weight_to_its_dimension() -> None:
    """By default; the form says how many measures were there, and 0 is a value."""
    filled = form([KB, PROPOSAL])
    csat = list(filled.lines)[1]

    assert ("no_cases", "reweigh", None, Decimal(0)) == (csat.status, csat.treatment, csat.score, csat.effective_weight)
    assert (Decimal(68), 2, 3) == (filled.total, filled.measured, filled.of)
    assert Decimal("0.6") == next(filled.lines).effective_weight


def test_an_empty_dimension_leaves_its_weight_to_the_others() -> None:
    """Nobody reported proposals: the first dimension is the whole form."""
    filled = form([KB, *SURVEYS])

    assert "not_reported" == list(filled.lines)[2].status
    assert [Decimal(1), Decimal(0)] == [dimension.effective_weight for dimension in filled.dimensions]
    assert (Decimal(85), 2) == (filled.total, filled.measured)


def test_too_few_cases_are_shown_and_not_scored() -> None:
    """Four ratings say little about anybody; five may be scored, or four where the card says so."""
    few = form([KB, PROPOSAL, *SURVEYS[:4]])
    line = list(few.lines)[1]

    assert ("too_few", Decimal(80), Decimal(4), None) == (line.status, line.value, line.cases, line.score)
    assert "ok" == list(form([KB, PROPOSAL, *SURVEYS[:4]], csat=", minimum: 4").lines)[1].status


@pytest.mark.parametrize(("treatment", "total"), [("full", 74), ("zero", 44), ("reweigh", 68)])
def test_the_card_says_what_to_do_about_what_is_missing(treatment: str, total: int) -> None:
    """Full marks, none, or the weight for the others; it does not count as measured."""
    filled = form([KB, PROPOSAL], csat=f", no_cases: {treatment}")

    assert (Decimal(total), 2) == (filled.total, filled.measured)
    assert treatment == list(filled.lines)[1].treatment


def test_a_blocked_form_has_no_total_and_says_which_line_blocks_it() -> None:
    """Nothing is put in its place in silence."""
    filled = form([KB, PROPOSAL], csat=", no_cases: block", extra="ratings: {data: 100%}")

    assert (None, [2], None) == (filled.total, filled.blocked_by, filled.passed)
    assert (None, None) == (filled.rating, filled.bonus)
    assert all(line.effective_weight is None for line in filled.lines)


def test_a_form_of_nothing_has_no_total() -> None:
    """Neither 0 nor 100: there was nothing to score."""
    filled = form([observed("h", DAY, "training_hours", "team:network", 8)])

    assert (None, 0, 3) == (filled.total, filled.measured, filled.of)


TICKETS = [
    Ticket(f"T{n}", at("2026-11-02"), team="network", customer_tier="vip").replied(5).solved(30 + n) for n in range(6)
]


def test_a_period_of_its_own_kind_only_and_a_card_that_is_there() -> None:
    """What cannot be appraised is refused with the mend."""
    card = card_of(TWO.format(extra="", csat="", proposals=""))
    setting = setting_of(told(TICKETS), "2026", [card])
    with pytest.raises(CannotAppraise, match="ask for another period"):
        appraise(setting, ["team:network"], ["two"])
    with pytest.raises(CannotAppraise, match="no scorecard 'three'"):
        appraise(setting, ["team:network"], ["three"])
    with pytest.raises(CannotAppraise, match="name one with --scorecard"):
        appraise(setting, ["agent:nobody"])
    quarter = setting_of(told(TICKETS), "2026-Q4", [card])
    with pytest.raises(CannotAppraise, match="nothing is known of team:netwrok"):
        appraise(quarter, ["team:netwrok"], ["two"])


def test_a_day_has_totals_of_teams_and_none_of_persons() -> None:
    """A person's day would look like one of idleness."""
    card = card_of(TWO.format(extra="", csat="", proposals="").replace("[month, quarter]", "[day]"))
    setting = setting_of(told(TICKETS), "2026-11-02", [card], as_of="2026-11-20T00:00:00Z")

    assert ("day", 1) == (
        appraise(setting, ["team:network"], ["two"]).kind,
        len(appraise(setting, ["all"], ["two"]).forms),
    )
    with pytest.raises(CannotAppraise, match="days have totals of the desk and of teams only"):
        appraise(setting, ["agent:li.na"], ["two"])


def test_what_is_told_of_other_periods_changes_no_byte() -> None:
    """Not the digest of what it was computed from either; what is told of this one does."""
    card = card_of(TWO.format(extra="", csat="", proposals=""))
    entries = [KB, PROPOSAL, *SURVEYS]
    other = observed("later", at("2027-01-02"), "kb_contributions", "team:network", 7)
    mine = observed("mine", DAY, "training_hours", "team:network", 7)
    made, same, another = (
        appraise(setting_of(told(TICKETS, found), "2026-Q4", [card]), ["team:network"], ["two"])
        for found in (entries, [*entries, other], [*entries, mine])
    )

    assert made.model_dump_json() == same.model_dump_json()
    assert made.inputs != another.inputs


RATED = "ratings: {self: 30%, superior: 50%, peer: 20%}"


def rating(  # noqa: PLR0917 -- read as a table
    name: str, role: str, rater: str, dimension: str, score: float, minute: int = 0, **more: Any
) -> Any:
    """A rating of the team lead's form."""
    return {
        "type": "rating.given",
        "event_id": name,
        "occurred_at": at("2027-01-10", f"10:{minute:02d}").isoformat(),
        "period": "2026-Q4",
        "scorecard": "two",
        "subject": "agent:wang.li",
        "role": role,
        "rater": rater,
        "dimension": dimension,
        "score": score,
        **more,
    }


ALL_RATINGS = [
    rating("r1", "self", "wang.li", "甲", 90),
    rating("r2", "self", "wang.li", "Two", 80),
    rating("r3", "superior", "chen.gang", "One", 60, 1),
    rating("r4", "superior", "chen.gang", "One", 70, 2),  # thought better of it
    rating("r5", "superior", "chen.gang", "乙", 75),
    rating("r6", "peer", "li.na", "甲", 100),
    rating("r7", "peer", "li.na", "乙", 100),
    rating("r8", "peer", "zhang.wei", "甲", 50),
    rating("r9", "peer", "zhang.wei", "乙", 50),
]


def rated(ratings: Sequence[Any]) -> FilledForm:
    """The form of a person with ratings."""
    card = card_of(TWO.format(extra=RATED, csat="", proposals=""))
    return form_of(setting_of(told((), ratings), "2026-Q4", [card]), "agent:wang.li", "two")


def test_the_rating_weighs_roles_and_the_bonus_follows_half_up() -> None:
    """Self 86 at 30 %, superior 72 at 50 %, peers 100 and 50 at 20 %: 76.8, and 0.77 of the bonus."""
    filled = rated(ALL_RATINGS)

    assert [Decimal(86), Decimal(72), Decimal(75)] == [role.total for role in filled.roles]
    assert (Decimal("76.8"), Decimal("0.77"), []) == (filled.rating, filled.bonus, filled.missing_ratings)


def test_order_and_repetition_of_ratings_change_nothing() -> None:
    """The latest of one rater and dimension holds by its instant, not by its arrival."""
    assert rated(ALL_RATINGS).model_dump_json() == rated([*reversed(ALL_RATINGS), *ALL_RATINGS]).model_dump_json()


def test_while_a_rating_is_missing_there_is_no_bonus_and_the_form_says_which() -> None:
    """The superior has not yet rated the second dimension; no peer has rated at all."""
    filled = rated([one for one in ALL_RATINGS if one["event_id"] not in {"r5", "r6", "r7", "r8", "r9"}])

    assert (None, None) == (filled.rating, filled.bonus)
    assert ["Superior chen.gang: Two", "Peers"] == [one.en for one in filled.missing_ratings]
    assert Decimal(86) == filled.roles[0].total


def test_a_peer_who_has_not_finished_does_not_count_yet() -> None:
    """The others' mean stands; their own line shows what they gave."""
    filled = rated([one for one in ALL_RATINGS if one["event_id"] != "r9"])
    peers = filled.roles[2]

    assert Decimal(100) == peers.total
    assert [None] == [one.total for one in peers.raters if one.rater == "zhang.wei"]
    assert filled.rating is not None


def test_ratings_of_another_form_do_not_count() -> None:
    """Another period, card, subject or dimension is another form."""
    stray = [
        rating("x1", "self", "wang.li", "甲", 1, period="2026-11"),
        rating("x2", "self", "wang.li", "甲", 1, scorecard="three"),
        rating("x3", "self", "wang.li", "甲", 1, subject="agent:li.na"),
        rating("x4", "self", "wang.li", "丙", 1),
        rating("x5", "data", "wang.li", "甲", 1) | {"role": "peer", "dimension": "丙"},
    ]

    assert rated(ALL_RATINGS).model_dump_json() == rated([*ALL_RATINGS, *stray]).model_dump_json()


def adjustment(name: str, measure: str, value: Any, minute: int = 0) -> Any:
    """A granted appeal."""
    return {
        "type": "adjustment.made",
        "event_id": name,
        "occurred_at": at("2027-01-12", f"10:{minute:02d}").isoformat(),
        "period": "2026-Q4",
        "scorecard": "two",
        "subject": "team:network",
        "measure": measure,
        "value": value,
        "reason": "counted in the wrong team",
        "approved_by": "chen.gang",
    }


def test_an_appeal_stands_beside_the_computed_figure_and_never_inside_it() -> None:
    """The computed total stays 71; with the last adjustment of each line it would be 77."""
    plain = form([KB, PROPOSAL, *SURVEYS])
    filled = form(
        [KB, PROPOSAL, *SURVEYS, adjustment("a1", "kb_contributions", 4), adjustment("a2", "kb_contributions", 5, 1)]
    )

    assert (plain.total, plain.dimensions) == (filled.total, filled.dimensions)
    assert Decimal(77) == filled.adjusted_total
    assert [(1, Decimal(3), Decimal(80))] * 2 == [
        (one.number, one.computed_value, one.computed_score) for one in filled.adjustments
    ]
    assert [(Decimal(4), Decimal(90), False), (Decimal(5), Decimal(100), True)] == [
        (one.value, one.score, one.holds) for one in filled.adjustments
    ]
    assert None is plain.adjusted_total


def test_an_adjustment_of_a_missing_figure_brings_its_weight_back() -> None:
    """What was reweighed counts in the adjusted total again."""
    filled = form([KB, PROPOSAL, adjustment("a1", "csat", 90)])

    assert (Decimal(68), Decimal(74)) == (filled.total, filled.adjusted_total)


def test_an_adjustment_of_a_line_that_is_not_there_is_noted() -> None:
    """It moves nothing, and nobody overlooks it."""
    filled = form([KB, PROPOSAL, adjustment("a1", "error_rate", 0)])

    assert (None, []) == (filled.adjusted_total, filled.adjustments)
    assert any("a1" in note.en for note in filled.notes)


LED = """
id: led
title: Led
periods: [quarter]
over: led_teams
dimensions:
  - name: All
    weight: 100%
    measures:
      - {measure: throughput, full_at: ">= 10", deduct: 1, per: 1}
      - {measure: kb_contributions, full_at: ">= 5", deduct: 10, per: 1}
      - {measure: resolution_mean, full_at: "<= 1h", deduct: 1, per: 1m}
"""


CHANGE = """
- {id: wang.li, name: 王丽, scorecard: led, leads: [
    {team: network, from: 2026-01-01, to: 2026-11-09}, {team: desk, from: 2026-11-10}]}
"""
DAYS = ("2026-11-01", "2026-11-02", "2026-11-09", "2026-11-10", "2026-11-30")


def change_of_team(period: str, as_of: str) -> FilledForm:
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
    roster = roster_of(CHANGE, {"led": card})
    return form_of(setting_of(told(tickets, entries), period, [card], roster, as_of), "agent:wang.li", "led")


def test_a_lead_that_ends_within_a_month_counts_by_its_days() -> None:
    """Network until 9 November, the desk from 10 November on: each ticket and report counts where its day was led."""
    filled = change_of_team("2026-11", "2026-12-09T00:00:00Z")
    throughput, articles, resolution = filled.lines

    assert Decimal(5) == throughput.value  # three of the network team, two of the desk
    assert Decimal(5) == articles.value
    assert (Decimal((3 * 120 + 2 * 60) * 60), Decimal(5)) == (resolution.numerator, resolution.denominator)
    assert [("team:desk", 21, False), ("team:network", 9, False)] == [(l.team, l.days, l.by_share) for l in filled.led]  # noqa: E741


def test_where_days_are_kept_no_longer_a_month_counts_by_its_share_of_days_and_the_form_says_so() -> None:
    """Nine of thirty days of five tickets, and twenty-one of thirty."""
    filled = change_of_team("2026-Q4", "2027-03-01T00:00:00Z")
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


def test_a_look_ahead_is_so_far_until_its_time_has_passed() -> None:
    """First contact may still be lost for seven days after the period's end."""
    card = card_of(
        "title: x\nperiods: [month]\ndimensions: [{name: x, weight: 100%, measures: ["
        '{measure: first_contact_resolution, full_at: ">= 80%", deduct: 1, per: 1%}]}]'
    )
    early = setting_of(told(TICKETS), "2026-11", [card], as_of="2026-12-03T00:00:00Z")
    late = setting_of(told(TICKETS), "2026-11", [card], as_of="2026-12-20T00:00:00Z")

    assert ("so_far", Decimal(100)) == _status(form_of(early, "team:network", "card"))
    assert ("ok", Decimal(100)) == _status(form_of(late, "team:network", "card"))


def _status(filled: FilledForm) -> tuple[str, Decimal | None]:
    line = next(filled.lines)
    return line.status, line.score


def test_means_stand_beside_their_distribution_and_plain_figures_beside_weighted_ones() -> None:
    """Median, percentiles, cases and splits; easy tickets are no way to a high figure."""
    card = card_of(LED.replace("led_teams", "self"))
    tickets = [
        Ticket(f"T{n}", at("2026-11-02"), team="network", complexity=1 + n % 2, customer_tier="vip").solved(
            10 * (n + 1)
        )
        for n in range(10)
    ]
    throughput, _, resolution = form_of(setting_of(told(tickets), "2026-Q4", [card]), "team:network", "led").lines

    assert ("weighted_throughput", Decimal(15)) == (throughput.beside[0].measure, throughput.beside[0].value)
    assert resolution.p50 is not None
    assert 55 * 60 == pytest.approx(float(resolution.p50), rel=0.01)
    assert resolution.histogram is not None
    assert 10 == sum(number for _, number in resolution.histogram)
    assert {("priority", "P1"), ("tier", "vip"), ("complexity", "1"), ("complexity", "2")} == {
        (part.by, part.label) for part in resolution.splits
    }


def test_rows_of_totals_carry_the_score_of_exactly_their_figure() -> None:
    """The plain row of a scored measure, and the part that a line is about; of persons only who was asked for."""
    card = card_of(LED.replace("led_teams", "self").replace(
        "resolution_mean,", "resolution_mean, where: {customer_tier: [vip]},"))  # fmt: skip
    setting = setting_of(told(TICKETS, [KB]), "2026-Q4", [card])
    rows = appraise(setting, ["team:network"], ["led"]).totals
    scored = {(row.measure, row.split): half_up(row.score) for row in rows if row.score is not None}

    assert {
        ("throughput", ""): Decimal("96.00"),
        ("kb_contributions", ""): Decimal("80.00"),
        ("resolution_mean", "tier:vip"): Decimal("100.00"),
    } == scored
    assert {"team:network"} == {row.subject for row in rows}
    everybody = appraise(setting)
    assert {"all", "team:network"} == {row.subject for row in everybody.totals}
    assert "all" == everybody.totals[0].subject


def test_the_quality_of_the_data_is_told_where_the_card_asks() -> None:
    """Orphans, and tickets without the fields that figures rest on."""
    card = card_of(LED.replace("over: led_teams", "data_quality: true"))
    orphan = Ticket("O", at("2026-11-02")).replied(5)
    del orphan.events[0]
    filled = form_of(setting_of(told([*TICKETS, orphan]), "2026-Q4", [card]), "team:network", "led")
    sheet = {line.id: (line.count, line.of) for line in filled.data_quality}

    assert (1, None) == sheet["orphans"]
    assert (0, 6) == sheet["missing_team"]
    assert (6, 6) == sheet["missing_issue_key"]
    assert "missing_customer_tier" in sheet
