"""Digests: what was held back and is still open, and what was over before it was found. Pure.

A digest is a group of its own at its receiver, so that what it tells of is told to be over there, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from alerts.duty import Person
from alerts.groups import Member, Reach, audience, tell_steps
from alerts.labels import digest
from alerts.memory import Alert, Group, Told, Track
from alerts.muting import Mutes
from alerts.notice import Kind
from alerts.outbox import MOST_ALERTS, Outbox, group_key
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

    def held(self, released: Sequence[tuple[Member, str]]) -> list[Group]:
        """Tells each receiver at once what was held back from it; answers the groups that the digests are."""
        by_person: dict[tuple[Person, str], dict[str, Member]] = {}
        tellable = [(one, reason) for one, reason in released if one.alert.tellable]
        for one, reason in tellable:  # what waits has its news told when it goes on
            for person in audience(one, self._route(one.track), self._reach):
                by_person.setdefault((person, reason), {})[one.alert.id] = one
        now, found = self._out.now, []
        for one, _ in tellable:
            one.alert.first_told_at = now if one.alert.first_told_at is None else one.alert.first_told_at
        for (person, reason), members in by_person.items():
            alerts, names = [one.alert for one in members.values()], [one.track.news for one in members.values()]
            group = self._group(person, alerts, names)
            for alert, name in zip(alerts, names, strict=True):
                key = group_key(person.receiver, group.labels)
                self._out.stand(alert, person.receiver, Told(name, group.id, key))
                group.members[alert.id] = alert
            self._tell(person, alerts, names, group, reason)
            found.append(group)
        for one, _ in tellable:
            one.track.base_at = now  # from the digest on it is as if it had been told now
            tell_steps(one, self._route(one.track), now)
            self._out.alerts[one.alert.id] = one.alert
        return found

    def late(self, over: Sequence[Alert], mutes: Mutes) -> list[Alert]:
        """Once nothing more comes, tells of what was over before it was found; answers what has been dealt with."""
        now = self._out.now
        if not over or max(known_at(one) for one in over) + CALM_MS > now:
            return []
        by_person: dict[Person, list[Alert]] = {}
        done = []
        for alert in over:
            route = next((self._route(track) for track in alert.tracks.values()), self._rules.route)
            if not mutes.reason(alert.entry, alert.labels, route):
                by_person.setdefault(self._reach(route.receiver), []).append(alert)
                done.append(alert)
        for person, alerts in by_person.items():
            newest = sorted(alerts, key=lambda one: (one.entry.at, one.id))[-MOST_ALERTS:]
            names = [one.entry.name for one in newest]
            self._tell(person, newest, names, self._group(person, newest, names), BACKLOG)
        for alert in done:
            alert.digest = False
            self._out.alerts[alert.id] = alert
        return done

    def _group(self, person: Person, alerts: Sequence[Alert], names: Sequence[str]) -> Group:
        pairs = sorted(f"{one.id}|{name}" for one, name in zip(alerts, names, strict=True))
        name = "d-" + digest(person.receiver, *pairs)
        group = Group(name, "", {"digest": name}, flushed_at=self._out.now)
        self._out.groups[name] = group
        return self._out.memory.groups.setdefault(name, group)

    def _tell(self, person: Person, alerts: Sequence[Alert], names: Sequence[str], group: Group, reason: str) -> None:
        key = group_key(person.receiver, group.labels)
        self._out.tell(Kind.DIGEST, person, alerts, names, key=key, group=group.id, reason=reason)

    def _route(self, track: Track) -> Route:
        return self._rules.routes.get(track.route, self._rules.route)


def known_at(alert: Alert) -> int:
    """When its latest news became known here (ms)."""
    return max((track.news_at for track in alert.tracks.values()), default=alert.entry.at)
