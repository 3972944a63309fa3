"""What waits for what: groups, intervals, bursts, escalation of a group, and what stands in a digest."""

from __future__ import annotations

from alerts.decider import Decider
from alerts.memory import Memory
from alerts.notice import Kind, Notice
from alerts.play import play
from alerts.rules import Rules
from tests.alerts.stories import HOUR, MINUTE, MONDAY, SECOND, book, entry, rules

Told = list[tuple[float, str, str, int]]


def told(rule: Rules, story: list[tuple[int, list[object]]], until: int = MONDAY + HOUR) -> Told:
    """Seconds since Monday, kind, receiver, number of alerts, of each notice."""
    notices = sent(rule, story, until)
    return [((one.at - MONDAY) / 1000, one.kind.value, one.receiver, len(one.alerts)) for one in notices]


def sent(rule: Rules, story: list[tuple[int, list[object]]], until: int = MONDAY + HOUR) -> list[Notice]:
    """The notices of a story of `(instant, entries)`."""
    happenings = [
        (at, lambda decider, now, entries=entries: decider.take(entries, now)) for at, entries in story
    ]
    return play(Decider(rule, book(), Memory()), happenings, until)


def test_a_new_group_waits_for_company_and_then_gathers_news_for_an_interval() -> None:
    """Alertmanager's group_wait and group_interval."""
    rule = rules({"group_wait": "30s", "group_interval": "5m"})
    story = [(MONDAY + at * SECOND, [entry(f"T-{at}", at=MONDAY + at * SECOND)]) for at in (0, 10, 40, 200, 400)]
    assert [(30, "firing", "room", 2), (330, "firing", "room", 2), (630, "firing", "room", 1)] == told(rule, story)


def test_a_route_that_waits_for_nothing_tells_each_at_once_but_a_burst_together() -> None:
    """`group_wait: 0s`: what falls due together is one message, what comes a second later another."""
    rule = rules({"group_wait": "0s"})
    burst = [entry(f"T-{number}") for number in range(1000)]
    later = MONDAY + 700
    story = [(MONDAY, burst[:1]), (MONDAY + 20, burst[1:]), (later, [entry("T-x", at=later)])]
    assert [(0, "firing", "room", 1), (0.5, "firing", "room", 999), (1.0, "firing", "room", 1)] == told(rule, story)


def test_an_interval_of_its_own_holds_for_a_route_that_waits_for_nothing() -> None:
    """Who writes both means both."""
    rule = rules({"group_wait": "0s", "group_interval": "10s"})
    story = [(MONDAY + at * SECOND, [entry(f"T-{at}", at=MONDAY + at * SECOND)]) for at in (0, 1, 2)]
    assert [(0, "firing", "room", 1), (10, "firing", "room", 2)] == told(rule, story)


def test_groups_are_told_apart_by_their_labels_and_each_clock_by_three_dots() -> None:
    """`group_by: ["..."]` is Alertmanager's word for no grouping at all."""
    story = [(MONDAY, [entry("T-1", team="网络"), entry("T-2", team="网络"), entry("T-3", team="桌面")])]
    assert [1, 2] == sorted(one[3] for one in told(rules({"group_wait": "1s"}), story))
    assert [1, 1, 1] == [one[3] for one in told(rules({"group_wait": "1s", "group_by": ["..."]}), story)]
    assert [3] == [one[3] for one in told(rules({"group_wait": "1s", "group_by": []}), story)]


def test_a_group_escalates_once_for_all_who_are_in_it() -> None:
    """A hundred clocks do not page the lead a hundred times; who comes later does, when its own time has come."""
    rule = rules({"group_wait": "0s", "escalate": [{"after": "5m", "to": "lead"}]})
    at = MONDAY + 4 * MINUTE
    story = [(MONDAY, [entry(f"T-{n}") for n in range(100)]), (at, [entry("T-x", at=at)])]
    assert [(300, "escalation", "lead", 101)] == [one for one in told(rule, story) if one[2] == "lead"]
    late = MONDAY + 6 * MINUTE
    story.append((late, [entry("T-y", at=late)]))
    assert [300, 660] == [one[0] for one in told(rule, story) if one[2] == "lead"]


def test_a_receiver_that_is_meant_twice_is_told_once() -> None:
    """The route's receiver may be the one on duty."""
    rule = rules({"receiver": "pager", "group_wait": "0s", "escalate": [{"after": "0s", "to": "pager"}]})
    assert [(0, "firing", "pager", 1)] == told(rule, [(MONDAY, [entry("T-1")])])


def test_who_acknowledges_a_group_acknowledges_it_as_it_stands() -> None:
    """New members page again, and escalate alone."""
    rule = rules({"group_wait": "0s", "escalate": [{"after": "5m", "to": "lead"}]})
    decider, later = Decider(rule, book(), Memory()), MONDAY + MINUTE
    first = play(decider, [(MONDAY, lambda one, now: one.take([entry("T-1"), entry("T-2")], now))], MONDAY)
    group = first[0].ack_id
    assert decider.acknowledge(group, "李娜", later)
    assert decider.memory.groups[group].ack is not None
    decider.take([entry("T-3", at=later + SECOND)], later + SECOND)
    more = play(decider, [(later + SECOND, lambda _one, _now: None)], MONDAY + HOUR)
    assert [("firing", ["T-3"]), ("escalation", ["T-3"])] == [
        (one.kind.value, [alert.ticket for alert in one.alerts]) for one in more if one.kind is not Kind.REPEAT
    ]
    assert decider.memory.groups[group].ack is None


def test_still_open_counts_what_the_receiver_believes_to_fire() -> None:
    """At 0 a target resolves the group."""
    rule = rules({"group_wait": "0s"})
    story = [
        (MONDAY, [entry("T-1"), entry("T-2")]),
        (MONDAY + MINUTE, [entry("T-1", "ended", MONDAY + MINUTE, revision=2)]),
        (MONDAY + 2 * MINUTE, [entry("T-2", "ended", MONDAY + 2 * MINUTE, revision=2)]),
    ]
    told_of = [(one.kind.value, one.still_open) for one in sent(rule, story)]
    assert [("firing", 2), ("all_clear", 1), ("all_clear", 0)] == told_of


def test_more_alerts_than_a_notice_takes_go_into_several() -> None:
    """A record of the topic stays below what a broker takes."""
    rule = rules({"group_wait": "1s"})
    assert [1000, 1000, 500] == [one[3] for one in told(rule, [(MONDAY, [entry(f"T-{n}") for n in range(2500)])])]


def test_the_order_in_which_alerts_are_remembered_does_not_show() -> None:
    """Whoever takes over has read them in another order, and tells the same in the same pieces under the same keys."""

    def told_in(order: list[int]) -> list[tuple[str, list[str]]]:
        start = [entry(f"T-{number:04}", priority="P3") for number in order]
        end = [entry(f"T-{number:04}", "ended", MONDAY + MINUTE, priority="P3", revision=2) for number in order]
        notices = sent(rules({"group_wait": "30s"}), [(MONDAY, start), (MONDAY + MINUTE, end)])
        return [(one.key, [alert.ticket for alert in one.alerts]) for one in notices]

    told_twice = [told_in(list(range(1500))), told_in(list(reversed(range(1500))))]
    assert told_twice[0] == told_twice[1]
    assert [1000, 500, 1000, 500] == [len(tickets) for _, tickets in told_twice[0]]


def test_a_p0_waits_for_nobody_even_where_it_is_not_said() -> None:
    """A route of P0 has `group_wait: 0s` of itself."""
    rule = rules({"group_wait": "30s", "routes": [{"matchers": ['priority="P0"']}]})
    story = [(MONDAY, [entry("T-1"), entry("T-2", priority="P1")])]
    assert [(0, "firing", "room", 1), (30, "firing", "room", 1)] == told(rule, story)


def test_repeats_end_with_an_acknowledgement() -> None:
    """Still so, told again after `repeat_interval`, until somebody takes it on."""
    rule = rules({"group_wait": "0s", "repeat_interval": "10m"})
    decider = Decider(rule, book(), Memory())
    story = [
        (MONDAY, lambda one, now: one.take([entry("T-1")], now)),
        (MONDAY + 25 * MINUTE, lambda one, now: one.acknowledge("T-1/first_response/1", "李娜", now)),
    ]
    kinds = [one.kind.value for one in play(decider, story, MONDAY + HOUR)]
    assert ["firing", "repeat", "repeat"] == kinds


def test_what_has_been_over_for_fifteen_days_is_forgotten_and_what_is_open_is_not() -> None:
    """The topic does not grow for ever, and an open clock is never too old."""
    decider = Decider(rules({"group_wait": "0s"}), book(), Memory())
    play(decider, [(MONDAY, lambda one, now: one.take([entry("T-1"), entry("T-2")], now))], MONDAY)
    over = MONDAY + MINUTE
    play(decider, [(over, lambda one, now: one.take([entry("T-1", "ended", over, revision=2)], now))], over + MINUTE)
    records = dict(decider.decide(over + 16 * 24 * HOUR).records)
    assert records["alert/T-1/first_response/1"] is None
    assert ["T-2/first_response/1"] == list(decider.memory.alerts)
    assert any(key.startswith("step/") and value is None for key, value in records.items())
