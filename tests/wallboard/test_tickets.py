"""Lists of tickets and a ticket's page: what can be asked, what is shown of strange names, and what is never shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import orjson
import pytest
from starlette.datastructures import QueryParams
from yarl import URL

from models.instant import format_ms
from models.kpi import METRICS, WINDOWS, KpiDocument
from models.scope import team
from sinks import keys
from sinks.redis import RedisView
from sla.policy import book_from
from tests.servers.redis import RedisServer, start_redis
from tests.wallboard.browser import browser
from tests.wallboard.day import BOOK, Day, with_event
from wallboard import BoardServer, Site
from wallboard.asked import LIVE, question_of
from wallboard.look import own_board
from wallboard.shell import Refused

HTML = {"accept": "text/html"}
WICKED = '<script>alert("1")</script>'
#: Ids that a path, a page or a key could stumble over.
STRANGE = [
    "T-1", "网络/1", "a/b/../c", "../../etc/passwd", "..", ".", "100%", "%2F", "%252e%252e", "a?b=c#d", "a b+c&d",
    WICKED, "\"'`", "a\\b", "-", "sla:ticket:x", "é́", "🎫", "x" * 256, "{id}", "tickets", "//evil.example/",
]  # fmt: skip


def asked(address: str) -> tuple[str, str, str]:
    question = question_of(QueryParams(address))
    return question.scope, question.what.told, question.window


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ("all", "live.open", "")),
        ("what=breached", ("all", "live.breached", "")),
        ("what=breached&window=1h", ("all", "sla.breached", "1h")),
        ("what=live.breached&window=1h", ("all", "live.breached", "")),
        ("what=live.oldest_open", ("all", "live.open", "")),
        ("what=1h.first_response.p90_s", ("all", "first_response.count", "1h")),
        ("what=resolution.attainment&window=24h", ("all", "resolution.decided", "24h")),
        ("what=resolution", ("all", "resolution.decided", "today")),
        ("what=csat.satisfied_rate", ("all", "rated", "today")),
        ("what=reopened&scope=team:A%2FB", ("team:A%2FB", "reopened", "today")),
        ("team=A&priority=P0", ("team:A|priority:P0", "live.open", "")),
        ("team=A&channel=mail", ("team:A", "live.open", "")),
        ("scope=agent:x&what=solved", ("agent:x", "solved", "today")),
    ],
)
def test_a_figure_is_asked_for_by_its_address(address: str, expected: tuple[str, str, str]) -> None:
    """As the board writes it, or in parts."""
    assert expected == asked(address)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("what=everything", "ask for open, unassigned"),
        ("what=first_response.best", "ask for open"),
        ("what=month.sla_attainment", "ask for open"),
        ("what=created&window=7m", "ask for 5m, 30m"),
        ("what=created&window=month", "ask for 5m"),
        ("scope=everything", "write all, team:NAME"),
        ("scope=team:A|channel:b", "write all"),
        ("scope=agent:x&what=created&window=1h", "today"),
        ("page=0", "from 1"),
        ("page=-1", "from 1"),
        ("page=²", "from 1"),
        ("page=99999999999999999999", "from 1"),
        (f"team={'x' * 300}", "256"),
    ],
)
def test_what_cannot_be_asked_says_what_can(address: str, told: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(Refused, match=told) as refused:
        question_of(QueryParams(address))
    assert 400 == refused.value.status


def test_every_figure_of_the_board_leads_to_tickets() -> None:
    """Each number of a KPI document, each live figure, each tile."""
    flat = [name for name, field in KpiDocument.model_fields.items() if field.annotation in {int, float, float | None}]
    flat += [f"{metric}.{part}" for metric in ("sla", *METRICS) for part in ("count", "mean_s", "p50_s", "attainment")]
    flat += ["csat.count", "csat.mean_pct", "csat.satisfied_rate"]
    tiles = [tile.field for tile in own_board().tiles if tile.field.partition(".")[0] not in {"month", "budget"}]
    fields = [f"live.{name}" for name in LIVE] + [f"{window}.{name}" for window in WINDOWS for name in flat] + tiles

    for field in fields:
        assert asked(f"what={field}")[1], field


@pytest.fixture(scope="module")
def strange(redis_server: RedisServer) -> Day:
    """A desk of strange names, in Redis."""
    now = time.time_ns() // 1_000_000
    day = Day(book_from(BOOK), {}, now)
    for number, name in enumerate(STRANGE):
        with_event(
            day, name, type="ticket.created", at=now - (number + 3) * 600_000, priority="P0" if number % 2 else "P3",
            team=WICKED if number % 3 else "网络", channel="<i>邮件</i>", assignee="王<b>丽</b>", category=WICKED,
            status="open" if number % 4 else "<u>vendor</u>", tags=["a secret word"], requester_id="a secret customer",
        )  # fmt: skip

    async def write() -> None:
        view = RedisView.at(redis_server.url)
        await view.link.client.flushall()
        await day.write(view)
        await view.close()

    asyncio.run(write())
    return day


@pytest.fixture
async def page(strange: Day, redis_server: RedisServer) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody at the desk."""
    site = Site(zone="Asia/Shanghai", book=strange.book, ticket_url="https://desk.example/t?id={ticket_id}")
    async with BoardServer(redis_server.url, port=0, site=site) as board, aiohttp.ClientSession(board.url) as session:
        yield session


def at(session: aiohttp.ClientSession, path: str) -> URL:
    """An address exactly as it is written."""
    assert session._base_url is not None
    return URL(f"{session._base_url.origin()}{path}", encoded=True)


@pytest.mark.parametrize("name", STRANGE, ids=range(len(STRANGE)))
async def test_a_ticket_of_any_name_has_a_page(page: aiohttp.ClientSession, name: str) -> None:
    """Under the address that lists link to; nothing of its names becomes markup, and no text of it is shown."""
    path = f"/tickets?ticket={name}" if name in {".", ".."} else f"/tickets/{quote(name, safe='')}"
    async with page.get(at(page, path), headers=HTML) as answer:
        text = await answer.text()
        assert 200 == answer.status
    for raw in ("<script>alert", "<u>", "<i>", "<b>"):
        assert raw not in text
    assert "secret" not in text
    assert f'href="https://desk.example/t?id={quote(name, safe="")}"'.replace("'", "&#x27;") in text
    async with page.get(at(page, path), headers={"accept": "application/json"}) as answer:
        told = await answer.json()
    assert name == told["ticket_id"]
    assert not {"tags", "requester_id"} & told.keys()


async def test_a_list_links_to_every_ticket(page: aiohttp.ClientSession) -> None:
    """Each link leads where its text says, whatever the name."""
    async with page.get("/tickets?lang=zh", headers=HTML) as answer:
        text = await answer.text()
    for name in STRANGE:
        dots = name in {".", ".."}
        path = f"/tickets?ticket={name}&amp;" if dots else f"/tickets/{quote(name, safe='')}?"
        assert f'href="{path}lang=zh"' in text, name
    assert "<script>alert" not in text
    assert '<script src="/static/tickets.js" defer></script>' in text
    assert 'style="' not in text


async def test_scopes_of_any_name_can_be_asked(page: aiohttp.ClientSession) -> None:
    """And a scope that nobody has heard of is not found."""
    for scope, status in ((team("网络"), 200), (team(WICKED), 200), (team("nobody"), 404), ("team:", 400)):
        async with page.get("/tickets", params={"scope": scope, "format": "json"}, headers=HTML) as answer:
            assert (scope, status) == (scope, answer.status)
            assert WICKED not in await answer.text() or answer.content_type == "application/json"


async def test_filters_of_what_has_no_figures_narrow_the_list(page: aiohttp.ClientSession) -> None:
    """The figure stays that of the scope, and the page says how many of it are listed."""
    wanted = {"team": "网络", "channel": "<i>邮件</i>", "format": "json"}
    async with page.get("/tickets", params=wanted) as answer:
        both = await answer.json()
    async with page.get("/tickets", params=wanted | {"channel": "phone"}) as answer:
        none = await answer.json()
    async with page.get(
        "/tickets", params={"what": "created", "channel": "<i>邮件</i>", "team": WICKED, "format": "json"}
    ) as answer:
        created = await answer.json()

    own = len([number for number in range(len(STRANGE)) if number % 3 == 0])
    assert ("team:网络", own, own, own) == (both["scope"], both["figure"], both["before_filter"], both["listed"])
    assert (own, own, 0) == (none["figure"], none["before_filter"], none["listed"])
    assert (
        created["listed"] == created["figure"] == sum(1 for entry in created["entries"] if entry["kind"] == "created")
    )


async def test_long_lists_come_in_pages(redis_server: RedisServer) -> None:
    """A hundred each; their pages together are the list, and one beyond the last is the last."""
    now = time.time_ns() // 1_000_000
    day = Day(book_from(BOOK), {}, now)
    for number in range(230):
        with_event(day, f"N{number:03}", type="ticket.created", at=now - 3_600_000 - number, priority="P2")
    view = RedisView.at(redis_server.url.removesuffix("0") + "1")  # a database of its own
    await view.link.client.flushdb()
    await day.write(view)
    async with BoardServer(view.link.url, port=0) as board, aiohttp.ClientSession(board.url) as session:
        seen: list[str] = []
        for number in (1, 2, 3):
            async with session.get(f"/tickets?page={number}", headers=HTML) as answer:
                text = await answer.text()
            assert f"page {number} of 3" in text
            seen += [part.split('"')[0] for part in text.split('data-ticket="')[1:]]
        async with session.get("/tickets?page=77", headers=HTML) as answer:
            assert "page 3 of 3" in await answer.text()
    await view.close()

    assert sorted(seen) == [f"N{number:03}" for number in range(230)]
    assert 230 == len(seen)


async def test_a_ticket_that_is_not_known_is_not_found(page: aiohttp.ClientSession) -> None:
    """Its name is shown as text."""
    for name in ("nope", WICKED + "x", "x" * 5000, "a%0d%0ab"):
        async with page.get(at(page, f"/tickets/{quote(name, safe='%')}"), headers=HTML) as answer:
            assert 404 == answer.status
            text = await answer.text()
            assert "<script>alert" not in text
            assert len(text) < 3000
    for path in ("/tickets/", "/tickets?ticket="):
        async with page.get(path, headers=HTML) as answer:
            assert answer.status in {200, 404}


async def test_a_page_says_when_redis_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a moment, in words, and tries again by itself."""
    monkeypatch.setattr("wallboard.patience.PATIENCE_S", 0.3)
    server = start_redis(tmp_path)
    async with BoardServer(server.url, port=0) as board, aiohttp.ClientSession(board.url) as session:
        server.close()
        for path in ("/tickets", "/tickets/T1"):
            async with session.get(path, headers=HTML) as answer:
                text = await answer.text()
                assert 503 == answer.status
                assert "Redis is away" in text
                assert '<meta http-equiv="refresh" content="5">' in text


async def test_a_list_that_is_looked_at_stays_at_the_present(
    page: aiohttp.ClientSession, strange: Day, redis_server: RedisServer, tmp_path: Path
) -> None:
    """It renews itself where scripts run, breaks no rule of its policy, and says when it no longer can."""
    view = RedisView.at(redis_server.url)
    await strange.beat(view, time.time_ns() // 1_000_000)
    async with browser(tmp_path) as tab:
        await tab.open(f"{page._base_url}tickets?team={quote('网络')}")
        number = "document.querySelector('[data-field=\"live.open\"]')"
        before = int(await tab.ask(f"{number}.dataset.value"))
        name = keys.live(team("网络"))
        await view.link.client.hset(name, mapping={"open": before + 1, "as_of": format_ms(strange.now)})
        await tab.until(f"{number}.dataset.value === '{before + 1}'", 12)
        assert "≠" in await tab.ask("document.querySelector('.note').textContent")
        assert [] == tab.complaints
        await view.link.client.hset(name, "open", before)
    await view.close()


async def test_a_tickets_clocks_are_told_as_of_now(
    page: aiohttp.ClientSession, strange: Day, redis_server: RedisServer
) -> None:
    """While the stream is fresh; when it is not, as of its last word."""
    view = RedisView.at(redis_server.url)
    now = time.time_ns() // 1_000_000
    await strange.beat(view, now)
    async with page.get("/tickets/T-1", headers=HTML) as answer:
        text = await answer.text()
    ledger = orjson.loads(await view.link.client.get(keys.ticket("T-1")))["as_of"]
    await strange.beat(view, now - 3_600_000)
    async with page.get("/tickets/T-1", headers=HTML) as answer:
        stale = await answer.text()
    await view.close()

    assert 'data-state="fresh"' in text
    assert ledger == format_ms(strange.now)
    assert 'data-state="stale"' in stale
    assert "a worker is silent" in stale
