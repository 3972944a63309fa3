"""Notices to tell, in a small language."""

from __future__ import annotations

from typing import Any

from alerts.links import Links
from alerts.notice import Kind, Notice, NoticeAlert, Severity, Standing

NOW = 1_795_000_000_000
MINUTE = 60_000
LINKS = Links("https://sla.example", "https://desk.example/t/{ticket_id}", "a key of thirty-two characters..")


def alert(ticket: str = "T-1", **given: Any) -> NoticeAlert:
    """A P0's first response with two minutes left of fifteen."""
    labels = {
        "metric": "first_response",
        "level": "90%",
        "priority": "P0",
        "team": "网络",
        "assignee": "li.wei",
        "tier": "vip",
        "channel": "phone",
        "category": "",
        "policy": "p0",
        "calendar": "open",
    } | given.pop("labels", {})
    fields: dict[str, Any] = {
        "id": f"{ticket}/first_response/1",
        "standing": Standing.FIRING,
        "ticket": ticket,
        "metric": "first_response",
        "cycle": 1,
        "level": "90%",
        "edition": "2026-01",
        "started_at": NOW - 13 * MINUTE,
        "due_at": NOW + 2 * MINUTE,
        "at": NOW,
        "remaining_ms": 2 * MINUTE,
        "counted_ms": 13 * MINUTE,
        "target_ms": 15 * MINUTE,
        "first_told_at": NOW - MINUTE,
    }
    return NoticeAlert(labels=labels, **(fields | given))


def ended(ticket: str = "T-1", **given: Any) -> NoticeAlert:
    """The same, answered a minute before it was due."""
    return alert(ticket, standing=Standing.ENDED, at=NOW + MINUTE, **given)


def notice(kind: Kind = Kind.FIRING, *alerts: NoticeAlert, **given: Any) -> Notice:
    """A notice to the one on call."""
    about = () if kind in {Kind.HEARTBEAT, Kind.SELF, Kind.BUDGET} else alerts or (alert(),)
    fields: dict[str, Any] = {
        "key": "0/on-call/网络,P0/1",
        "group_key": "0/on-call/网络,P0",
        "receiver": "on-call",
        "severity": Severity.CRITICAL,
        "at": NOW,
        "group_labels": {"team": "网络", "priority": "P0"},
        "still_open": sum(one.standing in {Standing.FIRING, Standing.PAUSED} for one in about),
        "ack_id": "T-1/first_response/1",
        "recipient": "day shift",
        "zone": "Asia/Shanghai",
    }
    return Notice(kind=kind, alerts=tuple(about), **(fields | given))
