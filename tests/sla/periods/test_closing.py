"""What closes, when, and what may change it then."""

from __future__ import annotations

import pytest

from models.instant import format_ms, parse_ms
from models.period import PeriodDocument
from tests.sla.figures.build import DESK, at, fact
from tests.sla.periods.closing_desk import DAY, LATER, ClosingDesk

NOVEMBER = [fact("created", at("09:00")), fact("solved", at("09:30"), person="bo", mark="kept")]
MORE = [*NOVEMBER, fact("reopened", at("10:00"), person="bo")]


def desk_with_november(**options: int) -> ClosingDesk:
    """A desk with one ticket in November."""
    desk = ClosingDesk(**options)
    desk.replace("t", (), NOVEMBER)
    return desk


def test_a_month_closes_eight_days_after_its_end_and_not_before() -> None:
    """The grace counts from the end in the zone; the instant is part of the document, however late it is written."""
    closes = parse_ms("2026-12-08T16:00:00Z")
    desk = desk_with_november(now=closes)
    desk.seal(closes - 1)
    assert not [name for name in desk.closing.due() if name[0] == "2026-11"]
    desk.close()
    total = desk.log["2026-11", "all"][-1]
    late = desk_with_november(now=LATER)
    late.close()

    assert ("2026-12-08T16:00:00Z", 1, True) == (total["as_of"], total["revision"], total["final"])
    assert desk.log["2026-11", "all"] == late.log["2026-11", "all"]
    PeriodDocument.model_validate(total)


def test_longer_periods_close_with_their_last_month_and_are_the_sum_of_their_months() -> None:
    """In December neither quarter nor year is final, at the end of January all are."""
    desk = desk_with_november()
    desk.replace("o", (), [fact("created", at("09:00", "2026-10-05"))])
    desk.close()
    assert {"2026-10", "2026-11"} == {name for name, subject in desk.log if subject == "all" and len(name) != 10}
    desk.advance(50 * DAY)
    desk.close()

    assert {"2026-10", "2026-11", "2026-Q4", "2026-H2", "2026"} == {
        name for name, subject in desk.log if subject == "all" and len(name) != 10
    }
    months = [desk.log[name, "all"][-1]["counts"] for name in ("2026-10", "2026-11")]
    for longer in ("2026-Q4", "2026-H2", "2026"):
        counts = desk.log[longer, "all"][-1]["counts"]
        assert {kind: sum(month[kind] for month in months) for kind in counts} == counts


def test_days_close_for_all_teams_and_priorities_and_are_let_go_after_forty() -> None:
    """They leave the log of totals, too."""
    desk = desk_with_november()
    desk.close()
    assert {"all", "team:network", "priority:P0"} == {subject for name, subject in desk.log if len(name) == 10}
    desk.advance(40 * DAY)
    desk.seal()

    assert {("2026-11-21", subject) for subject in ("all", "team:network", "priority:P0")} == set(desk.closing.forget())
    assert [] == desk.closing.forget()


def test_a_closed_total_is_published_once() -> None:
    """Nor does time, a new owner of a partition or a repetition move it."""
    desk = desk_with_november()
    first = desk.close()
    assert first
    assert [] == desk.close()
    desk.take_over(0, [("t", NOVEMBER)], [])

    assert [] == desk.close()
    assert not desk.closing.standing


def test_a_late_event_makes_the_next_revision_with_the_difference_and_its_cause() -> None:
    """Counts and measures before and after, plain and by split; the revisions before it stand."""
    desk = desk_with_november()
    desk.close()
    before = desk.log["2026-11", "all"][-1]
    desk.advance(DAY)
    desk.replace("t", NOVEMBER, MORE)
    for subject in ("all", "team:network", "priority:P0", "team:network|priority:P0", "agent:bo"):
        desk.blame("2026-11", subject)
    desk.close()
    first, second = desk.log["2026-11", "all"]
    PeriodDocument.model_validate(second)

    assert before == first
    assert (2, True, format_ms(desk.now)) == (second["revision"], second["final"], second["as_of"])
    assert {"reopened": {"from": 0, "to": 1}} == second["difference"]["counts"]
    assert [{"ticket": "t", "event": "late", "occurred_at": "2026-11-03T09:00:00Z"}] == second["causes"]
    moved = {(line["measure"], line["split"]): line for line in second["difference"]["measures"]}
    assert {"throughput", "weighted_throughput", "reopen_rate"} == {name for name, _ in moved}
    assert (0.0, 1.0) == tuple(moved["reopen_rate", "priority:P0"][side]["value"] for side in ("from", "to"))
    assert (1, None) == (moved["throughput", "tier:vip"]["from"]["numerator"], moved["throughput", "tier:vip"]["to"])
    assert 2 == desk.log["2026-11", "agent:bo"][-1]["revision"]


def test_a_correction_reaches_the_longer_periods() -> None:
    """The year's second revision names the month's cause."""
    desk = ClosingDesk(now=parse_ms("2027-02-01T09:00:00Z"))
    desk.replace("t", (), NOVEMBER)
    desk.close()
    desk.replace("t", NOVEMBER, MORE)
    desk.blame("2026-11", "all")
    desk.close()

    for name in ("2026-11", "2026-Q4", "2026-H2", "2026"):
        assert 2 == desk.log[name, "all"][-1]["revision"]
        assert ["late"] == [cause["event"] for cause in desk.log[name, "all"][-1]["causes"]]


def test_without_an_event_a_closed_total_stands() -> None:
    """Another policy book, or another build, gives other figures: the published ones stand, and that is said."""
    desk = desk_with_november()
    desk.close()
    desk.replace("t", NOVEMBER, MORE)

    assert [] == desk.close()
    assert ("2026-11", "all") in desk.closing.standing
    assert 1 == len(desk.log["2026-11", "all"])
    assert desk.closing.unchanged(("2026-11", "all")) is None


def test_a_correction_waits_until_every_partition_has_spoken_again() -> None:
    """Events that come together make one revision, not one each."""
    desk = desk_with_november(partitions=2)
    desk.replace("u", (), [fact("created", at("09:00"), dims=DESK)], number=1)
    desk.close()
    desk.replace("t", NOVEMBER, MORE)
    desk.blame("2026-11", "all")
    desk.publish()
    assert [] == [name for name in desk.closing.moved() if name == ("2026-11", "all")]
    created = fact("created", at("09:00"), dims=DESK)
    desk.replace("u", [created], [created, fact("closed", at("09:10"), dims=DESK)], number=1)
    desk.close()

    assert [1, 2] == [document["revision"] for document in desk.log["2026-11", "all"]]
    assert {"reopened", "closed"} == desk.log["2026-11", "all"][-1]["difference"]["counts"].keys()


def test_a_cause_is_asked_for_once() -> None:
    """Seen to, it leaves the log of partials; one whose total is still moving stays."""
    desk = desk_with_november()
    desk.close()
    desk.replace("t", NOVEMBER, MORE)
    desk.blame("2026-11", "all")
    desk.seal()
    assert [] == desk.closing.spent()
    for name in desk.closing.moved():
        desk.closing.is_moved(name)
    assert [] == desk.closing.spent()  # it has not been written yet
    desk.blame("2026-11", "team:network", "harmless")
    desk.seal()
    desk.seal()

    assert [("2026-11", "team:network")] == [name for name, _ in desk.closing.spent()]


@pytest.mark.parametrize(("days", "so_far"), [(6, True), (7, False)])
def test_what_looks_ahead_is_so_far_for_seven_days(days: int, so_far: bool) -> None:
    """From the end of the period on; the other measures never say so."""
    end = parse_ms("2026-11-30T16:00:00Z")
    desk = desk_with_november(now=end + days * DAY)
    desk.tell()
    measures = desk.view["period", "all", "2026-11"]["measures"]

    assert so_far == measures["first_contact_resolution"].get("so_far", False)
    assert "so_far" not in measures["resolution_rate"]


def test_a_total_that_loses_everything_is_corrected_to_zeros() -> None:
    """A ticket that should never have been leaves a final total of nothing, not none at all."""
    desk = desk_with_november()
    desk.close()
    desk.replace("t", NOVEMBER, ())
    desk.blame("2026-11", "agent:bo")
    desk.close()
    total = desk.log["2026-11", "agent:bo"][-1]

    assert (2, 0) == (total["revision"], sum(total["counts"].values()))


def test_the_first_totals_of_a_month_that_is_long_past_are_its_first_revision() -> None:
    """History that comes into a desk which is at work closes as soon as it stands still."""
    desk = ClosingDesk()
    desk.close()
    desk.replace("t", (), NOVEMBER)
    desk.blame("2026-11", "all")
    desk.close()

    assert [1] == [document["revision"] for document in desk.log["2026-11", "all"]]
