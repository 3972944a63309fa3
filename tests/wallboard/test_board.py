"""What the page is given: read from the view, judged fresh or stale by health alone."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from models.instant import format_ms
from models.kpi import Document
from sinks.memory import MemoryView
from sinks.view import Fence, PartitionBeat, WorkerBeat
from tests.sinks.stories import HOUR, MINUTE, NOON, is_due, ticket
from wallboard.board import read_board
from wallboard.freshness import Freshness, freshness
from wallboard.selection import NoSuchScope, scope_of


def beat(watermark: int | None, as_of: int) -> str:
    """A partition's field of health."""
    lag = None if watermark is None else (as_of - watermark) / 1000
    mark = None if watermark is None else format_ms(watermark)
    return orjson.dumps({"watermark": mark, "lag_s": lag, "as_of": format_ms(as_of), "worker": "w", "epoch": 1}).decode()


AT = format_ms(NOON)


@pytest.mark.parametrize(
    ("expected", "partitions"),
    [
        (Freshness(stale=True, reason="no_worker", watermark=None), []),
        (Freshness(stale=False, reason="", watermark=AT), [beat(NOON, NOON)]),
        (Freshness(stale=False, reason="", watermark=format_ms(NOON - 5000)), [beat(NOON - 5000, NOON)]),
        (Freshness(stale=True, reason="lag", watermark=format_ms(NOON - 5001)), [beat(NOON - 5001, NOON)]),
        (Freshness(stale=True, reason="lag", watermark=None), [beat(NOON, NOON), beat(None, NOON)]),
        (Freshness(stale=False, reason="", watermark=format_ms(NOON - 5000)), [beat(NOON - 5000, NOON - 5000)]),
        (Freshness(stale=True, reason="no_beat", watermark=format_ms(NOON - 5001)), [beat(NOON - 5001, NOON - 5001)]),
        (
            Freshness(stale=True, reason="no_beat", watermark=format_ms(NOON - HOUR)),
            [beat(NOON, NOON), beat(NOON - HOUR, NOON - HOUR)],
        ),
    ],
)
def test_figures_are_as_fresh_as_the_slowest_partition(expected: Freshness, partitions: list[str]) -> None:
    """A beat over five seconds old, or a lag over five seconds, of any partition makes them stale."""
    health = {f"partition:{number}": text for number, text in enumerate(partitions)} | {"build": "1", "orphans": "0"}

    assert expected == freshness(health, NOON)


@pytest.mark.parametrize(
    ("expected", "parameters"),
    [
        ("all", {}),
        ("all", {"team": "", "theme": "dark"}),
        ("team:A%2FB", {"team": "A/B"}),
        ("team:网络|priority:P0", {"priority": "P0", "team": "网络"}),
        ("tier:vip", {"tier": "vip"}),
        ("agent:li", {"agent": "li"}),
    ],
)
def test_an_address_names_a_scope(expected: str, parameters: dict[str, str]) -> None:
    """A team, a priority, both, or one other thing."""
    assert expected == scope_of(parameters)


def test_figures_that_nobody_keeps_are_refused() -> None:
    """Two things that are not team and priority have no figures together."""
    with pytest.raises(NoSuchScope, match=r"team and channel together: ask for one"):
        scope_of({"team": "A", "channel": "mail"})


async def test_an_empty_view_shows_nothing_as_nought() -> None:
    """Where nothing is known, null is given, never 0."""
    board = await read_board(MemoryView(), "all", "UTC", NOON)

    assert {None} == set(board["live"].values())
    assert ({}, [], [], None, True) == tuple(board[name] for name in ("kpis", "due", "overdue", "as_of", "stale"))


async def test_a_board_is_put_together_from_the_view() -> None:
    """Counts, documents, deadlines with their tickets' fields, the last day's slots, and freshness."""
    view = MemoryView()
    await view.take_over(0, 1)
    writes = [
        ticket("late", *is_due("late/update/2", NOON - 1, "all"), priority="P0", team="网络", assignee=None),
        ticket("a/b", *is_due("a%2Fb/resolution/1", NOON, "all"), priority="P2", team=None, assignee="li"),
    ]
    await view.write_tickets(0, 1, 1, writes, NOON)
    slots = [(NOON - 25 * HOUR, 1), (NOON - 5 * MINUTE, 2)]
    documents = [
        Document("live", "all", "", {"open": 2, "at_risk": 0, "oldest_open": "7", "as_of": format_ms(NOON)}),
        Document("kpi", "all", "5m", b'{"created":3,"as_of":"x"}'),
        *(Document("day", "all", format_ms(at), _slot(count)) for at, count in slots),
    ]
    await view.write_documents(Fence("f", 1, 1), documents, NOON, whole=True)
    await view.write_health(WorkerBeat("w", "1", [], "d"), [PartitionBeat(0, 1, NOON - 10, NOON)], NOON)
    board = await read_board(view, "all", "Asia/Shanghai", NOON)

    assert {"open": 2, "unassigned": None, "waiting": None, "at_risk": 0, "breached": None} == board["live"]
    assert 3 == board["kpis"]["5m"]["created"]
    assert [("late", "update", 2, NOON - 1, "P0", "网络", None)] == [_short(clock) for clock in board["overdue"]]
    assert [("a/b", "resolution", 1, NOON, "P2", None, "li")] == [_short(clock) for clock in board["due"]]
    assert [[NOON - 5 * MINUTE, 2, 0, 9]] == board["day"]
    assert (AT, False, "Asia/Shanghai") == (board["as_of"], board["stale"], board["zone"])


def _slot(count: int) -> bytes:
    return orjson.dumps({"created": count, "solved": 0, "open": 9, "met": 0, "breached": 0})


def _short(clock: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(clock[name] for name in ("ticket", "metric", "cycle", "due_at", "priority", "team", "assignee"))
