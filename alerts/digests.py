"""Digests: what was held back and is still open, and what was over before it was found. Pure.

A digest is a group of its own at its receiver, so that what it tells of is told to be over there, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.duty import Person
from alerts.groups import Reach, audience
from alerts.labels import digest
from alerts.memory import Alert, Group, Told
from alerts.muting import Mutes
from alerts.notice import Kind
from alerts.outbox import Outbox, group_key
from alerts.rules import Route, Rules

BACKLOG = "backlog"
#: What is found late comes in a stream: the digest waits until so long nothing has come.
CALM_MS = 10_000


class Digests:
    """Digests of one decision."""

    def __init__(self, rules: Rules, out: Outbox, reach: Reach) -> None:
        self._rules = rules
        self._out = out
        self._reach = reach

    def held(self, released: Sequence[tuple[Alert, str]]) -> list[Group]:
        """Tells each receiver at once what was held back from it; answers the groups that the digests are."""
        by_person: dict[tuple[Person, str], list[Alert]] = {}
        for alert, reason in released:
            route = self._route(alert)
            if not alert.tellable:
                continue  # it waits: its news come when it goes on
            for person in audience(alert, route, self._reach):
                by_person.setdefault((person, reason), []).append(alert)
        found = []
        for (person, reason), alerts in by_person.items():
            group = self._group(person, alerts, [one.news for one in alerts])
            for alert in alerts:
                alert.told[person.receiver] = Told(alert.news, group.id, group_key(person.receiver, group.labels))
                group.members[alert.id] = alert
            self._tell(person, alerts, [one.news for one in alerts], group, reason)
            found.append(group)
        for alert, _ in released:
            if alert.tellable:
                self._settle(alert)
        return found

    def late(self, over: Sequence[Alert], mutes: Mutes) -> Iterable[Alert]:
        """Once nothing more comes, tells of what was over before it was found; answers what has been dealt with."""
        now = self._out.now
        if not over or max(one.news_at for one in over) + CALM_MS > now:
            return []
        free = [one for one in over if not mutes.reason(one.entry, one.labels, self._route(one))]
        by_person: dict[Person, list[Alert]] = {}
        for alert in free:
            by_person.setdefault(self._reach(self._route(alert).receiver), []).append(alert)
        for person, alerts in by_person.items():
            names = [one.entry.name for one in alerts]
            self._tell(person, alerts, names, self._group(person, alerts, names), BACKLOG)
        for alert in free:
            alert.digest = False
            self._out.alerts[alert.id] = alert
        return free

    def _settle(self, alert: Alert) -> None:
        """From the digest on it is as if it had been told now."""
        now, route = self._out.now, self._route(alert)
        alert.flushed = alert.news
        alert.first_told_at = now if alert.first_told_at is None else alert.first_told_at
        alert.base_at = alert.last_at = now
        if alert.ack is None:
            alert.steps += [i for i, step in enumerate(route.escalate) if step.after == 0 and i not in alert.steps]
        self._out.alerts[alert.id] = alert

    def _group(self, person: Person, alerts: Sequence[Alert], names: Sequence[str]) -> Group:
        pairs = sorted(f"{one.id}|{name}" for one, name in zip(alerts, names, strict=True))
        name = "d-" + digest(person.receiver, *pairs)
        group = Group(name, "", {"digest": name}, flushed_at=self._out.now)
        self._out.groups[name] = group
        return self._out.memory.groups.setdefault(name, group)

    def _tell(self, person: Person, alerts: Sequence[Alert], names: Sequence[str], group: Group, reason: str) -> None:
        key = group_key(person.receiver, group.labels)
        self._out.tell(Kind.DIGEST, person, alerts, names, key=key, group=group.id, reason=reason)

    def _route(self, alert: Alert) -> Route:
        return self._rules.routes.get(alert.route, self._rules.route)


