"""Under which key an alert stands at a receiver: what it leaves behind ends, and what is taken on is said once."""

from __future__ import annotations

from alerts.decider import Decider
from alerts.memory import Memory
from alerts.notice import Kind, Notice
from alerts.play import Happening, play
from alerts.rules import Rules
from tests.alerts.stories import HOUR, MINUTE, MONDAY, Mortal, book, entry, rules

PAGER = {"name": "pager", "apprise": ["pagerduty://0123456789abcdef0123456789abcdef"]}
ROUTE: dict[str, object] = {"receiver": "pager", "group_by": ["team", "priority"], "group_wait": "0s"}


def paging(**route: object) -> Rules:
    """Rules that tell everything to a receiver that keeps incidents, and one that has none in the environment."""
    return rules({**ROUTE, **route}, receivers=[PAGER, {"name": "room"}, {"name": "lead"}])


def story(rule: Rules, *happenings: Happening) -> list[Notice]:
    """What a story of an hour leads to."""
    return play(Decider(rule, book(), Memory()), happenings, MONDAY + HOUR)


def comes(minute: int, ticket: str = "T-1", change: str = "breached", **fields: object) -> Happening:
    """An entry, so many minutes after Monday ten."""
    at = MONDAY + minute * MINUTE
    one = entry(ticket, change, at, revision=minute + 1, **fields)
    return at, lambda decider, now: decider.take([one], now)


def taken(minute: int, name: str) -> Happening:
    """Somebody acknowledges."""
    return MONDAY + minute * MINUTE, lambda decider, now: decider.acknowledge(name, "李娜", now)


def shown(notices: list[Notice]) -> list[tuple[int, str, int]]:
    """Minute, kind, and the number of the key it is told under, counted as they come."""
    keys = list(dict.fromkeys(one.group_key for one in notices))
    return [((one.at - MONDAY) // MINUTE, one.kind.value, keys.index(one.group_key)) for one in notices]


def by_ticket() -> Rules:
    """Rules by which a breach is grouped otherwise than a warning."""
    return paging(routes=[{"matchers": ['level="breached"'], "group_by": ["ticket"]}])


def test_a_level_that_is_grouped_otherwise_ends_the_group_that_it_leaves_empty() -> None:
    """At a receiver an alert stands under one key, and every key that it stood under ends once."""
    told = story(by_ticket(), comes(0, change="warned", level="50%"), comes(5), comes(9, change="ended"))
    assert [(0, "firing", 0), (5, "firing", 1), (5, "moved", 0), (9, "all_clear", 1)] == shown(told)


def test_a_group_in_which_others_are_open_goes_on() -> None:
    """Only its last clock, wherever that goes, ends it."""
    told = story(
        by_ticket(),
        comes(0, "T-1", "warned", level="50%"),
        comes(1, "T-2", "warned", level="50%"),
        comes(5, "T-1"),
        comes(7, "T-2", "ended"),
        comes(9, "T-1", "ended"),
    )
    expected = [(0, "firing", 0), (1, "firing", 0), (5, "firing", 1), (7, "all_clear", 0), (9, "all_clear", 1)]
    assert expected == shown(told)


def test_a_ticket_that_goes_to_another_team_ends_the_group_of_the_first() -> None:
    """The labels make the key, not the route alone."""
    told = story(paging(), comes(0, change="warned", level="50%", team="网络"), comes(5, team="桌面"))
    assert [(0, "firing", 0), (5, "firing", 1), (5, "moved", 0)] == shown(told)


def test_what_quiet_hours_held_back_leaves_its_first_group_for_the_digest() -> None:
    """The digest has a key of its own, under which it ends."""
    night = MONDAY + 7 * HOUR + 50 * MINUTE  # ten to six in the evening
    rule = rules(
        ROUTE, receivers=[PAGER], quiet_hours={"calendar": "office", "outside": True}
    )
    happenings = [
        (night, lambda decider, now: decider.take([entry("T-1", "warned", now, level="50%")], now)),
        (night + HOUR, lambda decider, now: decider.take([entry("T-1", "breached", now, revision=2)], now)),
    ]
    told = play(Decider(rule, book(), Memory()), happenings, MONDAY + 24 * HOUR)
    assert ["firing", "digest", "moved"] == [one.kind.value for one in told]
    assert told[0].group_key == told[2].group_key != told[1].group_key


def test_people_and_rooms_hear_nothing_of_keys() -> None:
    """A receiver that knows no keys is told of the clock, and once that it is over."""
    rule = rules({"group_wait": "0s", "routes": [{"matchers": ['level="breached"'], "group_by": ["ticket"]}]})
    told = story(rule, comes(0, change="warned", level="50%"), comes(5), comes(9, change="ended"))
    assert [Kind.FIRING, Kind.FIRING, Kind.ALL_CLEAR] == [one.kind for one in told]


def test_an_incident_is_acknowledged_when_all_that_is_open_of_it_is() -> None:
    """One of two is not all; a higher level of what was acknowledged says it again of nothing new."""
    told = story(
        paging(),
        comes(0, "T-1", "warned", level="50%"),
        comes(1, "T-2", "warned", level="50%"),
        taken(2, "T-1/first_response/1"),
        taken(4, "T-2/first_response/1"),
        comes(6, "T-2", "warned", level="75%"),
    )
    assert [(0, "firing", 0), (1, "firing", 0), (4, "acknowledged", 0), (6, "firing", 0)] == shown(told)
    assert not told[-1].anew


def test_who_comes_after_an_acknowledgement_calls_anew() -> None:
    """An incident that is acknowledged calls nobody, whatever is added to it."""
    told = story(
        paging(),
        comes(0, "T-1"),
        taken(2, "T-1/first_response/1"),
        comes(4, "T-2"),
        comes(5, "T-3"),
        taken(8, "T-2/first_response/1"),
        taken(9, "T-3/first_response/1"),
    )
    kinds = [("firing", False), ("acknowledged", False), ("firing", True), ("firing", False), ("acknowledged", False)]
    assert kinds == [(one.kind.value, one.anew) for one in told]
    assert 1 == len({one.group_key for one in told})


def test_an_acknowledgement_that_lapses_calls_anew() -> None:
    """After `ack_timeout` nobody is on it any more, as far as is known."""
    rule = paging(ack_timeout="30m", escalate=[{"after": "0s", "to": "pager"}])
    told = story(rule, comes(0), taken(2, "T-1/first_response/1"))
    assert [(0, "firing", 0), (2, "acknowledged", 0), (32, "escalation", 0)] == shown(told)
    assert told[-1].anew


def test_the_first_reply_acknowledges_the_incident_of_what_still_runs() -> None:
    """The clock that it stopped is over; the other one has somebody who is on it."""
    told = story(
        paging(),
        comes(0, change="warned", level="50%"),
        comes(1, change="warned", level="50%", metric="resolution"),
        comes(3, change="ended", level="50%"),
    )
    assert ["firing", "firing", "all_clear", "acknowledged"] == [one.kind.value for one in told]


def test_who_takes_over_says_no_acknowledgement_and_no_end_of_a_key_a_second_time() -> None:
    """Both are steps, and are remembered as such."""
    lives = Mortal(by_ticket())
    lives.take([entry("T-1", "warned", level="50%")], MONDAY)
    lives.decide(MONDAY)
    lives.decider.acknowledge("T-1/first_response/1", "李娜", MONDAY + MINUTE)
    lives.decide(MONDAY + MINUTE, dies="sending")
    lives.rise(MONDAY + 2 * MINUTE)
    lives.take([entry("T-1", at=MONDAY + 3 * MINUTE, revision=2)], MONDAY + 3 * MINUTE)
    lives.decide(MONDAY + 3 * MINUTE, dies="sent")
    lives.rise(MONDAY + 4 * MINUTE)
    lives.decide(MONDAY + 4 * MINUTE)
    assert ["firing", "acknowledged", "firing", "acknowledged", "moved"] == [kind for kind, _, _ in lives.told]
