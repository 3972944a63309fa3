"""Figures across the instant at which an edition with other promises comes into force."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from models.fact import Fact
from models.instant import parse_ms
from sla.policy.promised import Promised
from tests.sla.figures.build import Desk, at, fact

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
#: Not on a minute, and in the midst of a day, a month, a quarter, a half and a year.
SWITCH = parse_ms("2026-11-21T09:30:20.500Z")
OLD, NEW = ("first_response",), ("resolution", "update")
TOLD = Promised([(0, OLD), (SWITCH, NEW)])
EDITIONS = [("old", 0), ("new", SWITCH), ("newer", SWITCH + 20 * MINUTE)]  # the last one promises the same
METRICS = ("first_response", "resolution", "update")
ENDED = ("2026-07", "2026-08", "2026-09", "2026-10", "2026-Q3")


def history(seed: int) -> list[Fact]:
    """Verdicts of half a year before the switch, most of them of the last hours."""
    rng = random.Random(seed)  # noqa: S311 -- any traffic will do
    ages = [rng.choice((HOUR, 9 * HOUR, 5 * DAY, 150 * DAY)) * rng.random() for _ in range(120)]
    return [
        fact(rng.choice(("met", "breached")), int(SWITCH - age), metric=rng.choice(METRICS), value=rng.randrange(HOUR))
        for age in ages
    ]


def desk_at(now: int, facts: list[Fact], promised: Promised = TOLD) -> Desk:
    """A desk that begins at an instant with all facts known."""
    desk = Desk(now=now, promised=promised, editions=EDITIONS)
    for number, one in enumerate(facts):
        desk.stage1[0].replace(f"t{number}", (), [one])
    desk.tell()
    return desk


def totals(desk: Desk) -> dict[tuple[str, str], bytes]:
    """Every total as it would stand if it closed when its time comes."""
    return {(said["period"], said["subject"]): orjson.dumps(said) for said in desk.stage2.periods()}


def said_in(desk: Desk) -> dict[tuple[str, str, str], Any]:
    """What a sink holds; without the instant that it was written for, as what does not change is not written anew."""
    found = {name: {**said, "as_of": ""} for name, said in desk.view.items()}
    for family, *_ in found:
        assert family in {"kpi", "live", "day", "period"}
    for name in [name for name in found if name[0] == "period"]:  # what else is `so_far` goes by time alone
        found[name]["measures"] = found[name]["measures"]["sla_attainment"]
    return found


def assert_same(fresh: Desk, lived: Desk) -> None:
    """What one desk says, the other says too; slots, and totals of days, expire by themselves."""
    made, kept = said_in(fresh), said_in(lived)

    assert made == {name: said for name, said in kept.items() if name in made}
    gone = kept.keys() - made.keys()
    assert all(family == "day" or (family == "period" and len(field) == 10) for family, _, field in gone)


def pooled(document: dict[str, Any]) -> tuple[int, int]:
    return document["sla"]["met"], document["sla"]["breached"]


def sums(document: dict[str, Any], metrics: tuple[str, ...]) -> tuple[int, int]:
    return sum(document[one]["met"] for one in metrics), sum(document[one]["breached"] for one in metrics)


def test_an_edition_to_come_changes_nothing_before_its_instant() -> None:
    """Up to the last millisecond every window, slot and total is what it would be without it."""
    facts = history(1)
    with_it, without = (desk_at(SWITCH - 1, facts, told) for told in (TOLD, Promised.always(OLD)))

    assert without.view == with_it.view
    assert totals(without) == totals(with_it)
    assert ["old"] == with_it.view["period", "all", "2026-11"]["editions"]
    assert sums(with_it.kpi("all", "6h"), OLD) == pooled(with_it.kpi("all", "6h")) != (0, 0)


@pytest.mark.parametrize("step", [1, 700, 10 * MINUTE, 3 * HOUR, 30 * DAY])
def test_a_desk_that_lived_through_the_switch_says_what_one_begun_after_it_says(step: int) -> None:
    """Windows, slots and totals follow at once, though nothing but time has passed."""
    facts = history(2)
    lived = desk_at(SWITCH - 1, facts)
    lived.advance(step)
    lived.tell()
    fresh = desk_at(SWITCH - 1 + step, facts)

    assert_same(fresh, lived)
    assert totals(fresh) == totals(lived)
    if step < HOUR:
        assert sums(lived.kpi("all", "6h"), NEW) == pooled(lived.kpi("all", "6h")) != sums(lived.kpi("all", "6h"), OLD)


def test_quarters_halves_and_years_follow_within_a_minute() -> None:
    """They are merged from their months that often, once everything is known; those that are over stay as they are."""
    desk = desk_at(SWITCH - 1, history(5))
    for _ in range(2):
        desk.stage2.closing.tell(0, desk.now, desk.now + HOUR)
        desk.stage2.closing.look()
    desk.tell()
    before = {name: desk.view["period", "all", name] for name in ("2026-Q3", "2026-Q4", "2026-H2", "2026")}
    desk.advance(MINUTE)
    desk.tell()
    after = {name: desk.view["period", "all", name] for name in before}
    truth = totals(desk_at(desk.now, history(5)))

    assert [True, False, False, False] == [before[name] == after[name] for name in before]
    for name in ("2026-Q4", "2026-H2", "2026"):
        assert orjson.loads(truth[name, "all"])["measures"] == after[name]["measures"]
        assert (["old"], ["old", "new"]) == (before[name]["editions"], after[name]["editions"])


def test_promises_that_came_and_went_between_two_looks_are_seen_by_what_ended_meanwhile() -> None:
    """A day that ended under the second edition pools its promises, though the first one's hold again."""
    back = at("03:00", "2026-11-22")
    told = Promised([(0, OLD), (SWITCH, NEW), (back, OLD)])
    facts = history(3)
    lived = desk_at(SWITCH - 1, facts, told)
    lived.advance(back + HOUR - lived.now)
    lived.tell()

    day = lived.view["period", "all", "2026-11-21"]["measures"]["sla_attainment"]
    both = [one for one in facts if one.metric in NEW and one.at >= at("16:00", "2026-11-20")]
    assert (len([one for one in both if one.kind == "met"]), len(both)) == (day["numerator"], day["denominator"])
    assert_same(desk_at(lived.now, facts, told), lived)


def test_what_ended_before_the_switch_never_changes() -> None:
    """A month that is over is the same document, to the byte, whatever is promised afterwards."""
    facts = history(4)
    later = SWITCH + 30 * DAY
    for_ever, switched = (totals(desk_at(later, facts, told)) for told in (Promised.always(OLD), TOLD))
    over = [name for name in switched if name[0] in ENDED]

    assert set(ENDED) == {name for name, _ in over}
    assert {name: for_ever[name] for name in over} == {name: switched[name] for name in over}
    assert all(for_ever[name, "all"] != switched[name, "all"] for name in ("2026-11-21", "2026-11", "2026-Q4", "2026"))
