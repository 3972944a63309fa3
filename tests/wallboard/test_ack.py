"""Acknowledging by a link: looking at it does nothing, pressing the button does, and only the alerter makes it true."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import orjson
import pytest

from models.instant import format_ms
from models.scope import breach_id
from sinks import keys
from sinks.redis import RedisView
from sla.links import DAY_MS, make_link
from tests.servers.redis import RedisServer
from tests.sinks.stories import ticket
from wallboard import BoardServer, Site, ack

KEY = "a key of thirty-two characters.."
WICKED = "<b>T/1</b>"
ALERT = breach_id(WICKED, "first_response", 1)
GROUP = "g-d4c56394b0c69b4d22dd4818"
HTML = {"accept": "text/html"}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def link(*alerts: str, who: str = "lead", at: int | None = None, key: str = KEY) -> str:
    return make_link(alerts or (ALERT,), who, key, now_ms() if at is None else at)


class Desk:
    """Alerts as an alerter shows them, and what it does with acknowledgements."""

    def __init__(self, view: RedisView) -> None:
        self.view = view
        self.redis = view.link.client

    async def show(self, alert: str = ALERT, **fields: str) -> None:
        """An alert that fires."""
        shown = {"status": "firing", "ticket": WICKED, "metric": "first_response", "priority": "P0", "team": "网络",
                 "due_at": format_ms(now_ms() + 60_000), "acknowledged_by": "", "acknowledged_at": ""}  # fmt: skip
        await self.redis.hset(keys.alert(alert), mapping=shown | fields)

    async def noted(self) -> list[dict[str, str]]:
        """The entries of `sla:acks`."""
        return [{k.decode(): v.decode() for k, v in found.items()} for _, found in await self.redis.xrange(keys.ACKS)]

    @asynccontextmanager
    async def alerter(self) -> AsyncIterator[None]:
        """What makes acknowledgements true."""

        async def work() -> None:
            last = b"0"
            while True:
                for _, entries in await self.redis.xread({keys.ACKS: last}, block=50):
                    for number, found in entries:
                        last = number
                        name = keys.alert(found[b"alert"].decode())
                        await self.redis.hset(name, mapping={"acknowledged_by": found[b"by"]})

        working = asyncio.create_task(work())
        yield
        working.cancel()


@pytest.fixture
async def desk(redis_server: RedisServer) -> AsyncIterator[Desk]:
    """A desk with one alert."""
    view = RedisView.at(redis_server.url)
    await view.link.client.flushall()
    await view.take_over(0, 1)
    await view.write_tickets(0, 1, 1, [ticket(WICKED, team="网络", assignee=None)], now_ms())
    desk = Desk(view)
    await desk.show()
    yield desk
    await view.close()


@pytest.fixture
async def page(desk: Desk) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody with a telephone."""
    site = Site(link_key=KEY)
    async with BoardServer(desk.view.link.url, port=0, site=site) as board, aiohttp.ClientSession(board.url) as session:
        yield session


async def test_looking_acknowledges_nothing(page: aiohttp.ClientSession, desk: Desk) -> None:
    """A scanner that opens the link, however often and by whatever way of looking, changes nothing."""
    for _ in range(3):
        async with page.get(f"/ack/{link()}", headers=HTML) as answer:
            text = await answer.text()
            assert 200 == answer.status
        async with page.head(f"/ack/{link()}") as answer:
            assert 200 == answer.status

    assert '<form method="post"><button class="button">Acknowledge</button></form>' in text
    assert "You acknowledge as lead." in text
    assert "&lt;b&gt;T/1&lt;/b&gt;" in text
    assert "<b>T" not in text
    assert [] == await desk.noted()


async def test_pressing_the_button_acknowledges(page: aiohttp.ClientSession, desk: Desk) -> None:
    """It is written down with alert, name and time, and the page says so once the alerter has made it true."""
    began = now_ms()
    async with desk.alerter(), page.post(f"/ack/{link(who='王丽')}", headers=HTML) as answer:
        assert 200 == answer.status
        assert "<h1>✓ Acknowledged</h1>" in await answer.text()
    ((entry),) = await desk.noted()

    assert {"alert": ALERT, "by": "王丽"}.items() <= entry.items()
    assert format_ms(began) <= entry["at"] <= format_ms(now_ms())
    async with page.get(f"/ack/{link()}", headers=HTML) as answer:
        text = await answer.text()
    assert "Acknowledged by 王丽." in text
    assert "<button" not in text


async def test_without_an_alerter_it_is_only_noted(
    page: aiohttp.ClientSession, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page never says acknowledged before it is true."""
    monkeypatch.setattr(ack, "CONFIRMED_S", 0.5)
    async with page.post(f"/ack/{link()}?lang=zh", headers=HTML) as answer:
        assert 202 == answer.status
        text = await answer.text()

    assert "<h1>已记录，尚未确认</h1>" in text
    assert 1 == len(await desk.noted())


async def test_a_group_is_acknowledged_as_one(page: aiohttp.ClientSession, desk: Desk) -> None:
    """Its members are told before."""
    members = orjson.dumps([ALERT, breach_id("T2", "resolution", 1)]).decode()
    await desk.redis.hset(
        keys.alert(GROUP),
        mapping={
            "status": "firing",
            "labels": '{"priority":"P0","team":""}',
            "members": members,
            "acknowledged_by": "",
        },
    )
    async with page.get(f"/ack/{link(GROUP)}", headers=HTML) as answer:
        text = await answer.text()
        assert "T2 · resolution" in text
    async with desk.alerter(), page.post(f"/ack/{link(GROUP)}", headers=HTML) as answer:
        assert 200 == answer.status
    assert [GROUP] == [entry["alert"] for entry in await desk.noted()]


async def test_a_budget_that_burns_is_acknowledged_like_an_alert(page: aiohttp.ClientSession, desk: Desk) -> None:
    """Its page names the objective, and its end leaves no button."""
    burn = "budget/P0 <b>in time</b>/14.4"
    shown = {"status": "firing", "objective": "P0 <b>in time</b>", "level": "burn 14.4", "acknowledged_by": ""}
    await desk.redis.hset(keys.alert(burn), mapping=shown)
    async with page.get(f"/ack/{link(burn)}", headers=HTML) as answer:
        text = await answer.text()
        assert "P0 &lt;b&gt;in time&lt;/b&gt;</strong> · Budget · burn 14.4" in text
        assert "<button" in text
    async with desk.alerter(), page.post(f"/ack/{link(burn)}", headers=HTML) as answer:
        assert 200 == answer.status
    assert [burn] == [entry["alert"] for entry in await desk.noted()]


@pytest.mark.parametrize(
    ("token", "status", "told"),
    [
        ("", 404, "incomplete"),
        ("x", 404, "incomplete"),
        ("%00%0d%0aset-cookie:%20a", 404, ""),
        ("../../etc/passwd", 404, ""),
        ("王丽", 404, "incomplete"),
        ("A" * 3000, 404, "incomplete"),
        (link(key="another key of thirty-two chars."), 404, "incomplete"),
        (link(at=now_ms() - DAY_MS - 1000), 410, "24 hours"),
        (link()[:-1], 404, "incomplete"),
    ],
    ids=["none", "short", "header", "path", "chinese", "long", "other key", "old", "cut"],
)
async def test_a_link_that_is_no_good_says_why(
    page: aiohttp.ClientSession, desk: Desk, token: str, status: int, told: str
) -> None:
    """And does nothing, whichever way it is used."""
    for method in ("GET", "POST"):
        async with page.request(method, f"/ack/{token}", headers=HTML) as answer:
            if method == "GET" or token:
                assert answer.status in {status, 405}
                assert told in await answer.text() or answer.status == 405
    assert [] == await desk.noted()


async def test_other_sites_cannot_press_the_button(page: aiohttp.ClientSession, desk: Desk) -> None:
    """Not even with the link in hand; forms that are too long are not read."""
    for site in ("cross-site", "same-site"):
        async with page.post(f"/ack/{link()}", headers=HTML | {"sec-fetch-site": site}) as answer:
            assert 403 == answer.status
    async with page.post(f"/ack/{link()}", headers=HTML, data={"x": "y" * ack.BODY}) as answer:
        assert 413 == answer.status

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"y" * 1000

    async with page.post(f"/ack/{link()}", headers=HTML, data=endless()) as answer:
        assert 413 == answer.status
    assert [] == await desk.noted()


async def test_a_page_without_the_key_reads_no_link(desk: Desk) -> None:
    """It says which setting is missing."""
    async with (
        BoardServer(desk.view.link.url, port=0) as board,
        aiohttp.ClientSession(board.url) as session,
        session.get(f"/ack/{link()}", headers=HTML) as answer,
    ):
        assert 404 == answer.status
        assert "SLAWATCH_LINK_KEY" in await answer.text()


async def test_a_right_acknowledges_from_the_tickets_page(desk: Desk, tmp_path: Path) -> None:
    """With a name, by a form of ours only, and within the scopes of the token."""
    tokens = tmp_path / "tokens"
    lines = ("lead-{} desk,ack team:网络", "other-{} desk,ack team:B", "desk-{} desk")
    tokens.write_text("\n".join(line.format("0123456789abcdef") for line in lines), encoding="utf-8")
    address = f"/ack?alert={ALERT.replace('%', '%25').replace('<', '%3C').replace('>', '%3E')}"
    async with (
        BoardServer(desk.view.link.url, port=0, site=Site(tokens=tokens)) as board,
        aiohttp.ClientSession(board.url, headers=HTML | {"authorization": "Bearer lead-0123456789abcdef"}) as session,
    ):
        for who, status in (("lead", 200), ("other", 403), ("desk", 403)):
            headers = {"authorization": f"Bearer {who}-0123456789abcdef"}
            async with session.get(address, headers=headers) as answer:
                assert (who, status) == (who, answer.status)
        async with session.get(address) as answer:
            seal = re.search(r'name="seal" value="(\w+)"', await answer.text())
        assert seal is not None
        form = {"alert": ALERT, "by": " 王丽\r\n", "seal": seal[1]}
        for change in ({"seal": ""}, {"seal": "x" * 64}, {"by": " "}, {"alert": "no/such/1"}):
            async with session.post("/ack", data=form | change) as answer:
                assert answer.status in {200, 403, 404}
        assert [] == await desk.noted()
        async with desk.alerter(), session.post("/ack", data=form) as answer:
            assert 200 == answer.status
    assert [("王丽", ALERT)] == [(entry["by"], entry["alert"]) for entry in await desk.noted()]
