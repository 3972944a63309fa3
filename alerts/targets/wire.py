"""One POST over HTTP: a connection that is kept, a time that it may take, and an outcome in words without secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import aiohttp
from yarl import URL

from alerts.notice import Outcome, Retry
from alerts.targets.hiding import bare, hider
from alerts.targets.judging import Uncertain, judge

CONNECT_S = 5.0
TOTAL_S = 10.0
SAID = 400  # bytes of an answer that are looked at


class Wire:
    """A way to one address. `shown` is what reasons call it; by default the address without its secrets.

    `inside` looks into an answer that seems well, for services that refuse in the body.
    """

    def __init__(
        self,
        address: str,
        clock: Callable[[], int],
        *,
        shown: str | None = None,
        inside: Callable[[bytes], Outcome | None] | None = None,
        timeout_s: float = TOTAL_S,
    ) -> None:
        self._address = address
        self._clock = clock
        self._shown = shown or bare(address)
        self._hide = hider(address, self._shown)
        self._inside = inside
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def post(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> Outcome:
        """Sends a body; the answer's outcome. Redirects are not followed: what is signed goes nowhere else."""
        session = self._session
        if session is None or session.closed:
            timeout = aiohttp.ClientTimeout(total=self._timeout_s, sock_connect=CONNECT_S)
            session = self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        sent = {"Content-Type": "application/json", "User-Agent": "slawatch", **headers}
        address = URL(self._address).update_query(query) if query else self._address
        try:
            async with session.post(address, data=body, headers=sent, allow_redirects=False) as answer:
                status, retry_after = answer.status, answer.headers.get("Retry-After")
                said = await answer.content.read(SAID) if status >= 300 or self._inside is not None else b""
        except aiohttp.ClientConnectorCertificateError as error:
            return Retry(f"{self._shown} has a certificate that is not trusted ({self._hide(_cause(error))})")
        except aiohttp.ClientConnectorError as error:
            return Retry(f"{self._shown} cannot be reached ({self._hide(_cause(error))})")
        except (TimeoutError, aiohttp.ServerTimeoutError):
            return Uncertain(f"{self._shown} did not answer within {self._timeout_s:g} s")
        except (aiohttp.ClientError, OSError) as error:
            return Uncertain(f"{self._shown} broke off ({type(error).__name__})")
        if status < 300 and self._inside is not None and (refused := self._inside(said)) is not None:
            return refused
        return judge(self._shown, status, retry_after, self._clock(), said=self._hide(said.decode(errors="replace")))

    async def close(self) -> None:
        """Lets the connection go."""
        if self._session is not None:
            await self._session.close()


def _cause(error: aiohttp.ClientConnectorError | aiohttp.ClientConnectorCertificateError) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause: BaseException = error.certificate_error
        return getattr(cause, "verify_message", "") or str(cause)
    return error.os_error.strerror or type(error.os_error).__name__
