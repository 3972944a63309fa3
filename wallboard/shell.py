"""The frame of the pages that the server writes: head, header and the body given; and pages that refuse."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from wallboard.html import Markup, el, join
from wallboard.site import address
from wallboard.words import language, say, theme, word


class Refused(Exception):
    """What was asked is not answered: a status, and the words (of `words.py`) that say why and what to do.

    `detail` stands in place of the words' help where the reason is known only where it arose; English.
    """

    def __init__(self, status: int, help_: str, *, title: str | None = None, detail: str = "", **facts: object) -> None:
        super().__init__(detail or help_)
        self.status = status
        self.help = help_
        self.title = title or f"who_{status}"
        self.detail = detail
        self.facts = facts


def page(
    request: Request, title: str, *body: object, status: int = 200, retry_s: int | None = None, live: bool = False
) -> HTMLResponse:
    """A whole page; `retry_s` loads it again after so many seconds, `live` renews it in place where scripts run."""
    lang, shade = language(request), theme(request)
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="robots", content="noindex"),
        el("meta", http_equiv="refresh", content=retry_s) if retry_s else None,
        el("title", f"{title} · slawatch"),
        el("link", rel="icon", href="/static/icon.svg"),
        el("link", rel="stylesheet", href="/static/tickets.css"),
        el("script", src="/static/tickets.js", defer=True) if live else None,
    )
    content = join(("\n", *body))
    whole = el("html", head, el("body", content), lang=lang, data_theme=shade)
    return HTMLResponse(f"<!doctype html>\n{whole}\n", status)


def wants_json(request: Request) -> bool:
    """Whether a script asks, that says so: by `format=json`, or by taking JSON and no page."""
    taken = request.headers.get("accept", "")
    return request.query_params.get("format") == "json" or ("json" in taken and "text/html" not in taken)


def kept(request: Request, *names: str) -> dict[str, str | None]:
    """Parameters of this address that links go on with: language and theme, and those named."""
    return {name: request.query_params.get(name) for name in (*names, "lang", "theme")}


def board_link(request: Request) -> Markup:
    """The way back to the board."""
    return el("a", "slawatch", href=address("/", kept(request)), class_="home", title=word(language(request), "back"))


def refusal(request: Request, refused: Refused, headers: Mapping[str, str] | None = None) -> Response:
    """A page, or for scripts JSON, that says why not and what to do."""
    lang = language(request)
    title = word(lang, refused.title)
    help_ = refused.detail or say(lang, refused.help, **refused.facts)
    answer: Response
    is_page = not request.scope["path"].startswith(("/api/", "/events"))
    if not wants_json(request) and (is_page or "text/html" in request.headers.get("accept", "")):
        answer = page(
            request,
            title,
            el("header", board_link(request)),
            el(
                "main",
                el("h1", title),
                el("p", help_),
                _ask(request) if refused.status == 401 else None,
                class_="card ack",
            ),
            status=refused.status,
            retry_s=5 if refused.status == 503 else None,
        )
    else:
        answer = JSONResponse({"error": title, "help": help_}, refused.status)
    for name, value in (headers or {}).items():
        answer.headers[name] = value
    return answer


def _ask(request: Request) -> Markup:
    """A form that shows a token, for whoever was given one without a link."""
    lang = language(request)
    asked = el("input", type="password", name="token", required=True, autocomplete="off", maxlength=512)
    told = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
    kept_ = [el("input", type="hidden", name=name, value=value) for name, value in told]
    return el(
        "form", el("label", word(lang, "token"), asked), kept_, el("button", word(lang, "open_page")), method="get"
    )
