"""The page that lists the tickets behind a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from models import scope as scopes
from models.fact import COUNT_KINDS
from models.instant import parse_ms
from models.kpi import METRICS, WINDOWS
from wallboard.asked import LIVE, SLA, Question
from wallboard.behind import Entry, Listing
from wallboard.faces import NOTHING, clock_face, countdown, freshness_mark, scope_title, ticket_path
from wallboard.freshness import Freshness
from wallboard.html import Markup, el
from wallboard.rights import Grant
from wallboard.selection import FILTERS
from wallboard.shell import board_link, kept, page
from wallboard.site import Site, address
from wallboard.standing import next_deadline
from wallboard.words import language, say, word

#: Entries on one page.
PAGE: Final = 100
_WHAT: Final = {"count": "what", "clock": "clock"}
#: What is due within this time is soon, in ms.
SOON: Final = 900_000


class Shown(NamedTuple):
    """One page of a list, and everything that is said about it.

    `rows` are its entries with their documents: None where the viewer may not see the ticket, or it is gone.
    """

    question: Question
    listing: Listing
    number: int
    pages: int
    rows: Sequence[tuple[Entry, Mapping[str, Any] | None]]
    fresh: Freshness
    now: int


def list_page(request: Request, site: Site, shown: Shown, grant: Grant) -> Response:
    """The page of a list."""
    lang = language(request)
    question = shown.question
    name = figure_name(question, lang)
    title = f"{scope_title(question.scope, lang)} · {name}"
    return page(
        request,
        title,
        el(
            "header",
            board_link(request),
            el("h1", title),
            freshness_mark(shown.fresh, site.zone, shown.now, lang),
        ),
        el(
            "main",
            el("section", _figure(shown, lang), class_="figure card"),
            _filters(request, question, grant, lang),
            _table(request, shown, site, grant, lang) if shown.rows else el("p", word(lang, "no_rows"), class_="empty"),
            _pager(request, shown, lang),
        ),
        live=True,
    )


def figure_name(question: Question, lang: str) -> str:
    """A figure in words: `first response · in time · 1 hour`."""
    what = question.what
    words = [what.name, what.part] if what.part else [what.name]
    return " · ".join(word(lang, one) for one in (*words, question.window or "live"))


def _figure(shown: Shown, lang: str) -> list[Markup]:
    question, listing = shown.question, shown.listing
    listed = len(listing.entries)
    number = listing.figure
    as_of = listing.as_of or ""
    told = [
        el(
            "strong",
            NOTHING if number is None else f"{number:,}",
            data_scope=question.scope,
            data_field=question.field,
            data_value="" if number is None else number,
            data_as_of=as_of,
            data_stale=str(shown.fresh.stale).lower(),
        ),
        el("span", figure_name(question, lang), class_="name"),
    ]
    if number is None:
        told.append(el("span", word(lang, "no_figure"), class_="note"))
    elif number == listing.before:
        told.append(el("span", f"✓ {word(lang, 'agrees')}", class_="note agrees"))
    else:
        at = clock_face(parse_ms(as_of), "UTC", shown.now) + " UTC" if as_of else NOTHING
        text = say(lang, "differs", listed=f"{listing.before:,}", figure=f"{number:,}", as_of=at)
        told.append(el("span", f"≠ {text}", class_="note differs"))
    if question.filters:
        text = say(lang, "filtered", shown=f"{listed:,}", listed=f"{listing.before:,}")
        told.append(el("span", text, class_="note", data_listed=listed))
    tickets = len({entry.ticket for entry in listing.entries})
    if tickets != listed:
        told.append(el("span", say(lang, "entries", entries=f"{listed:,}", tickets=f"{tickets:,}"), class_="note"))
    return told


def _filters(request: Request, question: Question, grant: Grant, lang: str) -> Markup:
    chosen = dict(question.selection.lists) | {kind: (name,) for kind, name in scopes.parts(question.scope).items()}
    parts = ("met", "breached", "decided", "count")
    choices = [f"live.{name}" for name in LIVE] + list(COUNT_KINDS)
    choices += [f"{metric}.{part}" for metric in (SLA, *METRICS) for part in parts]
    fields = [
        _choice("what", choices, question.what.told, lang, "show"),
        _choice("window", WINDOWS, question.window or "today", lang, "window"),
    ]
    for kind in FILTERS:
        if kind == "agent" and not grant.may("people"):
            continue
        inputs = [el("input", name=kind, value=name, maxlength=256) for name in chosen.get(kind, ()) or ("",)]
        fields.append(el("label", word(lang, kind), *inputs))
    hidden = [el("input", type="hidden", name=name, value=value) for name, value in kept(request).items() if value]
    return el(
        "form", *fields, *hidden, el("button", word(lang, "apply")), class_="filters", method="get", action="/tickets"
    )


def _choice(name: str, values: Sequence[str], chosen: str, lang: str, label: str) -> Markup:
    options = [
        el("option", " · ".join(word(lang, part) for part in value.split(".")), value=value, selected=value == chosen)
        for value in values
    ]
    return el("label", word(lang, label), el("select", *options, name=name))


def _table(request: Request, shown: Shown, site: Site, grant: Grant, lang: str) -> Markup:
    live = shown.question.what.family == "live"
    people = grant.may("people")
    heads = ["ticket", "priority", "status", "team", *(["assignee"] if people else [])]
    heads += ["open_since", "next_due", "left"] if live else [_WHAT[shown.question.what.family], "when"]
    links = kept(request)
    rows = []
    for entry, document in shown.rows:
        cells = [el("td", el("a", entry.ticket, href=address(ticket_path(entry.ticket), links)), class_="ticket")]
        cells += _fields(document, people=people, lang=lang)
        cells += _live_cells(shown, entry, document, site, lang) if live else _fact_cells(entry, site, shown.now, lang)
        rows.append(el("tr", *cells, data_ticket=entry.ticket, data_priority=(document or {}).get("priority")))
    head = el("thead", el("tr", *(el("th", word(lang, name), scope="col") for name in heads)))
    return el("div", el("table", head, el("tbody", *rows)), class_="card table list" if live else "card table")


def _fields(document: Mapping[str, Any] | None, *, people: bool, lang: str) -> list[Markup]:
    if document is None:
        return [el("td", NOTHING, class_="none") for _ in range(4 if people else 3)]
    cells = [
        el("td", el("span", document["priority"], class_="priority")),
        el("td", word(lang, document["status"])),
        el("td", document["team"] or NOTHING, class_=None if document["team"] else "none"),
    ]
    if people:
        who = document["assignee"]
        cells.append(el("td", who or word(lang, "nobody"), class_=None if who else "none"))
    return cells


def _live_cells(shown: Shown, entry: Entry, document: Mapping[str, Any] | None, site: Site, lang: str) -> list[Markup]:
    now, what = shown.now, shown.question.what.name
    opened = el("td", clock_face(entry.at, site.zone, now), class_="number")
    due, clock = next_deadline(document, what, site.target_of) if document else (0, None)
    if clock is None:
        return [opened, el("td", NOTHING, class_="none"), el("td", NOTHING, class_="none number")]
    left = due - now
    name = el("td", _clock_name(clock["metric"], clock["cycle"], lang))
    if clock["status"] == "paused":
        return [opened, name, el("td", word(lang, "paused"), class_="number none")]
    state = "over" if left < 0 else "soon" if left < SOON else None
    return [opened, name, el("td", countdown(left), class_=f"number left {state or ''}".strip(), data_due=due)]


def _fact_cells(entry: Entry, site: Site, now: int, lang: str) -> list[Markup]:
    if entry.metric == "-":
        told = word(lang, entry.kind)
    else:
        told = f"{_clock_name(entry.metric, entry.cycle, lang)} · {word(lang, entry.kind)}"
    over = "over" if entry.kind in {"breached", "late"} else None
    return [el("td", told, class_=over), el("td", clock_face(entry.at, site.zone, now), class_="number")]


def _clock_name(metric: str, cycle: int, lang: str) -> str:
    return f"{word(lang, metric)} {cycle}" if cycle > 1 else word(lang, metric)


def _pager(request: Request, shown: Shown, lang: str) -> Markup | None:
    if shown.pages == 1:
        return None

    def link(number: int, name: str) -> Markup:
        if not 1 <= number <= shown.pages:
            return el("span", word(lang, name), class_="none")
        told = [(key, value) for key, value in request.query_params.multi_items() if key != "page"]
        return el("a", word(lang, name), href=f"?{urlencode([*told, ('page', str(number))])}")

    place = say(lang, "page_of", page=shown.number, pages=shown.pages)
    return el(
        "nav", link(shown.number - 1, "previous"), el("span", place), link(shown.number + 1, "next"), class_="pager"
    )
