"""Budgets: what is left of an objective's allowance, and how fast it burns, whatever came in whichever order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models.budget import Budget
from models.fact import Dims, Fact
from models.instant import format_ms, parse_ms
from models.objective import Objective
from models.partial import FORGOTTEN
from sla.figures import PartitionFigures, ScopeFigures
from sla.policy import PolicyBook, book_from
from sla.policy.aims import aims_of, in_force
from sla.policy.promised import Promised
from tests.sla.figures.build import NOW, ZONE, fact

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LATER = NOW + HOUR  # when the second edition begins
LENGTHS = {"5m": 5, "30m": 30, "1h": 60, "6h": 360, "24h": 1440}
TARGETS = {"first_response": {"within": "1h"}, "resolution": {"within": "4h"}, "update": {"within": "1d"}}


def edition(name: str, objectives: Sequence[Mapping[str, Any]], since: int | None = None) -> dict[str, Any]:
    """An edition that promises everything to everybody."""
    read = {
        "edition": name,
        "zone": ZONE,
        "promised": ["first_response", "resolution"],
        "calendars": {"always": {"timezone": "UTC", "week": "always"}},
        "policies": [{"name": "all", "calendar": "always", "targets": TARGETS}],
        "objectives": [{"attainment": "95%", "period": "month"} | dict(one) for one in objectives],
    }
    return read if since is None else read | {"effective_from": format_ms(since)}


BOOK = book_from(
    [
        edition(
            "first",
            [
                {"name": "kept", "metric": "sla", "attainment": "90%", "period": "year"},
                {"name": "urgent", "metric": "first_response", "when": {"priority": ["P0", "P1"]}, "period": "day"},
                {"name": "teams", "metric": "resolution", "when": {"team": ["网络", "a/b|c"]}, "period": "quarter"},
                {"name": "one", "metric": "update", "when": {"team": "网络", "priority": "P0"}, "period": "half"},
                {"name": "leaves", "metric": "update", "attainment": "99.95%", "minimum": 20},
            ],
        ),
        edition(
            "second",
            [
                {"name": "kept", "metric": "sla", "attainment": "80%", "period": "month"},
                {"name": "urgent", "metric": "first_response", "when": {"priority": "P0"}, "period": "day"},
                {"name": "comes", "metric": "update", "when": {"team": ["a/b|c"]}},
            ],
            LATER,
        ),
    ]
)


class Stages:
    """Both stages over partitions, with stage 2 in two places as if it had two partitions, and what a sink holds."""

    def __init__(self, book: PolicyBook, now: int, partitions: int = 2) -> None:
        self.book = book
        self.now = now
        self.tickets: list[dict[str, Sequence[Fact]]] = [{} for _ in range(partitions)]
        self.epochs = [0] * partitions
        self.stage1 = [self._figures(number) for number in range(partitions)]
        self.places = [
            ScopeFigures(
                ZONE, Promised.always(()), partitions=range(partitions), objectives=lambda at: in_force(book, at)
            )
            for _ in range(2)
        ]
        self.view: dict[str, dict[str, Any]] = {}

    def _figures(self, number: int) -> PartitionFigures:
        figures = PartitionFigures(number, ZONE, aims_of(self.book))
        figures.advance(self.now)
        return figures

    def put(self, number: int, ticket: str, facts: Sequence[Fact]) -> None:
        """A ticket's facts are these now."""
        self.stage1[number].replace(ticket, self.tickets[number].get(ticket, ()), facts)
        self.tickets[number][ticket] = facts

    def advance(self, ms: int) -> None:
        """Time passes."""
        self.now += ms
        for figures in self.stage1:
            figures.advance(self.now)

    def take_over(self, number: int) -> None:
        """A new owner builds a partition anew."""
        figures = self.stage1[number] = self._figures(number)
        for ticket, facts in self.tickets[number].items():
            figures.replace(ticket, (), facts)
        self.epochs[number] += 1
        self._publish(number, figures.dump())
        for place in self.places:
            place.mark(number, self.epochs[number])

    def _publish(self, number: int, rows: Iterable[Any]) -> None:
        for row in rows:
            place = self.places[len(row.scope) % 2]
            place.upsert(number, self.epochs[number], row)

    def tell(self) -> dict[str, dict[str, Any]]:
        """Publishes; answers what a sink holds then."""
        for number, figures in enumerate(self.stage1):
            self._publish(number, figures.changed())
        for place in self.places:
            for number in range(len(self.stage1)):
                place.watermark(number, self.now)
            place.advance()
            for family, name, _, value in place.documents():
                if family == "budget" and value is None:
                    self.view.pop(name)
                elif family == "budget":
                    assert isinstance(value, bytes)
                    self.view[name] = orjson.loads(value)
        return {name: {**said, "as_of": ""} for name, said in self.view.items()}

    def truth(self) -> dict[str, dict[str, Any]]:
        """The same, worked out the plain way."""
        heap = [one for tickets in self.tickets for facts in tickets.values() for one in facts]
        promised = self.book.edition_at(self.now).promised
        return {one.name: truth_of(one, promised, heap, self.now) for one in self.book.edition_at(self.now).objectives}


def bounds_of(kind: str, at: int) -> tuple[str, datetime, datetime]:
    """A period's id and its ends, by hand."""
    zone = ZoneInfo(ZONE)
    then = datetime.fromtimestamp(at / 1000, zone)
    if kind == "day":
        begin = then.replace(hour=0, minute=0, second=0, microsecond=0)
        return f"{begin:%Y-%m-%d}", begin, begin + timedelta(days=1)
    length = {"month": 1, "quarter": 3, "half": 6, "year": 12}[kind]
    turn = (then.month - 1) // length
    begin = datetime(then.year, turn * length + 1, 1, tzinfo=zone)
    after = (turn + 1) * length
    end = datetime(then.year + after // 12, after % 12 + 1, 1, tzinfo=zone)
    names = {"month": f"{begin:%Y-%m}", "quarter": f"{begin:%Y}-Q{turn + 1}", "half": f"{begin:%Y}-H{turn + 1}"}
    return names.get(kind, f"{begin:%Y}"), begin, end


def share(part: Fraction | int, whole: Fraction | int) -> float | None:
    return float(Fraction(part) / whole) if whole else None


def truth_of(objective: Objective, promised: Sequence[str], heap: Sequence[Fact], now: int) -> dict[str, Any]:
    """A budget from a heap of facts: look at every one of them, for every number."""
    metrics = promised if objective.metric == "sla" else (objective.metric,)
    mine = [
        one
        for one in heap
        if one.kind in {"met", "breached"}
        and one.metric in metrics
        and one.dims.priority in objective.when.get("priority", {one.dims.priority})
        and one.dims.team in objective.when.get("team", {one.dims.team})
    ]
    spare = 1 - Fraction(objective.attainment, 1_000_000)

    def counts(begin: float, end: float) -> tuple[int, int]:
        inside = [one.kind for one in mine if begin <= one.at < end]
        return len(inside), inside.count("breached")

    name, begin, end = bounds_of(objective.period, now)
    first = begin.timestamp() * 1000
    days = []
    day = begin
    while day.timestamp() * 1000 <= now:
        after = (day + timedelta(days=1)).timestamp() * 1000
        decided, breached = counts(day.timestamp() * 1000, after)
        so_far, lost = counts(first, after)
        left = share(so_far * spare - lost, so_far * spare)
        days.append({"day": f"{day:%Y-%m-%d}", "decided": decided, "breached": breached, "left": left})
        day += timedelta(days=1)
    decided, breached = counts(first, end.timestamp() * 1000)
    edge = (now // MINUTE + 1) * MINUTE
    windows = {window: counts(edge - length * MINUTE, edge) for window, length in LENGTHS.items()}
    return {
        "objective": objective.name,
        "metric": objective.metric,
        "when": {field: sorted(values) for field, values in objective.when.items()},
        "attainment": objective.attainment / 1_000_000,
        "minimum": objective.minimum,
        "period": name,
        "from": format_ms(int(first)),
        "to": format_ms(int(end.timestamp() * 1000)),
        "as_of": "",
        "decided": decided,
        "breached": breached,
        "allowed": share(decided * spare, 1),
        "left": share(decided * spare - breached, decided * spare),
        "burn": {window: share(found[1], found[0] * spare) for window, found in windows.items()},
        "windows": {window: {"decided": found[0], "breached": found[1]} for window, found in windows.items()},
        "days": days,
    }


dims = st.builds(
    Dims,
    team=st.sampled_from((None, "desk", "网络", "a/b|c")),
    priority=st.sampled_from(("P0", "P1", "P3")),
    tier=st.none(),
    channel=st.none(),
    complexity=st.just(1_000_000),
)
ages = st.one_of(
    st.integers(0, 10 * MINUTE),
    st.integers(0, 7 * HOUR),
    st.integers(23 * HOUR, 26 * HOUR),
    st.integers(0, 60 * DAY),
    st.integers(0, 400 * DAY),
)
seeds = st.tuples(
    st.sampled_from(("met", "breached", "late", "stopped", "met")),
    st.sampled_from(("first_response", "resolution", "update", "assignment")),
    ages,
    dims,
)
steps = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 1), st.sampled_from("tu"), st.lists(seeds, max_size=4)),
    st.tuples(st.just("advance"), st.sampled_from((1000, 61_000, 7 * MINUTE, HOUR, DAY, 11 * DAY))),
    st.tuples(st.just("tell")),
    st.tuples(st.just("take_over"), st.integers(0, 1)),
)


def run(stages: Stages, told: Sequence[Any]) -> None:
    for what, *how in told:
        if what == "put":
            number, ticket, found = how
            stages.put(
                number,
                ticket,
                [fact(kind, stages.now - age, dims=where, metric=metric) for kind, metric, age, where in found],
            )
        elif what == "advance":
            stages.advance(how[0])
        elif what == "tell":
            stages.tell()
        else:
            stages.take_over(how[0])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=12))
@example([("put", 0, "t", [("met", "update", 0, Dims("网络", "P0", None, None, 1))]), ("advance", 41 * DAY)])
def test_budgets_are_what_a_look_at_every_fact_says(told: Sequence[Any]) -> None:
    """Tickets that change, partitions taken over, editions that begin, years that end: each number is recomputed."""
    stages = Stages(BOOK, NOW)
    run(stages, told)

    assert stages.truth() == stages.tell()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.lists(seeds, max_size=3)), max_size=6), st.randoms(use_true_random=False)
)
def test_the_order_in_which_tickets_come_changes_no_byte(found: Sequence[Any], shuffle: Any) -> None:
    """The same facts, told one by one in another order, lead to the same bytes."""
    numbered = [(number, f"t{place}", listed) for place, (number, listed) in enumerate(found)]
    shuffled = list(numbered)
    shuffle.shuffle(shuffled)
    views = []
    for order in (numbered, shuffled):
        stages = Stages(BOOK, NOW)
        for number, ticket, listed in order:
            run(stages, [("put", number, ticket, listed), ("tell",)])
        views.append(orjson.dumps(stages.tell(), option=orjson.OPT_SORT_KEYS))

    assert views[0] == views[1]


def test_an_objective_of_which_nothing_was_decided_has_a_budget_and_no_figures() -> None:
    """Nobody failed and nobody succeeded: null, neither all nor nothing left."""
    told = Stages(BOOK, NOW).tell()["kept"]

    assert (0, 0, 0, None) == (told["decided"], told["breached"], told["allowed"], told["left"])
    assert dict.fromkeys(LENGTHS) == told["burn"]
    assert {None} == {day["left"] for day in told["days"]}


def test_a_budget_by_hand() -> None:
    """Of 40 answers 3 were late where 2 may be: the allowance is overdrawn by half; this hour 1 of 10 burns at 2."""
    stages = Stages(BOOK, parse_ms("2026-11-21T09:30:00Z"))
    early = [fact("met", NOW - 3 * HOUR, metric="first_response", event=str(n)) for n in range(28)]
    late = [fact("breached", NOW - 2 * HOUR, metric="first_response", event=str(n)) for n in range(2)]
    now = [fact("met", NOW - 10 * MINUTE, metric="first_response", event=str(n)) for n in range(9)]
    stages.put(0, "t", [*early, *late, *now, fact("breached", NOW - 20 * MINUTE, metric="first_response")])
    told = stages.tell()["urgent"]

    assert ("2026-11-21", 40, 3, 2, -0.5) == (
        told["period"], told["decided"], told["breached"], told["allowed"], told["left"],
    )  # fmt: skip
    assert {"5m": None, "30m": 2, "1h": 2, "6h": 1.5, "24h": 1.5} == told["burn"]
    assert {"decided": 10, "breached": 1} == told["windows"]["1h"]
    assert [{"day": "2026-11-21", "decided": 40, "breached": 3, "left": -0.5}] == told["days"]


def test_an_edition_that_begins_takes_its_objectives_with_it() -> None:
    """What is no longer in force goes; what is new has its whole period at once, without a fact being counted anew."""
    stages = Stages(BOOK, NOW)
    stages.put(0, "t", [fact("breached", NOW - 5 * DAY, dims=Dims("a/b|c", "P3", None, None, 1), metric="update")])
    before = stages.tell()
    stages.advance(HOUR)
    after = stages.tell()

    assert {"kept", "urgent", "teams", "one", "leaves"} == set(before)
    assert {"kept", "urgent", "comes"} == set(after)
    assert (1, 1) == (after["comes"]["decided"], after["comes"]["breached"])
    assert (0.9, 0.8) == (before["kept"]["attainment"], after["kept"]["attainment"])


def test_a_budget_is_of_its_model() -> None:
    """The document has the fields of the model, and no others."""
    stages = Stages(BOOK, NOW)
    stages.put(1, "t", [fact("met", NOW, metric="update")])
    for said in stages.tell().values():
        Budget.model_validate(said | {"as_of": format_ms(NOW)})

    assert 5 == len(stages.view)


def test_what_is_told_once_is_not_told_again() -> None:
    """Within a minute, only what changed is written."""
    stages = Stages(BOOK, parse_ms("2026-11-21T09:30:00Z"))
    stages.tell()
    stages.view.clear()
    stages.advance(1000)
    stages.put(0, "t", [fact("met", stages.now, dims=Dims("desk", "P3", None, None, 1), metric="resolution")])

    assert {"kept"} == set(stages.tell())


def test_a_year_begins_with_nothing_decided() -> None:
    """A minute after New Year's midnight in the book's zone, last year's breaches are last year's."""
    stages = Stages(BOOK, parse_ms("2026-12-31T15:59:00Z"))
    stages.put(0, "t", [fact("breached", stages.now - HOUR, metric="resolution")])
    stages.tell()
    stages.advance(2 * MINUTE)
    told = stages.tell()["kept"]

    assert ("2027-01", 0) == (told["period"], told["decided"])
    assert {"decided": 1, "breached": 1} == told["windows"]["6h"]


def test_a_year_reaches_from_its_first_instant() -> None:
    """What fell due as the year began is this year's; what did a moment before is not."""
    stages = Stages(BOOK, NOW)
    begin = parse_ms("2026-01-01T00:00:00+08:00")
    stages.put(0, "t", [fact("breached", begin, metric="resolution"), fact("met", begin - 1, metric="resolution")])
    told = stages.tell()["kept"]

    assert (1, 1) == (told["decided"], told["breached"])
    assert {"day": "2026-01-01", "decided": 1, "breached": 1, "left": -9} == told["days"][0]
    assert 325 == len(told["days"])


def test_at_the_turn_of_a_year_the_old_one_stands_until_all_have_left_it() -> None:
    """A partition that is in the new year already, and taken over there, still tells of the old one."""
    stages = Stages(BOOK, parse_ms("2026-12-31T15:59:00Z"))
    stages.put(1, "t", [fact("met", stages.now - 20 * DAY, metric="resolution")])
    stages.stage1[1].advance(stages.now + 2 * MINUTE)
    stages.take_over(1)
    stages.stage1[1].advance(stages.now + 3 * MINUTE)

    assert 1 == stages.tell()["kept"]["decided"]


def test_stage_1_lets_go_of_last_year() -> None:
    """A tombstone for each day that was told, and no row of them afterwards, also of what comes late."""
    stages = Stages(BOOK, parse_ms("2026-12-31T00:00:00Z"))
    early = fact("met", stages.now - 20 * DAY, metric="resolution")
    stages.put(0, "t", [early])
    stages.tell()
    stages.advance(9 * DAY)
    gone = [
        row.key for row in stages.stage1[0].changed() if row.value == FORGOTTEN and row.scope.startswith("objective")
    ]
    stages.put(0, "u", [early._replace(event_id="late")])

    assert b'["bd",20261211]' in gone
    assert [] == [row for row in stages.stage1[0].dump() if row.key.startswith(b'["bd"')]


def test_a_day_that_is_over_is_told_anew_when_it_changes() -> None:
    """A fact of yesterday that comes today, and one that is taken back again, move yesterday's point and today's."""
    stages = Stages(BOOK, NOW)
    stages.tell()
    stages.put(0, "t", [fact("breached", NOW - DAY, metric="resolution"), fact("met", NOW, metric="resolution")])
    told = stages.tell()["kept"]["days"][-3:]
    stages.put(0, "t", [fact("met", NOW, metric="resolution")])

    assert [(0, 0, None), (1, 1, -9), (1, 0, -4)] == [(day["decided"], day["breached"], day["left"]) for day in told]
    assert stages.truth() == stages.tell()
