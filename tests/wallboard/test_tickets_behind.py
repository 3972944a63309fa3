"""A figure and the tickets behind it: on a lifelike day each list sums to its figure, in every scope and window."""

from __future__ import annotations

import pytest
from starlette.datastructures import QueryParams

from models.fact import COUNT_KINDS
from models.instant import format_ms
from models.kpi import METRICS, WINDOWS
from sinks.memory import MemoryView
from sla.policy import book_from
from tests.wallboard.day import BOOK, Day, a_day
from wallboard.asked import LIVE, question_of
from wallboard.behind import Listing, read_behind
from wallboard.site import Site
from wallboard.standing import next_deadline

#: A Friday, 16:30 in Shanghai.
NOW = 1_795_249_800_000


@pytest.fixture(scope="module")
def day() -> Day:
    """A desk after forty hours."""
    return a_day(NOW, rate=0.03)


@pytest.fixture
async def view(day: Day) -> MemoryView:
    """What a worker has written of it."""
    view = MemoryView()
    await day.write(view)
    return view


async def listing(view: MemoryView, day: Day, address: str) -> Listing:
    return await read_behind(view, Site(book=day.book), question_of(QueryParams(address)))


async def test_every_live_list_sums_to_its_figure(view: MemoryView, day: Day) -> None:
    """In every scope, those without lists of their own included."""
    seen = dict.fromkeys(LIVE, 0)
    for scope in sorted(await view.scopes()):
        for what in LIVE:
            found = await listing(view, day, f"scope={scope}&what={what}")
            assert found.figure == len(found.entries), (scope, what)
            seen[what] = max(seen[what], len(found.entries))

    assert all(seen.values()), seen


async def test_every_list_of_a_window_sums_to_its_figure(view: MemoryView, day: Day) -> None:
    """Each count, each verdict and each duration, of each metric and of those promised together."""
    parts = [f"{metric}.{part}" for metric in ("sla", *METRICS) for part in ("met", "breached", "decided", "count")]
    seen = dict.fromkeys([*COUNT_KINDS, *parts], 0)
    scopes = sorted(await view.scopes())
    of_kind = {scope.partition(":")[0] if "|" not in scope else "both": scope for scope in scopes}
    for scope in sorted(of_kind.values()):
        for window in ("today",) if scope.startswith("agent:") else WINDOWS:
            for what in seen:
                found = await listing(view, day, f"scope={scope}&what={what}&window={window}")
                assert found.figure == len(found.entries), (scope, what, window)
                seen[what] = max(seen[what], len(found.entries))

    never = {name for name, count in seen.items() if not count}
    assert never <= {"assignment.met", "assignment.breached", "assignment.decided", "cancelled"}


@pytest.mark.parametrize("promised", [["first_response"], ["resolution"], ["update"]])
async def test_a_list_goes_by_the_promises_of_its_figure(view: MemoryView, day: Day, promised: list[str]) -> None:
    """An edition that has come into force since the figures were made changes neither them nor what is behind them."""
    old = {**BOOK, "edition": "old", "effective_from": "2026-01-01T00:00:00Z"}
    new = {**BOOK, "edition": "new", "effective_from": format_ms(NOW + 1), "promised": promised}
    since = Day(book_from([old, new]), day.events, NOW)
    found = await listing(view, since, "what=sla.decided&window=today")

    assert found.figure
    assert found.figure == len(found.entries)


async def test_a_ticket_is_listed_with_the_clock_that_put_it_there(view: MemoryView, day: Day) -> None:
    """Soonest due first: of what is at risk nothing is over, of what is breached everything."""
    site = Site(book=day.book)
    for what, over in (("at_risk", False), ("breached", True)):
        found = await listing(view, day, f"what={what}")
        documents = await view.read_tickets([entry.ticket for entry in found.entries])
        dues = [next_deadline(document or {}, what, site.target_of)[0] for document in documents]

        assert sorted(dues) == dues
        assert {over} == {due <= NOW for due in dues}
