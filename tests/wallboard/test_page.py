"""The page itself, served from a real Redis and looked at in a real browser."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from models.egress import Member
from models.instant import format_ms
from models.kpi import Document
from models.scope import breach_id
from sinks import keys
from sinks.redis import RedisView
from sinks.view import Fence, PartitionBeat, WorkerBeat
from tests.servers.needs import free_port
from tests.servers.redis import RedisServer, start_redis
from tests.sinks.stories import breach, is_due, is_open, ticket, told
from tests.wallboard.browser import Page, browser
from wallboard import BoardServer, CannotServe, Site

STATIC = Path(__file__).parents[2] / "wallboard" / "static"
METRIC = {
    "count": 1, "mean_s": 1, "p50_s": 1, "p90_s": 61.5, "p95_s": 2, "max_s": 2, "met": 999, "breached": 1,
    "attainment": 0.9999,
}  # fmt: skip
NOTHING = {**METRIC, "count": 0, "p90_s": None, "attainment": None}
WICKED = "<img src=x onerror=alert(1)>"
FRESH = "document.querySelector('#freshness').dataset.state === 'fresh'"
STALE = "document.querySelector('#freshness').dataset.state === 'stale'"


def now_ms() -> int:
    """The machine's time."""
    return time.time_ns() // 1_000_000


def late_s() -> float:
    """By how much a machine with more to do than it can is late, so that a law about seconds is one about the page."""
    return max(0.0, os.getloadavg()[0] / (os.cpu_count() or 1) - 1) / 4


class Desk:
    """A worker that beats as long as it is told to."""

    def __init__(self, view: RedisView) -> None:
        self.view = view
        self.seq = 0
        self.tickets = 0
        self.open = 0
        self._beats: asyncio.Task[None] | None = None

    async def say(self, *, open_tickets: int) -> None:
        """A beat, with as many tickets open."""
        now = now_ms()
        self.seq += 1
        self.open = open_tickets
        kpi = {
            "scope": "all", "window": "1h", "as_of": format_ms(now), "created": 1234, "solved": 0, "reopened": 0,
            "sla": METRIC, "first_response": METRIC, "next_response": NOTHING, "resolution": NOTHING,
            "csat": {"count": 0, "mean_pct": None, "satisfied_rate": None}, "fcr_rate": None,
        }  # fmt: skip
        documents = [
            Document("live", "all", "", {"open": open_tickets, "at_risk": 0, "as_of": format_ms(now)}),
            Document("kpi", "all", "1h", orjson.dumps(kpi)),
        ]
        await self.view.write_documents(Fence("f", 1, self.seq), documents, now, whole=True)
        await self.view.write_health(WorkerBeat("w", "1", [], "d"), [PartitionBeat(0, 1, now, now)], now)

    def beat(self) -> None:
        """Beats each second from now on."""

        async def beats() -> None:
            while True:
                await self.say(open_tickets=self.open)
                await asyncio.sleep(1)

        self._beats = asyncio.create_task(beats())

    async def rest(self) -> None:
        """Beats no more."""
        if self._beats is not None:
            self._beats.cancel()
            await asyncio.gather(self._beats, return_exceptions=True)
            self._beats = None

    async def write(self, *writes: Any) -> None:
        """Writes tickets."""
        await self.view.write_tickets(0, 1, self.tickets + 1, list(writes), now_ms())
        self.tickets += len(writes)


def burning(name: str, due: int, *, paused_s: float | None = None, **fields: Any) -> Any:
    """An open P0 ticket that was warned of; paused with so many seconds left."""
    ident = breach_id(name, "first_response", 1)
    scopes = ("all", "priority:P0")
    clock = {
        "metric": "first_response", "cycle": 1, "status": "running" if paused_s is None else "paused",
        "stopped_at": None, "remaining_s": paused_s, "ledger": [],
    }  # fmt: skip
    return ticket(
        name,
        *is_open(name, *scopes),
        *([] if paused_s is not None else is_due(ident, due, *scopes)),
        Member("active", "", ident, due),
        breaches=[breach(ident, "warned", told(ident, "warned|50%|1", due))],
        **{"priority": "P0", "team": "网络", "assignee": None, "clocks": [clock], **fields},
    )


@pytest.fixture
async def desk(redis_server: RedisServer) -> AsyncIterator[Desk]:
    """A desk with one deadline in ninety seconds, and one ticket with a wicked name."""
    view = RedisView.at(redis_server.url)
    await view.link.client.flushall()
    await view.take_over(0, 1)
    found = Desk(view)
    due = is_due(breach_id(WICKED, "resolution", 1), now_ms() + 90_000, "all")
    await found.write(ticket(WICKED, *due, priority="P1", team="<b>网络</b>", assignee=None))
    yield found
    await found.rest()
    await view.close()


@pytest.fixture
async def board(redis_server: RedisServer) -> AsyncIterator[BoardServer]:
    """The page on a port of its own."""
    async with BoardServer(redis_server.url, port=0, zone="Asia/Shanghai") as found:
        yield found


async def figures(page: Page) -> dict[str, list[str]]:
    """What each figure on the page shows: its text, raw value, scope and staleness."""
    found: dict[str, list[str]] = await page.ask(
        "Object.fromEntries([...document.querySelectorAll('main [data-field]')].map(e => [e.dataset.field,"
        " [e.textContent, e.dataset.value, e.dataset.scope, e.dataset.stale]]))"
    )
    return found


async def test_the_board_shows_figures_and_moves(desk: Desk, board: BoardServer, tmp_path: Path) -> None:
    """Figures with their raw values, dashes where there is none, a countdown that runs, and changes within a second."""
    await desk.say(open_tickets=41)
    desk.beat()
    async with browser(tmp_path) as page:
        await page.open(f"{board.url}?view=trend")
        await page.until("document.querySelector('[data-field=\"live.open\"]')?.dataset.value === '41'")
        shown = await figures(page)

        assert ["41", "41", "all", "false"] == shown["live.open"]
        assert ["0", "0", "all", "false"] == shown["live.at_risk"]
        assert ["–", "", "all", "false"] == shown["live.breached"]
        assert ["1,234", "1234", "all", "false"] == shown["1h.created"]
        assert ["99.9 %", "0.9999", "all", "false"] == shown["1h.sla.attainment"]
        assert ["1 min 1 s", "61.5", "all", "false"] == shown["1h.first_response.p90_s"]
        assert ["–", "", "all", "false"] == shown["1h.resolution.attainment"]
        assert ["–", "", "all", "false"] == shown["5m.created"]

        await page.open(board.url)
        row = "document.querySelector('.deadlines li')"
        await page.until(f"{row} !== null")
        assert WICKED == await page.ask(f"{row}.querySelector('.ticket').textContent")
        assert "<b>网络</b>" == await page.ask(f"{row}.querySelector('.team').textContent")
        first = await page.ask(f"{row}.querySelector('.left').textContent")
        assert first in {f"01:{second:02d}" for second in range(5, 31)}
        await page.until(f"{row}.querySelector('.left').textContent !== {first!r}", 3)
        href = await page.ask("document.querySelector('[data-field=\"live.open\"]').closest('a').getAttribute('href')")
        assert "/tickets?scope=all&what=open" == href

        await desk.say(open_tickets=42)
        await page.until("document.querySelector('[data-field=\"live.open\"]').dataset.value === '42'", 2)
        assert await page.ask(FRESH)
        assert await page.ask("document.documentElement.scrollHeight <= innerHeight")
        assert [] == page.complaints


async def test_a_silent_worker_makes_the_board_stale(desk: Desk, board: BoardServer, tmp_path: Path) -> None:
    """Five seconds after its last beat every figure is stale, greyed and dated; with the next one it is fresh."""
    async with browser(tmp_path) as page:
        await page.open(f"{board.url}?lang=zh&theme=light")
        await desk.say(open_tickets=41)
        said = time.monotonic()
        await page.until(FRESH)
        assert "全部工单" == await page.ask("document.querySelector('#scope').textContent")
        await page.until(STALE, 8)

        assert 4.5 < time.monotonic() - said < 6.5 + late_s()
        assert {"true"} == set(
            await page.ask("[...document.querySelectorAll('[data-stale]')].map(e => e.dataset.stale)")
        )
        assert "数据过期" in await page.ask("document.querySelector('#freshness').textContent")
        dated = "getComputedStyle(document.querySelector('.tile'), '::after').content"
        assert "截至" in await page.ask(dated)
        assert "grayscale" in await page.ask("getComputedStyle(document.querySelector('main')).filter")

        await desk.say(open_tickets=41)
        await page.until(FRESH, 2)
        assert {"false"} == set(
            await page.ask("[...document.querySelectorAll('[data-stale]')].map(e => e.dataset.stale)")
        )


async def test_redis_goes_and_comes_back(tmp_path: Path) -> None:
    """The page is stale within five seconds, says why, and goes on by itself."""
    server = start_redis(tmp_path)
    view = RedisView.at(server.url)
    await view.take_over(0, 1)
    desk = Desk(view)
    await desk.say(open_tickets=5)
    desk.beat()
    (tmp_path / "profile").mkdir()
    async with BoardServer(server.url, port=0) as board, browser(tmp_path / "profile") as page:
        await page.open(board.url)
        await page.until(FRESH)
        await page.ask("window.unbroken = true")
        await desk.rest()
        await desk.say(open_tickets=5)
        server.close()
        stopped = time.monotonic()
        await page.until(STALE, 8)
        assert time.monotonic() - stopped < 5.6 + late_s()  # a beat was at most so young when Redis stopped
        assert "Redis is away" in await page.ask("document.querySelector('#freshness').textContent")
        server.start()
        await view.take_over(0, 1)
        await desk.say(open_tickets=6)
        desk.beat()
        await page.until(f"{FRESH} && document.querySelector('[data-field=\"live.open\"]').dataset.value === '6'", 6)
        assert await page.ask("window.unbroken")
    await desk.rest()
    await view.close()
    server.close()


async def test_the_server_goes_and_another_build_comes(
    desk: Desk, redis_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a server the page is stale; the same one is heard again, and a new build reloads the page."""
    port = free_port()
    desk.beat()
    async with browser(tmp_path) as page:
        async with BoardServer(redis_server.url, port=port):
            await page.open(f"http://127.0.0.1:{port}/?view=heat")
            await page.until(FRESH)
            await page.ask("window.unbroken = true")
        await page.until(STALE, 8)
        assert "no connection" in await page.ask("document.querySelector('#freshness').textContent")
        async with BoardServer(redis_server.url, port=port):
            await page.until(FRESH, 8)
            assert await page.ask("window.unbroken")
        monkeypatch.setattr("wallboard.app.build_of", lambda _: "another-build")
        async with BoardServer(redis_server.url, port=port):
            reloaded = "document.documentElement.dataset.build === 'another-build' && window.unbroken === undefined"
            await page.until(f"document.readyState === 'complete' && {reloaded}", 10)
            await page.until(FRESH)
            assert "?view=heat" == await page.ask("location.search")


async def test_a_burning_p0_owns_the_screen_until_it_is_answered(
    desk: Desk, board: BoardServer, tmp_path: Path
) -> None:
    """The soonest in full, the others below it, what stands open still seen; over and paused clocks told apart."""
    desk.beat()
    shown = "!document.querySelector('#burning').hidden"
    text = "document.querySelector('#burning {}').textContent"
    async with browser(tmp_path) as page:
        await page.open(board.url)
        await page.until(FRESH)
        assert not await page.ask(shown)

        now = now_ms()
        await desk.write(
            burning("first", now + 65_000, assignee="王丽"),
            burning("late", now - 65_000),
            burning("waits", now + 400_000, paused_s=300.5),
        )
        await page.until(shown, 5)
        assert "3 P0 tickets are burning" == await page.ask(text.format("h2"))
        assert (await page.ask(text.format(".countdown"))) in {f"+01:{second:02d}" for second in range(5, 20)}
        assert "late" == await page.ask(text.format(".first .ticket"))
        assert "not acknowledged" == await page.ask(text.format(".first .ack"))
        others = "[...document.querySelectorAll('#burning .others li')].map(e => e.querySelector('{}').textContent)"
        assert ["first", "waits"] == await page.ask(others.format(".ticket"))
        assert ["王丽", "nobody"] == await page.ask(others.format(".assignee"))
        assert "05:01 paused" == (await page.ask(others.format(".left")))[1]
        assert await page.ask("document.querySelector('#burning [data-field=\"live.open\"]') !== null")
        assert "none" == await page.ask("getComputedStyle(document.querySelector('main')).display")
        assert await page.ask("document.documentElement.scrollHeight <= innerHeight")

        alert = {"acknowledged_by": "陈刚", "acknowledged_at": format_ms(now)}
        await desk.view.link.client.hset(keys.alert("late/first_response/1"), mapping=alert)
        await page.until(f"{text.format('.first .ack')} === 'acknowledged by 陈刚'", 3)

        for name in ("late", "first", "waits"):
            await desk.write(ticket(name, *is_open(name, "all", "priority:P0"), priority="P0"))
        await page.until(f"!({shown})", 3)
        assert "none" != await page.ask("getComputedStyle(document.querySelector('main')).display")
        assert [] == page.complaints


async def test_a_walking_page_changes_views_and_stops_for_a_fire(
    desk: Desk, board: BoardServer, tmp_path: Path
) -> None:
    """Each view has its turn; several teams have theirs; while a P0 burns, nothing walks."""
    desk.beat()
    view = "document.body.dataset.view"
    scope = "document.querySelector('#scope').textContent"
    async with browser(tmp_path) as page:
        await page.open(f"{board.url}?rotate=1s")
        await page.until(f"{view} === 'deadlines'", 6)
        await page.until(f"{view} === 'heat'", 6)
        await page.open(f"{board.url}?team=A&team=B&rotate=2s")
        await page.until(f"{scope} === 'A'", 3)
        await page.until(f"{scope} === 'B'", 6)
        await desk.write(burning("fire", now_ms() + 60_000, team="A"))
        await page.until("!document.querySelector('#burning').hidden", 3)
        before = await page.ask(scope)
        await asyncio.sleep(2.5)
        assert before == await page.ask(scope)
        assert [] == page.complaints


async def test_time_is_the_servers(desk: Desk, redis_server: RedisServer, tmp_path: Path) -> None:
    """A screen whose own clock is an hour wrong counts down right, in the book's zone."""
    async with BoardServer(redis_server.url, port=0, zone="Asia/Shanghai") as board, browser(tmp_path) as page:
        board._hub._clock = lambda: now_ms() + 3_600_000
        await desk.write(ticket("T", *is_due("T/update/1", now_ms() + 3_600_000 + 600_000, "all"), priority="P2"))
        await page.open(f"{board.url}?view=deadlines")
        left = "[...document.querySelectorAll('.list .clocks li')].map(e => e.querySelector('.left').textContent)"
        await page.until(f"({left}).length === 1")
        assert (await page.ask(left))[0] in {f"09:{second:02d}" for second in range(45, 60)} | {"10:00"}
        shown = await page.ask("document.querySelector('#clock time').textContent")
        expected = {time.strftime("%H:%M", time.gmtime(time.time() + 9 * 3600 + shift)) for shift in (-5, 0, 5)}
        assert shown[:5] in expected


async def test_the_page_stays_as_small_as_it_was(desk: Desk, board: BoardServer, tmp_path: Path) -> None:
    """Hundreds of changes later it has as many elements, and no more memory to speak of."""
    desk.beat()
    nodes = "document.querySelectorAll('*').length"
    async with browser(tmp_path) as page:
        await page.open(board.url)
        await page.until(FRESH)
        sizes = []
        for rounds in (20, 80):
            for number in range(rounds):
                await desk.say(open_tickets=number + rounds)
                await desk.write(ticket("T", *is_due("T/update/1", now_ms() + number * 1000, "all"), priority="P2"))
                await asyncio.sleep(0.03)
            last = rounds + rounds - 1
            await page.until(f"document.querySelector('[data-field=\"live.open\"]').dataset.value === '{last}'")
            await page._call("HeapProfiler.collectGarbage")
            sizes.append((await page.ask(nodes), (await page._call("Runtime.getHeapUsage"))["usedSize"]))

        assert sizes[0][0] == sizes[1][0]
        assert sizes[1][1] < sizes[0][1] + 600_000


async def test_a_hidden_tab_goes_on(desk: Desk, board: BoardServer, tmp_path: Path) -> None:
    """Figures move, and what is stale turns stale, though nobody looks and timers are held back."""
    desk.beat()
    async with browser(tmp_path) as page:
        await page.open(board.url)
        await page.until(FRESH)
        await page._call("Target.createTarget", url="about:blank")
        await page.until("document.visibilityState === 'hidden'")
        await desk.rest()
        await desk.say(open_tickets=2)
        await page.until("document.querySelector('[data-field=\"live.open\"]').textContent === '2'", 2)
        await page.until(STALE, 7)


async def test_a_number_is_never_cut(desk: Desk, board: BoardServer, tmp_path: Path) -> None:
    """A number that does not fit becomes smaller: cut off, it would be another number."""
    await desk.say(open_tickets=123_456_789)
    async with browser(tmp_path) as page:
        await page.open(board.url)
        await page.until("document.querySelector('[data-field=\"live.open\"]')?.textContent === '123,456,789'")
        value = "document.querySelector('[data-field=\"live.open\"]').closest('.value')"
        assert await page.ask(f"{value}.scrollWidth <= {value}.clientWidth")
        large = await page.ask(f"parseFloat(getComputedStyle({value}).fontSize)")
        await desk.say(open_tickets=12)
        await page.until("document.querySelector('[data-field=\"live.open\"]').textContent === '12'")
        assert large < await page.ask(f"parseFloat(getComputedStyle({value}).fontSize)")


async def test_a_page_knows_what_its_viewer_may_open(desk: Desk, redis_server: RedisServer, tmp_path: Path) -> None:
    """Who sees figures alone has numbers that lead nowhere."""
    desk.beat()
    tokens = tmp_path / "tokens"
    tokens.write_text("a-token-for-the-wall wall\n")
    (tmp_path / "profile").mkdir()
    site = Site(tokens=tokens)
    async with BoardServer(redis_server.url, port=0, site=site) as board, browser(tmp_path / "profile") as page:
        await page.open(f"{board.url}?token=a-token-for-the-wall&view=overview")
        await page.until(FRESH)
        assert "?view=overview" == await page.ask("location.search")
        assert 0 == await page.ask("document.querySelectorAll('main a[href*=tickets]').length")
        assert "wall" == await page.ask("document.documentElement.dataset.rights")


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
        async with session.get("/api/team%3AA%2525%257C") as answer:
            assert "team:A%25%7C" == (await answer.json())["scope"]
        async with session.get("/api/team:A%252FB") as answer:
            assert "team:A%2FB" == (await answer.json())["scope"]
        async with session.get("/api/desk:A") as answer:
            assert (400, True) == (answer.status, "team:NAME" in await answer.text())
        async with session.get("/?lang=%22%3E%3Cscript%3E&theme=x") as answer:
            assert '<html lang="en" data-theme="dark"' in await answer.text()


def test_nothing_in_the_page_is_inline() -> None:
    """Scripts and styles are files of our own: the page works in a closed network, under a strict policy."""
    page = (STATIC / "board.html").read_text()

    assert "<style" not in page
    assert 'style="' not in page
    assert page.count("<script") == page.count('<script src="/static/')
    assert "http:" not in page
    assert "https:" not in page


def test_the_whole_page_weighs_less_than_300_kilobytes() -> None:
    """All files that a browser loads for the board, as they are, without compression."""
    files = ["board.html", "board.css", "uplot.css", "icon.svg", *(path.name for path in STATIC.glob("*.js"))]

    assert sum((STATIC / name).stat().st_size for name in files) < 300_000


def test_both_languages_have_every_word() -> None:
    """A word that is missing would stand there in the other language."""
    written = [(STATIC / f"words.{lang}.js").read_text() for lang in ("en", "zh")]
    words = [set(re.findall(r'(?:^ *|", )"?(\w+)"?: "', text, re.MULTILINE)) for text in written]

    assert words[0] == words[1]
    assert len(words[0]) > 100


def test_nothing_is_painted_by_frames_alone() -> None:
    """A hidden tab has no frames: what the server says is shown when it is heard."""
    assert [] == [path.name for path in STATIC.glob("*.js") if "requestAnimationFrame" in path.read_text()]


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
            assert b"retry: 1000\n" == await answer.content.readline()
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
    with pytest.raises(CannotServe, match=r"open to everybody on 0\.0\.0\.0"):
        async with BoardServer(redis_server.url, host="0.0.0.0", port=0):  # noqa: S104 -- it has to be refused
            pass
