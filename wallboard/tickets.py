"""`/tickets`: the tickets behind a figure, as a page that needs no script, or as JSON."""

from __future__ import annotations

import time
from math import ceil
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from models import scope as scopes
from models.instant import format_ms
from sinks.view import Reader
from wallboard.asked import Question, question_of
from wallboard.behind import read_behind
from wallboard.faces import ticket_path
from wallboard.freshness import freshness
from wallboard.gate import grant_of, require_scope
from wallboard.list_page import PAGE, Shown, list_page
from wallboard.patience import while_redis_answers
from wallboard.rights import Grant
from wallboard.selection import FILTERS
from wallboard.shell import Refused, kept, wants_json
from wallboard.site import Site, address
from wallboard.ticket_page import ticket_page


def ticket_routes(reader: Reader, site: Site) -> list[BaseRoute]:
    """The routes of lists and of tickets."""
    one_ticket = ticket_page(reader, site)

    async def tickets(request: Request) -> Response:
        if (ticket_id := request.query_params.get("ticket")) is not None:
            path = ticket_path(ticket_id)
            return await one_ticket(request) if "?" in path else RedirectResponse(address(path, kept(request)), 303)
        question = question_of(request.query_params)
        grant = grant_of(request)
        if grant.limited and not ({"scope", *FILTERS} & request.query_params.keys()):
            own = {**request.query_params, "scope": grant.scopes[0]}
            return RedirectResponse(address("/tickets", own), 303)
        require_scope(request, question.scope)
        if "agent" in dict(question.selection.lists) and not grant.may("people"):
            raise Refused(403, "help_403_people")
        shown = await while_redis_answers(_read(reader, site, question, grant))
        if wants_json(request):
            return JSONResponse(_json(shown))
        return list_page(request, site, shown, grant)

    return [Route("/tickets", tickets), Route("/tickets/{ticket:path}", one_ticket)]


async def _read(reader: Reader, site: Site, question: Question, grant: Grant) -> Shown:
    now = time.time_ns() // 1_000_000
    if question.scope != scopes.ALL and question.scope not in await reader.scopes():
        raise Refused(404, "help_404_scope", scope=question.scope)
    fresh = freshness(await reader.read_health(), now)
    # Figures of a stream that lags are as far behind as it is: there is nothing to wait for.
    listing = await read_behind(reader, site, question, patient=not fresh.stale)
    pages = max(1, ceil(len(listing.entries) / PAGE))
    number = min(question.page, pages)
    entries = listing.entries[(number - 1) * PAGE : number * PAGE]
    documents = await reader.read_tickets([entry.ticket for entry in entries])
    rows = [
        (entry, document if document and grant.sees_ticket(document) else None)
        for entry, document in zip(entries, documents, strict=True)
    ]
    return Shown(question, listing, number, pages, rows, fresh, time.time_ns() // 1_000_000)


def _json(shown: Shown) -> dict[str, Any]:
    question, listing = shown.question, shown.listing
    return {
        "scope": question.scope,
        "what": question.what.told,
        "window": question.window or None,
        "from": listing.begin,
        "to": listing.end,
        "as_of": listing.as_of,
        "stale": shown.fresh.stale,
        "figure": listing.figure,
        "before_filter": listing.before,
        "listed": len(listing.entries),
        "entries": [
            {"ticket": one.ticket, "at": format_ms(one.at), "kind": one.kind}
            | ({} if one.metric == "-" else {"metric": one.metric, "cycle": one.cycle})
            for one in listing.entries
        ],
    }
