"""The page's addresses: `/` the board, `/events` its stream, `/api/<scope>`, `/healthz` and the files they need."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sinks.redis_link import RedisLink, RedisUnreachable
from sinks.redis_reader import RedisReader
from wallboard.hub import Hub
from wallboard.selection import NoSuchScope, scope_of

STATIC = str(files("wallboard").joinpath("static"))

#: Nothing but our own files runs in the page, nobody frames it, and no address leaks from it.
HEADERS = (
    (b"content-security-policy", b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
     b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)  # fmt: skip


class SecurityHeaders:
    """Puts `HEADERS` on every answer; plain ASGI, so that streams stay streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)


def create_wallboard(redis_url: str, *, zone: str = "UTC") -> Starlette:
    """The page's application; `zone` is the one that times are shown in."""
    hub = Hub(RedisReader(RedisLink(redis_url, timeout_s=5.0)), zone)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with hub:
            yield

    async def page(request: Request) -> Response:
        try:
            scope_of(request.query_params)
        except NoSuchScope as error:
            return PlainTextResponse(str(error), 400)
        return FileResponse(f"{STATIC}/board.html")

    async def events(request: Request) -> Response:
        try:
            scope = scope_of(request.query_params)
        except NoSuchScope as error:
            return PlainTextResponse(str(error), 400)

        async def stream() -> AsyncIterator[bytes]:
            async for document in hub.watch(scope):
                yield b"data: " + document + b"\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    async def api(request: Request) -> Response:
        return JSONResponse(await hub.read(request.path_params["scope"]))

    async def healthz(_: Request) -> Response:
        try:
            async with asyncio.timeout(2):
                await hub.reader.reach()
        except (RedisUnreachable, TimeoutError) as error:
            return JSONResponse({"redis": "away", "reason": str(error)}, 503)
        return JSONResponse({"redis": "ok", "viewers": hub.viewers})

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/events", events),
            Route("/api/{scope:path}", api),
            Route("/healthz", healthz),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(SecurityHeaders)],
        lifespan=lifespan,
    )
    app.state.hub = hub
    return app
