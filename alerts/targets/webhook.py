"""The signed webhook: one JSON body a notice, under one idempotency key, signed with a secret that both sides have.

    X-Slawatch-Signature: sha256=hex( HMAC-SHA256( secret, X-Slawatch-Timestamp + "." + body ) )

The body is a function of the notice alone, and not of when it is sent: another attempt is the same, byte for byte.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from alerts.links import Links
from alerts.notice import Notice, NoticeAlert, Outcome
from alerts.targets.ids import fitting
from alerts.targets.wire import Wire
from alerts.text import order, words
from models.instant import format_ms, seconds

VERSION: Final = 1


class SignedWebhook:
    """POSTs a notice as JSON; without a secret it is not signed."""

    def __init__(self, url: str, secret: str | None, links: Links, clock: Callable[[], int], **wire: Any) -> None:
        self._wire = Wire(url, clock, **wire)
        self._secret = secret
        self._links = links
        self._clock = clock

    async def send(self, notice: Notice) -> Outcome:
        """One attempt."""
        body = orjson.dumps(body_of(notice, self._links))
        return await self._wire.post(body, headers_of(notice, body, self._secret, self._clock()))

    async def close(self) -> None:
        """Lets the connection go."""
        await self._wire.close()


def headers_of(notice: Notice, body: bytes, secret: str | None, now: int) -> dict[str, str]:
    """The key under which the notice is one and the same, and the signature."""
    headers = {"Idempotency-Key": fitting(notice.key, 255), "X-Slawatch-Timestamp": str(now // 1000)}
    if secret is not None:
        headers["X-Slawatch-Signature"] = f"sha256={sign(secret, headers['X-Slawatch-Timestamp'], body)}"
    return headers


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body at a time, in hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def body_of(notice: Notice, links: Links) -> dict[str, Any]:
    """A notice as JSON: instants in RFC 3339, durations in seconds, null where there is nothing."""
    said = words(notice, links, notice.at, knows_keys=True)
    return {
        "version": VERSION,
        "key": notice.key,
        "group_key": notice.group_key,
        "kind": notice.kind.value,
        "severity": notice.severity.value,
        "at": format_ms(notice.at),
        "receiver": notice.receiver,
        "recipient": notice.recipient,
        "reason": notice.reason,
        "group_labels": dict(notice.group_labels),
        "still_open": notice.still_open,
        "over": notice.over,
        "lang": notice.lang,
        "title": said.title,
        "text": said.plain,
        "links": {"board": links.board(), "acknowledge": links.acknowledge(notice)},
        "alerts": [_alert(alert, links) for alert in order(notice)],
        "budget": _budget(notice),
        "trouble": _trouble(notice),
    }


def _alert(alert: NoticeAlert, links: Links) -> dict[str, Any]:
    clock: Mapping[str, Any] = alert.clock or {}
    return {
        "id": alert.id,
        "standing": alert.standing.value,
        "ticket": alert.ticket,
        "metric": alert.metric,
        "cycle": alert.cycle,
        "level": alert.level,
        "labels": dict(alert.labels),
        "edition": alert.edition,
        "started_at": format_ms(alert.started_at),
        "due_at": None if alert.due_at is None else format_ms(alert.due_at),
        "at": format_ms(alert.at),
        "remaining_s": None if alert.remaining_ms is None else seconds(alert.remaining_ms),
        "counted_s": seconds(alert.counted_ms),
        "target_s": None if alert.target_ms is None else seconds(alert.target_ms),
        "issue_key": alert.issue_key,
        "incident": alert.incident,
        "flags": list(alert.flags),
        "first_told_at": None if alert.first_told_at is None else format_ms(alert.first_told_at),
        "acknowledged_by": alert.acked_by,
        "ledger": clock.get("ledger"),
        "links": {"ticket": links.ticket(alert.ticket), "desk": links.desk(alert.ticket)},
    }


def _budget(notice: Notice) -> dict[str, Any] | None:
    burn = notice.budget
    return (
        None
        if burn is None
        else {
            "objective": burn.objective,
            "rate": burn.rate,
            "burn": dict(burn.burn),
            "left": burn.left,
            "decided": burn.decided,
            "breached": burn.breached,
        }
    )


def _trouble(notice: Notice) -> dict[str, Any] | None:
    trouble = notice.trouble
    return (
        None
        if trouble is None
        else {
            "what": trouble.what,
            "where": trouble.where,
            "detail": trouble.detail,
            "since": format_ms(trouble.since),
        }
    )
