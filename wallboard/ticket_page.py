"""`/tickets/<id>`: one ticket, its clocks and their ledgers, as `explain` tells them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.instant import parse_ms
from models.scope import breach_id
from sinks.view import Reader
from sla.present import at_present
from sla.story import ClockStory, Teller
from wallboard.faces import NOTHING, countdown, freshness_mark
from wallboard.freshness import Freshness, freshness
from wallboard.gate import grant_of
from wallboard.html import Markup, el
from wallboard.list_page import SOON
from wallboard.patience import while_redis_answers
from wallboard.rights import Grant
from wallboard.shell import Refused, board_link, kept, page, wants_json
from wallboard.site import Site, address
from wallboard.words import language, say, word

#: What is shown of a ticket: no text of anybody's, and no requester.
FIELDS: Final = (
    "priority",
    "status",
    "team",
    "assignee",
    "channel",
    "customer_tier",
    "category",
    "complexity",
    "issue_key",
    "incident",
    "flags",
)
#: Fields and marks that name persons.
_PERSONAL: Final = ("assignee", "handovers")
_NEVER: Final = ("tags", "requester_id")

Document = Mapping[str, Any]


def ticket_page(reader: Reader, site: Site) -> Callable[[Request], Awaitable[Response]]:
    """What answers for one ticket, named in the path, or as `ticket` where a path cannot hold its id."""

    async def ticket(request: Request) -> Response:
        ticket_id = request.path_params.get("ticket") or request.query_params.get("ticket", "")
        grant = grant_of(request)
        document, alerts, health = await while_redis_answers(_read(reader, ticket_id))
        if document is None:
            raise Refused(404, "help_404_ticket", ticket=ticket_id[:300])
        if not grant.sees_ticket(document):
            raise Refused(403, "help_403_scope", scopes=", ".join(grant.scopes))
        if wants_json(request):
            return JSONResponse(_told(document, grant))
        now = time.time_ns() // 1_000_000
        fresh = freshness(health, now)
        if fresh.stale:  # nobody knows what has happened since
            now = parse_ms(fresh.watermark) if fresh.watermark else 0
        return _page(request, site, at_present(document, now, site.target_of), alerts, fresh)

    return ticket


async def _read(
    reader: Reader, ticket_id: str
) -> tuple[Document | None, Mapping[str, Mapping[str, str]], Mapping[str, str]]:
    """The document, what alerting shows of its clocks by their ids, and the health of the stream."""
    document = await reader.read_ticket(ticket_id) if ticket_id else None
    ids = [breach_id(ticket_id, clock["metric"], clock["cycle"]) for clock in (document or {}).get("clocks", ())]
    found = await reader.read_alerts(ids) if ids else []
    alerts = {one: alert for one, alert in zip(ids, found, strict=True) if alert}
    return document, alerts, await reader.read_health()


def _told(document: Document, grant: Grant) -> dict[str, Any]:
    """The document for scripts: without texts, and without names where the viewer has no right to them."""
    hidden = _NEVER if grant.may("people") else (*_NEVER, *_PERSONAL)
    return {name: value for name, value in document.items() if name not in hidden}


def _page(
    request: Request, site: Site, document: Document, alerts: Mapping[str, Mapping[str, str]], fresh: Freshness
) -> Response:
    lang, grant, now = language(request), grant_of(request), time.time_ns() // 1_000_000
    teller = Teller(site.zone, lang)
    ticket_id = document["ticket_id"]
    as_of = parse_ms(document["as_of"])
    story = teller.story(document, as_of)
    desk = site.desk_link(ticket_id)
    link = el("a", word(lang, "desk_page"), href=desk, rel="noopener noreferrer", class_="button") if desk else None
    clocks = [
        _clock(request, ticket_id, clock, told, alerts.get(breach_id(ticket_id, told.metric, told.cycle), {}))
        for clock, told in zip(document["clocks"], story.clocks, strict=True)
    ]
    return page(
        request,
        ticket_id,
        el("header", board_link(request), el("h1", ticket_id), freshness_mark(fresh, site.zone, now, lang)),
        el(
            "main",
            el("section", _fields(document, grant, lang), link, class_="card fields"),
            el(
                "section",
                el("p", say(lang, "as_of", at=f"{teller.at(as_of)} ({site.zone})")),
                el("p", story.created),
                [el("p", told) for told in story.handovers] if grant.may("people") else None,
                el("p", story.no_clocks) if story.no_clocks else None,
                class_="card story",
            ),
            clocks,
        ),
        live=True,
    )


def _fields(document: Document, grant: Grant, lang: str) -> Markup:
    told = []
    for name in FIELDS:
        if name in _PERSONAL and not grant.may("people"):
            continue
        value = document.get(name)
        if isinstance(value, list):
            text = ", ".join(map(str, value))
        elif name == "status":
            text = word(lang, str(value))
        else:
            text = "" if value is None else str(value)
        if name == "assignee" and not text:
            text = word(lang, "nobody")
        content = el("span", text, class_="priority", data_priority=text) if name == "priority" else text or NOTHING
        told.append(el("div", el("dt", word(lang, name)), el("dd", content, class_=None if text else "none")))
    return el("dl", told)


def _clock(request: Request, ticket_id: str, clock: Document, told: ClockStory, alert: Mapping[str, str]) -> Markup:
    lang, now = language(request), time.time_ns() // 1_000_000
    slices = [
        el(
            "tr",
            el("td", one.start),
            el("td", one.end),
            el("td", one.length, class_="number"),
            el("td", one.told),
            el("td", one.event, class_="event"),
            class_=one.kind,
        )
        for one in told.slices
    ]
    heads = ("from", "to", "length", "kind", "event")
    ledger = el(
        "table",
        el("thead", el("tr", *(el("th", word(lang, name), scope="col") for name in heads))),
        el("tbody", *slices),
        class_="ledger",
    )
    return el(
        "section",
        el(
            "h2",
            told.title,
            el("span", word(lang, told.status), class_=f"status {told.status}"),
            _left(clock, now, lang),
        ),
        el("p", told.verdict, class_="verdict"),
        el("p", told.policy, " ", told.started),
        [el("p", warning, class_="warned") for warning in told.warnings],
        el("div", ledger, class_="table") if slices else None,
        el("p", told.together, class_="together"),
        _alert(request, ticket_id, clock, alert),
        class_=f"card clock {told.status}",
        data_clock=f"{told.metric}/{told.cycle}",
    )


def _left(clock: Document, now: int, lang: str) -> Markup | None:
    if clock["stopped_at"] or not clock["due_at"] or clock["status"] == "paused":
        return None
    due = parse_ms(clock["due_at"])
    state = "over" if due < now else "soon" if due - now < SOON else ""
    told = word(lang, "since_due" if due < now else "until_due")
    return el("span", countdown(due - now), " ", el("small", told), class_=f"left {state}".strip(), data_due=due)


def _alert(request: Request, ticket_id: str, clock: Document, alert: Mapping[str, str]) -> Markup | None:
    lang, grant = language(request), grant_of(request)
    if not alert:
        return None
    by = alert.get("acknowledged_by", "")
    if by:
        text = say(lang, "acknowledged_by", by=by) if grant.may("people") else word(lang, "acknowledged")
        return el("p", f"✓ {text}", class_="acknowledged")
    if grant.may("ack") and alert.get("status") in {"firing", "paused"} and not clock["stopped_at"]:
        ident = breach_id(ticket_id, clock["metric"], clock["cycle"])
        return el(
            "p",
            el(
                "a", word(lang, "acknowledge"), class_="button", href=address("/ack", {"alert": ident, **kept(request)})
            ),
        )
    return None
