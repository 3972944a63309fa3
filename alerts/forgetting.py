"""What is forgotten: what has been over for longer than anybody could write it again. Pure."""

from __future__ import annotations

from alerts.memory import SENDING, Alert
from alerts.outbox import Outbox


def forget(out: Outbox, before: int) -> list[Alert]:
    """Takes everything that was over before an instant (ms) out of the memory and the topic; answers the alerts."""
    memory = out.memory
    alerts = [one for one in memory.alerts.values() if one.closed and one.entry.at < before]
    for alert in alerts:
        del memory.alerts[alert.id]
        out.alerts.pop(alert.id, None)
        out.gone.append(f"alert/{alert.id}")
    for step in [one for one in memory.steps.values() if one.state != SENDING and one.at < before]:
        del memory.steps[step.key]
        out.gone.append(f"step/{step.key}")
    for group in [one for one in memory.groups.values() if not one.members and (one.flushed_at or 0) < before]:
        del memory.groups[group.id]
        out.groups.pop(group.id, None)
        out.gone.append(f"group/{group.id}")
    for silence in [one for one in memory.silences.values() if one.ends_at < before]:
        del memory.silences[silence.id]
        out.gone.append(f"silence/{silence.id}")
    return alerts
