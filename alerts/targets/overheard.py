"""What services answered while Apprise spoke to them: Apprise itself says only whether it went well.

Its plugins send with `requests`, and drop what the answer says: which status, and how long to wait after a 429.
`requests` has no place to listen at for calls that make their own sessions, so `Session.send` is wrapped once; it does
what it did, and writes down what came, for who is listening.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

NEVER_BEGUN: Final = "NewConnectionError"
KEPT: Final = 2000  # bytes of an answer


class Answer(NamedTuple):
    """What came back; without `status`, what kept it from coming, by the name of the error."""

    host: str
    status: int | None
    retry_after: str | None
    body: bytes
    error: str


_listening: ContextVar[list[Answer] | None] = ContextVar("answers", default=None)


@contextmanager
def overheard() -> Iterator[list[Answer]]:
    """Collects what is answered to calls of this thread, in order."""
    _wrap()
    answers: list[Answer] = []
    token = _listening.set(answers)
    try:
        yield answers
    finally:
        _listening.reset(token)


def _wrap() -> None:
    send = requests.Session.send
    if getattr(send, "overheard", False):
        return

    @functools.wraps(send)
    def listening(session: requests.Session, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        answers = _listening.get()
        if answers is None:
            return send(session, request, **kwargs)
        host = urlsplit(request.url or "").hostname or "?"
        try:
            response = send(session, request, **kwargs)
        except (requests.RequestException, OSError) as error:
            # Only its name: the error's text holds the address, and the address holds the token.
            answers.append(Answer(host, None, None, b"", _name(error)))
            raise
        retry_after = response.headers.get("Retry-After")
        answers.append(Answer(host, response.status_code, retry_after, response.content[:KEPT], ""))
        return response

    listening.overheard = True  # type: ignore[attr-defined]
    requests.Session.send = listening  # type: ignore[method-assign, assignment]


def _name(error: Exception) -> str:
    """What the error is called; a connection that never came about apart from one that broke."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return NEVER_BEGUN if isinstance(cause, NewConnectionError) else type(error).__name__
