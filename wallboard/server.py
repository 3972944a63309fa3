"""The page's server: in this process, on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Iterator

import uvicorn

from wallboard.app import create_wallboard
from wallboard.hub import Hub


class CannotServe(Exception):  # noqa: N818 -- the name says what is the matter
    """The page cannot listen where it was told to.

    Operator action: choose another port, or an address of the loopback; the message says which of the two.
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
        host: an address of the loopback: the page asks nobody who he is.
        port: 0 for any that is free.
        zone: the one that times are shown in.

    Raises:
        CannotServe: on entering, when the address is not of the loopback or the port is taken.
    """

    def __init__(self, redis_url: str, *, host: str = "127.0.0.1", port: int = 8080, zone: str = "UTC") -> None:
        self.url = ""
        self._host, self._port = host, port
        app = create_wallboard(redis_url, zone=zone)
        self._hub: Hub = app.state.hub
        self._server = _Quiet(
            uvicorn.Config(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=2)
        )
        self._serving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> BoardServer:
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


async def serve(redis_url: str, host: str, port: int, *, zone: str = "UTC") -> None:
    """Serves the page until cancelled."""
    async with BoardServer(redis_url, host=host, port=port, zone=zone):
        await asyncio.Event().wait()


def _listen(host: str, port: int) -> socket.socket:
    if not _is_loopback(host):
        msg = f"the page has no rights yet and would be open to everybody on {host}: use --host 127.0.0.1 and a proxy"
        raise CannotServe(msg)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        msg = f"the page cannot listen on {host}:{port} ({error.strerror}): choose another with --port, 0 for any"
        raise CannotServe(msg) from error
    found.setblocking(False)
    return found


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
