"""Totals of days and months, their splits, and longer periods merged from them."""

from __future__ import annotations

from typing import Any

import pytest

from models.fact import Dims, Fact
from models.instant import parse_ms
from models.kpi import METRICS
from models.period import PeriodDocument
from sla.figures import PartitionFigures, ScopeFigures
from sla.figures.days import Days, months_of
from sla.figures.measures import measures_of
from sla.figures.periods import editions_in
from tests.sla.figures.build import DESK, NETWORK, PROMISED, Desk, at, fact

DAY = 86_400_000


def desk_with(*tickets: list[Fact]) -> Desk:
    """A desk with these tickets."""
    desk = Desk()
    for number, facts in enumerate(tickets):
        desk.stage1[0].replace(f"t{number}", (), facts)
    desk.tell()
    return desk


def measure(desk: Desk, name: str, subject: str = "all", period: str = "2026-11") -> dict[str, Any]:
    return desk.view["period", subject, period]["measures"][name]


def fraction(desk: Desk, name: str, subject: str = "all", period: str = "2026-11") -> tuple[int, int]:
    found = measure(desk, name, subject, period)
    return found["numerator"], found["denominator"]


def test_a_fact_belongs_to_the_month_of_its_zone() -> None:
    """16:00 UTC on 31 October is 1 November in Shanghai."""
    desk = desk_with([fact("created", at("15:59:59", "2026-10-31")), fact("created", at("16:00", "2026-10-31"))])
    view = desk.view

    assert (1, 1) == tuple(view["period", "all", name]["counts"]["created"] for name in ("2026-10", "2026-11"))
    assert ("2026-10-31T16:00:00Z", "2026-11-30T16:00:00Z") == (
        view["period", "all", "2026-11"]["from"],
        view["period", "all", "2026-11"]["to"],
    )


def test_months_have_five_kinds_of_subject_and_days_three() -> None:
    """A person and a team's priority have months, but no days."""
    desk = desk_with([fact("solved", at("09:00"), person="bo")])
    months = {scope for family, scope, name in desk.view if family == "period" and len(name) == 7}
    days = {scope for family, scope, name in desk.view if family == "period" and len(name) == 10}

    assert {"all", "team:network", "priority:P0", "team:network|priority:P0", "agent:bo"} == months
    assert {"all", "team:network", "priority:P0"} == days


def test_days_are_kept_forty_days_and_months_stay() -> None:
    """A fact of 41 days ago enters its month only, and a day falls out as time goes by."""
    desk = desk_with([fact("created", at("09:00", "2026-10-11")), fact("created", at("09:00", "2026-10-12"))])
    days = [name for family, scope, name in desk.view if (family, scope) == ("period", "all") and len(name) == 10]
    desk.advance(41 * DAY)
    desk.view.clear()
    desk.tell(whole=True)

    assert ["2026-10-12"] == days
    assert {"2026-10", "2026-Q4", "2026-H2", "2026"} == {name for family, _, name in desk.view if family == "period"}
    assert 2 == desk.view["period", "all", "2026-10"]["counts"]["created"]


def test_a_day_that_went_by_unpublished_leaves_nothing_but_its_month() -> None:
    """Facts noted while their day was kept, and worked through when it no longer is, enter the month alone."""
    desk = Desk()
    desk.stage1[0].replace("t", (), [fact("replied", at("09:00"))])
    desk.stage1[0].settle(1)
    desk.advance(50 * DAY)
    desk.tell()

    assert {"2026-11"} == {name for family, _, name in desk.view if family == "period"}
    assert not [row for row in desk.stage1[0].dump() if b"20261121" in row.key]


def test_a_scope_is_known_before_its_totals_are_worked_in() -> None:
    """KPIs are told of scopes that are known, and do not wait for totals; which come whole when they are asked for."""
    first = PartitionFigures(0, "Asia/Shanghai")
    first.replace("t", (), [fact("created", at("09:00"))])
    assert not first.settle(totals=False)
    told = [(row.scope, row.key[2:3]) for row in first.changes(totals=False)]
    then = {row.key[2:3] for row in first.changes_of_totals()}

    assert ("all", b"k") in told
    assert ("all", b"m") in told
    assert {b"t", b"d"} & {kind for _, kind in told} == set()
    assert {b"t"} == then


def test_a_measure_is_split_by_priority_tier_complexity_and_aspect() -> None:
    """Each value that tickets had has its own part; who lacks a tier stands in no part of that split."""
    desk = desk_with(
        [
            fact("met", at("09:00"), metric="resolution", value=60_000),
            fact("late", at("09:00"), metric="resolution", value=120_000, dims=DESK),
            fact("rated", at("09:01"), metric="overall", value=90_000_000, mark="customer"),
            fact("rated", at("09:01"), metric="attitude", value=70_000_000, mark="customer"),
            fact("met", at("09:02"), metric="resolution", value=0, dims=Dims(None, "P4", None, None, 2_500_000)),
        ]
    )
    mean, csat = measure(desk, "resolution_mean"), measure(desk, "csat")

    assert {"P0": 60_000, "P1": 120_000, "P4": 0} == {k: v["numerator"] for k, v in mean["by_priority"].items()}
    assert {"vip": 60_000} == {key: value["numerator"] for key, value in mean["by_tier"].items()}
    assert ["1", "2.5", "3"] == list(mean["by_complexity"])
    assert {"overall": 90.0, "attitude": 70.0} == {key: value["value"] for key, value in csat["by_aspect"].items()}
    assert (90.0, 1, 60.0) == (csat["value"], csat["cases"], mean["value"])


def test_no_percentile_of_points_lies_above_all_that_can_be_had() -> None:
    """The middle of a histogram's last step does."""
    desk = desk_with([fact("rated", at("09:01"), metric="overall", value=100_000_000, mark="customer")])
    csat = measure(desk, "csat")

    assert [100.0, 100.0, 100.0] == [csat["p50"], csat["p90"], csat["p95"]]


def test_an_aspect_rated_alone_leaves_no_trace_in_other_documents() -> None:
    """A team rated for its attitude only says so in its own document, and the next document is as empty as before."""
    rated = fact("rated", at("09:00"), metric="attitude", value=70_000_000, mark="customer")
    desk = desk_with([rated], [fact("created", at("09:00"), dims=DESK)])

    assert {"attitude": 70.0} == {
        key: value["value"] for key, value in measure(desk, "csat", "team:network")["by_aspect"].items()
    }
    assert not desk_with([fact("created", at("09:00"))]).view["period", "all", "2026-11"]["measures"]["csat"][
        "by_aspect"
    ]
    assert not measure(desk, "csat", "team:desk")["by_aspect"]


def test_a_ticket_is_handled_once_for_each_subject_and_part() -> None:
    """Replied to as P0 by one and as P1 by another, it is one ticket of each."""
    desk = desk_with(
        [
            fact("replied", at("09:00"), person="bo"),
            fact("replied", at("09:01"), person="bo"),
            fact("escalated", at("09:02"), person="bo", dims=NETWORK._replace(priority="P1")),
            fact("replied", at("09:03"), person="an", dims=DESK),
        ]
    )
    rates = {name: fraction(desk, "escalation_rate", name) for name in ("all", "team:desk", "agent:bo", "priority:P1")}

    assert {"all": (1, 1), "team:desk": (0, 1), "agent:bo": (1, 1), "priority:P1": (1, 1)} == rates
    parts = measure(desk, "escalation_rate")["by_priority"]
    assert {"P0": (0, 1), "P1": (1, 1)} == {k: (v["numerator"], v["denominator"]) for k, v in parts.items()}


@pytest.mark.parametrize(
    ("story", "october", "november"),
    [
        ([("solved", "2026-10-20")], 1, 0),
        ([("solved", "2026-10-20"), ("reopened", "2026-10-22")], 0, 0),
        ([("solved", "2026-10-20"), ("reopened", "2026-10-22"), ("solved", "2026-10-23")], 1, 0),
        ([("solved", "2026-10-20"), ("reopened", "2026-11-02"), ("solved", "2026-11-03")], 1, 1),
        ([("solved", "2026-10-20"), ("reopened", "2026-11-02")], 1, 0),
    ],
)
def test_throughput_is_what_was_not_reopened_in_the_period(
    story: list[tuple[str, str]], october: int, november: int
) -> None:
    """A solution counts unless its ticket was reopened in the same month; its weight goes with it."""
    desk = desk_with([fact("created", at("09:00", "2026-11-01")), fact("created", at("09:00", "2026-10-11"))])
    facts: list[Fact] = []
    for kind, day in story:  # one by one, as they would come
        old, facts = facts, [*facts, fact(kind, at("09:00", day), value=2_000_000 if kind == "solved" else 0)]
        desk.stage1[0].replace("t", old, facts)
        desk.tell()

    assert (october, november) == tuple(
        measure(desk, "throughput", period=name)["numerator"] for name in ("2026-10", "2026-11")
    )
    assert 2.0 * october == measure(desk, "weighted_throughput", period="2026-10")["value"]


@pytest.mark.parametrize(("kinds", "throughput"), [(("solved", "reopened"), 0), (("reopened", "solved"), 1)])
def test_of_one_instant_what_came_to_pass_last_decides(kinds: tuple[str, str], throughput: int) -> None:
    """Events of one millisecond, or from before the creation, have an order that their ids do not tell."""
    desk = desk_with([fact(kind, at("09:00"), event=name) for kind, name in zip(kinds, ("z", "a"), strict=True)])

    assert throughput == measure(desk, "throughput")["numerator"]


def test_a_complaint_is_resolved_until_seven_days_after_the_months_end() -> None:
    """Resolved later, or never, it stays a complaint of its month."""

    def complaint(resolved: str | None) -> list[Fact]:
        facts = [fact("flagged", at("09:00", "2026-10-15"), metric="complaint")]
        if resolved:
            facts.append(fact("flagged", parse_ms(resolved), metric="complaint_resolved"))
        return facts

    desk = desk_with(
        complaint("2026-11-07T16:00:00Z"),
        complaint("2026-11-07T16:00:00.001Z"),
        complaint(None),
        complaint("2026-10-16T00:00:00Z"),
    )

    assert (2, 4) == fraction(desk, "complaint_resolution_rate", period="2026-10")


def test_the_clocks_of_tickets_solved_with_other_teams_are_counted_apart() -> None:
    """Flagged `cross_team`, a ticket's `resolution` counts there as well; other metrics and tickets do not."""
    flag = fact("flagged", at("08:00"), metric="cross_team")
    desk = desk_with(
        [fact("met", at("09:00"), metric="resolution"), fact("met", at("08:30"), metric="update"), flag],
        [fact("breached", at("09:00"), metric="resolution"), flag],
        [fact("met", at("09:00"), metric="resolution")],
    )

    assert ((1, 2), (2, 3)) == (fraction(desk, "cross_team_resolution"), fraction(desk, "resolution_rate"))


def test_marks_of_a_solution_are_measures() -> None:
    """First contact, workarounds that held, follow-ups and records, each over what they are asked of."""
    desk = desk_with(
        [fact("solved", at("09:00"), mark="first_contact+kept+workaround")],
        [fact("solved", at("09:00"), mark="workaround")],
        [fact("solved", at("09:00"), mark="followed_up+recorded")],
        [fact("created", at("09:00")), fact("flagged", at("09:00"), metric="self_service")],
    )
    names = (
        "first_contact_resolution",
        "workaround_effectiveness",
        "follow_up_coverage",
        "record_completeness",
        "self_service_rate",
    )

    assert [(1, 3), (1, 2), (1, 3), (1, 3), (1, 1)] == [fraction(desk, name) for name in names]


def test_a_longer_period_is_the_sum_of_its_months() -> None:
    """Counts, fractions, histograms and tickets of a quarter add up its months; a ticket of two months counts twice."""
    story = [
        fact("replied", at("09:00", "2026-10-05")),
        fact("met", at("09:00", "2026-10-05"), metric="resolution", value=1000),
        fact("replied", at("09:00", "2026-11-05")),
        fact("late", at("09:00", "2026-11-05"), metric="resolution", value=3000),
    ]
    desk = desk_with(story, [fact("replied", at("09:00", "2026-09-05"))])
    quarter = desk.stage2.longer_period("2026-Q4", "all")
    year = desk.stage2.longer_period("2026", "all")
    assert quarter is not None
    assert year is not None
    PeriodDocument.model_validate(quarter)

    assert (4000, 2, [(1000, 1), (2976, 1)]) == tuple(
        quarter["measures"]["resolution_mean"][key] for key in ("numerator", "denominator", "histogram")
    )
    assert (2, 3) == tuple(body["measures"]["escalation_rate"]["denominator"] for body in (quarter, year))
    assert ("2026-09-30T16:00:00Z", "2026-12-31T16:00:00Z") == (quarter["from"], quarter["to"])


@pytest.mark.parametrize(
    ("name", "months"),
    [
        ("2026-11", [202611]),
        ("2026-Q1", [202601, 202602, 202603]),
        ("2026-H2", [202607, 202608, 202609, 202610, 202611, 202612]),
        ("2026", [202600 + month for month in range(1, 13)]),
    ],
)
def test_a_period_is_made_of_months(name: str, months: list[int]) -> None:
    """A quarter has three, a half six, a year twelve."""
    assert months == months_of(name)


@pytest.mark.parametrize(
    "name", ["2026-13", "2026-Q5", "2026-Q0", "2026-H3", "26", "2026-1", "2026-11-21", "", "2026-Qx"]
)
def test_what_is_no_period_is_refused(name: str) -> None:
    """The message shows how periods are written."""
    with pytest.raises(ValueError, match="write 2026-11, 2026-Q4"):
        months_of(name)


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Asia/Shanghai", 20261121, "2026-11-20T16:00:00Z"),
        ("America/Sao_Paulo", 20151018, "2015-10-18T03:00:00Z"),  # midnight does not exist
        ("America/Havana", 20161106, "2016-11-06T04:00:00Z"),  # midnight comes twice
        ("Asia/Kathmandu", 20261121, "2026-11-20T18:15:00Z"),
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, day: int, start: str) -> None:
    """Where a clock change swallows or doubles midnight, too."""
    days = Days(zone)

    assert parse_ms(start) == days.start_of(day)
    assert (day, True) == (days.day_of(parse_ms(start)), days.day_of(parse_ms(start) - 1) < day)


def test_a_period_names_the_editions_in_force() -> None:
    """Those that held at some instant of it; the first one also before it began."""
    editions = (("a", at("00:00", "2026-03-01")), ("b", at("00:00", "2026-11-15")), ("c", at("00:00", "2027-01-01")))

    def names(begin: str, end: str) -> list[str]:
        return list(editions_in(editions, at("00:00", begin), at("00:00", end)))

    assert [["a"], ["a"], ["a", "b"], ["b"], ["b", "c"]] == [
        names("2026-01-01", "2026-02-01"),
        names("2026-10-01", "2026-11-01"),
        names("2026-11-01", "2026-12-01"),
        names("2026-12-01", "2027-01-01"),
        names("2026-12-01", "2027-02-01"),
    ]


def test_every_metric_has_its_mean_and_its_share() -> None:
    """A metric of the policies is never without measures, whatever is promised."""
    known = measures_of(PROMISED)
    shares = {"resolution": "resolution_rate", "update": "update_timeliness"}

    assert {f"{metric}_mean" for metric in METRICS} <= known.keys()
    assert {shares.get(metric, f"{metric}_attainment") for metric in METRICS} <= known.keys()
    assert known["sla_attainment"] != measures_of(("update",))["sla_attainment"]


def test_totals_may_wait() -> None:
    """Without totals and periods a publication says all that is urgent, and the next one with them the rest."""
    desk = Desk()
    desk.stage1[0].replace("t", (), [fact("created", at("09:00"))])
    stage2: ScopeFigures = desk.stage2
    for row in desk.stage1[0].changed(totals=False):
        stage2.upsert(0, 1, row)
    stage2.watermark(0, desk.now)
    stage2.advance()
    urgent = {document.family for document in stage2.documents()}
    for row in desk.stage1[0].changed():
        stage2.upsert(0, 1, row)
    rest = {document.family for document in (*stage2.documents(), *stage2.totals())}

    assert ({"kpi", "live", "day"}, {"period"}) == (urgent, rest)
