"""Incremental figures are the figures recomputed from nothing, whatever was done in whatever order."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models.fact import Dims, Fact, Gauge
from models.instant import format_ms
from models.kpi import KpiDocument
from models.period import PeriodDocument
from tests.sla.figures import oracle
from tests.sla.figures.build import DESK, NOW, PROMISED, ZONE, Desk

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

dims = st.builds(
    Dims,
    team=st.sampled_from((None, "desk", "网络")),
    priority=st.sampled_from(("P0", "P3")),
    tier=st.sampled_from((None, "vip")),
    channel=st.sampled_from((None, "mail")),
    complexity=st.sampled_from((1_000_000, 2_500_000)),
)
people = st.sampled_from((None, "bo", "王丽"))
ages = st.one_of(
    st.integers(0, 3 * MINUTE),
    st.integers(0, 7 * HOUR),
    st.integers(23 * HOUR, 27 * HOUR),
    st.integers(7 * DAY, 9 * DAY),
    st.integers(0, 70 * DAY),
)
durations = st.one_of(st.integers(0, 300), st.integers(0, 5 * DAY))
kinds = st.one_of(
    st.tuples(
        st.sampled_from(("created", "first_responses", "reopened", "closed", "cancelled", "priority_changes")),
        st.just("-"),
        st.just(0),
        st.just(""),
    ),
    st.tuples(st.sampled_from(("replied", "escalated", "opened", "left")), st.just("-"), st.just(0), st.just("")),
    st.tuples(
        st.just("solved"),
        st.just("-"),
        st.sampled_from((1_000_000, 2_500_000)),
        st.sampled_from(("", "first_contact", "first_contact+kept+workaround", "followed_up+recorded")),
    ),
    st.tuples(st.sampled_from(("met", "late", "stopped")), st.sampled_from(oracle.METRICS), durations, st.just("")),
    st.tuples(st.just("breached"), st.sampled_from(oracle.METRICS), st.just(0), st.just("")),
    st.tuples(
        st.just("rated"),
        st.sampled_from(("overall", "attitude")),
        st.integers(0, 100_000_000),
        st.sampled_from(("customer", "colleague")),
    ),
    st.tuples(
        st.just("flagged"),
        st.sampled_from(("complaint", "complaint_resolved", "cross_team", "self_service")),
        st.just(0),
        st.just(""),
    ),
)
#: What a fact is, but for its instant: that is known only when it happens.
seeds = st.tuples(kinds, ages, dims, people, st.sampled_from("abc"))
tickets = st.sampled_from(("t1", "t2", "t3"))
gauges = st.builds(
    Gauge,
    dims=dims,
    assignee=people,
    created_at=st.integers(NOW - 9 * DAY, NOW),
    waiting=st.booleans(),
    at_risk=st.booleans(),
    breached=st.booleans(),
)
steps = st.one_of(
    st.tuples(st.just("append"), tickets, st.lists(seeds, max_size=5)),
    st.tuples(st.just("append"), tickets, st.lists(seeds, max_size=5)),
    st.tuples(st.just("replace"), tickets, st.lists(seeds, max_size=6)),
    st.tuples(st.just("drop"), tickets, st.lists(st.integers(0, 20), max_size=4)),
    st.tuples(st.just("gauge"), tickets, st.none() | gauges),
    st.tuples(st.just("advance"), st.sampled_from((1, 40_000, MINUTE, 5 * MINUTE, HOUR, DAY, 33 * DAY))),
    st.tuples(st.just("tell")),
    st.tuples(st.just("take over"), st.integers(0, 1)),
)


def seed_of(age: int) -> Any:
    """A creation so long ago."""
    return ("created", "-", 0, ""), age, DESK, None, "a"


class World:
    """What is true, kept the plain way beside the figures under test."""

    def __init__(self, partitions: int) -> None:
        self.desk = Desk(partitions)
        self.partitions = partitions
        self.facts: dict[str, list[Fact]] = {}
        self.gauges: dict[str, Gauge] = {}

    def home(self, ticket: str) -> int:
        """The partition of a ticket."""
        return int(ticket[1:]) % self.partitions

    def fact(self, seed: Any) -> Fact:
        """A fact that happened as long before now as its seed says."""
        (kind, metric, value, mark), age, where, person, event = seed
        return Fact(kind, self.desk.now - age, where, person, metric, 1, event, value, mark)

    def set(self, ticket: str, new: list[Fact]) -> None:
        """Replaces a ticket's facts."""
        self.desk.stage1[self.home(ticket)].replace(ticket, self.facts.get(ticket, []), new)
        self.facts[ticket] = new

    def do(self, step: Any) -> None:
        """Takes a step of a script."""
        match step:
            case ("append", ticket, found):
                self.set(ticket, [*self.facts.get(ticket, []), *map(self.fact, found)])
            case ("replace", ticket, found):
                self.set(ticket, [self.fact(seed) for seed in found])
            case ("drop", ticket, places):
                self.set(ticket, [f for n, f in enumerate(self.facts.get(ticket, [])) if n not in places])
            case ("gauge", ticket, gauge):
                self.desk.stage1[self.home(ticket)].gauge(ticket, self.gauges.get(ticket), gauge)
                self.gauges.pop(ticket, None)
                if gauge:
                    self.gauges[ticket] = gauge
            case ("advance", ms):
                self.desk.advance(ms)
            case ("tell",):
                self.desk.tell()
            case ("take over", number):
                mine = number % self.partitions
                self.desk.take_over(
                    mine,
                    [(t, facts) for t, facts in self.facts.items() if self.home(t) == mine],
                    [(t, gauge) for t, gauge in self.gauges.items() if self.home(t) == mine],
                )


def close(expected: Any, found: Any, path: str = "") -> None:
    """Equal; percentiles within 1 %."""
    if isinstance(expected, dict):
        assert expected.keys() == found.keys(), path
        for key, value in expected.items():
            close(value, found[key], f"{path}.{key}")
    elif path.endswith(("p50_s", "p90_s", "p95_s")) and expected is not None:
        assert math.isclose(expected, found, rel_tol=0.01), (path, expected, found)
    else:
        assert expected == found, (path, expected, found)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(steps, max_size=25), st.sampled_from((1, 2)))
@example([("append", "t1", [seed_of(0), seed_of(7 * DAY)]), ("tell",), ("advance", DAY)], 1)
def test_incremental_figures_are_those_recomputed_from_nothing(script: list[Any], partitions: int) -> None:
    """Any sequence of replacing, retracting, advancing and taking over ends in the figures of the facts as they are."""
    world = World(partitions)
    for step in script:
        world.do(step)
    world.desk.tell()
    view, now = world.desk.view, world.desk.now

    frame = ("scope", "window", "from", "to", "as_of")
    expected = oracle.kpis(world.facts, world.gauges, now, ZONE, PROMISED)
    found = {name[1:]: body for name, body in view.items() if name[0] == "kpi"}
    assert expected.keys() == found.keys()
    for name, body in found.items():
        KpiDocument.model_validate(body)
        close(expected[name], {key: value for key, value in body.items() if key not in frame}, str(name))

    lives = {
        scope: {key: value for key, value in body.items() if key not in {"as_of", "oldest_open_at"}}
        for (family, scope, _), body in view.items()
        if family == "live" and body["open"]
    }
    assert oracle.lives(world.gauges) == lives

    slots = {
        (scope, format_ms(start)): numbers
        for (scope, start), numbers in oracle.slots(world.facts, now, PROMISED).items()
    }
    first = format_ms(now // 300_000 * 300_000 - 8 * DAY + 300_000)
    assert slots == {
        (scope, start): tuple(body[key] for key in ("created", "solved", "open", "met", "breached"))
        for (family, scope, start), body in view.items()
        if family == "day" and start >= first
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(steps, max_size=20), st.sampled_from((1, 2)))
def test_period_documents_are_the_sums_of_their_facts(script: list[Any], partitions: int) -> None:
    """Counts, durations, attainment and tickets counted once of each month and subject follow from its facts."""
    world = World(partitions)
    for step in script:
        world.do(step)
    world.desk.tell()
    months = {
        (subject, *oracle.month(fact.at, ZONE))
        for facts in world.facts.values()
        for fact in facts
        for subject in oracle.scopes(fact.dims, fact.person)
        if not subject.startswith(("tier:", "channel:")) and fact.kind not in {"opened", "left"}
    }
    documents = {
        (scope, period): body
        for (family, scope, period), body in world.desk.view.items()
        if family == "period" and len(period) == 7 and period[-2:].isdigit()
    }

    assert {(subject, name) for subject, name, _, _ in months} == documents.keys()
    for subject, name, begin, end in months:
        mine = oracle.in_period(world.facts, subject, begin, end)
        facts = [fact for each in mine.values() for fact in each]
        body = documents[subject, name]
        PeriodDocument.model_validate(body)
        measures = body["measures"]
        assert sum(f.kind == "priority_changes" for f in facts) == body["counts"]["priority_changes"]
        assert sum(f.kind == "solved" for f in facts) == body["counts"]["solved"]
        counted = [f for f in facts if f.metric == "resolution" and f.kind in {"met", "late", "stopped"}]
        mean = measures["resolution_mean"]
        assert (sum(f.value for f in counted), len(counted)) == (mean["numerator"], mean["denominator"])
        assert len(counted) == sum(number for _, number in mean["histogram"])
        for priority, share in mean["by_priority"].items():
            assert sum(f.dims.priority == priority for f in counted) == share["denominator"]
        pooled = [f.kind for f in facts if f.metric in PROMISED and f.kind in {"met", "breached"}]
        assert (pooled.count("met"), len(pooled)) == _fraction(measures["sla_attainment"])
        handled = sum(any(f.kind in {"replied", "solved", "escalated"} for f in each) for each in mine.values())
        escalated = sum(any(f.kind == "escalated" for f in each) for each in mine.values())
        assert (escalated, handled) == _fraction(measures["escalation_rate"])
        rated = [f.value for f in facts if f.kind == "rated" and f.metric == "overall" and f.mark == "customer"]
        assert (sum(rated), len(rated)) == _fraction(measures["csat"])


def _fraction(measure: dict[str, Any]) -> tuple[int, int]:
    return measure["numerator"], measure["denominator"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(steps, max_size=20))
def test_partitions_merged_are_everything_in_one(script: list[Any]) -> None:
    """Split over two partitions or all in one: every document is the same to the byte."""
    views = []
    for partitions in (1, 2):
        world = World(partitions)
        for step in script:
            if step[0] != "tell":
                world.do(step)
        world.desk.tell()
        views.append(world.desk.view)

    assert views[0] == views[1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(steps, max_size=20))
def test_nothing_stays_behind_when_all_is_retracted(script: list[Any]) -> None:
    """With every fact and gauge taken back no row, no sum and no document is left."""
    world = World(2)
    for step in script:
        world.do(step)
    world.desk.tell()
    for ticket in ("t1", "t2", "t3"):
        world.do(("replace", ticket, []))
        world.do(("gauge", ticket, None))
    world.desk.tell()

    assert not [row for figures in world.desk.stage1 for row in figures.dump()]
    assert not [name for name in world.desk.view if name[0] in {"kpi", "live"}]
    # the document of a day that is kept no longer expires in the view by itself
    assert not [name for name in world.desk.view if name[0] == "period" and len(name[2]) == len("2026-11")]


@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Australia/Lord_Howe"])
def test_today_begins_at_midnight_of_the_zone(zone: str) -> None:
    """Whatever the zone, today reaches from its midnight to the end of the running minute."""
    desk = Desk(zone=zone)
    desk.stage1[0].replace("t", (), [Fact("created", NOW, Dims(None, "P1", None, None, 1), None, "-", 0, "e", 0, "")])
    desk.tell()

    assert format_ms(oracle.midnight(NOW, zone)) == desk.kpi("all", "today")["from"]
