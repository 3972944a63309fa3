"""The page put together: its addresses, and what every request passes on its way to them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Final

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sinks.redis_acks import AckWriter
from sinks.redis_link import RedisLink, RedisUnreachable
from sinks.redis_reader import RedisReader
from wallboard.ack import Acknowledging
from wallboard.board_pages import board_routes
from wallboard.build import build_of
from wallboard.freshness import freshness
from wallboard.gate import Gate
from wallboard.guards import HEADERS, Guards
from wallboard.hub import Hub
from wallboard.look import look_of
from wallboard.metrics import Counting, PageMetrics
from wallboard.shell import Refused, refusal
from wallboard.site import Site
from wallboard.tickets import ticket_routes
from wallboard.tokens import TokenKeeper

STATIC: Final = str(files("wallboard").joinpath("static"))
#: How long Redis may take to show that it is there.
HEALTH_S: Final = 2.0

log = structlog.get_logger(__name__)


def create_wallboard(redis_url: str, site: Site | None = None) -> Starlette:
    """The page's application.

    Raises:
        TokensUnusable: the file of tokens cannot be used.
    """
    site = site or Site()
    keeper = TokenKeeper(site.tokens)
    hub = Hub(RedisReader(RedisLink(redis_url, timeout_s=5.0)), look_of(site), build=build_of(STATIC))
    metrics = PageMetrics(lambda: hub.viewers, lambda: hub.reader.link.away)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with hub:
            yield

    async def told(_: Request) -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    app = Starlette(
        routes=[
            *board_routes(hub, STATIC),
            *ticket_routes(hub.reader, site),
            *Acknowledging(hub.reader, AckWriter(hub.reader.link), site).routes(),
            Route("/healthz", _healthz(hub)),
            Route("/metrics", told),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[
            Middleware(Guards),
            Middleware(Counting, metrics=metrics),
            Middleware(Gate, keeper=keeper, site=site),
        ],
        exception_handlers={Refused: _refused, HTTPException: _no_such_page, Exception: _failed},
        lifespan=lifespan,
    )
    app.state.hub = hub
    app.state.metrics = metrics
    return app


def _healthz(hub: Hub) -> Callable[[Request], Awaitable[Response]]:
    async def healthz(_: Request) -> Response:
        """200 while Redis answers; how fresh its figures are stands beside, for they are the worker's to keep fresh."""
        try:
            async with asyncio.timeout(HEALTH_S):
                await hub.reader.reach()
                fresh = freshness(await hub.reader.read_health(), time.time_ns() // 1_000_000)
        except (RedisUnreachable, TimeoutError) as error:
            return JSONResponse({"redis": "away", "reason": str(error) or "no answer in time"}, 503)
        return JSONResponse(
            {
                "redis": "ok",
                "stale": fresh.stale,
                "stale_reason": fresh.reason,
                "watermark": fresh.watermark,
                "viewers": hub.viewers,
            }
        )

    return healthz


async def _refused(request: Request, error: Exception) -> Response:
    return refusal(request, error) if isinstance(error, Refused) else _plain_error()


async def _no_such_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return refusal(request, Refused(405, "help_405") if status == 405 else Refused(404, "help_404"))


async def _failed(request: Request, error: Exception) -> Response:
    # The path may name a ticket, the query a token: neither is written.
    log.error("a page could not be made", method=request.method, error=type(error).__name__)
    return _plain_error()


def _plain_error() -> Response:
    answer = PlainTextResponse("The page could not be made; the server's log says why.\n", 500)
    for name, value in (*HEADERS, (b"cache-control", b"no-store")):  # what failed has passed by the guards
        answer.headers[name.decode()] = value.decode()
    return answer
