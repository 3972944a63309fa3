"""PagerDuty's Events API v2: one incident a group, under one dedup key, resolved when nothing of the group is open.

Spoken here and not by Apprise, whose notice has one fixed key for each address, or none: every repetition would be an
incident of its own, and none would ever be resolved. The addresses are Apprise's:

    pagerduty://ROUTING_KEY            also pagerduty://ROUTING_KEY@API_KEY/source/component?region=eu

What nobody is to be woken for (a sign of life, a digest of what is over) is a change event: it opens no incident.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

from alerts.links import Links
from alerts.notice import Delivered, Kind, Notice, Outcome
from alerts.targets.ids import fitting
from alerts.targets.wire import Wire
from alerts.text import order, words
from alerts.text_phrases import EN, LANGUAGES
from models.instant import format_ms

REGIONS: Final = {"us": "https://events.pagerduty.com", "eu": "https://events.eu.pagerduty.com"}
DEDUP_KEY: Final = 255  # characters
SUMMARY: Final = 1024
TICKETS: Final = 5  # of which links are given


class Account(NamedTuple):
    """What an address says."""

    routing_key: str
    source: str
    component: str | None
    region: str


def read_address(url: str) -> Account:
    """The routing key and what else a `pagerduty://` address says.

    Raises:
        ValueError: it has no routing key, or an unknown region; the message shows neither key nor address.
    """
    parts = urlsplit(url)
    key = unquote(parts.username or parts.netloc.rpartition("@")[2].partition(":")[0])
    asked = parse_qs(parts.query)
    region = asked.get("region", ["us"])[0].lower()
    if not key or not key.isascii() or not key.isalnum():
        msg = "pagerduty:// wants the integration's routing key: pagerduty://${PAGERDUTY_KEY}"
        raise ValueError(msg)
    if region not in REGIONS:
        msg = f"pagerduty:// knows the regions {' and '.join(REGIONS)}, not {region!r}"
        raise ValueError(msg)
    source, component = ([unquote(part) for part in parts.path.split("/") if part] + [None, None])[:2]
    return Account(key, source or "slawatch", component, region)


class PagerDuty:
    """Sends events of one integration; `base` stands in for PagerDuty's own address."""

    def __init__(
        self, url: str, links: Links, clock: Callable[[], int], *, base: str | None = None, **wire: Any
    ) -> None:
        self._account = read_address(url)
        root = base or REGIONS[self._account.region]
        self._events = Wire(f"{root}/v2/enqueue", clock, shown="PagerDuty", **wire)
        self._changes = Wire(f"{root}/v2/change/enqueue", clock, shown="PagerDuty", **wire)
        self._links = links
        self._clock = clock

    async def send(self, notice: Notice) -> Outcome:
        """One attempt.

        An incident that was acknowledged calls nobody, whatever is added to it: what has to call begins a new one. Of
        what may have been sent before it is not known whether it did.
        """
        action = action_of(notice)
        if notice.anew and not notice.repeated:
            outcome = await self._events.post(orjson.dumps(self._event(notice, "resolve")), {})
            if not isinstance(outcome, Delivered):
                return outcome
        if action is None:
            return await self._changes.post(orjson.dumps(self._change(notice)), {})
        return await self._events.post(orjson.dumps(self._event(notice, action)), {})

    async def close(self) -> None:
        """Lets the connections go."""
        await self._events.close()
        await self._changes.close()

    def _event(self, notice: Notice, action: str) -> dict[str, Any]:
        event: dict[str, Any] = {
            "routing_key": self._account.routing_key,
            "event_action": action,
            "dedup_key": fitting(notice.group_key, DEDUP_KEY),
        }
        if action != "trigger":
            return event
        said = words(notice, self._links, self._clock(), knows_keys=True)
        first = next(iter(order(notice)), None)
        payload = {
            "summary": said.title[:SUMMARY],
            "source": self._account.source,
            "severity": notice.severity.value,
            "timestamp": format_ms(notice.at),
            "component": self._account.component or (first.labels.get("team") if first else None),
            "group": ", ".join(f"{name}={value}" for name, value in notice.group_labels.items() if value),
            "class": first.metric if first else notice.kind.value,
            "custom_details": {
                "text": said.plain,
                "kind": notice.kind.value,
                "key": notice.key,
                "open": notice.still_open,
                "tickets": [alert.ticket for alert in order(notice)[:50]],
            },
        }
        event |= {"client": "slawatch", "links": self._shown_links(notice), "payload": _filled(payload)}
        board = self._links.board()
        return event | {"client_url": board} if board else event

    def _change(self, notice: Notice) -> dict[str, Any]:
        said = words(notice, self._links, self._clock())
        payload = {
            "summary": said.title[:SUMMARY],
            "source": self._account.source,
            "timestamp": format_ms(notice.at),
            "custom_details": {"text": said.plain, "kind": notice.kind.value, "key": notice.key},
        }
        links = self._shown_links(notice)
        return {"routing_key": self._account.routing_key, "payload": payload} | ({"links": links} if links else {})

    def _shown_links(self, notice: Notice) -> list[dict[str, str]]:
        found = [(LANGUAGES.get(notice.lang, EN).to_acknowledge, self._links.acknowledge(notice))]
        found += [(alert.ticket, self._links.ticket(alert.ticket)) for alert in order(notice)[:TICKETS]]
        return [{"href": href, "text": text} for text, href in found if href]


def action_of(notice: Notice) -> str | None:
    """`trigger`, `acknowledge` or `resolve`; None for what opens no incident and closes none."""
    match notice.kind:
        case Kind.HEARTBEAT:
            action = None
        case Kind.BUDGET | Kind.SELF:
            action = "resolve" if notice.over else "trigger"
        case Kind.ALL_CLEAR | Kind.WITHDRAWN:
            # While others of the group are open the incident stays as it is: good news triggers nothing.
            action = None if notice.still_open else "resolve"
        case Kind.MOVED:
            action = "resolve"
        case Kind.ACKNOWLEDGED:
            action = "acknowledge"
        case Kind.DIGEST:
            action = "trigger" if notice.still_open else None
        case _:
            action = "trigger"
    return action


def _filled(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if value}
