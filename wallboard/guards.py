"""What every answer carries and what no request may do: headers that keep foreign code out, patience with limits."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import h11
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

#: Nothing but our own files runs in the page, nobody frames it, and no address leaks from it.
HEADERS: Final = (
    (
        b"content-security-policy",
        (
            b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            b"media-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
            b"frame-ancestors 'none'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
#: Figures are kept nowhere; files of ours are asked for again, and answered with 304 while they are the same.
_KEEP_NOTHING = (b"cache-control", b"no-store")
_ASK_AGAIN = (b"cache-control", b"no-cache")

#: How long a viewer may take nothing of what is sent to him, in seconds.
SLOW_S: Final = 30.0
#: How long a connection may take to say what it asks for, in seconds.
HEAD_S: Final = 10.0


class Guards:
    """Puts `HEADERS` on every answer and lets go of viewers that take nothing; plain ASGI: streams stay streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kept = _ASK_AGAIN if scope["path"].startswith("/static/") else _KEEP_NOTHING

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS, kept]
            try:
                async with asyncio.timeout(SLOW_S):
                    await send(message)
            except TimeoutError:
                # What is then still sent goes nowhere, and whoever waits for a disconnection hears of it.
                scope["state"]["transport"].abort()

        await self._app(scope, receive, guarded)


class PatientProtocol(H11Protocol):
    """HTTP with an end to patience: who does not say in `HEAD_S` what he asks for is let go."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # The configuration says so too, but a handler that somebody puts on that logger turns it on again; and an
        # address may hold a token.
        self.access_log = False
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the first request, and lets requests know what they came over."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing more."""
        super().connection_lost(exc)
        if self._waiting is not None:
            self._waiting.cancel()

    def on_response_complete(self) -> None:
        """Begins to wait for the next request."""
        super().on_response_complete()
        self._wait()

    def _wait(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self.loop.call_later(HEAD_S, self._look)

    def _look(self) -> None:
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()
