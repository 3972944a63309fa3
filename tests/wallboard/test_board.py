"""What a page shows, read from the view: freshness, selections, and the parts of the board's document."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from models.egress import Member
from models.instant import format_ms
from models.kpi import Document
from models.objective import Objective
from models.scope import breach_id, priority, team, team_priority
from models.wallboard import Tile, Wallboard
from sinks import keys
from sinks.memory import MemoryView
from sinks.view import Fence, PartitionBeat, WorkerBeat
from tests.sinks.stories import DAY, HOUR, MINUTE, NOON, breach, is_due, is_open, ticket, told
from wallboard.board import Page, read_board, read_common, read_parts
from wallboard.freshness import Freshness, freshness
from wallboard.look import Look
from wallboard.rights import EVERYTHING, Grant
from wallboard.selection import NoSuchScope, Selection, selection_of, selection_of_scope


def beat(watermark: int | None, as_of: int) -> str:
    """A partition's field of health."""
    lag = None if watermark is None else (as_of - watermark) / 1000
    mark = None if watermark is None else format_ms(watermark)
    return orjson.dumps(
        {"watermark": mark, "lag_s": lag, "as_of": format_ms(as_of), "worker": "w", "epoch": 1}
    ).decode()


AT = format_ms(NOON)


@pytest.mark.parametrize(
    ("expected", "partitions"),
    [
        (Freshness(True, "no_worker", None, None), []),
        (Freshness(False, "", AT, NOON + 5000), [beat(NOON, NOON)]),
        (Freshness(False, "", format_ms(NOON - 5000), NOON + 5000), [beat(NOON - 5000, NOON)]),
        (Freshness(True, "lag", format_ms(NOON - 5001), None), [beat(NOON - 5001, NOON)]),
        (Freshness(True, "lag", None, None), [beat(NOON, NOON), beat(None, NOON)]),
        (Freshness(False, "", format_ms(NOON - 5000), NOON), [beat(NOON - 5000, NOON - 5000)]),
        (Freshness(True, "no_beat", format_ms(NOON - 5001), NOON - 1), [beat(NOON - 5001, NOON - 5001)]),
        (Freshness(True, "no_beat", format_ms(NOON - HOUR), NOON - HOUR + 5000), [beat(NOON, NOON), beat(NOON - HOUR, NOON - HOUR)]),  # noqa: E501
    ],
)  # fmt: skip
def test_figures_are_as_fresh_as_the_slowest_partition(expected: Freshness, partitions: list[str]) -> None:
    """A beat over five seconds old, or a lag over five seconds, of any partition makes them stale."""
    health = {f"partition:{number}": text for number, text in enumerate(partitions)} | {"build": "1", "orphans": "0"}

    assert expected == freshness(health, NOON)


@pytest.mark.parametrize(
    ("scope", "lists", "burns", "address"),
    [
        ("all", {}, {}, []),
        ("all", {}, {}, [("team", ""), ("theme", "dark")]),
        ("team:A%2FB", {"team": ("A/B",)}, None, [("team", "A/B")]),
        (
            "team:网络|priority:P0",
            {"team": ("网络",), "priority": ("P0",)},
            None,
            [("priority", "P0"), ("team", "网络")],
        ),
        ("tier:vip", {"tier": ("vip",)}, None, [("tier", "vip")]),
        ("agent:li", {"agent": ("li",)}, None, [("agent", "li")]),
        ("team:A", {"team": ("A",), "channel": ("mail",)}, None, [("team", "A"), ("channel", "mail")]),
        ("all", {"channel": ("mail",), "tier": ("vip",)}, None, [("channel", "mail"), ("tier", "vip")]),
        ("all", {"team": ("A", "B")}, None, [("team", "A"), ("team", "B"), ("team", "A")]),
        ("team:B", {"team": ("B",)}, {"team": ("A", "B")}, [("team", "A"), ("team", "B"), ("show", "B")]),
        ("all", {}, {}, [("show", "B")]),
    ],
)
def test_an_address_selects_figures_and_tickets(
    scope: str, lists: dict[str, Any], burns: dict[str, Any] | None, address: list[tuple[str, str]]
) -> None:
    """Team and priority give figures, any one other thing too; what has none filters the lists alone."""
    found = selection_of(address)

    assert (scope, lists) == (found.scope, dict(found.lists))
    assert (lists if burns is None else burns) == dict(found.burns)


@pytest.mark.parametrize("text", ["team:A", "all", "team:A|priority:P0", "channel:微信", "team:A%2FB", "team:100%25"])
def test_a_scope_selects_itself(text: str) -> None:
    """What stands in a key is found again in an address."""
    assert text == selection_of_scope(text).scope


@pytest.mark.parametrize("text", ["", "team", "team:", "priority:P0|team:A", "team:A|channel:b", "desk:A", "team:A|x"])
def test_a_scope_that_nobody_keeps_is_refused(text: str) -> None:
    """The message says how scopes are written."""
    with pytest.raises(NoSuchScope, match=r"write all, team:NAME"):
        selection_of_scope(text)


def test_an_address_has_an_end() -> None:
    """Neither endless names nor endless lists of them are looked for."""
    with pytest.raises(NoSuchScope, match="300 characters"):
        selection_of([("team", "x" * 300)])
    with pytest.raises(NoSuchScope, match="more than 50 filters"):
        selection_of([("team", str(number)) for number in range(51)])


async def test_an_empty_view_shows_nothing_as_nought() -> None:
    """Where nothing is known, null is given, never 0."""
    board = await read_board(MemoryView(), "all", "UTC", NOON)

    assert {None} == set(board["live"].values())
    assert ({}, [], [], None, True) == tuple(board[name] for name in ("kpis", "due", "overdue", "as_of", "stale"))


async def parts_of(
    view: MemoryView, selection: Selection | None = None, grant: Grant = EVERYTHING, look: Look | None = None
) -> dict[str, Any]:
    """The parts of a page at noon."""
    page = Page(selection or Selection(), grant, look or Look("UTC"))
    return await read_parts(view, page, await read_common(view, await view.scopes()), NOON)


async def desk() -> MemoryView:
    """A view that one partition writes."""
    view = MemoryView()
    await view.take_over(0, 1)
    await view.write_health(WorkerBeat("w", "1", [], "d"), [PartitionBeat(0, 1, NOON - 10, NOON)], NOON)
    return view


def clock(metric: str = "first_response", status: str = "running", **more: Any) -> dict[str, Any]:
    """A clock of a ticket's document."""
    return {"metric": metric, "cycle": 1, "status": status, "stopped_at": None, "remaining_s": 60, "ledger": [], **more}


def burning(name: str, due: int, **fields: Any) -> Any:
    """An open P0 ticket whose first response has been warned of."""
    told_of = breach(
        breach_id(name, "first_response", 1), "warned", told(breach_id(name, "first_response", 1), "warned|50%|1", NOON)
    )
    scopes = ("all", priority("P0"))
    active = Member("active", "", breach_id(name, "first_response", 1), due)
    running = is_due(breach_id(name, "first_response", 1), due, *scopes) if fields.get("running", True) else []
    fields.pop("running", None)
    return ticket(
        name, *is_open(name, *scopes), *running, active, breaches=[told_of],
        **{"priority": "P0", "team": "网络", "assignee": None, "clocks": [clock()], **fields},
    )  # fmt: skip


async def test_a_board_is_put_together_from_the_view() -> None:
    """Counts, documents, deadlines with their tickets' fields, and freshness."""
    view = await desk()
    writes = [
        ticket("late", *is_due("late/update/2", NOON - 1, "all"), priority="P0", team="网络", assignee=None),
        ticket("a/b", *is_due("a%2Fb/resolution/1", NOON, "all"), priority="P2", team=None, assignee="li"),
    ]
    await view.write_tickets(0, 1, 1, writes, NOON)
    documents = [
        Document("live", "all", "", {"open": 2, "at_risk": 0, "oldest_open": "7", "as_of": AT}),
        Document("kpi", "all", "5m", b'{"created":3,"as_of":"x"}'),
        Document(
            "period", "all", "2024-01", orjson.dumps({"as_of": AT, "measures": {"sla_attainment": {"value": 0.5}}})
        ),
    ]
    await view.write_documents(Fence("f", 1, 1), documents, NOON, whole=True)
    board = await read_board(view, "all", "Asia/Shanghai", NOON)

    counts = {name: board["live"][name] for name in ("open", "unassigned", "waiting", "at_risk", "breached")}
    assert {"open": 2, "unassigned": None, "waiting": None, "at_risk": 0, "breached": None} == counts
    assert "7" == board["live"]["oldest_open"]
    assert 3 == board["kpis"]["5m"]["created"]
    assert {"period": "2024-01", "as_of": AT, "values": {"sla_attainment": 0.5}} == board["month"]
    assert [("late", "update", 2, NOON - 1, "P0", "网络", None)] == [_short(clock) for clock in board["overdue"]]
    assert [("a/b", "resolution", 1, NOON, "P2", None, "li")] == [_short(clock) for clock in board["due"]]
    assert (AT, False, "Asia/Shanghai") == (board["as_of"], board["stale"], board["zone"])


def _short(clock: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(clock[name] for name in ("ticket", "metric", "cycle", "due_at", "priority", "team", "assignee"))


async def test_a_burning_p0_is_found_until_it_stops() -> None:
    """From its first warning on, soonest due first, with who acknowledged it; paused ones too, by what is left."""
    view = await desk()
    paused = clock(status="paused", remaining_s=90)
    writes = [
        burning("B", NOON + MINUTE),
        burning("A", NOON - MINUTE, team="A"),
        burning("C", NOON + 2 * MINUTE, running=False, clocks=[paused]),
        ticket("quiet", *is_open("quiet", "all", "priority:P0"), priority="P0"),
        ticket("P1", *is_open("P1", "all", "priority:P1"), priority="P1"),
    ]
    await view.write_tickets(0, 1, 1, writes, NOON)
    view.shelf.put(keys.alert("B/first_response/1"), {"acknowledged_by": "王丽"})
    found = (await parts_of(view))["burning"]

    assert 3 == found["count"]
    assert [("A", None), ("B", "王丽"), ("C", None)] == [
        (one["ticket"], one["acknowledged_by"]) for one in found["clocks"]
    ]
    assert [(False, None), (False, None), (True, 90)] == [
        (one["paused"], one["remaining_s"]) for one in found["clocks"]
    ]

    await view.write_tickets(0, 1, 9, [ticket("A", *is_open("A", "all", "priority:P0"), priority="P0")], NOON)
    assert ["B", "C"] == [one["ticket"] for one in (await parts_of(view))["burning"]["clocks"]]


@pytest.mark.parametrize(
    ("expected", "address", "grant"),
    [
        (["A", "B"], [], EVERYTHING),
        (["A"], [("team", "A")], EVERYTHING),
        (["A", "B"], [("team", "A"), ("team", "网络"), ("show", "A")], EVERYTHING),
        ([], [("priority", "P1")], EVERYTHING),
        (["B"], [("channel", "mail")], EVERYTHING),
        (["B"], [], Grant(frozenset({"wall"}), (team("网络"),))),
    ],
)
async def test_a_p0_burns_within_the_filter_of_the_page(
    expected: list[str], address: list[tuple[str, str]], grant: Grant
) -> None:
    """A page about others is left in peace; one that walks through several teams burns for each of them."""
    view = await desk()
    writes = [burning("A", NOON, team="A", channel="phone"), burning("B", NOON + 1, channel="mail")]
    await view.write_tickets(0, 1, 1, writes, NOON)
    found = (await parts_of(view, selection_of(address), grant))["burning"]

    assert expected == [one["ticket"] for one in found["clocks"]]


async def test_lists_are_filtered_by_what_has_no_figures() -> None:
    """A combination without a list of its own is looked for among all deadlines."""
    view = await desk()
    writes = []
    for number in range(450):
        name = f"T{number:03d}"
        channel = "mail" if number % 10 == 0 else "phone"
        at = NOON + (number - 150) * MINUTE
        writes.append(
            ticket(name, *is_due(breach_id(name, "update", 1), at, "all", "team:A"), team="A", channel=channel)
        )
    await view.write_tickets(0, 1, 1, writes, NOON)
    clocks = (await parts_of(view, selection_of([("team", "A"), ("channel", "mail")])))["clocks"]

    assert [f"T{number:03d}" for number in range(150, 450, 10)] == [one["ticket"] for one in clocks["due"]]
    assert [f"T{number:03d}" for number in range(140, -1, -10)] == [one["ticket"] for one in clocks["overdue"]]


async def test_paused_clocks_that_were_warned_are_listed_by_what_they_have_left() -> None:
    """They stand among the breaches and not among the deadlines."""
    view = await desk()
    waits = burning(
        "W", NOON + HOUR, running=False, clocks=[clock(status="breached", remaining_s=-5, ledger=[{"kind": "paused"}])]
    )
    await view.write_tickets(0, 1, 1, [waits, burning("R", NOON + HOUR)], NOON)

    assert [("W", True, -5)] == [
        (one["ticket"], one["paused"], one["remaining_s"]) for one in (await parts_of(view))["clocks"]["paused"]
    ]


async def test_names_are_shown_to_those_who_may_see_persons() -> None:
    """Without that right, lists have no assignee; whoever answers a burning P0 is named on every wall."""
    view = await desk()
    await view.write_tickets(0, 1, 1, [burning("A", NOON + MINUTE, assignee="li")], NOON)
    parts = await parts_of(view, grant=Grant(frozenset({"wall"})))

    assert [None] == [one["assignee"] for one in parts["clocks"]["due"]]
    assert ["li"] == [one["assignee"] for one in parts["burning"]["clocks"]]


def slot(created: int, solved: int = 0, open_: int = 0, met: int = 0, breached: int = 0) -> bytes:
    """Five minutes of a day."""
    return orjson.dumps({"created": created, "solved": solved, "open": open_, "met": met, "breached": breached})


def slots_from(begin: int, count: int) -> list[str]:
    """So many slots on from an instant."""
    return [format_ms(begin + number * 5 * MINUTE) for number in range(count)]


async def test_the_same_time_last_week_stands_beside_the_headlines() -> None:
    """Whole slots up to the same minute of the same weekday; the rest of that day is for the line."""
    view = await desk()
    week = NOON - 7 * DAY
    documents = [
        *(Document("day", "all", at, slot(1, 2, 30, 3, 1)) for at in slots_from(week - 12 * HOUR, 288)),
        *(Document("day", "all", at, slot(2, 1, 40)) for at in slots_from(NOON - 12 * HOUR, 144)),
    ]
    await view.write_documents(Fence("f", 1, 1), documents, NOON, whole=True)
    parts = await parts_of(view)

    assert {"live.open": 30, "today.created": 144, "today.solved": 288, "today.sla.attainment": 0.75} == parts[
        "last week"
    ]
    assert [2] * 144 == parts["trend"]["now"]["created"]
    assert [1] * 288 == parts["trend"]["last"]["created"]
    assert NOON - 12 * HOUR == parts["trend"]["begin"]


async def test_a_desk_that_was_not_there_last_week_is_compared_with_nothing() -> None:
    """Noughts of a day before the first ticket are no figures; a scope without days has no line."""
    view = await desk()
    documents = [
        Document("day", "all", format_ms(NOON - 7 * DAY - 12 * HOUR + number * 5 * MINUTE), slot(0))
        for number in range(288)
    ]
    await view.write_documents(Fence("f", 1, 1), documents, NOON, whole=True)
    parts = await parts_of(view)

    assert ({}, None) == (parts["last week"], parts["trend"]["last"])
    assert None is (await parts_of(view, selection_of([("channel", "mail")])))["trend"]


async def test_the_heat_table_has_every_team_and_priority_that_may_be_seen() -> None:
    """Teams in the order of their names, cells with their figures, and only those within the viewer's scopes."""
    view = await desk()
    kpi = orjson.dumps({"as_of": AT, "sla": {"attainment": 0.5}})
    scopes = ["all", "priority:P0", team("B"), team("A"), team_priority("A", "P0"), "agent:li"]
    documents = [Document("live", scope, "", {"open": 3, "at_risk": 1, "breached": 0, "as_of": AT}) for scope in scopes]
    documents += [Document("kpi", team("A"), "today", kpi)]
    await view.write_documents(Fence("f", 1, 1), documents, NOON, whole=True)
    whole = (await parts_of(view))["heat"]
    limited = (await parts_of(view, selection_of([("team", "A")]), Grant(frozenset({"wall"}), (team("A"),))))["heat"]

    assert ["A", "B"] == whole["teams"]
    assert {"all", "priority:P0", team("A"), team("B"), team_priority("A", "P0")} == set(whole["cells"])
    assert (3, 1, 0, 0.5) == tuple(
        whole["cells"][team("A")][name] for name in ("open", "at_risk", "breached", "attainment")
    )
    assert {team("A"), team_priority("A", "P0")} == set(limited["cells"])


async def test_budgets_of_objectives_that_concern_the_page_are_given() -> None:
    """In the order of the book, with the scopes that they are about; none of another team."""
    view = await desk()
    objectives = [
        Objective("P0 in time", "first_response", 950_000, "month", 20, {"priority": frozenset({"P0"})}),
        Objective("B in time", "sla", 900_000, "month", 1, {"team": frozenset({"B"})}),
    ]
    await view.write_documents(
        Fence("f", 1, 1), [Document("budget", "P0 in time", "", b'{"left":0.25}')], NOON, whole=True
    )
    board = Wallboard((Tile("budget.*.left", "ratio", "more"), Tile("live.open", "count", "less", "team:B")))
    look = Look("UTC", board, lambda _: objectives)
    parts = await parts_of(view, selection_of([("team", "A")]), look=look)

    assert [("P0 in time", "priority:P0", 0.95)] == [
        (one["name"], one["scope"], one["attainment"]) for one in parts["objectives"]
    ]
    assert {"left": 0.25} == parts["budget P0 in time"]
    assert ["budget.P0 in time.left", "live.open"] == [tile["field"] for tile in parts["board"]["tiles"]]
    assert "team:B" == parts["board"]["tiles"][1]["scope"]
