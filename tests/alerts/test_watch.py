"""What slawatch notices about itself, and which budgets burn."""

from __future__ import annotations

import orjson
import pytest

from alerts.budgets import burning
from alerts.decider import Decider
from alerts.memory import Memory
from alerts.notice import Kind
from alerts.selfcare import failing_of
from alerts.watch import AWAY_MS, BACK_MS, CALM_MS, Failing, Signs, Watch
from models.instant import format_ms
from tests.alerts.stories import HOUR, MINUTE, MONDAY, SECOND, book, rules, shipped_rules


def health(at: int, lag_s: float = 0.0, partitions: int = 2, dead_letters: int = 0) -> dict[str, str]:
    """`sla:health` of workers that spoke at an instant."""
    beat = orjson.dumps({"as_of": format_ms(at), "lag_s": lag_s, "watermark": format_ms(at)}).decode()
    return {**{f"partition:{n}": beat for n in range(partitions)}, "dead_letters": str(dead_letters)}


def troubles(watch: Watch, now: int, signs: dict[str, str] | None, **more: object) -> set[str]:
    """The names of the troubles at an instant."""
    return set(watch.look(Signs(now, signs, **more)))  # type: ignore[arg-type]


def test_workers_that_beat_are_no_trouble_and_silent_ones_are_one() -> None:
    """Two partitions without a beat page once; after it has come back, no more."""
    watch = Watch(0)
    assert set() == troubles(watch, MONDAY, health(MONDAY))
    silent = MONDAY + BACK_MS + 31 * SECOND
    assert {"beat"} == troubles(watch, silent, health(MONDAY))
    assert set() == troubles(watch, silent + SECOND, health(silent))


def test_a_partition_that_lags_is_a_trouble() -> None:
    """Over 30 s behind, what slips is told late."""
    watch = Watch(0)
    troubles(watch, MONDAY, health(MONDAY))
    now = MONDAY + BACK_MS
    assert {"lag"} == troubles(watch, now, health(now, lag_s=31))
    assert set() == troubles(watch, now, health(now, lag_s=30))


def test_no_worker_at_all_is_noticed() -> None:
    """An empty `sla:health` is no peace."""
    watch = Watch(0)
    troubles(watch, MONDAY, {})
    troubles(watch, MONDAY + BACK_MS, {})
    assert {"beat"} == troubles(watch, MONDAY + BACK_MS + 31 * SECOND, {})


def test_after_redis_was_away_workers_have_time_to_be_heard_again() -> None:
    """What Redis had last is old by then, and says nothing about the workers."""
    watch = Watch(0)
    troubles(watch, MONDAY, health(MONDAY))
    away = {"redis_away_since": MONDAY + SECOND}
    assert set() == troubles(watch, MONDAY + AWAY_MS, None, **away)
    assert {"redis"} == troubles(watch, MONDAY + SECOND + AWAY_MS, None, **away)
    back = MONDAY + 2 * MINUTE
    assert set() == troubles(watch, back, health(MONDAY))
    assert set() == troubles(watch, back + BACK_MS - 1, health(MONDAY))
    assert {"beat"} == troubles(watch, back + BACK_MS, health(MONDAY))


def test_kafka_away_and_a_target_that_fails_are_troubles() -> None:
    """The target only when it has failed for a while, or gave something up."""
    watch = Watch(0)
    assert {"kafka"} == troubles(watch, MONDAY + AWAY_MS, health(MONDAY + AWAY_MS), kafka_away_since=MONDAY)
    brief = {"room": Failing(MONDAY, given_up=False, reason="503")}
    assert set() == troubles(watch, MONDAY + 29 * SECOND, health(MONDAY + 29 * SECOND), failing=brief)
    assert {"target/room"} == troubles(watch, MONDAY + 30 * SECOND, health(MONDAY + 30 * SECOND), failing=brief)
    given_up = {"room": Failing(MONDAY, given_up=True, reason="404")}
    assert {"target/room"} == troubles(watch, MONDAY, health(MONDAY), failing=given_up)


def test_dead_letters_that_grow_are_one_trouble_until_they_grow_no_more() -> None:
    """Those before our time are old news; the number told of outlives the alerter."""
    watch = Watch(None)
    assert set() == troubles(watch, MONDAY, health(MONDAY, dead_letters=7))
    assert {"dead_letters"} == troubles(watch, MONDAY + SECOND, health(MONDAY, dead_letters=8))
    assert {"dead_letters"} == troubles(watch, MONDAY + CALM_MS, health(MONDAY + CALM_MS, dead_letters=8))
    over = MONDAY + SECOND + CALM_MS
    assert set() == troubles(watch, over, health(over, dead_letters=8))
    assert 8 == watch.dead_letters
    assert {"dead_letters"} == troubles(Watch(8), MONDAY, health(MONDAY, dead_letters=9))


def test_a_trouble_pages_the_one_on_duty_once_at_any_hour_and_its_end_is_told() -> None:
    """Quiet hours hold nothing of this back."""
    night = MONDAY + 12 * HOUR
    decider = Decider(shipped_rules(), book(), Memory())
    told = []
    for second in range(100):
        now = night + second * SECOND
        found = Watch(0).look(Signs(now, None, redis="r", redis_away_since=night - HOUR)) if second < 50 else {}
        decider.unwell(found)
        told += decider.decide(now).notices
    assert [(Kind.SELF, "on-call", "night shift", False), (Kind.SELF, "on-call", "night shift", True)] == [
        (one.kind, one.receiver, one.recipient, one.over) for one in told
    ]
    assert {one.group_key for one in told} == {told[0].group_key}


def test_what_cannot_be_judged_is_not_over() -> None:
    """Redis away, or an alerter that has just begun: of workers nobody knows, and nobody says that they are well."""
    decider, watch, told = Decider(shipped_rules(), book(), Memory()), Watch(0), []
    seen = [health(MONDAY), health(MONDAY), None, health(MONDAY)]
    for minute, signs in enumerate(seen):
        now = MONDAY + minute * MINUTE
        found = watch.look(Signs(now, signs))
        decider.unwell(found, watch.unknown)
        told += [(minute, one.over) for one in decider.decide(now).notices]
    decider.unwell(Watch(0).look(Signs(now, health(now))), ("beat", "lag"))  # another alerter, at its first look
    told += [(minute, one.over) for one in decider.decide(now).notices]

    assert [(1, False)] == told


def test_a_receiver_told_to_fail_fails_for_the_next_alerter_until_it_takes_something() -> None:
    """Though nothing of it was given up yet: a takeover mends no target."""
    plain = rules(on_duty=[{"who": "day", "receiver": "pager", "calendar": "always"}])
    decider = Decider(plain, book(), Memory())
    brief = {"room": Failing(MONDAY, given_up=False, reason="503")}
    now = MONDAY + MINUTE
    decider.unwell(Watch(0).look(Signs(now, health(now), failing=brief)))
    assert [Kind.SELF] == [one.kind for one in decider.decide(now).notices]

    found = failing_of(decider.memory, plain)
    assert {"room": Failing(MONDAY, given_up=True, reason="503")} == found
    decider.unwell(Watch(0).look(Signs(now, health(now), failing=found)))
    assert [] == decider.decide(now).notices


def test_a_target_that_fails_is_told_by_another() -> None:
    """Nobody hears of the dead pager through the dead pager."""
    plain = rules(on_duty=[{"who": "day", "receiver": "pager", "calendar": "always"}])
    decider = Decider(plain, book(), Memory())
    decider.unwell(Watch(0).look(Signs(MONDAY, health(MONDAY), failing={"pager": Failing(MONDAY, True, "404")})))
    assert ["room"] == [one.receiver for one in decider.decide(MONDAY).notices]


def budget(long: float | None, short: float | None, decided: int = 100) -> dict[str, object]:
    """`sla:budget:` of an objective about P0, with these burns in 1h and 5m."""
    return {
        "metric": "first_response", "when": {"priority": ["P0"]}, "minimum": 20, "decided": 500, "breached": 9,
        "left": 0.1, "burn": {"5m": short, "30m": short, "1h": long, "6h": long},
        "windows": {"1h": {"decided": decided, "breached": 5}, "6h": {"decided": decided, "breached": 5}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("doc", "rates"),
    [
        (budget(14.4, 14.4), [14.4]),
        (budget(14.4, 14.3), [6]),
        (budget(14.3, 20), [6]),
        (budget(6, 6), [6]),
        (budget(5.9, 20), []),
        (budget(20, None), []),
        (budget(20, 20, decided=19), []),
        (budget(None, None), []),
    ],
)
def test_a_budget_pages_when_two_windows_burn_and_enough_is_decided(doc: dict[str, object], rates: list[float]) -> None:
    """14.4 in 1h and 5m, 6 in 6h and 30m; of both only the worse."""
    assert rates == [one.rate for one in burning({"promises": doc}).values()]
