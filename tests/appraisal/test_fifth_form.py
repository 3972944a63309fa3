"""The support manager's quarterly form: twenty measures, from events and observations, each worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import takewhile
from pathlib import Path

import orjson
import pytest

from appraisal.cards import load_cards
from appraisal.form import FilledForm
from appraisal.numbers import half_up
from appraisal.setting import Setting
from appraisal.whole import appraise
from models.instant import parse_ms
from sla.simulate import simulate
from tests.appraisal.desk import Ticket, at, card_of, form_of, observed, roster_of, setting_of, told

MEMBER_CARD = """
id: member
title: Member
periods: [quarter]
dimensions:
  - name: Sharing
    weight: 100%
    measures:
      - {measure: sharing_sessions, full_at: ">= 1", deduct: 50, per: 1}
"""
PEOPLE = """
- {id: chen.gang, name: 陈刚}
- {id: wang.li, name: 王丽, position: 技术支持经理, department: 技术支持部, superior: chen.gang,
   scorecard: manager-after-sales,
   leads: [{team: network, from: 2026-01-01}], teams: [{team: network, from: 2025-03-01}]}
- {id: li.na, name: 李娜, scorecard: member, teams: [{team: network, from: 2025-01-01}]}
- {id: zhang.wei, name: 张伟, scorecard: member, teams: [{team: network, from: 2026-11-16}]}
"""


def tickets() -> list[Ticket]:
    """Twenty tickets of the network team in the last quarter of 2026."""
    made = [
        Ticket(
            f"N-{n:02d}",
            at(f"2026-{10 + n % 3}-{5 + n:02d}"),
            team="network",
            assignee="li.na",
            customer_tier="vip" if n < 6 else "standard",
            complexity=3 if n < 5 else 1,
        )
        for n in range(20)
    ]
    for n, ticket in enumerate(made):
        ticket.replied(30 if n in {18, 19} else 5)  # two answers came too late
        if n >= 13:
            ticket.replied(40)  # a second contact: not solved at the first
        if n < 5:
            ticket.solved((60, 90, 120, 180, 300)[n])  # 750 minutes of five complex ones; the last one after its 4 h
        else:
            ticket.solved(60)
    for ticket, score in zip(made[:6], (5, 5, 4, 4, 4, 3), strict=True):
        ticket.tell("rated", 400, score=score, scale=5, rater_id="c")
    for ticket, score in zip(made[6:10], (5, 4, 4, 3), strict=True):
        ticket.tell("rated", 500, score=score, scale=5, aspect="follow_up", rater_id="c")
    for ticket in made[10:12]:
        ticket.tell("rated", 500, score=4, scale=5, aspect="collaboration", rater="colleague", rater_id="ops")
    for n in range(5):
        made[n].tell("flagged", 10, flag="cross_team")
        made[n + 6].tell("flagged", 70, flag="complaint")
        if n:
            made[n + 6].tell("flagged", 900, flag="complaint_resolved")
    made[12].tell("flagged", 20, flag="service_accident")
    return made


def observations() -> list[object]:
    """What no ticket tells, on the team, on the manager and on two members."""
    team, day = "team:network", at("2026-11-20")
    return [
        observed("o1", day, "follow_up_satisfaction", team, 8, 10),
        observed("o2", day, "follow_up_satisfaction", team, 70, 100),
        observed("o3", at("2026-10-31", "23:59"), "kb_contributions", team, 2),
        observed("o4", at("2026-12-31", "23:59"), "kb_contributions", team, 1),
        observed("o5", at("2027-01-01", "00:00"), "kb_contributions", team, 9),  # the next quarter's
        observed("o6", day, "training_coverage", team, 9, 10),
        observed("o7", day, "training_completion", team, 18, 20),
        observed("o8", day, "staff_turnover", team, 3, 10),
        observed("o9", day, "staff_turnover", team, 1, 10, replaces="o8"),
        *(
            observed(f"c{n}", day, "collaboration_satisfaction", team, score, 100)
            for n, score in enumerate((60, 70, 85))
        ),
        observed("o10", day, "proposal_adoption", team, 3, 5),
        observed("o11", day, "improvements_done", team, 7),
        observed("o12", day, "improvements_done", "agent:wang.li", 1),  # the manager's own comes before the team's
        observed("o13", day, "new_tool_adoption", team, 8, 10),
        observed("o14", day, "feedback_adoption", team, 5, 10),
        observed("o15", day, "cost_saving", team, 30_000, 1_000_000),
        observed("o16", day, "proposals_made", team, 5),
        observed("o17", day, "sharing_sessions", "agent:li.na", 1),
    ]


def rest_of_the_desk() -> list[bytes]:
    """Two days of simulated traffic of other teams: it is none of the manager's."""
    begin = parse_ms("2026-10-12T00:00:00Z")
    traffic = takewhile(lambda one: one[0] < begin + 2 * 86_400_000, simulate(7, begin, 0.02))
    return [orjson.dumps(event) for _, event in traffic]


@pytest.fixture(scope="module")
def setting() -> Setting:
    """The quarter, long closed."""
    folder = Path(__file__).parents[2] / "policies"
    cards = {**load_cards(folder), "member": card_of(MEMBER_CARD)}
    lines = told(
        tickets(), [*observations(), observed("o18", at("2026-12-01"), "sharing_sessions", "agent:zhang.wei", 0)]
    )
    return setting_of([*lines, *rest_of_the_desk()], "2026-Q4", cards.values(), roster_of(PEOPLE, cards))


@pytest.fixture(scope="module")
def form(setting: Setting) -> FilledForm:
    """The manager's form."""
    return form_of(setting, "agent:wang.li", "manager-after-sales")


#: Measure, value, score: each from the twenty tickets and the observations above, by hand.
BY_HAND = [
    ("key_customer_csat", Fraction(500, 6), 100 - Fraction(40, 6) * Fraction(1, 2)),  # (100+100+80+80+80+60) ÷ 6 of 90
    ("complaint_resolution_rate", Fraction(4, 5), Fraction("92.5")),  # 15 steps below 95 %
    ("first_response_attainment", Fraction(18, 20), Fraction(96)),  # 8 steps below 98 %
    ("follow_up_satisfaction", Fraction(470, 6), 100 - Fraction(40, 6) * Fraction(1, 2)),  # 100+80+80+60+80+70
    ("major_incidents", Fraction(1), Fraction(95)),
    ("first_contact_resolution", Fraction(13, 20), Fraction("92.5")),  # 15 steps below 80 %
    ("complex_handling_mean", Fraction(750 * 60, 5), Fraction(98)),  # 2 h 30 min: two quarters of an hour over
    ("kb_contributions", Fraction(3), Fraction(96)),  # two missing
    ("training_coverage", Fraction(9, 10), Fraction(90)),
    ("cross_team_resolution", Fraction(4, 5), Fraction(95)),  # the fifth took five hours
    ("training_completion", Fraction(18, 20), Fraction(90)),
    ("team_attainment", Fraction(92, 138), 100 - Fraction(55, 3) * Fraction(1, 2)),  # 92 of 92 + 46 days
    ("staff_turnover", Fraction(1, 10), Fraction(85)),  # five further per cent at 3 each
    ("collaboration_satisfaction", Fraction(375, 5), Fraction("97.5")),  # 80+80 told by tickets, 60+70+85 by a survey
    ("proposal_adoption", Fraction(3, 5), Fraction(90)),
    ("improvements_done", Fraction(1), Fraction(98)),
    ("new_tool_adoption", Fraction(8, 10), Fraction("97.5")),
    ("feedback_adoption", Fraction(5, 10), Fraction(95)),
    ("cost_saving", Fraction(3, 100), Fraction(98)),
    ("proposals_made", Fraction(5), Fraction(100)),
]


def shown(number: Fraction) -> Decimal:
    """As a form shows it."""
    return half_up(Decimal(number.numerator) / Decimal(number.denominator))


@pytest.mark.parametrize(("place", "measure", "value", "score"), [(n, *line) for n, line in enumerate(BY_HAND)])
def test_each_measure_has_the_value_and_score_of_the_hand(
    form: FilledForm, place: int, measure: str, value: Fraction, score: Fraction
) -> None:
    """Each of the twenty lines is what the tickets and observations come to on paper."""
    line = list(form.lines)[place]

    assert measure == line.measure
    assert line.value is not None
    assert float(value) == pytest.approx(float(line.value), abs=1e-12)
    assert line.score is not None
    assert shown(score) == half_up(line.score)
    assert line.status == "ok"


def test_the_total_is_that_of_the_hand(form: FilledForm) -> None:
    """Five scores share 40, 30, 20 and 10 per cent."""
    scores = [score for _, _, score in BY_HAND]
    sums = [sum(scores[n : n + 5], Fraction(0)) / 5 for n in range(0, 20, 5)]
    total = sum((weight * mean for weight, mean in zip((40, 30, 20, 10), sums, strict=True)), Fraction(0)) / 100

    assert form.total is not None
    assert shown(total) == half_up(form.total)
    assert (20, 20) == (form.measured, form.of)
    assert [half_up(dimension.score) for dimension in form.dimensions if dimension.score] == [
        shown(one) for one in sums
    ]
    assert sum(line.points for line in form.lines if line.points is not None) == pytest.approx(form.total)


def test_the_form_names_the_person_the_superior_and_the_days_of_the_lead(form: FilledForm) -> None:
    """What HR prints above the lines comes from the roster."""
    person = form.subject

    assert ("王丽", "技术支持经理", "技术支持部", "陈刚") == (
        person.name,
        person.position,
        person.department,
        person.superior_name,
    )
    assert [("team:network", "2026-10-01", "2026-12-31", 92)] == [
        (led.team, led.from_, led.to, led.days) for led in form.led
    ]
    assert not form.example


def test_any_order_and_repetition_fills_the_same_form(setting: Setting, form: FilledForm) -> None:
    """Backwards and twice over, the quarter ends in the same bytes."""
    lines = told(tickets(), observations())
    lines += told((), [observed("o18", at("2026-12-01"), "sharing_sessions", "agent:zhang.wei", 0)])
    again = setting_of(
        [*reversed(rest_of_the_desk()), *reversed(lines), *lines], "2026-Q4", setting.cards.values(), setting.roster
    )

    assert form.model_dump_json() == form_of(again, "agent:wang.li", "manager-after-sales").model_dump_json()
    assert appraise(setting).model_dump_json() == appraise(again).model_dump_json()
