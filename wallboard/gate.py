"""Who comes in: exchanges `?token=` for a cookie, finds the bearer's grant, and refuses what his rights do not allow.

Every address needs a right of `NEEDS`; one that is not there needs `wall`, so that nothing is open by being forgotten.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from wallboard.rights import NOBODY, Grant
from wallboard.shell import Refused, refusal
from wallboard.site import Site
from wallboard.tokens import TokenKeeper

COOKIE: Final = "slawatch"
#: The longest that browsers keep a cookie; a token ends by being taken out of the file.
_KEPT_S: Final = 400 * 86_400
#: Rights by the beginning of a path, the first that fits; None: nothing is told there, or the address is the proof.
NEEDS: Final[Sequence[tuple[str, str | None]]] = (
    ("/static/", None),
    ("/healthz", None),
    ("/ack/", None),
    ("/ack", "ack"),
    ("/tickets", "desk"),
)
#: Where forms are sent; everything else can only be looked at.
_FORMS: Final = ("/ack", "/ack/")
_VIEWER: Final = "slawatch.viewer"


class Viewer(NamedTuple):
    """Who asks: his grant, and what he showed."""

    grant: Grant
    token: str | None
    keeper: TokenKeeper
    generation: int

    @property
    def still(self) -> bool:
        """Whether the grant holds as it did: a long stream asks at each message."""
        self.keeper.look()
        return self.generation == self.keeper.generation or self.keeper.grant_of(self.token) == self.grant


def viewer_of(request: Request) -> Viewer:
    """Who asks."""
    viewer: Viewer = request.scope[_VIEWER]
    return viewer


def grant_of(request: Request) -> Grant:
    """What who asks may see."""
    return viewer_of(request).grant


def require_scope(request: Request, scope: str) -> None:
    """Refuses figures of a scope that the viewer may not see.

    Raises:
        Refused: 403.
    """
    grant = grant_of(request)
    if not grant.sees(scope):
        raise _beyond(grant, about_person="agent:" in scope)


def require_filter(request: Request, wanted: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Refuses a filter that lets tickets through which the viewer may not see.

    Raises:
        Refused: 403.
    """
    listed = list(wanted)
    grant = grant_of(request)
    if not grant.sees_filter(listed):
        raise _beyond(grant, about_person=any(kind == "agent" for kind, _ in listed))


def _beyond(grant: Grant, *, about_person: bool) -> Refused:
    if about_person and not grant.may("people"):
        return Refused(403, "help_403_people")
    return Refused(403, "help_403_scope", scopes=", ".join(map(unquote, grant.scopes)))


class Gate:
    """The way in; plain ASGI, so that streams stay streams."""

    def __init__(self, app: ASGIApp, *, keeper: TokenKeeper, site: Site) -> None:
        self._app = app
        self._keeper = keeper
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request pass, or answers it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            answer = self._answer(request)
        except Refused as refused:
            extra = {"www-authenticate": 'Bearer realm="slawatch"'} if refused.status == 401 else {}
            if refused.status == 405:
                extra["allow"] = "GET, HEAD"
            answer = refusal(request, refused, extra)
        await (self._app if answer is None else answer)(scope, receive, send)

    def _answer(self, request: Request) -> Response | None:
        path: str = request.scope["path"]  # never `request.url`: that is put together with what `Host` says
        if not self._keeper.asks and not _is_here(request.headers.get("host", "")):
            raise Refused(421, "help_421", host=request.headers.get("host", "")[:100])
        if request.method not in {"GET", "HEAD"} and not (request.method == "POST" and path.startswith(_FORMS)):
            raise Refused(405, "help_405")
        if request.method != "POST" and "token" in request.query_params and not path.startswith("/static/"):
            return self._exchange(request)
        shown = _shown(request)
        grant = self._keeper.grant_of(shown)
        request.scope[_VIEWER] = Viewer(grant or NOBODY, shown, self._keeper, self._keeper.generation)
        right = next((needed for start, needed in NEEDS if path.startswith(start)), "wall")
        if right is None:
            return None
        if grant is None:
            raise Refused(401, "help_401_wrong" if shown else "help_401")
        if not grant.may(right):
            raise Refused(403, "help_403_right", right=right)
        return None

    def _exchange(self, request: Request) -> Response:
        """The same address without the token, which goes on as a cookie that no script can read."""
        token = request.query_params.getlist("token")[-1]
        if self._keeper.grant_of(token) is None:
            raise Refused(401, "help_401_wrong")
        told = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        rest = urlencode([(name, value) for name, value in told if name != "token"])
        # Never `//elsewhere`: a browser would take that for another host.
        path = "/" + quote(request.scope["path"].lstrip("/\\"), safe="/")
        answer = RedirectResponse(f"{path}?{rest}" if rest else path, 303)
        if self._keeper.asks:
            answer.set_cookie(
                COOKIE,
                quote(token, safe=""),
                max_age=_KEPT_S,
                httponly=True,
                samesite="lax",  # strict would ask everybody anew who comes from a link in a chat
                secure=self._site.is_https or request.scope["scheme"] == "https",
            )
        return answer


def _shown(request: Request) -> str | None:
    """The token that a request shows: what it says itself goes before what the browser kept."""
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and said.strip():
        return said.strip()
    kept = request.cookies.get(COOKIE)
    return unquote(kept) if kept else None


def _is_here(host: str) -> bool:
    """Whether a `Host` names this machine: a name of somebody else's that was made to lead here does not."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
