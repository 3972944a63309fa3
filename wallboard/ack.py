"""`/ack/<token>` and `/ack?alert=`: a button that takes alerts on; only pressing it does anything.

Mail scanners and chats open every link: GET tells and asks, POST acknowledges, and says so only when the alerter has
made it true.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import parse_qs

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from models.instant import parse_ms
from models.scope import decode
from sinks.redis_acks import AckWriter
from sinks.view import Reader
from sla.links import LinkError, read_link
from wallboard.faces import clock_face, countdown
from wallboard.gate import grant_of, viewer_of
from wallboard.html import Markup, el
from wallboard.patience import while_redis_answers
from wallboard.shell import Refused, board_link, page
from wallboard.site import Site
from wallboard.words import language, say, word

#: How long the page waits for the alerter to make an acknowledgement true, and how often it looks.
CONFIRMED_S: Final = 10.0
_LOOK_S: Final = 0.2
#: No form of ours is longer, and none takes longer to arrive.
BODY: Final = 4096
_BODY_S: Final = 10.0
_NAME: Final = 100
#: Alerts that are told one by one; a group can have more.
_TOLD: Final = 20
_OVER: Final = frozenset({"ended", "withdrawn"})

Alerts = Mapping[str, Mapping[str, str] | None]


class Asked(NamedTuple):
    """What is to be acknowledged, by whom (None: a name is asked for), and until when the link is good (ms)."""

    alerts: tuple[str, ...]
    by: str | None
    until: int | None


class Acknowledging:
    """The pages that acknowledge."""

    def __init__(self, reader: Reader, writer: AckWriter, site: Site) -> None:
        self._reader = reader
        self._writer = writer
        self._site = site
        self._secret = secrets.token_bytes(32)  # forms are good as long as this server runs

    def routes(self) -> list[BaseRoute]:
        """Their routes."""
        methods = ["GET", "POST"]
        return [
            Route("/ack/{token:path}", self.by_link, methods=methods),
            Route("/ack", self.by_right, methods=methods),
        ]

    async def by_link(self, request: Request) -> Response:
        """For whoever has the link of a notice."""
        if self._site.link_key is None:
            raise Refused(404, "link_no_key")
        try:
            link = read_link(request.path_params["token"], self._site.link_key, _now())
        except LinkError as error:
            status = 410 if error.reason == "expired" else 404
            raise Refused(status, f"link_{error.reason}", title="who_404") from error
        asked = Asked(link.alerts, link.recipient, link.expires_ms)
        if request.method != "POST":
            return await self._ask(request, asked)
        await _form(request)
        return await self._acknowledge(request, asked, link.recipient)

    async def by_right(self, request: Request) -> Response:
        """For a viewer with the right `ack`, from a ticket's page."""
        form = await _form(request) if request.method == "POST" else {}
        alert = form.get("alert") or request.query_params.get("alert", "")
        found = await while_redis_answers(self._reader.read_alerts([alert])) if alert.count("/") == 2 else [None]
        ticket = await while_redis_answers(self._reader.read_ticket(decode(alert.split("/")[0])))
        if found[0] is None or ticket is None:
            raise Refused(404, "help_404")
        grant = grant_of(request)
        if not grant.sees_ticket(ticket):
            raise Refused(403, "help_403_scope", scopes=", ".join(grant.scopes))
        asked = Asked((alert,), None, None)
        if request.method != "POST":
            return await self._ask(request, asked, self._seal(request, alert))
        if not hmac.compare_digest(form.get("seal", "").encode(), self._seal(request, alert).encode()):
            raise Refused(403, "help_403_form", title="who_403_form")
        by = " ".join("".join(one if one.isprintable() else " " for one in form.get("by", "")).split())[:_NAME]
        if not by:
            return await self._ask(request, asked, self._seal(request, alert))
        return await self._acknowledge(request, asked, by)

    async def _ask(self, request: Request, asked: Asked, seal: str = "") -> Response:
        lang = language(request)
        alerts = await while_redis_answers(self._read(asked.alerts))
        open_ = [one for one in asked.alerts if not _is_done(alerts[one])]
        if not open_:
            return self._page(request, word(lang, "acknowledged"), self._list(request, alerts))
        hidden = [el("input", type="hidden", name="alert", value=asked.alerts[0])] if seal else []
        hidden += [el("input", type="hidden", name="seal", value=seal)] if seal else []
        name = (
            el("label", word(lang, "your_name"), el("input", name="by", required=True, maxlength=_NAME))
            if seal
            else None
        )
        count = sum(len(_members(alerts[one] or {})) or 1 for one in open_)
        more = word(lang, "ack_one") if count == 1 else say(lang, "ack_many", count=count)
        return self._page(
            request,
            word(lang, "ack_question"),
            self._list(request, alerts),
            el("p", more, " ", say(lang, "ack_as", who=asked.by) if asked.by else None),
            el("form", *hidden, name, el("button", word(lang, "acknowledge"), class_="button"), method="post"),
            el("p", say(lang, "good_until", at=self._at(asked.until)), class_="none") if asked.until else None,
        )

    async def _acknowledge(self, request: Request, asked: Asked, by: str) -> Response:
        lang = language(request)
        await while_redis_answers(self._writer.write(asked.alerts, by, _now()))
        alerts = await self._confirmed(asked.alerts)
        if all(_is_done(alert) for alert in alerts.values()):
            return self._page(request, f"✓ {word(lang, 'acknowledged')}", self._list(request, alerts))
        noted = el("p", word(lang, "noted_more"))
        return self._page(request, word(lang, "noted"), noted, self._list(request, alerts), status=202)

    async def _confirmed(self, ids: Sequence[str]) -> Alerts:
        """The alerts once they show that they were acknowledged, or as they are when that takes too long."""
        alerts: Alerts = dict.fromkeys(ids)
        try:
            async with asyncio.timeout(CONFIRMED_S):
                while True:
                    alerts = await self._read(ids)
                    if all(_is_done(alert) for alert in alerts.values()):
                        break
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            pass
        return alerts

    async def _read(self, ids: Sequence[str]) -> Alerts:
        return dict(zip(ids, await self._reader.read_alerts(ids), strict=True))

    def _page(self, request: Request, title: str, *body: object, status: int = 200) -> Response:
        main = el("main", el("h1", title), *body, class_="card ack")
        return page(request, title, el("header", board_link(request)), main, status=status)

    def _list(self, request: Request, alerts: Alerts) -> Markup:
        told = [self._alert(request, ident, alert or {}) for ident, alert in list(alerts.items())[:_TOLD]]
        more = len(alerts) - len(told)
        return el("ul", *told, el("li", f"… +{more}") if more else None, class_="alerts")

    def _alert(self, request: Request, ident: str, alert: Mapping[str, str]) -> Markup:
        lang = language(request)
        if "members" in alert:
            members = _members(alert)
            labels = orjson.loads(alert.get("labels") or "{}").values()
            told: list[object] = [el("strong", " · ".join(filter(None, labels)) or ident), f" · {len(members)} "]
            listed = [el("li", " · ".join(_clock(member, lang))) for member in members[:_TOLD]]
            told += [word(lang, "tickets"), el("ul", *listed)]
        elif "objective" in alert:
            told = [el("strong", alert["objective"]), f" · {word(lang, 'budget')} · {alert.get('level', '')}"]
        else:
            told = [
                el("strong", alert.get("ticket") or decode(ident.partition("/")[0])),
                f" · {_clock(ident, lang)[1]}",
            ]
            told += [f" · {alert[name]}" for name in ("priority", "team", "level") if alert.get(name)]
        if alert.get("status") in _OVER:
            told.append(f" · {word(lang, 'over_already')}")
        elif alert.get("due_at"):
            left = parse_ms(alert["due_at"]) - _now()
            told.append(el("span", f" {countdown(left)}", class_="left over" if left < 0 else "left"))
        if alert.get("acknowledged_by"):
            by = say(lang, "acknowledged_by", by=alert["acknowledged_by"])
            told.append(el("span", f" ✓ {by}", class_="acknowledged"))
        return el("li", *told)

    def _at(self, ms: int) -> str:
        return f"{clock_face(ms, self._site.zone, _now())} ({self._site.zone})"

    def _seal(self, request: Request, alert: str) -> str:
        """What only a form of ours knows: bound to who asked for it and to what it acknowledges."""
        said = f"{viewer_of(request).token}\0{alert}".encode()
        return hmac.new(self._secret, said, "sha256").hexdigest()


def _members(alert: Mapping[str, str]) -> list[str]:
    """The ids of a group's open alerts; of an alert none."""
    found: list[str] = orjson.loads(alert.get("members") or "[]")
    return found


def _clock(ident: str, lang: str) -> tuple[str, str]:
    """The ticket and the metric of a clock's id."""
    ticket, _, rest = ident.partition("/")
    return decode(ticket), word(lang, rest.partition("/")[0])


def _is_done(alert: Mapping[str, str] | None) -> bool:
    return bool(alert and (alert.get("acknowledged_by") or alert.get("status") in _OVER))


def _now() -> int:
    return time.time_ns() // 1_000_000


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form of ours.

    Raises:
        Refused: 403 when it was sent from somewhere else, 413 when it is too long.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refused(403, "help_403_form", title="who_403_form")
    if int(request.headers.get("content-length") or 0) > BODY:
        raise Refused(413, "help_413")
    body = b""
    try:
        async with asyncio.timeout(_BODY_S):
            async for piece in request.stream():
                body += piece
                if len(body) > BODY:
                    raise Refused(413, "help_413")
    except (TimeoutError, ClientDisconnect) as error:
        raise Refused(413, "help_413") from error
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError as error:
        raise Refused(413, "help_413") from error
    return {name: values[-1] for name, values in fields.items()}
