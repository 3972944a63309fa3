"""The page itself, served from a real Redis and looked at in a real browser."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import orjson
import pytest

from models.instant import format_ms
from models.kpi import Document
from models.scope import breach_id
from sinks.redis import RedisView
from sinks.view import Fence, PartitionBeat, WorkerBeat
from tests.servers.redis import RedisServer, start_redis
from tests.sinks.stories import is_due, ticket
from tests.wallboard.browser import browser
from wallboard import BoardServer, CannotServe

METRIC = {
    "count": 1, "mean_s": 1, "p50_s": 1, "p90_s": 61.5, "p95_s": 2, "max_s": 2, "met": 999, "breached": 1,
    "attainment": 0.9999,
}  # fmt: skip
NOTHING = {**METRIC, "count": 0, "p90_s": None, "attainment": None}


WICKED = "<img src=x onerror=alert(1)>"


class Desk:
    """A worker that beats as long as it is told to."""

    def __init__(self, view: RedisView) -> None:
        self.view = view
        self.seq = 0

    async def say(self, *, open_tickets: int) -> None:
        """A beat, with as many tickets open."""
        now = time.time_ns() // 1_000_000
        self.seq += 1
        kpi = {
            "scope": "all", "window": "1h", "as_of": format_ms(now), "created": 1234, "solved": 0, "reopened": 0,
            "sla": METRIC, "first_response": METRIC, "next_response": NOTHING, "resolution": NOTHING,
            "csat": {"count": 0, "mean_pct": None, "satisfied_rate": None},
        }  # fmt: skip
        documents = [
            Document("live", "all", "", {"open": open_tickets, "at_risk": 0, "as_of": format_ms(now)}),
            Document("kpi", "all", "1h", orjson.dumps(kpi)),
        ]
        await self.view.write_documents(Fence("f", 1, self.seq), documents, now, whole=True)
        await self.view.write_health(WorkerBeat("w", "1", [], "d"), [PartitionBeat(0, 1, now, now)], now)


@pytest.fixture
async def desk(redis_server: RedisServer) -> AsyncIterator[Desk]:
    """A desk with one deadline in ninety seconds, and one ticket with a wicked name."""
    view = RedisView.at(redis_server.url)
    await view.link.client.flushall()
    now = time.time_ns() // 1_000_000
    await view.take_over(0, 1)
    due = is_due(breach_id(WICKED, "resolution", 1), now + 90_000, "all")
    soon = ticket(WICKED, *due, priority="P0", team="<b>网络</b>", assignee=None)
    await view.write_tickets(0, 1, 1, [soon], now)
    yield Desk(view)
    await view.close()


@pytest.fixture
async def board(redis_server: RedisServer) -> AsyncIterator[BoardServer]:
    """The page on a port of its own."""
    async with BoardServer(redis_server.url, port=0, zone="Asia/Shanghai") as found:
        yield found


async def test_the_board_shows_figures_and_moves(desk: Desk, board: BoardServer, tmp_path: Path) -> None:
    """Figures with their raw values, dashes where there is none, a countdown that runs, and changes within a second."""
    await desk.say(open_tickets=41)
    async with browser(tmp_path) as page:
        await page.open(board.url)
        await page.until("document.querySelector('[data-field=\"live.open\"]')?.dataset.value === '41'")
        figures = await page.ask(
            "Object.fromEntries([...document.querySelectorAll('[data-field]')].map(e => [e.dataset.field,"
            " [e.textContent, e.dataset.value, e.dataset.scope, e.dataset.stale]]))"
        )

        assert ["41", "41", "all", "false"] == figures["live.open"]
        assert ["0", "0", "all", "false"] == figures["live.at_risk"]
        assert ["–", "", "all", "false"] == figures["live.breached"]
        assert ["1,234", "1234", "all", "false"] == figures["1h.created"]
        assert ["99.9 %", "0.9999", "all", "false"] == figures["1h.sla.attainment"]
        assert ["1 m 1 s", "61.5", "all", "false"] == figures["1h.first_response.p90_s"]
        assert ["–", "", "all", "false"] == figures["1h.resolution.attainment"]
        assert ["–", "", "all", "false"] == figures["5m.created"]

        row = "document.querySelector('#deadlines tbody tr')"
        assert WICKED == await page.ask(f"{row}.children[1].textContent")
        assert "<b>网络</b>" == await page.ask(f"{row}.children[4].textContent")
        first = await page.ask(f"{row}.children[0].textContent")
        assert first in {f"01:{second}" for second in range(15, 31)}
        await page.until(f"{row}.children[0].textContent !== {first!r}", 3)

        await desk.say(open_tickets=42)
        await page.until("document.querySelector('[data-field=\"live.open\"]').dataset.value === '42'", 2)
        assert "fresh" == await page.ask("document.querySelector('#freshness').dataset.state")
        assert await page.ask("document.documentElement.scrollHeight <= innerHeight")
        assert [] == page.complaints


async def test_a_silent_worker_makes_the_board_stale(desk: Desk, board: BoardServer, tmp_path: Path) -> None:
    """Six seconds without a beat, and every figure says that it is stale."""
    await desk.say(open_tickets=41)
    async with browser(tmp_path) as page:
        await page.open(f"{board.url}?lang=zh&theme=light")
        await page.until("document.querySelector('#freshness').dataset.state === 'fresh'")
        assert "全部工单" == await page.ask("document.querySelector('#scope').textContent")
        await page.until("document.querySelector('#freshness').dataset.state === 'stale'", 8)
        stale = await page.ask("[...document.querySelectorAll('[data-stale]')].map(e => e.dataset.stale)")

        assert {"true"} == set(stale)
        assert "数据过期" in await page.ask("document.querySelector('#freshness').textContent")


async def test_a_page_whose_server_is_gone_is_stale(desk: Desk, redis_server: RedisServer, tmp_path: Path) -> None:
    """What nobody renews is not shown as the present."""
    async with browser(tmp_path) as page:
        async with BoardServer(redis_server.url, port=0) as board:
            await desk.say(open_tickets=1)
            await page.open(board.url)
            await page.until("document.querySelector('#freshness').dataset.state === 'fresh'")
        await page.until("document.querySelector('#freshness').dataset.state === 'stale'", 8)

        assert "no connection" in await page.ask("document.querySelector('#freshness').textContent")


async def test_addresses_answer_and_are_guarded(desk: Desk, board: BoardServer) -> None:
    """The page, its figures as JSON and its health, each with headers that let nothing foreign run."""
    await desk.say(open_tickets=3)
    async with aiohttp.ClientSession(board.url) as session:
        for path in ("/", "/api/all", "/healthz", "/static/board.js", "/nowhere"):
            async with session.get(path) as answer:
                assert (404 if path == "/nowhere" else 200) == answer.status
                policy = answer.headers["content-security-policy"]
                assert "script-src 'self'" in policy
                assert "unsafe" not in policy
                assert "nosniff" == answer.headers["x-content-type-options"]
        async with session.get("/api/all") as answer:
            assert 3 == (await answer.json())["live"]["open"]
        async with session.get("/api/team%3AA%25%7CB") as answer:
            assert "team:A%|B" == (await answer.json())["scope"]
        for path in ("/?team=A&channel=mail", "/events?team=A&channel=mail"):
            async with session.get(path) as answer:
                assert 400 == answer.status
                assert "ask for one of them" in await answer.text()


async def test_nothing_in_the_page_is_inline() -> None:
    """Scripts and styles are files of our own: the page works in a closed network, under a strict policy."""
    page = (Path(__file__).parents[2] / "wallboard" / "static" / "board.html").read_text()

    assert "<style" not in page
    assert 'style="' not in page
    assert page.count("<script") == page.count('<script src="/static/')
    assert "http:" not in page
    assert "https:" not in page


async def test_health_says_when_redis_is_away(tmp_path: Path) -> None:
    """The page's server answers, and says what it cannot reach."""
    server = start_redis(tmp_path)
    async with BoardServer(server.url, port=0) as board, aiohttp.ClientSession(board.url) as session:
        async with session.get("/healthz") as answer:
            assert 200 == answer.status
        server.close()
        async with session.get("/healthz") as answer:
            assert (503, "away") == (answer.status, (await answer.json())["redis"])


async def test_a_server_that_stops_waits_for_no_viewer(desk: Desk, redis_server: RedisServer) -> None:
    """Open streams are ended, not waited for."""
    await desk.say(open_tickets=1)
    async with aiohttp.ClientSession() as session:
        async with BoardServer(redis_server.url, port=0) as board:
            answer = await session.get(f"{board.url}events")
            assert (await answer.content.readline()).startswith(b"data: {")
            began = time.monotonic()
        answer.close()

    assert time.monotonic() - began < 1.5


async def test_a_port_that_is_taken_is_named(board: BoardServer, redis_server: RedisServer) -> None:
    """The mend is in the message."""
    port = int(board.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(CannotServe, match=rf"127\.0\.0\.1:{port} .*choose another with --port"):
        async with asyncio.timeout(5), BoardServer(redis_server.url, port=port):
            pass


async def test_nobody_beyond_this_machine_is_served(redis_server: RedisServer) -> None:
    """Without rights the page listens on the loopback alone."""
    with pytest.raises(CannotServe, match="open to everybody on 0.0.0.0"):
        async with BoardServer(redis_server.url, host="0.0.0.0", port=0):  # noqa: S104 -- it has to be refused
            pass
