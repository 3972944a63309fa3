"""Secrets in addresses: filled in from the environment, and kept out of everything that is written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit, urlunsplit

_PLACE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PIECES = re.compile(r"[/@:?&=#;,\s]+")
_SHORTEST = 6  # characters: shorter pieces are words of the address, and would blacken ordinary text
_LONGEST = 200  # characters of a reason


class Missing(Exception):
    """An environment variable that an address needs; its name is the message."""


def fill(address: str, environment: Mapping[str, str]) -> str:
    """An address with every `${NAME}` replaced.

    Raises:
        Missing: a variable is not set, or is empty.
    """

    def value(match: re.Match[str]) -> str:
        found = environment.get(match[1], "")
        if not found:
            raise Missing(match[1])
        return found

    return _PLACE.sub(value, address)


def places(address: str) -> list[str]:
    """The names of the variables that an address needs."""
    return _PLACE.findall(address)


def bare(address: str) -> str:
    """An http address without user, password, path and query: what may be shown of it."""
    parts = urlsplit(address)
    host = parts.hostname or "?"
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"[{host}]{port}" if ":" in host else host + port, "", "", ""))


def hider(address: str, shown: str = "") -> Callable[[str], str]:
    """A function that takes every piece of an address out of a text, but for those that `shown` has too.

    What a library says about an address that it could not use may hold the whole of it.
    """
    pieces = {piece for piece in _PIECES.split(address) if len(piece) >= _SHORTEST}
    pieces |= {unquote(piece) for piece in pieces}
    secret = sorted((piece for piece in pieces if piece.lower() not in shown.lower()), key=len, reverse=True)

    def hide(text: str) -> str:
        for piece in secret:
            text = text.replace(piece, "…")
        text = " ".join(text.split())
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    return hide
