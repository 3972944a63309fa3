"""The page's server as the outside meets it: who is let in, what he may see, and what is done with strange requests."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import orjson
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from yarl import URL

from models import scope as scopes
from sinks.redis import RedisView
from sinks.redis_reader import RedisReader
from tests.servers.redis import RedisServer
from tests.wallboard.day import Day, a_day
from wallboard import BoardServer, CannotServe, Site, guards
from wallboard.gate import COOKIE
from wallboard.tokens import LOOK_S

TEAM = "网络组"
OTHER = "field service"
TOKENS = {
    "wall": "wall-0123456789abcdef wall",
    "desk": "desk-0123456789abcdef wall,desk",
    "people": "people-0123456789abcdef wall,desk,people",
    "ack": "ack-0123456789abcdef ack",
    "team": f"team-0123456789abcdef wall,desk,people team:{TEAM}",
}
HTML = {"accept": "text/html"}


def secret(name: str) -> str:
    return TOKENS[name].split()[0]


def bearer(name: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {secret(name)}"} if name else {}


@pytest.fixture(scope="module")
def day() -> Day:
    """A desk after forty hours, up to this moment."""
    return a_day(time.time_ns() // 1_000_000, rate=0.02)


@pytest.fixture(scope="module")
def written(redis_server: RedisServer, day: Day) -> str:
    """The address of a Redis that holds what a worker has written of it."""

    async def write() -> None:
        view = RedisView.at(redis_server.url)
        await view.link.client.flushall()
        await day.write(view)
        await view.close()

    asyncio.run(write())
    return redis_server.url


@pytest.fixture
async def view(written: str) -> AsyncIterator[RedisView]:
    """What a worker writes with."""
    view = RedisView.at(written)
    yield view
    await view.close()


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    """The file of who may see what."""
    path = tmp_path / "tokens"
    path.write_text("# token rights scopes\n" + "\n".join(TOKENS.values()) + "\n", encoding="utf-8")
    return path


@pytest.fixture
async def page(view: RedisView, day: Day, tokens: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who talks to a page that asks for tokens."""
    site = Site(zone="Asia/Shanghai", book=day.book, tokens=tokens, ticket_url="https://desk.example/{ticket_id}")
    jar = aiohttp.DummyCookieJar()
    async with (
        BoardServer(view.link.url, port=0, site=site) as board,
        aiohttp.ClientSession(board.url, cookie_jar=jar) as session,
    ):
        yield session


@pytest.fixture
async def free(view: RedisView, day: Day) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who talks to a page that asks nobody."""
    site = Site(zone="Asia/Shanghai", book=day.book)
    async with BoardServer(view.link.url, port=0, site=site) as board, aiohttp.ClientSession(board.url) as session:
        yield session


def rewrite(path: Path, text: str | None) -> None:
    """Writes a file, or takes it away."""
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")


ASKED = {
    "/": "/",
    "/?team": f"/?team={TEAM}",
    "/?agent": "/?agent=王丽",
    "/events": "/events",
    "/events?team": f"/events?team={TEAM}",
    "/events?other": f"/events?team={TEAM}&team={quote(OTHER)}&show={TEAM}",
    "/api/all": "/api/all",
    "/api/team": f"/api/team:{TEAM}",
    "/api/agent": "/api/agent:王丽",
    "/tickets": "/tickets",
    "/tickets all": "/tickets?scope=all",
    "/tickets team": f"/tickets?scope=team:{TEAM}",
    "/tickets agent": f"/tickets?scope=team:{TEAM}&agent=王丽",
    "/ack?alert": "/ack?alert=x/first_response/1",
    "/metrics": "/metrics",
    "/nowhere": "/nowhere",
    "/healthz": "/healthz",
    "/static/icon.svg": "/static/icon.svg",
}
#            nobody wall desk people ack team
MATRIX = {
    "/":                (401, 200, 200, 200, 403, 303),
    "/?team":           (401, 200, 200, 200, 403, 200),
    "/?agent":          (401, 403, 403, 200, 403, 403),
    "/events":          (401, 200, 200, 200, 403, 403),
    "/events?team":     (401, 200, 200, 200, 403, 200),
    "/events?other":    (401, 200, 200, 200, 403, 403),
    "/api/all":         (401, 200, 200, 200, 403, 403),
    "/api/team":        (401, 200, 200, 200, 403, 200),
    "/api/agent":       (401, 403, 403, 200, 403, 403),
    "/tickets":         (401, 403, 200, 200, 403, 303),
    "/tickets all":     (401, 403, 200, 200, 403, 403),
    "/tickets team":    (401, 403, 200, 200, 403, 200),
    "/tickets agent":   (401, 403, 403, 200, 403, 200),
    "/ack?alert":       (401, 403, 403, 403, 404, 403),
    "/metrics":         (401, 200, 200, 200, 403, 200),
    "/nowhere":         (401, 404, 404, 404, 403, 404),
    "/healthz":         (200, 200, 200, 200, 200, 200),
    "/static/icon.svg": (200, 200, 200, 200, 200, 200),
}  # fmt: skip


async def test_every_address_is_held_to_its_right(page: aiohttp.ClientSession) -> None:
    """By the table: who shows nothing sees nothing, and nobody sees more than his line says."""
    found: dict[str, tuple[int, ...]] = {}
    for name, address in ASKED.items():
        statuses = []
        for who in (None, *TOKENS):
            async with page.get(address, headers=HTML | bearer(who), allow_redirects=False) as answer:
                statuses.append(answer.status)
        found[name] = tuple(statuses)

    assert MATRIX == found


async def test_a_token_in_the_address_becomes_a_cookie(page: aiohttp.ClientSession) -> None:
    """That no script can read and no foreign site sends; the address goes on without it."""
    address = f"/tickets?what=open&token={secret('desk')}&lang=zh"
    async with page.get(address, headers=HTML, allow_redirects=False) as answer:
        assert 303 == answer.status
        assert "/tickets?what=open&lang=zh" == answer.headers["location"]
        cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}={secret('desk')};")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "secure" not in cookie.lower()

    async with page.get("/tickets", headers=HTML | {"cookie": f"{COOKIE}={secret('desk')}"}) as answer:
        assert 200 == answer.status
    async with page.get("/tickets", headers=HTML | {"cookie": f"{COOKIE}={secret('desk')}x"}) as answer:
        assert 401 == answer.status
    async with page.get("/", params={"token": "wrong"}, headers=HTML, allow_redirects=False) as answer:
        assert 401 == answer.status
        assert "set-cookie" not in answer.headers
        assert "not known" in await answer.text()


async def test_a_page_reached_over_tls_keeps_its_cookie_there(redis_server: RedisServer, tokens: Path) -> None:
    """Be it by what the proxy in front says, or by the address that others know it under."""
    for site, headers in (
        (Site(tokens=tokens, page_url="https://wall.example"), {}),
        (Site(tokens=tokens), {"x-forwarded-proto": "https"}),
    ):
        async with (
            BoardServer(redis_server.url, port=0, site=site) as board,
            aiohttp.ClientSession(board.url) as session,
        ):
            address = f"/?token={secret('wall')}"
            async with session.get(address, headers=headers, allow_redirects=False) as answer:
                assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("start", ["//evil.example/", "/\\evil.example/", "/%5Cevil.example/", "///evil.example"])
async def test_an_exchange_leads_nowhere_else(page: aiohttp.ClientSession, start: str) -> None:
    """Whatever the path looks like, the answer stays on this host."""
    url = URL(f"{page._base_url.origin()}{start}?token={secret('wall')}", encoded=True)  # type: ignore[union-attr]
    async with page.get(url, allow_redirects=False) as answer:
        place = answer.headers["location"]

    assert place.startswith("/")
    assert not place.startswith(("//", "/\\"))


async def test_a_host_that_is_made_up_opens_nothing(page: aiohttp.ClientSession) -> None:
    """What the address is comes from the request line, whatever `Host` pretends."""
    for host in ("x/ack/", "x/static/", "x?y=/healthz", "x#/static/"):
        async with page.get("/tickets", headers={"host": host}) as answer:
            assert answer.status in {400, 401}


async def test_without_tokens_only_this_machine_is_answered(free: aiohttp.ClientSession) -> None:
    """A name of somebody else's that was made to lead to the loopback is refused, with the mend."""
    for host in ("localhost:8080", "127.0.0.1", "[::1]:9", "wall.localhost"):
        async with free.get("/tickets", headers=HTML | {"host": host}) as answer:
            assert 200 == answer.status
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "10.0.0.1"):
        async with free.get("/tickets", headers=HTML | {"host": host}) as answer:
            assert 421 == answer.status
            assert "SLAWATCH_TOKENS" in await answer.text()


async def test_beyond_the_loopback_tokens_are_needed(redis_server: RedisServer, tokens: Path, tmp_path: Path) -> None:
    """Without them the page does not start; nor with a file that is wrong, whose lines it names and does not show."""
    with pytest.raises(CannotServe, match="set SLAWATCH_TOKENS"):
        async with BoardServer(redis_server.url, host="0.0.0.0", port=0):  # noqa: S104 -- it has to be refused
            pass
    wrong = tmp_path / "wrong"
    wrong.write_text(f"{secret('wall')} wall\n{secret('desk')} all\n", encoding="utf-8")
    with pytest.raises(CannotServe, match=r"wrong:2: the second word") as refused:
        BoardServer(redis_server.url, port=0, site=Site(tokens=wrong))
    assert secret("desk") not in str(refused.value)
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(CannotServe, match="cannot be read"):
            BoardServer(redis_server.url, port=0, site=Site(tokens=path))
    wrong.write_text("# nobody yet\n", encoding="utf-8")
    with pytest.raises(CannotServe, match="names no token"):
        BoardServer(redis_server.url, port=0, site=Site(tokens=wrong))

    async with BoardServer(redis_server.url, host="0.0.0.0", port=0, site=Site(tokens=tokens)) as board:  # noqa: S104
        port = board.url.rstrip("/").rpartition(":")[2]
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/") as answer:
            assert 401 == answer.status


async def test_a_token_that_is_taken_out_ends_at_once(page: aiohttp.ClientSession, tokens: Path) -> None:
    """Also for who is watching; a line that is wrong grants nothing, and the others go on."""
    async with page.get("/events", headers=bearer("desk")) as watched:
        await watched.content.readline()
        rewrite(tokens, f"{TOKENS['wall']}\nbroken\nnew-0123456789abcdef wall\n")
        await asyncio.sleep(LOOK_S + 0.1)
        async with page.get("/tickets", headers=bearer("desk")) as answer:
            assert 401 == answer.status
        async with page.get("/", headers=bearer("wall")) as answer:
            assert 200 == answer.status
        async with asyncio.timeout(5):
            await watched.content.read()
    rewrite(tokens, None)
    await asyncio.sleep(LOOK_S + 0.1)
    async with page.get("/", headers=bearer("wall")) as answer:
        assert 401 == answer.status


async def test_tokens_are_never_logged(
    page: aiohttp.ClientSession, tokens: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nor is anything that was asked."""
    with caplog.at_level(logging.DEBUG, logger="uvicorn"):
        for address in (f"/?token={secret('wall')}", "/?token=wrong-token-of-somebody", "/tickets"):
            async with page.get(address, headers=bearer("people")) as answer:
                await answer.read()
        rewrite(tokens, f"{secret('wall')} nonsense\n")
        await asyncio.sleep(LOOK_S + 0.1)
        async with page.get("/", headers=bearer("wall")) as answer:
            assert 401 == answer.status
    said = caplog.text + "".join(capfd.readouterr())

    assert "grants nothing" in said
    for kept in (*map(secret, TOKENS), "wrong-token-of-somebody"):
        assert kept not in said


async def test_refusals_can_be_read_by_people_and_by_scripts(page: aiohttp.ClientSession) -> None:
    """In the language asked for; scripts get JSON."""
    async with page.get("/tickets?lang=zh", headers=HTML) as answer:
        assert "Bearer" in answer.headers["www-authenticate"]
        assert "请出示令牌" in await answer.text()
    async with page.get("/tickets", headers=HTML | bearer("wall")) as answer:
        assert "right `desk`" in await answer.text()
    async with page.get("/tickets", headers=bearer("wall")) as answer:
        assert "text/html" == answer.content_type
    async with page.get("/api/all") as answer:
        assert "Who are you?" == (await answer.json())["error"]
    async with page.get("/tickets?scope=all", headers=bearer("team") | {"accept": "application/json"}) as answer:
        assert f"team:{TEAM}" in (await answer.json())["help"]


async def test_names_are_for_those_with_a_right_to_them(page: aiohttp.ClientSession, view: RedisView) -> None:
    """Neither a list nor a ticket nor its JSON names a person to whoever may only see tickets."""
    agents = {
        scopes.parts(scope)["agent"] for scope in await RedisReader(view.link).scopes() if scope.startswith("agent:")
    }
    ticket = ""
    for who in ("desk", "people"):
        texts = []
        for address in ("/tickets?scope=all", f"/tickets/{ticket}"):
            for accept in ("text/html", "application/json"):
                async with page.get(address, headers=bearer(who) | {"accept": accept}) as answer:
                    texts.append(await answer.text())
                    if accept == "application/json" and "entries" in texts[-1]:
                        ticket = (await answer.json())["entries"][0]["ticket"]
        named = {name for name in agents if any(name in text for text in texts)}
        assert bool(named) is (who == "people")


async def test_the_stream_names_nobody_but_who_is_to_be_called(page: aiohttp.ClientSession, view: RedisView) -> None:
    """Without the right to names a page hears those beside a burning P0, and no others."""
    agents = {scopes.parts(scope)["agent"] for scope in await RedisReader(view.link).scopes() if "agent:" in scope}
    for who in ("wall", "people"):
        async with page.get("/events?view=deadlines", headers=bearer(who)) as answer:
            async for line in answer.content:
                if line.startswith(b"data: ") and orjson.loads(line[6:])["parts"]:
                    break
        parts = orjson.loads(line[6:])["parts"]
        del parts["burning"]
        told = orjson.dumps(parts).decode()
        assert (who == "people") is any(name in told for name in agents)


async def test_scopes_hold_for_tickets_too(page: aiohttp.ClientSession) -> None:
    """A ticket of another team is not shown to whoever sees one team."""
    async with page.get(f"/tickets?scope=team:{TEAM}&what=open&format=json", headers=bearer("team")) as answer:
        own = (await answer.json())["entries"][0]["ticket"]
    async with page.get(f"/tickets?scope=team:{OTHER}&what=open&format=json", headers=bearer("desk")) as answer:
        other = (await answer.json())["entries"][0]["ticket"]
    for ticket, status in ((own, 200), (other, 403)):
        async with page.get(f"/tickets/{ticket}", headers=HTML | bearer("team")) as answer:
            assert status == answer.status


async def test_only_looking_is_allowed(free: aiohttp.ClientSession) -> None:
    """And only the form that acknowledges is sent."""
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        for address in ("/", "/tickets", "/api/all", "/static/icon.svg", "/healthz"):
            async with free.request(method, address) as answer:
                assert (405, "GET, HEAD") == (answer.status, answer.headers["allow"])
    for address in ("/", "/tickets", "/events", "/healthz"):  # one after the other, over one connection
        async with asyncio.timeout(5), free.head(address) as answer:
            assert 200 == answer.status


async def test_every_answer_is_guarded(free: aiohttp.ClientSession) -> None:
    """Also refusals, redirections and what is not there."""
    for address in ("/", "/tickets", "/tickets/nope", "/nowhere", "/?token=x", "/ack/x", "/api/x", "/static/none.js"):
        async with free.get(address, allow_redirects=False) as answer:
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "no-referrer" == answer.headers["referrer-policy"]
            assert "nosniff" == answer.headers["x-content-type-options"]
            assert "frame-ancestors 'none'" in policy
            kept = "no-cache" if address.startswith("/static/") else "no-store"
            assert kept == answer.headers["cache-control"]
            assert "server" not in answer.headers


async def test_health_and_metrics_tell_how_it_stands(free: aiohttp.ClientSession, view: RedisView, day: Day) -> None:
    """How fresh the figures are, and who watches."""
    await day.beat(view, time.time_ns() // 1_000_000)
    async with free.get("/events") as watched:
        await watched.content.readline()
        async with free.get("/healthz") as answer:
            assert {"redis": "ok", "stale": False, "viewers": 1}.items() <= (await answer.json()).items()
        async with free.get("/metrics") as answer:
            told = await answer.text()
    assert "slawatch_viewers 1.0" in told
    assert "slawatch_page_redis_up 1.0" in told
    assert 'slawatch_page_answers_total{place="/healthz",status="200"} 1.0' in told


async def test_who_does_not_say_what_he_wants_is_let_go(
    free: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that says nothing, or a header a minute, is held by nobody; one that watches is."""
    monkeypatch.setattr(guards, "HEAD_S", 0.3)
    base = free._base_url
    assert base is not None
    for said in (b"", b"GET / HTTP/1.1\r\nhost: localhost\r\nx: "):
        reader, writer = await asyncio.open_connection(base.host, base.port)
        writer.write(said)
        async with asyncio.timeout(3):
            assert b"" == await reader.read()
        writer.close()
    async with free.get("/events") as watched:
        began = time.monotonic()
        while time.monotonic() - began < 1.5:
            assert await watched.content.readline()


async def test_who_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A viewer that reads nothing of what he is sent keeps neither his connection nor what was to be sent."""
    monkeypatch.setattr(guards, "SLOW_S", 0.3)
    ended = asyncio.Event()

    async def flood(_: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()
        gone = asyncio.create_task(receive())
        while not gone.done():
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
        ended.set()

    config = uvicorn.Config(
        guards.Guards(flood), http=guards.PatientProtocol, lifespan="off", log_config=None, ws="none"
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        with socket.create_connection(listening.getsockname()) as viewer:
            viewer.sendall(b"GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n")
            async with asyncio.timeout(10):
                await ended.wait()
            await asyncio.sleep(0.05)
            assert not server.server_state.connections
        server.should_exit = True
        await serving


async def test_long_requests_are_refused(free: aiohttp.ClientSession) -> None:
    """Addresses, headers and forms have an end."""
    async with free.post("/ack/x", data=b"a" * 10_000) as answer:
        assert answer.status in {404, 413}
    async with free.get("/tickets", params={"what": "x" * 3000}) as answer:
        assert 400 == answer.status
        assert len(await answer.text()) < 3000
    base = free._base_url
    assert base is not None
    reader, writer = await asyncio.open_connection(base.host, base.port)
    writer.write(b"GET / HTTP/1.1\r\nhost: localhost\r\nx: " + b"y" * 200_000)
    async with asyncio.timeout(5):
        assert (await reader.read(100)).startswith(b"HTTP/1.1 400 ")
    writer.close()
