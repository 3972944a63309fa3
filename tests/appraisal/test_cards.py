"""Scorecards as they are written: the five that ship, and every way to write one wrong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from appraisal.cards import load_cards
from appraisal.people import load_people
from sla.catalogue import CATALOGUE
from sla.policy.errors import PolicyError
from sla.simulate.desk import TEAMS
from tests.appraisal.desk import card_of, try_card

POLICIES = Path(__file__).parents[2] / "policies"

CARD = """\
id: small
title: {zh: 小表, en: Small}
periods: [month, quarter]
ratings: {self: 30%, superior: 70%}
dimensions:
  - name: {zh: 甲, en: One}
    weight: 60%
    measures:
      - {measure: csat, full_at: ">= 90", deduct: 0.5, per: 1}
      - {measure: resolution_mean, where: {priority: [P0, P1]}, full_at: "<= 2h", deduct: 1, per: 15m}
  - name: {zh: 乙, en: Two}
    weight: 40%
    measures:
      - {measure: error_rate, full_at: "<= 1%", deduct: 2, per: 1%}
"""


def test_a_sound_card_is_read_as_it_is_written() -> None:
    """Weights as fractions of one, targets in the measure's unit, equal shares where none are given."""
    card = card_of(CARD)
    first = card.dimensions[0].measures

    assert ("small", "小表", "Small") == (card.id, card.title.zh, card.title.en)
    assert [Fraction(3, 5), Fraction(2, 5)] == [dimension.weight for dimension in card.dimensions]
    assert [Fraction(1, 2), Fraction(1, 2)] == [line.share for line in first]
    assert (Fraction(7200), Fraction(900), "at_most") == (
        first[1].goal.target,
        first[1].goal.per,
        first[1].goal.direction,
    )
    assert first[1].where is not None
    assert "priority:P0,P1" == first[1].where.label
    assert Fraction(1, 100) == card.dimensions[1].measures[0].goal.target
    assert {"no_cases": "reweigh", "too_few": "reweigh", "not_reported": "reweigh"} == first[0].missing
    assert (5, 85) == (first[0].minimum, card.passes)


@pytest.mark.parametrize(
    ("instead", "of", "message", "line"),
    [
        ("weight: 50%", "weight: 60%", "add up to 90 %", 6),
        ("weight: 60", "weight: 60%", "no percentage", 7),
        ("weight: 0%", "weight: 60%", "no percentage above 0%", 7),
        ("self: 40%", "self: 30%", "weights of ratings add up to 110 %", 4),
        ("boss: 70%", "superior: 70%", "unknown key `boss`", 4),
        ("measure: csatt", "measure: csat", "'csatt'", 9),
        ("measure: csat_satisfied", "measure: csat", "'csat_satisfied'", 9),
        ('full_at: "<= 90"', 'full_at: ">= 90"', "wrong way", 9),
        ('full_at: ">= 190"', 'full_at: ">= 90"', "out of reach", 9),
        ('full_at: ">= 90%"', 'full_at: ">= 90"', "no number: the measure is in points", 9),
        ('full_at: "<= 2"', 'full_at: "<= 2h"', "no duration", 10),
        ('full_at: "<= 1"', 'full_at: "<= 1%"', "no share", 14),
        ("per: 15", "per: 15m", "no duration", 10),
        ("per: 0}", "per: 1}", "no step", 9),
        ("deduct: 0,", "deduct: 0.5,", "no deduction", 9),
        ("deduct: 101,", "deduct: 0.5,", "no deduction", 9),
        ("where: {tier: [vip]}", "where: {priority: [P0, P1]}", "unknown key `tier`", 10),
        ("where: {priority: [P7]}", "where: {priority: [P0, P1]}", "'P7'", 10),
        ("where: {priority: []}", "where: {priority: [P0, P1]}", "is empty", 10),
        ("where: {}", "where: {priority: [P0, P1]}", "is empty", 10),
        ("where: {aspect: [attitude]}", "where: {priority: [P0, P1]}", "not split by aspect", 10),
        ('where: {priority: [P0], complexity: ">= 3"}', "where: {priority: [P0, P1]}", "names 2 fields", 10),
        ("where: {complexity: hard}", "where: {priority: [P0, P1]}", "no complexity", 10),
        ("periods: [month, week]", "periods: [month, quarter]", "'week'", 3),
        ("periods: []", "periods: [month, quarter]", "is empty", 3),
        ("over: everybody\nperiods: [month]", "periods: [month, quarter]", "'everybody'", 3),
        ("steps: half\nperiods: [month]", "periods: [month, quarter]", "'half'", 3),
        ("pass: 101\nperiods: [month]", "periods: [month, quarter]", "nobody can reach", 3),
        ("no_cases: skip\nperiods: [month]", "periods: [month, quarter]", "'skip'", 3),
        ("name: {zh: 甲, en: One}", "name: {zh: 乙, en: Two}", "second dimension is called", 11),
        ("example: perhaps\nperiods: [month]", "periods: [month, quarter]", "neither true nor false", 3),
        ("measure: csat, minimum: -1", "measure: csat", "minimum of csat", 9),
        ("measure: csat, weight: 40%", "measure: csat", "some measures have a weight", 9),
        ("measure: csat, where: {customer_tier: [vip]}, minimum: 1.5", "measure: csat", "minimum", 9),
        ("Titel: x\ntitle: {zh: 小表, en: Small}", "title: {zh: 小表, en: Small}", "unknown key `Titel`", 2),
    ],
)
def test_a_card_that_is_wrong_is_refused_with_its_line(instead: str, of: str, message: str, line: int) -> None:
    """Each fault is named where it stands, and how to mend it."""
    assert of in CARD
    card, problems = try_card(CARD.replace(of, instead, 1))

    assert card is None
    found = [problem for problem in problems if message in problem.message]
    assert found, problems
    assert line == found[0].line
    assert found[0].mend


def test_the_same_figure_twice_in_a_card_is_refused() -> None:
    """Otherwise one fault would cost points twice."""
    twice = CARD.replace('error_rate, full_at: "<= 1%", deduct: 2, per: 1%', "csat, full_at: 90, deduct: 2, per: 1")
    card, problems = try_card(twice)

    assert card is None
    assert ["csat is scored twice in one form"] == [problem.message for problem in problems]


def test_weights_of_measures_are_taken_where_every_one_has_one() -> None:
    """They have to add up to the whole, too."""
    weighted = CARD.replace("per: 1}", "per: 1, weight: 25%}").replace("per: 15m}", "per: 15m, weight: 75%}")

    assert [Fraction(1, 4), Fraction(3, 4)] == [line.share for line in card_of(weighted).dimensions[0].measures]
    assert try_card(weighted.replace("75%", "70%"))[0] is None


def test_a_kind_of_period_that_no_dimension_looks_at_is_refused() -> None:
    """A form without a line would have no total."""
    card, problems = try_card(CARD.replace("weight: 60%", "weight: 60%\n    periods: [quarter]").replace(
        "weight: 40%", "weight: 40%\n    periods: [quarter]"))  # fmt: skip

    assert card is None
    assert ["no dimension is looked at in a month"] == [problem.message for problem in problems]


def test_what_to_do_about_missing_figures_is_taken_from_the_nearest() -> None:
    """The line says it, else the dimension, else the card."""
    card = card_of(
        CARD.replace("periods:", "no_cases: block\ntoo_few: zero\nperiods:", 1)
        .replace("weight: 60%", "weight: 60%\n    too_few: full")
        .replace("measure: csat,", "measure: csat, no_cases: full,")
    )

    assert {"no_cases": "full", "too_few": "full", "not_reported": "reweigh"} == card.dimensions[0].measures[0].missing
    assert {"no_cases": "block", "too_few": "full", "not_reported": "reweigh"} == card.dimensions[0].measures[1].missing
    assert {"no_cases": "block", "too_few": "zero", "not_reported": "reweigh"} == card.dimensions[1].measures[0].missing


def test_the_five_systems_ship_as_cards() -> None:
    """The fifth has its own targets; the others are examples with equal weights, and say so."""
    cards = load_cards(POLICIES)

    assert {"department-kpi", "internet-team", "customer-care", "service-quality", "manager-after-sales"} == set(cards)
    fifth = cards["manager-after-sales"]
    assert [Fraction(4, 10), Fraction(3, 10), Fraction(2, 10), Fraction(1, 10)] == [d.weight for d in fifth.dimensions]
    assert [5, 5, 5, 5] == [len(dimension.measures) for dimension in fifth.dimensions]
    assert not fifth.example
    assert (("quarter",), "led_teams") == (fifth.kinds, fifth.over)
    for card in cards.values():
        if card is not fifth:
            assert card.example
            assert 1 == len({dimension.weight for dimension in card.dimensions})


def test_every_measure_that_the_catalogue_lists_for_a_system_is_on_its_card() -> None:
    """System by system, as the catalogue takes them apart."""
    cards = load_cards(POLICIES)
    asked = {
        "department-kpi": "first_response_mean resolution_rate first_contact_resolution error_rate recurrence_rate "
        "kb_contributions csat complaint_rate customer_retention new_tech_count proposal_adoption",
        "internet-team": "first_response_mean resolution_mean throughput weighted_throughput first_contact_resolution "
        "recurrence_rate csat collaboration_satisfaction kb_contributions sharing_sessions proposals_made",
        "customer-care": "first_response_mean first_contact_resolution sla_attainment error_rate recurrence_rate "
        "self_service_rate csat customer_churn commendation_rate training_hours promotion_rate staff_satisfaction",
        "service-quality": "first_response_mean resolution_mean update_timeliness resolution_rate "
        "workaround_effectiveness csat follow_up_coverage record_completeness escalation_rate cross_team_resolution "
        "kb_contributions process_audit_score qa_score mystery_shopper_score",
    }
    for name, measures in asked.items():
        lines = [line for dimension in cards[name].dimensions for line in dimension.measures]

        assert set(measures.split()) == {line.measure for line in lines}


def test_the_second_system_looks_at_efficiency_by_priority_and_at_all_of_it_in_a_quarter() -> None:
    """Each efficiency measure once for P0 to P3; knowledge and satisfaction wait for the quarter."""
    card = load_cards(POLICIES)["internet-team"]
    monthly = [line for dimension in card.of_kind("month") for line in dimension.measures]

    for measure in ("first_response_mean", "resolution_mean", "throughput"):
        labels = [line.where.label for line in monthly if line.measure == measure and line.where]
        assert [f"priority:P{n}" for n in range(4)] == labels
    assert "csat" not in {line.measure for line in monthly}
    assert "csat" in {line.measure for d in card.of_kind("quarter") for line in d.measures}


def test_two_cards_of_one_id_are_refused(tmp_path: Path) -> None:
    """Nobody could tell which of them a person is appraised by."""
    (tmp_path / "scorecards").mkdir()
    for name in ("a", "b"):
        (tmp_path / "scorecards" / f"{name}.yaml").write_text(CARD, encoding="utf-8")

    with pytest.raises(PolicyError, match=r"'small' is already in scorecards/a\.yaml"):
        load_cards(tmp_path)


PEOPLE = """\
- {id: wang.li, name: 王丽, superior: chen.gang, scorecard: small,
   teams: [{team: net, from: 2026-01-01, to: 2026-03-31}]}
- {id: chen.gang, name: 陈刚}
"""


@pytest.mark.parametrize(
    ("instead", "of", "message"),
    [
        ("superior: chen.gong", "superior: chen.gang", "who is not in people.yaml"),
        ("superior: wang.li", "superior: chen.gang", "their own superior"),
        ("scorecard: big", "scorecard: small", "which is not there"),
        ("from: 2026-04-01", "from: 2026-01-01", "ends before it begins"),
        ("from: 2026-02-30", "from: 2026-01-01", "is no date"),
        ("id: wang.li, name: 陈刚", "id: chen.gang, name: 陈刚", "second person has the id"),
        ("nam: 陈刚", "name: 陈刚", "has no `name`"),
        ("teams: [{team: net}, {team: net, from: 2026-02-01, to: 2026-03-31}]",
         "teams: [{team: net, from: 2026-01-01, to: 2026-03-31}]", "named twice for the same days"),
    ],
)  # fmt: skip
def test_a_roster_that_is_wrong_is_refused(tmp_path: Path, instead: str, of: str, message: str) -> None:
    """Each fault names its line and the mend."""
    (tmp_path / "scorecards").mkdir()
    (tmp_path / "scorecards" / "small.yaml").write_text(CARD, encoding="utf-8")
    (tmp_path / "people.yaml").write_text(PEOPLE.replace(of, instead, 1), encoding="utf-8")
    assert of in PEOPLE

    with pytest.raises(PolicyError) as caught:
        load_people(tmp_path, load_cards(tmp_path))

    assert any(message in problem.message and problem.line for problem in caught.value.problems)


def test_a_superior_of_another_department_needs_no_entry(tmp_path: Path) -> None:
    """The form names them by their id."""
    (tmp_path / "people.yaml").write_text("- {id: wang.li, name: 王丽, superior: hr.zhou}\n", encoding="utf-8")
    roster = load_people(tmp_path, {})

    assert ("hr.zhou", "hr.zhou") == (roster.people["wang.li"].superior, roster.name_of("hr.zhou"))


def test_a_person_whose_card_is_over_led_teams_has_to_lead_one(tmp_path: Path) -> None:
    """Otherwise their form would be empty."""
    (tmp_path / "scorecards").mkdir()
    (tmp_path / "scorecards" / "small.yaml").write_text(CARD + "over: led_teams\n", encoding="utf-8")
    (tmp_path / "people.yaml").write_text(PEOPLE, encoding="utf-8")

    with pytest.raises(PolicyError, match="leads none"):
        load_people(tmp_path, load_cards(tmp_path))


def test_every_measure_that_is_scored_can_stand_on_a_card() -> None:
    """A plain target in the measure's own unit and direction is understood for each of the catalogue."""
    amounts = {"ratio": "50%", "s": "1h", "points": "50", "count": "5", "hours": "5", "weight": "5"}
    steps = {"ratio": "1%", "s": "1m", "points": "1", "count": "1", "hours": "1", "weight": "1"}
    for measure in CATALOGUE.values():
        if measure.scored:
            line = f"{{measure: {measure.id}, full_at: {amounts[measure.unit]}, deduct: 1, per: {steps[measure.unit]}}}"
            card = card_of(f"title: x\nperiods: [month]\ndimensions: [{{name: x, weight: 100%, measures: [{line}]}}]")

            assert measure.id == card.dimensions[0].measures[0].measure


def test_the_people_who_ship_work_at_the_simulated_desk() -> None:
    """Whoever is scored by what they do is somebody whom the simulator lets do it, in a team that is there."""
    people = load_people(POLICIES, load_cards(POLICIES)).people.values()
    agents = {agent: team.name for team in TEAMS for agent in team.agents}

    assert {"manager-after-sales", "internet-team"} == {person.scorecard for person in people if person.scorecard}
    for person in people:
        if person.scorecard:
            assert agents[person.id] in {span.team for span in person.teams}
