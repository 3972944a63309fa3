"""What Redis shows of alerts, groups and silences: fields as text. Pure."""

from __future__ import annotations

import orjson

from alerts.memory import Ack, Alert, Episode, Group, Silence
from models.instant import format_ms

Fields = dict[str, str]


def alert_fields(alert: Alert) -> Fields:
    """The fields of `sla:alert:<id>` of a breach."""
    entry = alert.entry
    return {
        "status": alert.standing.value,
        "level": entry.level,
        "ticket": entry.ticket,
        "metric": entry.metric,
        "cycle": str(entry.cycle),
        "priority": entry.priority,
        "team": entry.team or "",
        "assignee": entry.assignee or "",
        "due_at": _instant(entry.due_at),
        "first_told_at": _instant(alert.first_told_at),
        "told": orjson.dumps(sorted(alert.told)).decode(),
        "held": alert.held,
        "groups": orjson.dumps(sorted(alert.tracks)).decode(),
        **_ack(alert.ack),
    }


def group_fields(group: Group) -> Fields:
    """The same of a group: what a link to a group acknowledges."""
    is_open = any(not one.over for one in group.members.values())
    return {
        "status": "firing" if is_open else "ended",
        "labels": orjson.dumps(group.labels).decode(),
        "members": orjson.dumps(sorted(one.id for one in group.members.values() if not one.over)).decode(),
        **_ack(group.ack),
    }


def burn_fields(episode: Episode) -> Fields:
    """The same of a budget that burns, by the id `budget/<objective>/<rate>`."""
    objective, _, rate = episode.key.partition("/")[2].rpartition("/")
    return {
        "status": "firing",
        "objective": objective,
        "level": f"burn {rate}",
        "first_told_at": _instant(episode.told_at),
        "told": orjson.dumps(sorted(episode.told)).decode(),
        **_ack(episode.ack),
    }


def silence_fields(silence: Silence) -> Fields:
    """The fields of `sla:silence:<id>`."""
    return {
        "id": silence.id,
        "matchers": orjson.dumps([str(one) for one in silence.matchers]).decode(),
        "starts_at": format_ms(silence.starts_at),
        "ends_at": format_ms(silence.ends_at),
        "by": silence.by,
        "comment": silence.comment,
    }


def _ack(ack: Ack | None) -> Fields:
    return {"acknowledged_by": ack.by if ack else "", "acknowledged_at": _instant(ack.at if ack else None)}


def _instant(ms: int | None) -> str:
    return "" if ms is None else format_ms(ms)
