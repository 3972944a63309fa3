"""One clock in words: how it stands, for whom it is, and why it counted so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alerts.notice import NoticeAlert, Standing
from alerts.text_lines import name
from alerts.text_measure import clock, span
from alerts.text_phrases import Phrases
from models.instant import parse_ms

_THEN_MS = 60_000  # what counted is said with its instant once that is so long ago


def standing(alert: NoticeAlert, said: Phrases, now: int) -> str:
    """How long is left or over at `now`; of a clock that has stopped, how it ended."""
    if alert.standing is Standing.ENDED:
        if alert.due_at is None:
            return said.stopped
        spare = alert.due_at - alert.at
        return (said.stopped_in_time if spare >= 0 else said.stopped_over).format(time=span(spare, said))
    if alert.standing is Standing.PAUSED or alert.due_at is None:
        if alert.target_ms is None or alert.counted_ms >= alert.target_ms:
            return said.paused
        return said.paused_left.format(time=span(alert.target_ms - alert.counted_ms, said))
    left = alert.due_at - now
    if -1000 < left < 1000:
        return said.now
    return (said.left if left > 0 else said.over).format(time=span(left, said))


def headline(alert: NoticeAlert, said: Phrases, now: int) -> str:
    """A clock on a lock screen: priority, ticket, metric, how it stands."""
    priority = name(alert.labels.get("priority", ""))
    text = said.one.format(
        priority=priority,
        ticket=name(alert.ticket),
        metric=said.metrics.get(alert.metric, alert.metric),
        standing="" if alert.standing is Standing.WITHDRAWN else standing(alert, said, now),
    )
    return text.strip()


def whom(alert: NoticeAlert, said: Phrases) -> str:
    """For whom: team, person, customer, and the outage it belongs to."""
    labels = alert.labels
    parts = [
        said.team.format(name=name(labels["team"])) if labels.get("team") else said.no_team,
        said.assignee.format(name=name(labels["assignee"])) if labels.get("assignee") else said.nobody,
    ]
    if labels.get("tier"):
        parts.append(said.tier.format(name=name(labels["tier"])))
    if labels.get("channel"):
        parts.append(said.channel.format(name=name(labels["channel"])))
    if alert.incident:
        parts.append(said.incident.format(name=name(alert.incident)))
    if alert.acked_by:
        parts.append(said.took.format(name=name(alert.acked_by)))
    return said.separator.join(parts)


def why(alert: NoticeAlert, said: Phrases, zone: str, now: int) -> str:
    """Why the clock stands so: what counted of what was promised, by which policy, and what did not count."""
    start = clock(alert.started_at, zone, now)
    counted = span(alert.counted_ms, said)
    if alert.target_ms is None:
        text = said.why_days.format(counted=counted, start=start)
    else:
        text = said.why.format(counted=counted, target=span(alert.target_ms, said), start=start)
    if alert.standing is Standing.FIRING and now - alert.at >= _THEN_MS:
        text += said.why_then.format(at=clock(alert.at, zone, now))
    policy = alert.labels.get("policy")
    if policy:
        text += said.by_policy.format(policy=name(policy))
        if alert.edition:
            text += said.edition.format(edition=name(alert.edition))
    reasons = [
        said.ledger[kind].format(time=span(length, said)) for kind, length in _uncounted(alert.clock).items() if length
    ]
    if alert.labels.get("calendar") == "closed" and alert.standing is Standing.FIRING:
        reasons.append(said.outside)
    return said.separator.join([text, *reasons]) + said.stop


def due(alert: NoticeAlert, said: Phrases, zone: str, now: int) -> str | None:
    """When it is or was due, in words; None while nobody can say."""
    if alert.due_at is None or alert.standing is Standing.WITHDRAWN:
        return None
    over = alert.standing is Standing.ENDED or alert.due_at < now
    template = said.was_due if over else said.due
    return template.format(at=clock(alert.due_at, zone, now))


def _uncounted(ledger_of: Mapping[str, Any] | None) -> dict[str, int]:
    """The time in ms that did not count, by kind of slice."""
    sums = {"paused": 0, "closed": 0, "solved": 0}
    for kind, length in _slices(ledger_of):
        if kind in sums:
            sums[kind] += length
    return sums


def _slices(ledger_of: Mapping[str, Any] | None) -> Iterator[tuple[str, int]]:
    for one in (ledger_of or {}).get("ledger") or ():
        yield one["kind"], parse_ms(one["to"]) - parse_ms(one["from"])
