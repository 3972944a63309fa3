"""Every view over a lifelike desk: what it shows is what Redis holds, and it fits the screen that it is shown on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from models.instant import format_ms, parse_ms
from sinks.kafka import KafkaWriter, Record
from sinks.redis import RedisView
from sla.policy import load_book
from streams import topics
from streams.access import access_to
from streams.broker import embedded_kafka, embedded_redis
from streams.settings import load_settings
from streams.worker import run_worker
from tests.servers.redis import RedisServer
from tests.wallboard.browser import Page, browser
from tests.wallboard.desk import LifelikeDesk
from wallboard import BoardServer
from wallboard.site import Site

POLICIES = Path(__file__).parents[2] / "policies"
#: A Thursday afternoon in Shanghai.
NOW = parse_ms("2026-11-19T15:20:05+08:00")
FRESH = "document.querySelector('#freshness').dataset.state === 'fresh'"
FIGURES = """[...document.querySelectorAll('main [data-field]')].map(e => ({
  scope: e.dataset.scope, field: e.dataset.field, value: e.dataset.value, text: e.textContent}))"""
SCROLLS = "document.body.scrollHeight > innerHeight || document.body.scrollWidth > innerWidth"
#: Whatever is cut off at the bottom of its card, or at its right.
CUT = """[...document.querySelectorAll('main .card')].filter(e =>
  e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2).map(e => e.className)"""


@pytest.fixture(scope="module")
def filled(redis_server: RedisServer) -> str:
    """The URL of a Redis with a desk that has been at work for eight days; it is only looked at."""
    url = redis_server.url.removesuffix("/0") + "/1"
    asyncio.run(_fill(url))
    return url


async def _fill(url: str, days: int = 8) -> None:
    view = RedisView.at(url)
    await view.link.client.flushdb()
    desk = LifelikeDesk(
        load_book(POLICIES), NOW, days=days, rate=0.008, names={"database": "数据库组", "europe": "海外支持"}
    )
    await desk.begin(view)
    await view.close()


@asynccontextmanager
async def lifelike(url: str) -> AsyncIterator[BoardServer]:
    """A page over that desk, whose time stands still, so that figures can be compared."""
    book = load_book(POLICIES)
    async with BoardServer(url, port=0, site=Site(zone=book.zone, book=book)) as board:
        board._hub._clock = lambda: NOW
        yield board


async def truth(redis: Redis, scope: str, field: str) -> Any:
    """What Redis says of a field, read without any of the page's code."""
    first, _, rest = field.partition(".")
    if first == "due":
        return await redis.zscore("sla:due", rest) or await redis.zscore("sla:active", rest)
    if first == "live":
        return await redis.hget(f"sla:live:{scope}", rest)
    if first == "month":
        raw = await redis.get(f"sla:period:2026-11:{scope}")
        return orjson.loads(raw)["measures"][rest]["value"] if raw else None
    if first == "budget":
        name, _, leaf = rest.rpartition(".")
        burn = name.endswith(".burn")
        found = orjson.loads(await redis.get(f"sla:budget:{name.removesuffix('.burn')}"))
        return found["burn"][leaf] if burn else found[leaf]
    raw = await redis.hget(f"sla:kpi:{scope}", first)
    found = orjson.loads(raw) if raw else None
    for name in rest.split("."):
        found = found[name] if found is not None else None
    return found


def same(told: Any, shown: str) -> bool:
    """Whether a raw value is what Redis said."""
    if told is None or told in {b"", ""}:
        return shown == ""
    text = told.decode() if isinstance(told, bytes) else told
    try:
        return float(text) == pytest.approx(float(shown), rel=1e-12)
    except ValueError:
        return text == shown


async def compare(redis: Redis, page: Page) -> int:
    """Holds every figure on the page against Redis; answers how many there are."""
    figures = await page.ask(FIGURES)
    for one in figures:
        assert one["text"], one
        told = await truth(redis, one["scope"], one["field"])
        assert same(told, one["value"]), (one, told)
        if one["value"] == "" and not one["field"].startswith("live.oldest"):
            assert "–" == one["text"], one
    return len(figures)


async def test_every_figure_is_the_one_in_redis(filled: str, tmp_path: Path) -> None:
    """On every view, of all and of one team and priority: scope, field and value; and nothing on it is cut off."""
    redis = Redis.from_url(filled)
    async with lifelike(filled) as board, browser(tmp_path) as page:
        shown = {}
        for view in ("overview", "deadlines", "heat", "trend", "budget"):
            await page.open(f"{board.url}?view={view}")
            await page.until(f"document.querySelectorAll('main [data-field]').length > 5 && {FRESH}")
            shown[view] = await compare(redis, page)
            assert not await page.ask(SCROLLS)
            assert [] == await page.ask(CUT), view
        await page.open(f"{board.url}?team=%E7%BD%91%E7%BB%9C%E7%BB%84&priority=P2&lang=zh&theme=light")
        await page.until(f"document.querySelectorAll('main [data-field]').length > 5 && {FRESH}")
        await compare(redis, page)
        scopes = set(await page.ask("[...document.querySelectorAll('.tile [data-field]')].map(e => e.dataset.scope)"))

        assert {"team:网络组|priority:P2"} == {scope for scope in scopes if scope.startswith("team:")}
        assert shown["overview"] > 100
        assert shown["trend"] > 70
        assert [] == page.complaints
    await redis.aclose()


async def test_a_screen_needs_no_scrolling(filled: str, tmp_path: Path) -> None:
    """At any screen's size all of a view is seen, and it is as large as the screen lets it be."""
    async with lifelike(filled) as board, browser(tmp_path) as page:
        for width, height in ((1920, 1080), (3840, 2160), (1366, 768), (2560, 1080)):
            for view in ("overview", "deadlines", "heat", "trend", "budget"):
                await page.open(f"{board.url}?view={view}", width, height)
                await page.until(f"document.querySelectorAll('main [data-field]').length > 5 && {FRESH}")
                assert not await page.ask(SCROLLS), (width, view)
                assert [] == await page.ask(CUT), (width, view)
            large = await page.ask("parseFloat(getComputedStyle(document.querySelector('.headlines .value')).fontSize)")
            assert large > height * 0.06
        await page.open(board.url, 390, 844)
        await page.until(FRESH)
        assert await page.ask("document.documentElement.scrollWidth <= innerWidth")


async def test_a_filter_says_whose_figures_it_shows(filled: str, tmp_path: Path) -> None:
    """What has no figures filters the lists, and the page says so; what a channel has no figure of is a dash."""
    cases = {
        "team=网络组": ("网络组", "team:网络组"),
        "team=网络组&channel=微信": ("lists: 网络组 · 微信 — figures: 网络组", "team:网络组"),
        "channel=微信&tier=vip": ("lists: 微信 · vip — figures: All tickets", "all"),
        "channel=微信": ("channel 微信", "channel:微信"),
    }
    async with lifelike(filled) as board, browser(tmp_path) as page:
        for address, (title, scope) in cases.items():
            await page.open(f"{board.url}?{address}")
            await page.until(f"document.querySelectorAll('.tile [data-field]').length > 5 && {FRESH}")
            assert title == await page.ask("document.querySelector('#scope').textContent")
            live = "[...document.querySelectorAll('.tile [data-field^=\"live\"]')].map(e => e.dataset.scope)"
            assert {scope} == set(await page.ask(live))
        assert "–" == await page.ask("document.querySelector('[data-field=\"month.sla_attainment\"]').textContent")
        assert "No line is kept" in await page.ask("document.querySelector('.line').textContent")


async def test_what_is_at_the_desk_can_be_walked_through_and_back(filled: str, tmp_path: Path) -> None:
    """A team in the heat table leads to its page, a view has an address, and the browser's back leads back."""
    async with lifelike(filled) as board, browser(tmp_path) as page:
        await page.open(f"{board.url}?lang=zh")
        await page.until("document.querySelector('.heat tbody a') !== null")
        await page.ask("document.querySelector('[data-view=heat]').click()")
        assert "?lang=zh&view=heat" == await page.ask("location.search")
        assert "heat" == await page.ask("document.querySelector('main').className")
        await page.ask("history.back()")
        await page.until("document.querySelector('main').className === 'overview'")
        href = "[...document.querySelectorAll('.heat tbody th a')].find(e => e.textContent === '网络组')?.href"
        await page.ask(f"location.assign({href})")
        await page.until("document.querySelector('#scope')?.textContent === '网络组'")
        assert "?team=%E7%BD%91%E7%BB%9C%E7%BB%84&lang=zh" == await page.ask("location.search")


async def test_an_empty_desk_says_so(redis_server: RedisServer, tmp_path: Path) -> None:
    """No dash and no nought is left to be wondered at."""
    url = redis_server.url.removesuffix("/0") + "/2"
    await _fill(url, days=0)
    async with BoardServer(url, port=0) as board, browser(tmp_path) as page:
        board._hub._clock = lambda: NOW
        await page.open(board.url)
        await page.until(FRESH)
        assert "No data yet." == await page.ask("document.querySelector('#notice').textContent")
        await page.open(f"{board.url}?team=nobody")
        await page.until(FRESH)
        assert "No data for nobody" in await page.ask("document.querySelector('#notice').textContent")


async def test_an_event_is_on_the_page_within_two_seconds(tmp_path: Path) -> None:
    """Through Kafka, worker and Redis to what the browser shows; a P0 that slips then takes the screen."""
    book = load_book(POLICIES)
    ends, ready = asyncio.Event(), asyncio.Event()
    async with embedded_redis() as redis, embedded_kafka() as kafka:
        settings = load_settings(kafka=kafka.address, redis=redis.address, partitions=2)
        worker = asyncio.create_task(run_worker(settings, book, until=ends, ready=ready))
        site = Site(zone=book.zone, book=book)
        async with BoardServer(settings.redis, port=0, site=site) as board, browser(tmp_path) as page:
            await asyncio.wait_for(ready.wait(), 30)
            writer = KafkaWriter(access_to(settings))
            await writer.start()

            async def tell(ticket: str, kind: str, at: int, **fields: Any) -> None:
                event = {"event_id": kind, "type": f"ticket.{kind}", "ticket_id": ticket, "occurred_at": format_ms(at)}
                await writer.write_keyed(topics.EVENTS, [Record(ticket.encode(), orjson.dumps(event | fields))])

            await tell("warm-up", "created", int(time.time() * 1000), priority="P3", team="网络组")
            await page.open(board.url)
            await page.until("document.querySelector('[data-field=\"live.open\"]')?.dataset.value === '1'", 30)
            took = []
            for number in (2, 3, 4):
                sent = time.monotonic()
                await tell(f"T{number}", "created", int(time.time() * 1000), priority="P3", team="网络组")
                await page.until(f"document.querySelector('[data-field=\"live.open\"]').dataset.value === '{number}'")
                took.append(time.monotonic() - sent)
            assert sorted(took)[1] < 2
            slips = int(time.time() * 1000) - 8 * 60_000
            await tell("T-1", "created", slips, priority="P0", team="网络组")
            await page.until("!document.querySelector('#burning').hidden")
            assert "T-1" == await page.ask("document.querySelector('#burning .first .ticket').textContent")
            answered = int(time.time() * 1000)
            await tell("T-1", "replied", answered, author="agent", author_id="li")
            await page.until("document.querySelector('#burning').hidden")
            await writer.stop()
        ends.set()
        await worker
