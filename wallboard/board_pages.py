"""The board's addresses: `/`, its stream `/events`, and `/api/<scope>`."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from models.scope import parts
from wallboard.board_html import board_page
from wallboard.gate import grant_of, require_filter, require_scope, viewer_of
from wallboard.hub import Hub
from wallboard.selection import FILTERS, NoSuchScope, Selection, selection_of, selection_of_scope
from wallboard.shell import Refused
from wallboard.site import address


def board_routes(hub: Hub, static: str) -> list[BaseRoute]:
    """The board's routes; `static` is the folder of its files."""

    async def page(request: Request) -> Response:
        grant = grant_of(request)
        if grant.limited and not any(name in FILTERS for name in request.query_params):
            # Whoever sees some scopes only begins with the first of his.
            return RedirectResponse(address("/", {**request.query_params, **parts(grant.scopes[0])}), 303)
        selection = _selected(request)
        require_filter(request, selection.burns)
        return board_page(request, static, hub.build, grant)

    async def events(request: Request) -> Response:
        selection = _selected(request)
        require_scope(request, selection.scope)
        require_filter(request, selection.burns)
        viewer = viewer_of(request)
        if request.method == "HEAD":  # it would never end, and hold up what is asked next over the same connection
            return Response(media_type="text/event-stream")

        async def stream() -> AsyncIterator[bytes]:
            async for message in hub.watch(selection, viewer.grant):
                if not viewer.still:
                    return
                yield message

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    async def api(request: Request) -> Response:
        try:
            scope = selection_of_scope(request.path_params["scope"]).scope
        except NoSuchScope as error:
            raise Refused(400, "help_404", detail=str(error)) from error
        require_scope(request, scope)
        return JSONResponse(await hub.read(scope, grant_of(request)))

    return [
        Route("/", page),
        Route("/events", events, methods=["GET"]),
        Route("/api/{scope:path}", api),
    ]


def _selected(request: Request) -> Selection:
    try:
        return selection_of(request.query_params.multi_items())
    except NoSuchScope as error:
        raise Refused(400, "help_404", detail=str(error)) from error
