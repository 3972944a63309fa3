"""Links that acknowledge an alert: made where alerts are told, read where the link is opened.

A token says which alerts (one, or a group as it stood), for whom and until when, and is signed with a key that both
sides have (`SLAWATCH_LINK_KEY`). It holds no secret, opens nothing else, and needs no memory to be read.

    token = base64url( signature of 16 bytes | deflated JSON [expires_ms, recipient, [alert, …]] )

    >>> key = "a key of thirty-two characters.."
    >>> token = make_link(["T-1/first_response/1"], "lead", key, now_ms=0)
    >>> read_link(token, key, now_ms=DAY_MS - 1).recipient
    'lead'
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

DAY_MS: Final = 86_400_000
#: A link's longest life; one that claims a longer one was not made here.
LIFE_MS: Final = DAY_MS
#: So long a path passes every proxy and chat that a link goes through.
LONGEST: Final = 1800
SHORTEST_KEY: Final = 16

_SIGNATURE = 16  # bytes: 128 bits, so that the link stays short
_PURPOSE = b"slawatch acknowledgement 1\0"  # what is signed here is good for nothing else, and nothing else here
_INFLATED = 1_000_000


class LinkError(Exception):
    """A link that cannot be used; `reason` is `damaged` or `expired`.

    Operator action: none for one link, for alerts can be acknowledged by command too. If every link is damaged, the
    alerter and the wallboard have different keys in SLAWATCH_LINK_KEY: give them the same.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class LinkTooLong(LinkError):
    """So many alerts make no link that can be opened everywhere."""


class Link(NamedTuple):
    """What a link says: the ids of its alerts, for whom it was made, and until when it is good (ms)."""

    alerts: tuple[str, ...]
    recipient: str
    expires_ms: int


def check_key(key: str) -> str:
    """The key, if it is one.

    Raises:
        ValueError: it is so short that it could be guessed.
    """
    if len(key.encode()) < SHORTEST_KEY:
        msg = f"SLAWATCH_LINK_KEY has fewer than {SHORTEST_KEY} bytes: make one with `openssl rand -hex 32`"
        raise ValueError(msg)
    return key


def make_link(alerts: Sequence[str], recipient: str, key: str, now_ms: int, life_ms: int = LIFE_MS) -> str:
    """A token for these alerts and this recipient, good until `now_ms` + `life_ms`; it fits into a path as it is.

    Raises:
        ValueError: no alert is named, the life is over a day, or the key is too short.
        LinkTooLong: the alerts are too many for an address; link to the board instead.
    """
    if not alerts or not 0 < life_ms <= LIFE_MS:
        msg = "a link is for one alert or more, and for a day at most"
        raise ValueError(msg)
    said = [now_ms + life_ms, recipient, list(dict.fromkeys(alerts))]
    body = zlib.compress(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    token = base64.urlsafe_b64encode(_sign(body, key) + body).rstrip(b"=").decode()
    if len(token) > LONGEST:
        msg = f"{len(alerts)} alerts make a link of {len(token)} characters, more than {LONGEST}"
        raise LinkTooLong(msg, reason="long")
    return token


def read_link(token: str, key: str, now_ms: int) -> Link:
    """What a token says, if it was made with this key and is still good at `now_ms`.

    Raises:
        LinkError: it is damaged, made with another key, or past its time.
    """
    if len(token) > LONGEST or not token.isascii():
        raise _damaged()
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise _damaged() from error
    signature, body = raw[:_SIGNATURE], raw[_SIGNATURE:]
    # Looked at before anything is unpacked: only what was made here is trusted so far.
    if not hmac.compare_digest(signature, _sign(body, key)):
        raise _damaged()
    try:
        expires_ms, recipient, alerts = json.loads(zlib.decompressobj().decompress(body, _INFLATED))
        link = Link(tuple(map(str, alerts)), str(recipient), int(expires_ms))
    except (ValueError, TypeError, zlib.error) as error:
        raise _damaged() from error
    if link.expires_ms <= now_ms:
        msg = "this link was good for 24 hours: open the newest notice, or acknowledge with `slawatch alerts ack`"
        raise LinkError(msg, reason="expired")
    if link.expires_ms > now_ms + LIFE_MS + 300_000:  # clocks of two machines may differ by minutes, not by more
        raise _damaged()
    return link


def _sign(body: bytes, key: str) -> bytes:
    return hmac.new(check_key(key).encode(), _PURPOSE + body, hashlib.sha256).digest()[:_SIGNATURE]


def _damaged() -> LinkError:
    msg = "this link is incomplete or was not made here: open it again from the notice"
    return LinkError(msg, reason="damaged")
