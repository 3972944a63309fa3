"""What a decision leads to: steps to be remembered, notices to be sent, and everything remembered that has changed.

A step that is already remembered is not taken again. Steps are written before the alerts that they are about, so that a
crash in between takes the step anew, under the same key, and never forgets it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from alerts.duty import Person
from alerts.labels import digest
from alerts.memory import Alert, Episode, Group, Memory, Sent, Told
from alerts.notice import BudgetBurn, Kind, Notice, NoticeAlert, Severity, Standing, Trouble
from alerts.records import Record, alert_record, episode_record, group_record, mark_record, step_record
from alerts.rules import Rules

#: So many alerts go into one notice; more go into several, so that a record stays below what a broker takes.
MOST_ALERTS = 1000


def group_key(receiver: str, labels: Mapping[str, str]) -> str:
    """The name of a group at a receiver: the same whatever route led to it."""
    return digest(receiver, *(f"{name}={labels[name]}" for name in sorted(labels)))


class Outbox:
    """The steps, notices and changes of one decision."""

    def __init__(self, memory: Memory, rules: Rules, zone: str, now: int) -> None:
        self.memory = memory
        self.rules = rules
        self.zone = zone
        self.now = now
        self.notices: list[Notice] = []
        self.alerts: dict[str, Alert] = {}
        self.groups: dict[str, Group] = {}
        self.episodes: dict[str, Episode] = {}
        self.gone: list[str] = []
        self.left: dict[tuple[str, str], list[tuple[Alert, str, Told]]] = {}  # by receiver and the key left behind
        self._steps: dict[str, Sent] = {}
        self._marks: dict[str, int] = {}

    def tell(
        self,
        kind: Kind,
        person: Person,
        alerts: Sequence[Alert],
        names: Sequence[str],
        *,
        key: str,
        group: str,
        labels: Mapping[str, str] | None = None,
        reason: str = "",
        turn: str = "",
    ) -> None:
        """Takes a step about alerts, under the key `key` of their group at the receiver.

        `names` are the entries that it is about, `turn` what tells it from other steps about the same. The order in
        which the alerts are remembered does not show: whoever takes over has read them in another one.
        """
        told_of = sorted(zip(alerts, names, strict=True), key=lambda one: one[0].id)
        for at in range(0, len(told_of), MOST_ALERTS):
            some = [alert for alert, _ in told_of[at : at + MOST_ALERTS]]
            there = self.standing_at(person.receiver, key, group)
            anew = kind in _CALLS and any(told.taken_on for _, told in there) and any(one.ack is None for one in some)
            pairs = sorted(f"{alert.id}|{name}" for alert, name in told_of[at : at + MOST_ALERTS])
            says = {
                "group_key": key,
                "severity": _severity(kind, some).value,
                "group_labels": dict(labels or {}),
                "still_open": len(there),
                "reason": reason,
                "recipient": person.recipient,
                "ack_id": _ack_id(kind, alerts, group),
            }
            if anew:
                says["anew"] = True
                for one, told in there:
                    told.taken_on = False
                    self.alerts[one.id] = one
            step = digest(person.receiver, kind.value, turn, *pairs)
            self.take(Sent(step, person.receiver, kind.value, self.now, count=len(some), says=says,
                           ids=[alert.id for alert in some]))  # fmt: skip

    def standing_at(self, receiver: str, key: str, group: str) -> list[tuple[Alert, Told]]:
        """What is open of a group under a key at a receiver."""
        members = self.memory.groups[group].members.values() if group in self.memory.groups else ()
        found = [(one, one.told[receiver]) for one in members if not one.over and receiver in one.told]
        return [(one, told) for one, told in found if told.key == key and not told.cleared]

    def stand(self, alert: Alert, receiver: str, told: Told) -> None:
        """Remembers what a receiver is told of an alert, and what it leaves behind: it stands under one key there."""
        before = alert.told.get(receiver)
        if before is not None and not before.cleared:
            if before.key == told.key:
                told.taken_on = before.taken_on
            else:
                name = f"{before.name}>{told.name} {alert.rounds}"
                self.left.setdefault((receiver, before.key), []).append((alert, name, before))
        alert.told[receiver] = told
        self.alerts[alert.id] = alert

    def take(self, step: Sent) -> None:
        """Takes a step, unless it has been taken already."""
        if step.key in self.memory.steps:
            return
        self.memory.steps[step.key] = self._steps[step.key] = step
        self.notices.append(notice_of(step, self.memory, self.rules, self.zone))

    def mark(self, name: str, value: int) -> None:
        """Remembers a number."""
        self.memory.marks[name] = self._marks[name] = value

    def records(self) -> list[Record]:
        """All that is to be written, steps first."""
        found: list[Record] = [step_record(step) for step in self._steps.values()]
        found += [alert_record(alert) for alert in self.alerts.values()]
        found += [group_record(group) for group in self.groups.values()]
        found += [episode_record(episode) for episode in self.episodes.values()]
        found += [mark_record(name, value) for name, value in self._marks.items()]
        return found + [(key, None) for key in self.gone]


#: What has to call somebody.
_CALLS = frozenset({Kind.FIRING, Kind.ESCALATION, Kind.REPEAT, Kind.DIGEST})


def _is_end(kind: Kind) -> bool:
    return kind in (Kind.ALL_CLEAR, Kind.WITHDRAWN, Kind.MOVED, Kind.ACKNOWLEDGED)


def _ack_id(kind: Kind, alerts: Sequence[Alert], group: str) -> str:
    if _is_end(kind) or all(alert.over for alert in alerts):
        return ""
    if len(alerts) == 1:
        return alerts[0].id
    return "" if kind is Kind.REFRESH else group


def _severity(kind: Kind, alerts: Sequence[Alert]) -> Severity:
    if _is_end(kind) or all(alert.over for alert in alerts):
        return Severity.INFO
    loud = any(alert.breached or alert.entry.priority == "P0" for alert in alerts if not alert.over)
    return Severity.CRITICAL if loud else Severity.WARNING


def notice_of(step: Sent, memory: Memory, rules: Rules, zone: str, *, repeated: bool = False) -> Notice:
    """The notice of a step; of one that may have been sent before, as its alerts stand now."""
    says: dict[str, Any] = dict(step.says)
    budget, trouble = says.pop("budget", None), says.pop("trouble", None)
    receiver = rules.receivers.get(step.receiver)
    return Notice(
        key=step.key,
        receiver=step.receiver,
        kind=Kind(step.kind),
        at=step.at,
        alerts=tuple(notice_alert(memory.alerts[one], step.at) for one in step.ids if one in memory.alerts),
        repeated=repeated,
        lang=receiver.lang if receiver else "en",
        zone=zone,
        severity=Severity(says.pop("severity")),
        budget=BudgetBurn(**budget) if budget else None,
        trouble=Trouble(**trouble) if trouble else None,
        **says,
    )


def notice_alert(alert: Alert, now: int) -> NoticeAlert:
    """A clock as a notice shows it, at an instant."""
    entry = alert.entry
    due = None if alert.standing is Standing.PAUSED and not alert.breached else entry.due_at
    return NoticeAlert(
        id=entry.id,
        standing=alert.standing,
        ticket=entry.ticket,
        metric=entry.metric,
        cycle=entry.cycle,
        level=entry.level,
        labels=dict(alert.labels),
        edition=entry.edition,
        started_at=entry.started_at,
        due_at=due,
        at=entry.at,
        remaining_ms=None if due is None else due - (entry.at if alert.over else now),
        counted_ms=entry.counted_ms,
        target_ms=entry.target_ms,
        issue_key=entry.issue_key,
        incident=entry.incident,
        flags=entry.flags,
        first_told_at=alert.first_told_at,
        acked_by=alert.ack.by if alert.ack else None,
    )


def episode_step(
    kind: Kind, person: Person, episode: Episode, now: int, *, turn: str, says: Mapping[str, Any]
) -> Sent:
    """The step by which a budget or a trouble is told, or told to be over; `turn` tells it from its others."""
    key = digest(person.receiver, kind.value, episode.key, str(episode.since), turn)
    base = {"group_key": digest(person.receiver, episode.key), "recipient": person.recipient, "still_open": 1}
    return Sent(key, person.receiver, kind.value, now, says={**base, **says})


def episode_says(what: BudgetBurn | Trouble, severity: Severity) -> dict[str, Any]:
    """What an episode's notices hold, as it is kept in a record."""
    field = "budget" if isinstance(what, BudgetBurn) else "trouble"
    return {"severity": severity.value, field: asdict(what)}
