"""Forms to print: one of each scorecard that ships, and small ones in which something is missing or adjusted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from appraisal.cards import load_cards
from appraisal.form import FilledForm, Subject, Words
from tests.appraisal.desk import Ticket, at, card_of, form_of, observed, roster_of, setting_of, told

POLICIES = Path(__file__).parents[3] / "policies"
PEOPLE = """
- {id: chen.gang, name: 陈刚, position: 总监}
- {id: wang.li, name: 王丽, position: 技术支持经理, department: 技术支持部, superior: chen.gang,
   scorecard: manager-after-sales, leads: [{team: network, from: 2026-01-01}]}
- {id: li.na, name: 李娜, department: 技术支持部, superior: wang.li, scorecard: internet-team,
   teams: [{team: network, from: 2025-01-01}]}
"""
#: Who is appraised by which of the five cards.
FIVE = (
    ("all", "customer-care"),
    ("team:network", "department-kpi"),
    ("agent:li.na", "internet-team"),
    ("agent:wang.li", "manager-after-sales"),
    ("team:network", "service-quality"),
)
DAY = at("2026-11-20")


def tickets() -> list[Ticket]:
    """A quarter of the network team: eighteen tickets of three priorities and two tiers, most of them rated."""
    made = []
    for n in range(18):
        ticket = Ticket(
            f"N-{n:02d}",
            at(f"2026-{10 + n % 3}-{5 + n:02d}"),
            team="network",
            assignee="li.na",
            customer_tier="vip" if n < 7 else "standard",
            complexity=3 if n % 3 == 0 else 1,
        )
        ticket.replied(7 + 3 * n).solved(50 + 31 * n)
        ticket.tell("rated", 700, score=5 - n % 3, scale=5, rater_id="c")
        if n % 4 == 0:
            ticket.tell("flagged", 70, flag="cross_team" if n % 8 else "error")
        made.append(ticket)
    return made


def observations() -> list[Any]:
    """Some of what no ticket tells; much of it is missing."""
    team = "team:network"
    return [
        observed("o1", DAY, "kb_contributions", team, 3),
        observed("o2", DAY, "training_coverage", team, 9, 10),
        observed("o3", DAY, "staff_turnover", team, 1, 9),
        observed("o4", DAY, "proposal_adoption", team, 2, 3),
        observed("o5", DAY, "cost_saving", team, 30_000, 1_000_000),
        observed("o6", DAY, "kb_contributions", "agent:li.na", 2),
        observed("o7", DAY, "customer_retention", team, 95, 120),
    ]


def given(card: str, subject: str, role: str, rater: str, scores: dict[str, float]) -> list[Any]:
    """Ratings by one rater."""
    return [
        {
            "type": "rating.given",
            "event_id": f"r-{card}-{role}-{rater}-{n}",
            "occurred_at": at("2027-01-10").isoformat(),
            "period": "2026-Q4",
            "scorecard": card,
            "subject": subject,
            "role": role,
            "rater": rater,
            "dimension": dimension,
            "score": score,
        }
        for n, (dimension, score) in enumerate(scores.items())
    ]


def granted(  # noqa: PLR0917 -- read as a table
    card: str, subject: str, measure: str, value: Any, reason: str = "counted twice", minute: int = 0
) -> Any:
    """An appeal that was granted."""
    return {
        "type": "adjustment.made",
        "event_id": f"a-{measure}-{minute}",
        "occurred_at": at("2027-01-12", f"10:{minute:02d}").isoformat(),
        "period": "2026-Q4",
        "scorecard": card,
        "subject": subject,
        "measure": measure,
        "value": value,
        "reason": reason,
        "approved_by": "chen.gang",
    }


def ratings() -> list[Any]:
    """The manager's by both; the member's by everybody, one peer not having finished."""
    manager, member = "manager-after-sales", "internet-team"
    four = ("客户满意度", "问题解决能力", "团队管理效能", "服务创新与改进")
    five = ("首次响应", "解决时间", "处理量", "质量与满意度", "知识与团队")
    return [
        *given(manager, "agent:wang.li", "self", "wang.li", dict(zip(four, (95, 91.5, 88, 93), strict=True))),
        *given(manager, "agent:wang.li", "superior", "chen.gang", dict(zip(four, (90, 87, 85, 92.25), strict=True))),
        *given(member, "agent:li.na", "self", "li.na", dict.fromkeys(five, 90)),
        *given(member, "agent:li.na", "superior", "wang.li", dict.fromkeys(five, 80)),
        *given(member, "agent:li.na", "peer", "a", dict(zip(five, (70, 75, 80, 85, 91), strict=True))),
        *given(member, "agent:li.na", "peer", "b", dict.fromkeys(five, 88)),
        *given(member, "agent:li.na", "peer", "c", {"首次响应": 12}),
        granted(manager, "agent:wang.li", "kb_contributions", 5),
        granted(manager, "agent:wang.li", "complex_handling_mean", 7200, minute=1),
        granted(manager, "agent:wang.li", "training_completion", "0.97", minute=2),  # it was not reported
    ]


@cache
def five(*, backwards: bool = False) -> tuple[FilledForm, ...]:
    """A form of each of the five cards, from the same events in either order, once or twice over."""
    cards = load_cards(POLICIES)
    lines = told(tickets(), [*observations(), *ratings()])
    if backwards:
        lines = [*reversed(lines), *lines]
    setting = setting_of(lines, "2026-Q4", cards.values(), roster_of(PEOPLE, cards))
    return tuple(form_of(setting, subject, card) for subject, card in FIVE)


SMALL = """
id: small
title: Small
periods: [quarter]
{extra}
dimensions:
  - name: {{zh: 甲, en: One}}
    weight: 60%
    measures:
      - {{measure: kb_contributions, full_at: ">= 5", deduct: 10, per: 1, weight: 70%}}
      - {{measure: csat, full_at: ">= 90", deduct: 1, per: 1, weight: 30%, no_cases: {csat}}}
  - name: {{zh: 乙, en: Two}}
    weight: 40%
    measures:
      - {{measure: training_coverage, full_at: ">= 95%", deduct: 1, per: 5%, minimum: 1}}
      - {{measure: proposals_made, full_at: ">= 1", deduct: 50, per: 1}}
"""


def small(entries: Sequence[Any], csat: str = "reweigh", extra: str = "") -> FilledForm:
    """A form of four measures, from what was observed, rated and adjusted alone."""
    card = card_of(SMALL.format(extra=extra, csat=csat))
    return form_of(setting_of(told((), [KNOWN, *entries]), "2026-Q4", [card]), "team:network", "small")


KNOWN = observed("s", DAY, "sharing_sessions", "team:network", 1)  # no line of the card: the team is known, no more
KB = observed("kb", DAY, "kb_contributions", "team:network", 3)
#: From 80 to 95 % are three steps of 5 % exactly, and a hair less in binary numbers.
COVERAGE = observed("tc", DAY, "training_coverage", "team:network", 8, 10)


@cache
def odd() -> dict[str, FilledForm]:
    """Forms in which something is unusual, by what it is."""
    whole = "steps: whole"
    rated = "ratings: {data: 50%, superior: 50%}"
    halves = given("small", "team:network", "superior", "chen.gang", {"One": 85.5, "Two": 85.5})
    return {
        "a month": a_month(),
        "so far": so_far(small([KB, COVERAGE])),
        "nothing at all": small([]),
        "blocked": small([KB, COVERAGE], "block", rated),
        "block lifted by an appeal": small([KB, COVERAGE, granted("small", "team:network", "csat", 90)], "block"),
        "full marks for nothing": small([KB], "full"),
        "no marks for nothing": small([KB], "zero"),
        "whole steps": small([KB, COVERAGE], extra=whole),
        "whole steps, adjusted": small(
            [KB, COVERAGE, granted("small", "team:network", "training_coverage", "0.8499")], extra=whole
        ),
        "half a cent": small(
            [KB, COVERAGE, *halves], extra="ratings: {superior: 100%}"
        ),  # 0.855 of the bonus is 0.86, in binary numbers too
        "a rating missing": small([KB], extra=rated),
    }


def a_month() -> FilledForm:
    """A month looks at three of the five dimensions: their weights are 60 % of the card's, and all of the form's."""
    cards = load_cards(POLICIES)
    three = ("首次响应", "解决时间", "处理量")
    rated = given("internet-team", "agent:li.na", "self", "li.na", dict(zip(three, (90, 80.5, 71), strict=True)))
    lines = told(tickets(), [{**one, "period": "2026-11"} for one in rated])
    return form_of(
        setting_of(lines, "2026-11", cards.values(), roster_of(PEOPLE, cards)), "agent:li.na", "internet-team"
    )


def so_far(form: FilledForm) -> FilledForm:
    """The same while its first figure may still change."""
    first, *others = form.dimensions
    line, *more = first.measures
    lines = [line.model_copy(update={"status": "so_far"}), *more]
    return form.model_copy(update={"dimensions": [first.model_copy(update={"measures": lines}), *others]})


def running(form: FilledForm) -> FilledForm:
    """The same while its period is still open."""
    return form.model_copy(update={"revision": 0, "final": False})


EVIL = (
    '=HYPERLINK("http://evil.example","王丽")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "-2+3",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><b>&amp;&lt;",
    "#strong[x] $x^2$ `raw` #panic() \\ @ref <label>",
    "王丽" * 60,
    "W" * 300,
    "\u202eإيلاف علي\u202c",
    "a\x00b\x07c\u200b\ufeff",
    '&L&"Arial"&P',
    "two\nlines",
    "{page} {n}",
)


def hostile(form: FilledForm, name: str) -> FilledForm:
    """The same form with a name, wherever somebody may write one."""
    words = Words(zh=name, en=name)
    roles = [
        role.model_copy(update={"raters": [one.model_copy(update={"name": name}) for one in role.raters]})
        for role in form.roles
    ]
    dimensions = [
        one.model_copy(
            update={
                "name": words,
                "measures": [
                    line.model_copy(
                        update={
                            "subjects": [name],
                            "where": f"tier:{name}" if line.where else "",
                            "splits": [part.model_copy(update={"label": name}) for part in line.splits],
                        }
                    )
                    for line in one.measures
                ],
            }
        )
        for one in form.dimensions
    ]
    return form.model_copy(
        update={
            "title": words,
            "subject": Subject(
                id=f"agent:{name}", name=name, position=name, department=name, superior=name, superior_name=name
            ),
            "roles": roles,
            "dimensions": dimensions,
            "editions": [name],
            "scorecard": name,
            "notes": [words],
            "missing_ratings": [words for _ in form.missing_ratings],
            "adjustments": [
                one.model_copy(update={"reason": name, "approved_by_name": name, "where": f"tier:{name}"})
                for one in form.adjustments
            ],
        }
    )
