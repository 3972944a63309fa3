"""Budgets that burn: told along their route, escalated until somebody takes them on, and told to be over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alerts.budgets import OLD_MS, burning_at
from alerts.decider import Decider
from alerts.memory import Memory
from alerts.notice import Notice
from alerts.rules import Rules
from models.instant import format_ms
from tests.alerts.stories import HOUR, MINUTE, MONDAY, Mortal, book, rules, shipped_rules

NAME = "P0 answered in time"
BURN = f"budget/{NAME}/14.4"
ROUTE: dict[str, Any] = {"receiver": "room", "escalate": [{"after": "5m", "to": "lead"}], "ack_timeout": "30m"}
PAGER = {"name": "room", "apprise": ["pagerduty://0123456789abcdef0123456789abcdef"]}

Minutes = Callable[[int], bool]


def docs(burns: bool, now: int, as_of: int | None = None) -> dict[str, dict[str, Any]]:
    """What `sla:budget:` holds, fresh unless said otherwise."""
    rate = 15 if burns else 0
    windows = ("5m", "30m", "1h", "6h")
    return {
        NAME: {
            "metric": "first_response", "when": {"priority": ["P0"]},
            "as_of": format_ms(now if as_of is None else as_of),
            "burn": dict.fromkeys(windows, rate), "windows": {name: {"decided": 40} for name in windows},
            "minimum": 20, "left": -1.0, "decided": 40, "breached": 30,
        }
    }  # fmt: skip


def hour(rule: Rules, burns: Minutes, *, acks: tuple[int, ...] = (), minutes: int = 60) -> list[Notice]:
    """What is told in an hour, minute by minute."""
    decider, told = Decider(rule, book(), Memory()), []
    for minute in range(minutes):
        now = MONDAY + minute * MINUTE
        decider.burning(burning_at(docs(burns(minute), now), now))
        if minute in acks:
            assert decider.acknowledge(BURN, "李娜", now)
        told += decider.decide(now).notices
    return told


def shown(notices: list[Notice]) -> list[tuple[int, str, str, str]]:
    """Minute, kind, receiver and why."""
    return [((one.at - MONDAY) // MINUTE, one.kind.value, one.receiver, one.reason) for one in notices]


def test_a_budget_that_burns_is_told_once_along_its_route_and_ends_when_it_has_held_off() -> None:
    """Rates flutter about their limit: ten minutes without are an end, one is not."""
    told = hour(shipped_rules(), lambda minute: minute < 10 or minute == 12)
    got = [((one.at - MONDAY) // MINUTE, one.receiver, one.over) for one in told]
    assert [(0, "room", False), (0, "on-call", False), (23, "room", True), (23, "on-call", True)] == got


def test_a_budget_that_burns_at_another_rate_is_not_over() -> None:
    """Six times, then fourteen times its allowance, then six again: the end is told when neither burns."""
    decider, told = Decider(rules(ROUTE), book(), Memory()), []
    for minute in range(90):
        now = MONDAY + minute * MINUTE
        rate = 8 if minute < 10 or 40 <= minute < 50 else 16 if minute < 40 else 0
        found = docs(burns=True, now=now)
        found[NAME]["burn"] = {"5m": rate, "30m": rate, "1h": rate, "6h": min(rate, 8.5)}
        decider.burning(burning_at(found, now))
        told += decider.decide(now).notices
    overs = [(one.at - MONDAY) // MINUTE for one in told if one.over]

    assert overs
    assert min(overs) >= 50


def test_a_budget_that_nobody_takes_on_is_escalated() -> None:
    """As its route has it, under one key."""
    told = hour(rules(ROUTE), lambda _: True)
    assert [(0, "budget", "room", ""), (5, "budget", "lead", "after 5m")] == shown(told)


def test_an_acknowledgement_stops_the_escalation_until_it_lapses() -> None:
    """After `ack_timeout` all who were reached by a step, or else the route's receiver, hear that it is still so."""
    told = hour(rules(ROUTE), lambda _: True, acks=(3,))
    assert [(0, "room", ""), (33, "room", "ack_timeout"), (33, "lead", "after 5m")] == [
        (minute, who, why) for minute, _, who, why in shown(told)
    ]


def test_a_budget_is_repeated_until_somebody_is_on_it() -> None:
    """`repeat_interval` holds for all that is told along a route."""
    rule = rules({"receiver": "room", "repeat_interval": "20m"})
    assert [0, 20, 40] == [minute for minute, *_ in shown(hour(rule, lambda _: True))]
    assert [0, 20] == [minute for minute, *_ in shown(hour(rule, lambda _: True, acks=(30,)))]


def test_an_incident_of_a_budget_is_acknowledged_and_begun_anew() -> None:
    """As that of a clock is."""
    told = hour(rules({**ROUTE, "escalate": []}, receivers=[PAGER, {"name": "lead"}]), lambda _: True, acks=(3,))
    kinds = [("budget", False), ("acknowledged", False), ("budget", True)]
    assert kinds == [(one.kind.value, one.anew) for one in told]
    assert 1 == len({one.group_key for one in told})


def test_what_is_told_of_a_budget_names_what_acknowledges_it() -> None:
    """Its end asks nobody for anything."""
    told = hour(rules(ROUTE), lambda minute: minute < 2)
    assert [(BURN, False), ("", True)] == [(one.ack_id, one.over) for one in told]


def test_a_budget_that_nobody_counts_neither_begins_to_burn_nor_ends() -> None:
    """A stream that stands still says nothing about now: it is a trouble of its own."""
    old = MONDAY - OLD_MS - 1
    decider, told = Decider(rules(ROUTE), book(), Memory()), []
    decider.burning(burning_at(docs(burns=True, now=MONDAY, as_of=old), MONDAY))
    assert [] == decider.decide(MONDAY).notices
    decider.burning(burning_at(docs(burns=True, now=MONDAY), MONDAY))
    told += decider.decide(MONDAY).notices
    for minute in range(60):
        now = MONDAY + minute * MINUTE
        decider.burning(burning_at(docs(burns=False, now=now, as_of=old), now))
        told += decider.decide(now).notices
    assert [(0, "budget", "room", "")] == shown(told)


def test_who_takes_over_knows_who_is_on_a_budget() -> None:
    """An acknowledgement outlives the alerter that took it."""
    lives = Mortal(rules(ROUTE))
    lives.decider.burning(burning_at(docs(burns=True, now=MONDAY), MONDAY))
    lives.decide(MONDAY)
    lives.decider.acknowledge(BURN, "李娜", MONDAY + MINUTE)
    lives.decide(MONDAY + MINUTE, dies="sending")
    lives.rise(MONDAY + 2 * MINUTE)
    late = MONDAY + 10 * MINUTE
    lives.decider.burning(burning_at(docs(burns=True, now=late), late))
    lives.decide(late)
    assert [("budget", "room", ())] == lives.told


def test_quiet_hours_hold_a_budget_back_until_they_end() -> None:
    """And what still burns then is told then."""
    rule = rules(ROUTE, quiet_hours={"calendar": "office", "outside": True})
    decider, told = Decider(rule, book(), Memory()), []
    night = MONDAY + 20 * HOUR  # six in the morning of Tuesday
    for quarter in range(20):
        now = night + quarter * 15 * MINUTE
        decider.burning(burning_at(docs(burns=True, now=now), now))
        told += [((one.at - night) // MINUTE, one.receiver) for one in decider.decide(now).notices]
    assert [(180, "room"), (195, "lead")] == told
