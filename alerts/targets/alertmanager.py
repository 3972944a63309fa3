"""Alertmanager's API v2: each clock is an alert of its own, under labels that stay the same for as long as it lives.

What changes while a clock runs (level, person, time left) goes into annotations. What a ticket can be moved to (team,
priority, …) is a label, since routes match on it; when it changes, the alert under its old labels is ended at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

import orjson

from alerts.links import Links
from alerts.notice import Delivered, Kind, Notice, NoticeAlert, Outcome, Severity, Standing
from alerts.targets.wire import Wire
from alerts.text import describe, words
from models.instant import format_ms

PATH: Final = "/api/v2/alerts"
#: What is active is posted again each minute; what is not, because the alerter died, ends by itself after so long.
ACTIVE_MS: Final = 5 * 60_000
#: What is not posted again each minute stays active for so long, unless its end is told.
STANDING_MS: Final = 86_400_000
CHUNK: Final = 100  # alerts of one POST

LABELS: Final = ("priority", "team", "tier", "channel", "category", "policy")
OVER: Final = frozenset({Standing.ENDED, Standing.WITHDRAWN})

Labels = dict[str, str]


class Alertmanager:
    """POSTs alerts to one Alertmanager; `base` is its address without the API's path."""

    def __init__(self, base: str, links: Links, clock: Callable[[], int], **wire: Any) -> None:
        self._wire = Wire(base.rstrip("/") + PATH, clock, **wire)
        self._links = links
        self._clock = clock
        self._posted: dict[str, Labels] = {}  # by the clock's id, of those that are active

    async def send(self, notice: Notice) -> Outcome:
        """One attempt; what was taken before a failure is taken again, which changes nothing."""
        alerts = self._alerts(notice, self._clock())
        # Put into words piece by piece: a thousand at once would hold up everybody else.
        while piece := list(islice(alerts, CHUNK)):
            outcome = await self._wire.post(orjson.dumps(piece), {})
            if not isinstance(outcome, Delivered):
                return outcome
        for alert in notice.alerts:
            if alert.standing in OVER:
                self._posted.pop(alert.id, None)
            else:
                self._posted[alert.id] = labels_of(alert)
        return Delivered()

    async def close(self) -> None:
        """Lets the connection go."""
        await self._wire.close()

    def _alerts(self, notice: Notice, now: int) -> Iterator[dict[str, Any]]:
        for alert in notice.alerts:
            labels = labels_of(alert)
            before = self._posted.get(alert.id)
            if before is not None and before != labels:
                yield _alert(before, {}, alert.first_told_at or notice.at, now, None)
            yield self._clock_alert(alert, notice, now)
        yield from self._other(notice, now)

    def _clock_alert(self, alert: NoticeAlert, notice: Notice, now: int) -> dict[str, Any]:
        over = alert.standing in OVER
        summary, description = describe(alert, notice, self._links, now)
        annotations = {
            "summary": summary,
            "description": description,
            "level": alert.level,
            "assignee": alert.labels.get("assignee", ""),
            "severity": _severity(alert).value,
            "due_at": "" if alert.due_at is None else format_ms(alert.due_at),
            "desk": self._links.desk(alert.ticket) or "",
            "acknowledge": "" if over else self._links.acknowledge_one(notice, alert.id) or "",
        }
        ends = min(alert.at, now) if over else now + ACTIVE_MS
        return _alert(
            labels_of(alert), annotations, alert.first_told_at or notice.at, ends, self._links.ticket(alert.ticket)
        )

    def _other(self, notice: Notice, now: int) -> Iterator[dict[str, Any]]:
        """Alerts that are about no clock: a budget, a trouble, the sign of life."""
        labels: Labels
        starts, ends = notice.at, now + STANDING_MS
        if notice.budget is not None:
            labels = {"alertname": "slawatch_budget_burn", "objective": notice.budget.objective}
        elif notice.trouble is not None:
            trouble = notice.trouble
            labels = {"alertname": "slawatch_trouble", "what": trouble.what, "where": trouble.where}
            starts = trouble.since
        elif notice.kind is Kind.HEARTBEAT:
            labels, ends = {"alertname": "slawatch_watchdog"}, now + ACTIVE_MS
        else:
            return
        said = words(notice, self._links, now, knows_keys=True)
        annotations = {"summary": said.title, "description": said.plain, "severity": notice.severity.value}
        yield _alert(labels, annotations, starts, notice.at if notice.over else ends, self._links.board())


def labels_of(alert: NoticeAlert) -> Labels:
    """What an alert is known by; empty ones are none, as Alertmanager has it."""
    labels = {"alertname": f"sla_{alert.metric}", "id": alert.id, "ticket": alert.ticket, "metric": alert.metric}
    return labels | {name: value for name in LABELS if (value := alert.labels.get(name))}


def _severity(alert: NoticeAlert) -> Severity:
    """Of this clock alone: a notice speaks of many, and is as loud as its loudest."""
    if alert.standing in OVER:
        return Severity.INFO
    return Severity.CRITICAL if alert.level == "breached" or alert.labels.get("priority") == "P0" else Severity.WARNING


def _alert(labels: Labels, annotations: Labels, starts: int, ends: int, url: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "labels": labels,
        "annotations": {name: text for name, text in annotations.items() if text},
        "startsAt": format_ms(min(starts, ends)),  # Alertmanager refuses what ends before it starts
        "endsAt": format_ms(ends),
    }
    if url is not None:
        found["generatorURL"] = url
    return found
