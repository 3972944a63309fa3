"""The page's server: in this process, on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Iterator
from typing import Final, Self

import uvicorn

from wallboard.app import create_wallboard
from wallboard.guards import PatientProtocol
from wallboard.hub import Hub
from wallboard.metrics import PageMetrics
from wallboard.site import Site
from wallboard.tokens import TokensUnusable

#: Connections at once, above which a request is answered with 503: a wall has few, an attack has many.
CONNECTIONS: Final = 2000


class CannotServe(Exception):
    """The page cannot listen where it was told to.

    Operator action: choose another port, another address, or mend the file of tokens; the message says which.
    """


class _Quiet(uvicorn.Server):
    """Signals belong to the command that runs the page, not to its server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


class BoardServer:
    """The page while it is entered: `async with BoardServer(redis_url) as page: page.url`.

    Args:
        redis_url: where the view is.
        host: an address of the loopback, unless the site has tokens.
        port: 0 for any that is free.
        zone: the one that times are shown in, where no site is given.
        site: all else that the page knows.

    Raises:
        CannotServe: the tokens cannot be used; or, on entering, the address is not of the loopback and there are no
            tokens, or the port is taken.
    """

    def __init__(
        self,
        redis_url: str,
        *,
        host: str = "127.0.0.1",
        port: int = 8080,
        zone: str = "UTC",
        site: Site | None = None,
    ) -> None:
        self.url = ""
        self._host, self._port = host, port
        self._site = site or Site(zone=zone)
        try:
            app = create_wallboard(redis_url, self._site)
        except TokensUnusable as error:
            raise CannotServe(str(error)) from error
        self._hub: Hub = app.state.hub
        self.metrics: PageMetrics = app.state.metrics
        self._server = _Quiet(
            uvicorn.Config(
                app,
                http=PatientProtocol,
                ws="none",
                log_config=None,
                access_log=False,  # addresses may hold a token
                server_header=False,
                limit_concurrency=CONNECTIONS,
                timeout_graceful_shutdown=2,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._site.tokens is None and not is_loopback(self._host):
            msg = (
                f"the page would be open to everybody on {self._host}: set SLAWATCH_TOKENS to a file of lines"
                " `token rights [scopes]`, or use --host 127.0.0.1"
            )
            raise CannotServe(msg)
        found = _listen(self._host, self._port)
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"http://{host}:{found.getsockname()[1]}/"
        self._serving = asyncio.create_task(self._server.serve([found]))
        while not self._server.started:
            if self._serving.done():
                self._serving.result()
                msg = f"the page's server ended before it listened on {self.url}; its log says why"
                raise CannotServe(msg)
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._hub.hang_up()
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        msg = f"the page cannot listen on {host}:{port} ({error.strerror}): choose another with --port, 0 for any"
        raise CannotServe(msg) from error
    found.setblocking(False)  # noqa: FBT003 -- its only argument
    return found


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
