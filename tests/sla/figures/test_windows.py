"""Windows end with the running minute and move when nothing arrives."""

from __future__ import annotations

import pytest

from models.fact import Fact
from models.kpi import WINDOWS
from sla.figures.document import kpi_figures
from tests.sla.figures.build import DESK, NETWORK, PROMISED, Desk, at, fact

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def desk_with(*facts: Fact, now: int = at("09:30:20"), partitions: int = 1) -> Desk:
    """A desk with one ticket that has these facts."""
    desk = Desk(partitions, now=now)
    desk.stage1[0].replace("t", (), list(facts))
    desk.tell()
    return desk


@pytest.mark.parametrize(
    ("moment", "windows"),
    [
        (at("09:30"), {"5m", "30m", "1h", "6h", "24h", "today"}),
        (at("09:26"), {"5m", "30m", "1h", "6h", "24h", "today"}),
        (at("09:26") - 1, {"30m", "1h", "6h", "24h", "today"}),
        (at("09:01"), {"30m", "1h", "6h", "24h", "today"}),
        (at("09:01") - 1, {"1h", "6h", "24h", "today"}),
        (at("08:31") - 1, {"6h", "24h", "today"}),
        (at("03:31") - 1, {"24h", "today"}),
        (at("16:00", "2026-11-20"), {"24h", "today"}),
        (at("16:00", "2026-11-20") - 1, {"24h"}),
        (at("09:31", "2026-11-20"), {"24h"}),
        (at("09:31", "2026-11-20") - 1, set()),
    ],
)
def test_a_fact_lies_in_the_windows_of_its_minute(moment: int, windows: set[str]) -> None:
    """At 09:30:20 `5m` reaches from 09:26 to 09:31, and today from 16:00 UTC, midnight in Shanghai."""
    desk = desk_with(fact("created", moment))

    assert windows == {window for window in WINDOWS if desk.kpi("all", window)["created"]}


def test_a_window_says_from_when_to_when() -> None:
    """`to` is the end of the running minute, `from` lies its length before."""
    document = desk_with(fact("created", at("09:30"))).kpi("all", "5m")

    assert ("2026-11-21T09:26:00Z", "2026-11-21T09:31:00Z", "2026-11-21T09:30:20Z") == (
        document["from"],
        document["to"],
        document["as_of"],
    )


def test_an_instant_exactly_on_a_minute_belongs_to_the_one_that_begins() -> None:
    """At 09:30:00.000 the window ends at 09:31."""
    document = desk_with(fact("created", at("09:30")), now=at("09:30")).kpi("all", "5m")

    assert ("2026-11-21T09:31:00Z", 1) == (document["to"], document["created"])


def test_windows_move_on_when_nothing_arrives() -> None:
    """Minute by minute the fact falls out of one window after the other, and today ends at midnight."""
    desk = desk_with(fact("created", at("09:30")))
    seen = []
    for minutes in (4, 1, 25, 30, 300, 32, 1048):
        desk.advance(minutes * MINUTE)
        desk.tell()
        seen.append([window for window in WINDOWS if desk.kpi("all", window)["created"]])

    assert [
        ["5m", "30m", "1h", "6h", "24h", "today"],
        ["30m", "1h", "6h", "24h", "today"],
        ["1h", "6h", "24h", "today"],
        ["6h", "24h", "today"],
        ["24h", "today"],
        ["24h"],
        [],
    ] == seen


def test_a_long_silence_empties_windows_at_once() -> None:
    """After a jump over days a window is as if it had moved minute by minute."""
    desk = desk_with(fact("created", at("09:30")), fact("met", at("09:30"), metric="update", value=5))
    desk.advance(9 * DAY)
    desk.tell()
    nothing = kpi_figures({}, {}, PROMISED)

    assert [nothing] * 6 == [
        {key: value for key, value in desk.kpi("all", window).items() if key in nothing} for window in WINDOWS
    ]


def test_the_maximum_leaves_with_its_minute() -> None:
    """When the longest one falls out of a window, the next longest is the maximum there and not before."""
    desk = desk_with(
        fact("met", at("09:26"), metric="update", value=9_000),
        fact("met", at("09:27"), metric="update", value=4_000),
        fact("met", at("09:30"), metric="update", value=7_000),
    )
    before = desk.kpi("all", "5m")["update"]["max_s"]
    desk.advance(MINUTE)
    desk.tell()

    assert (9, 7, 9) == (before, desk.kpi("all", "5m")["update"]["max_s"], desk.kpi("all", "30m")["update"]["max_s"])


@pytest.mark.parametrize("partitions", [1, 2])
def test_the_maximum_is_exact_after_a_retraction(partitions: int) -> None:
    """Taken back, the longest one leaves the next longest: of its ticket, of another, of another partition."""
    long, short = (fact("met", at("09:29"), metric="update", value=value) for value in (9_000, 4_000))
    desk = desk_with(long, partitions=partitions)
    desk.stage1[0].replace("same minute", (), [short])
    desk.stage1[-1].replace("other", (), [fact("late", at("09:29"), metric="update", value=5_000)])
    desk.tell()
    before = desk.kpi("all", "5m")["update"]["max_s"]
    desk.stage1[0].replace("t", [long], [])
    desk.tell()
    after = desk.kpi("all", "5m")["update"]
    desk.stage1[-1].replace("other", [fact("late", at("09:29"), metric="update", value=5_000)], [])
    desk.tell()
    last = desk.kpi("all", "5m")["update"]

    assert (9, 5, 4) == (before, after["max_s"], last["max_s"])
    assert (4.5, 4) == (after["p50_s"], last["p50_s"])


def test_a_person_has_today_only() -> None:
    """An agent's scope has no other window, and a creation has no person."""
    desk = desk_with(fact("created", at("09:30")), fact("solved", at("09:30"), person="bo"))

    assert ["today"] == [field for family, scope, field in desk.view if (family, scope) == ("kpi", "agent:bo")]
    assert (0, 1) == (desk.kpi("agent:bo", "today")["created"], desk.kpi("agent:bo", "today")["solved"])


def test_a_fact_moves_every_scope_it_belongs_to() -> None:
    """Team, priority, both, channel, tier and person; what a ticket lacks moves nothing."""
    full = desk_with(fact("solved", at("09:30"), dims=NETWORK, person="bo"))
    bare = desk_with(fact("solved", at("09:30"), dims=DESK._replace(team=None)))

    assert {
        "all",
        "team:network",
        "priority:P0",
        "team:network|priority:P0",
        "channel:mail",
        "tier:vip",
        "agent:bo",
    } == {scope for family, scope, _ in full.view if family == "kpi"}
    assert {"all", "priority:P1"} == {scope for family, scope, _ in bare.view if family == "kpi"}


def test_tickets_count_once_in_a_rate_of_tickets() -> None:
    """Two escalations and three replies of one ticket are one escalated ticket, handled once."""
    desk = desk_with(
        fact("replied", at("09:00")),
        fact("escalated", at("09:10")),
        fact("escalated", at("09:27")),
        fact("replied", at("09:28")),
        fact("replied", at("09:29")),
    )
    desk.stage1[0].replace("u", (), [fact("replied", at("09:28"))])
    desk.tell()

    assert [0.5, 0.5, 0.5] == [desk.kpi("all", window)["escalation_rate"] for window in ("5m", "1h", "today")]
    desk.advance(2 * MINUTE)
    desk.tell()
    assert [0.0, 0.5] == [desk.kpi("all", window)["escalation_rate"] for window in ("5m", "1h")]


def test_as_of_is_the_least_watermark_of_all_partitions() -> None:
    """Nothing is told before every partition has spoken, and the slowest one says how late it is."""
    desk = Desk(2)
    desk.stage2.watermark(0, at("09:30"))
    silent = (desk.stage2.advance(), [*desk.stage2.documents(), *desk.stage2.totals()])
    desk.stage2.watermark(1, at("09:10"))

    assert (None, []) == silent
    assert at("09:10") == desk.stage2.advance()
    desk.stage2.watermark(1, at("09:05"))
    assert at("09:10") == desk.stage2.advance()


def test_windows_are_whole_although_one_partition_is_ahead() -> None:
    """What the faster one has left behind still counts while `as_of` needs it, and what it has ahead does not yet."""
    desk = Desk(2, now=at("09:30"))
    early, late = at("09:05", "2026-11-20"), at("09:29")
    desk.stage1[0].replace("t", (), [fact("created", early), fact("created", late)])
    for row in desk.stage1[0].changed():
        desk.stage2.upsert(0, 1, row)
    desk.stage2.watermark(0, at("09:30"))
    desk.stage2.watermark(1, at("09:04"))
    desk.stage2.advance()
    told = {document.field: document for document in desk.stage2.kpis() if document.scope == "all"}

    desk.stage1[0].advance(at("09:30") + 3 * HOUR)
    gone = desk.stage1[0].changed()
    for row in gone:
        desk.stage2.upsert(0, 1, row)
    told |= {document.field: document for document in desk.stage2.kpis() if document.scope == "all"}

    assert b"" in {row.value for row in gone}
    assert b'"created":1,' in bytes(told["24h"].value)  # type: ignore[arg-type]
    assert b'"created":0,' in bytes(told["5m"].value)  # type: ignore[arg-type]
    desk.advance(0)
    desk.tell()
    assert (1, 1) == (desk.kpi("all", "5m")["created"], desk.kpi("all", "24h")["created"])


def test_what_has_not_changed_is_not_told_again() -> None:
    """Within a minute only scopes that something happened in are written."""
    desk = desk_with(fact("created", at("09:30")))
    desk.advance(1_000)
    quiet = desk.tell()
    desk.stage1[0].replace("u", (), [fact("created", at("09:30"), dims=DESK._replace(team=None))])
    told = {document.scope for document in desk.tell() if document.family == "kpi"}

    assert ([], {"all", "priority:P1"}) == (quiet, told)


def test_all_can_be_told_again() -> None:
    """For an emptied Redis every document is made once more, the same."""
    desk = desk_with(fact("solved", at("09:29"), person="bo"), fact("opened", at("09:00")))
    desk.tell(whole=True)
    view = dict(desk.view)
    desk.view.clear()
    desk.tell(whole=True)

    assert view == desk.view
