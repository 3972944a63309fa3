"""Which alerts belong to which groups, what of them is held back, and what has yet to be looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.entry import Entry
from alerts.forgetting import forget
from alerts.groups import Member
from alerts.intake import is_late
from alerts.labels import group_id, grouped, labels_of
from alerts.memory import SILENCED, Ack, Alert, Group, Memory, Track
from alerts.muting import Mutes
from alerts.outbox import Outbox
from alerts.rules import Rules
from sla.policy import PolicyBook


class Register:
    """The alerts of a memory as routes and groups have them; put together anew from what is remembered."""

    def __init__(self, rules: Rules, book: PolicyBook, memory: Memory) -> None:
        self._rules = rules
        self._book = book
        self._memory = memory
        self._by_ticket: dict[str, set[str]] = {}  # ids of its alerts
        self.changed: dict[str, Alert] = {}  # by entries and acknowledgements since the last decision
        self.touched: set[str] = set()  # groups to be looked at
        self.held: dict[str, Alert] = {}
        self.digests: dict[str, Alert] = {}  # over, and not told yet that they were
        for alert in memory.alerts.values():
            self._restore(alert)
        for episode in memory.episodes.values():
            episode.told = {name: who for name, who in episode.told.items() if name in rules.receivers}
        self.touched.update(memory.groups)

    def _restore(self, alert: Alert) -> None:
        """Puts an alert into its groups; the rules may be others by now."""
        self._by_ticket.setdefault(alert.entry.ticket, set()).add(alert.id)
        alert.told = {name: told for name, told in alert.told.items() if name in self._rules.receivers}
        missing = False
        for name, track in list(alert.tracks.items()):
            if track.route not in self._rules.routes:
                del alert.tracks[name]
                missing |= track.pending and not alert.over
            elif name not in self._memory.groups:
                shared = grouped(self._rules.routes[track.route], alert.entry, alert.labels)
                self._memory.groups[name] = Group(name, track.route, shared)
        if missing:
            self.news(alert, alert.entry.at)
        self._join(alert)
        if alert.held:
            self.held[alert.id] = alert
        if alert.digest:
            self.digests[alert.id] = alert

    def add(self, alert: Alert) -> None:
        """Takes in an alert that is new, or has changed."""
        self._memory.alerts[alert.id] = self.changed[alert.id] = alert
        self._by_ticket.setdefault(alert.entry.ticket, set()).add(alert.id)

    def news(self, alert: Alert, now: int) -> None:
        """Chooses the route and group that tell the newest entry; what other routes tell goes on beside it."""
        self.digests.pop(alert.id, None)
        alert.labels = labels_of(alert.entry, self._book)
        route = self._rules.route.find(alert.labels)
        shared = grouped(route, alert.entry, alert.labels)
        name = group_id(route, shared)
        if name not in self._memory.groups:
            self._memory.groups[name] = Group(name, route.path, shared)
        for other in (one for group, one in alert.tracks.items() if group != name and one.pending):
            if not self._rules.routes[other.route].escalate:
                other.drop()  # the newer level says it all; where somebody is to be called, it is still said
        track = alert.tracks.setdefault(name, Track(route.path))
        # While earlier news has not been told yet, the wait for company has begun with it.
        track.news_at = track.news_at if track.pending else now
        track.news, track.late = alert.entry.name, is_late(alert.entry, now)

    def end(self, alert: Alert) -> None:
        """Its clock is over: what was to be told is not told any more, unless it was found late."""
        if not alert.told and any(track.pending and track.late for track in alert.tracks.values()):
            alert.digest = True
            self.digests[alert.id] = alert
        for track in alert.tracks.values():
            track.drop()
        self.touched.update(alert.tracks)
        self.held.pop(alert.id, None)

    def touch(self, alert: Alert) -> None:
        """Its groups are to be looked at."""
        self._join(alert)
        self.touched |= alert.groups

    def acknowledge(self, alerts: Iterable[Alert], ack: Ack) -> None:
        """Somebody is on these."""
        for alert in alerts:
            alert.ack = ack
            self.changed[alert.id] = alert
            self.touch(alert)

    def replied(self, entry: Entry, ack: Ack) -> None:
        """The first reply takes on all that has been told of its ticket."""
        alerts = [self._memory.alerts[name] for name in sorted(self._by_ticket.get(entry.ticket, ()))]
        self.acknowledge([one for one in alerts if not one.over and one.told and one.ack is None], ack)

    def leave(self, group: Group) -> None:
        """Lets go of members that have nothing more to do with a group."""
        for alert in list(group.members.values()):
            if (alert.over or group.id not in alert.tracks) and group.id not in alert.groups:
                del group.members[alert.id]

    def release(self, mutes: Mutes, out: Outbox) -> list[tuple[Member, str]]:
        """What is held back no longer, with the reason for which it was; silences end in silence."""
        found: list[tuple[Member, str]] = []
        for alert in list(self.held.values()):
            for name, track in alert.tracks.items():
                route = self._rules.routes.get(track.route, self._rules.route)
                reason = mutes.reason(alert.entry, alert.labels, route) if track.held else ""
                if reason == track.held:
                    continue
                was, track.held = track.held, reason
                out.alerts[alert.id] = alert
                self.touched.add(name)
                if not reason and was != SILENCED:
                    found.append((Member(alert, track), was))
            if not alert.held:
                del self.held[alert.id]
        return found

    def forget(self, out: Outbox, before: int) -> None:
        """Lets go of what nobody can ask for again."""
        for alert in forget(out, before):
            self._by_ticket[alert.entry.ticket].discard(alert.id)
            if not self._by_ticket[alert.entry.ticket]:
                del self._by_ticket[alert.entry.ticket]

    def _join(self, alert: Alert) -> None:
        for name in alert.groups:
            if name in self._memory.groups:
                self._memory.groups[name].members[alert.id] = alert
