"""The decider: entries, acknowledgements and the hands of the clock go in; records and notices come out. Pure.

    take(entries)  acknowledge(…)  see(incidents)  …  then decide(now) → Decision(records, notices)

It is told the time and asks nobody. What it returns is to be written to the topic first, and sent then; what becomes of
a notice is told by `told`. Restored from the topic, it goes on where the one before it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from alerts import duty
from alerts.digests import CALM_MS, Digests, known_at
from alerts.duty import Person
from alerts.entry import Entry
from alerts.episodes import Episodes
from alerts.forgetting import forget
from alerts.groups import GroupWork, Member
from alerts.intake import first_reply, is_late, take
from alerts.labels import group_id, grouped, labels_of
from alerts.memory import DELIVERED, FAILED, SENDING, SILENCED, Ack, Alert, Group, Memory, Track
from alerts.muting import Incidents, Mutes, mutes_at, quiet_changes_at
from alerts.notice import BudgetBurn, Delivered, Kind, Notice, Outcome, Retry, Trouble
from alerts.outbox import Outbox, notice_of
from alerts.places import tell_left
from alerts.records import Record, step_record
from alerts.rules import Rules
from sla.policy import PolicyBook

DAY_MS = 86_400_000
#: The stream is kept for 14 days: what is older is told nobody as if it had just ended, and is forgotten a day later.
OLD_MS = 14 * DAY_MS
FORGET_MS = 15 * DAY_MS
SWEEP_MS = 60_000


class Decision(NamedTuple):
    """What is to be written, then sent."""

    records: list[Record]
    notices: list[Notice]
    shown: frozenset[str]  # alerts and groups that have changed


class Decider:
    """Decides for all alerts; not to be shared."""

    def __init__(self, rules: Rules, book: PolicyBook, memory: Memory) -> None:
        self.rules = rules
        self.book = book
        self.memory = memory
        self.incidents = Incidents()
        self._changed: dict[str, Alert] = {}  # by entries and acknowledgements since the last decision
        self._acked: dict[str, Group] = {}
        self._by_ticket: dict[str, set[str]] = {}  # ids of its alerts
        self._touched: set[str] = set()  # groups to be looked at
        self._held: dict[str, Alert] = {}
        self._digests: dict[str, Alert] = {}
        self._episodes = Episodes(rules, book)
        self._swept_at = 0
        self._restore()

    # What comes in

    def take(self, entries: Iterable[Entry], now: int) -> None:
        """Takes entries of the stream in, in their order; those already known change nothing."""
        for entry in entries:
            taken = take(self.memory.alerts.get(entry.id), entry)
            if taken is None:
                continue
            alert = taken.alert
            self.memory.alerts[alert.id] = self._changed[alert.id] = alert
            self._by_ticket.setdefault(entry.ticket, set()).add(alert.id)
            if taken.is_news:
                self._digests.pop(alert.id, None)
                self._news(alert, now)
            if alert.over:
                self._end(alert)
            if (ack := first_reply(entry)) is not None:
                self._replied(entry.ticket, ack)
            self._touch(alert)

    def acknowledge(self, name: str, by: str, at: int) -> bool:
        """Acknowledges an alert, or a group as it stands; False where there is none of that name."""
        alert = self.memory.alerts.get(name)
        if alert is not None:
            self._acknowledge([alert], Ack(by, at))
            return True
        group = self.memory.groups.get(name)
        if group is None:
            return False
        ack = Ack(by, at)
        self._acknowledge([one for one in group.members.values() if not one.over and one.first_told_at], ack)
        group.ack = ack
        self._acked[group.id] = group
        self._touched.add(group.id)
        return True

    def see(self, incidents: Incidents) -> None:
        """Which major incidents are open."""
        self.incidents = incidents

    def burning(self, budgets: Mapping[str, BudgetBurn], labels: Mapping[str, Mapping[str, str]]) -> None:
        """Which budgets burn too fast, by `<objective>/<rate>`, and by what each is matched; all of them."""
        self._episodes.burning(budgets, labels)

    def unwell(self, troubles: Mapping[str, Trouble]) -> None:
        """What is wrong with slawatch itself, by `<what>/<where>`; all of it."""
        self._episodes.unwell(troubles)

    def told(self, notice: Notice, outcome: Outcome, now: int) -> list[Record]:
        """What came of a notice, to be written down."""
        step = self.memory.steps.get(notice.key)
        if step is None or isinstance(outcome, Retry) or step.state != SENDING:
            return []
        step.state = DELIVERED if isinstance(outcome, Delivered) else FAILED
        step.detail = "" if isinstance(outcome, Delivered) else outcome.reason
        step.done_at, step.ids = now, []
        if step.state == DELIVERED:
            step.says = {}
        return [step_record(step)]

    # What goes out

    def decide(self, now: int, *, caught_up: bool = True) -> Decision:
        """All that is due at an instant. `caught_up` says that the stream has been read to its end."""
        out = Outbox(self.memory, self.rules, self.book.zone, now)
        out.alerts.update(self._changed)
        out.groups.update(self._acked)
        self._changed, self._acked = {}, {}
        mutes = mutes_at(self.rules, self.book, self.memory.silences.values(), self.incidents, now)
        reach = partial(self.reach, now=now)
        released = self._release(mutes, out)
        digests = Digests(self.rules, out, reach)
        for group in digests.held(released):
            self._touched.add(group.id)
        self._late(digests, mutes, now, caught_up=caught_up)
        due = [one.id for one in self.memory.groups.values() if one.next_at is not None and one.next_at <= now]
        for name in sorted(self._touched.union(due).intersection(self.memory.groups)):
            there = self.memory.groups[name]
            route = self.rules.routes.get(there.route)
            work = GroupWork(there, route, out, mutes=mutes, reach=reach, caught_up=caught_up)
            self._held.update({one.id: one for one in work.work()})
            self._leave(there)
        self._touched.clear()
        self._touched |= tell_left(out)  # to be let go of next time
        self._episodes.decide(out, mutes, reach)
        self._sweep(out)
        return Decision(out.records(), out.notices, frozenset((*out.alerts, *out.groups)))

    def decide_unwell(self, now: int) -> Decision:
        """Only what concerns slawatch itself: for when nothing else can be known or written down."""
        out = Outbox(self.memory, self.rules, self.book.zone, now)
        self._episodes.decide_unwell(out, partial(self.reach, now=now))
        return Decision(out.records(), out.notices, frozenset())

    def unsent(self) -> list[Notice]:
        """Notices whose outcome nobody wrote down: sent again, perhaps, and marked so."""
        return [
            notice_of(step, self.memory, self.rules, self.book.zone, repeated=True)
            for step in self.memory.unsent()
            if step.receiver in self.rules.receivers
        ]

    def next_at(self, now: int) -> int | None:
        """When something is next due, as far as is known; after `now`."""
        times = [group.next_at for group in self.memory.groups.values() if group.next_at is not None]
        if self._held or self._episodes.waiting:
            times += [at for one in self.memory.silences.values() for at in (one.starts_at, one.ends_at)]
            times.append(quiet_changes_at(self.rules, self.book, now) or 0)
        times += self._episodes.times()
        if self._digests:
            calm = max(known_at(one) for one in self._digests.values()) + CALM_MS
            times.append(calm if calm > now else quiet_changes_at(self.rules, self.book, now) or now + 1000)
        return min((at for at in times if at > now), default=now + 1 if any(at <= now for at in times) else None)

    def refresh(self, receiver: str, now: int) -> list[Notice]:
        """All that a receiver has been told of and that is not over, once more."""
        open_now = [one for one in self.memory.alerts.values() if not one.over and receiver in one.uncleared]
        out = Outbox(Memory(alerts=self.memory.alerts), self.rules, self.book.zone, now)
        out.tell(Kind.REFRESH, Person(receiver, receiver), open_now, [one.entry.name for one in open_now],
                 key="refresh", group="refresh", turn=str(now))  # fmt: skip
        return out.notices

    def reach(self, name: str, now: int) -> Person:
        """Whom a receiver's name, or `on_duty`, means at an instant."""
        return duty.person(self.rules, self.book, self.memory.duty, name, now)

    # Inside

    def _restore(self) -> None:
        """Puts groups, and what is held back, together from what is remembered; the rules may be others by now."""
        for alert in self.memory.alerts.values():
            self._by_ticket.setdefault(alert.entry.ticket, set()).add(alert.id)
            alert.told = {name: told for name, told in alert.told.items() if name in self.rules.receivers}
            missing = False
            for name, track in list(alert.tracks.items()):
                if track.route not in self.rules.routes:
                    del alert.tracks[name]
                    missing |= track.pending and not alert.over
                elif name not in self.memory.groups:
                    shared = grouped(self.rules.routes[track.route], alert.entry, alert.labels)
                    self.memory.groups[name] = Group(name, track.route, shared)
            if missing:
                self._news(alert, alert.entry.at)
            self._join(alert)
            if alert.held:
                self._held[alert.id] = alert
            if alert.digest:
                self._digests[alert.id] = alert
        for episode in self.memory.episodes.values():
            episode.told = {name: who for name, who in episode.told.items() if name in self.rules.receivers}
        self._touched.update(self.memory.groups)

    def _news(self, alert: Alert, now: int) -> None:
        """Chooses the route and group that tell the newest entry; what other routes tell goes on beside it."""
        alert.labels = labels_of(alert.entry, self.book)
        route = self.rules.route.find(alert.labels)
        shared = grouped(route, alert.entry, alert.labels)
        name = group_id(route, shared)
        if name not in self.memory.groups:
            self.memory.groups[name] = Group(name, route.path, shared)
        for other in (one for group, one in alert.tracks.items() if group != name and one.pending):
            if not self.rules.routes[other.route].escalate:
                other.drop()  # the newer level says it all; where somebody is to be called, it is still said
        track = alert.tracks.setdefault(name, Track(route.path))
        # While earlier news has not been told yet, the wait for company has begun with it.
        track.news_at = track.news_at if track.pending else now
        track.news, track.late = alert.entry.name, is_late(alert.entry, now)

    def _join(self, alert: Alert) -> None:
        for name in alert.groups:
            if name in self.memory.groups:
                self.memory.groups[name].members[alert.id] = alert

    def _touch(self, alert: Alert) -> None:
        self._join(alert)
        self._touched |= alert.groups

    def _leave(self, group: Group) -> None:
        """Lets go of members that have nothing more to do with a group."""
        for alert in list(group.members.values()):
            if (alert.over or group.id not in alert.tracks) and group.id not in alert.groups:
                del group.members[alert.id]

    def _end(self, alert: Alert) -> None:
        """Its clock is over: what was to be told is not told any more, unless it was found late."""
        if not alert.told and any(track.pending and track.late for track in alert.tracks.values()):
            alert.digest = True
            self._digests[alert.id] = alert
        for track in alert.tracks.values():
            track.drop()
        self._touched.update(alert.tracks)
        self._held.pop(alert.id, None)

    def _replied(self, ticket: str, ack: Ack) -> None:
        alerts = [self.memory.alerts[name] for name in sorted(self._by_ticket.get(ticket, ()))]
        self._acknowledge([one for one in alerts if not one.over and one.told and one.ack is None], ack)

    def _late(self, digests: Digests, mutes: Mutes, now: int, *, caught_up: bool) -> None:
        """What was over before it was found: into a digest once all is read; what is very old, nowhere."""
        for alert in [one for one in self._digests.values() if one.entry.at < now - OLD_MS]:
            self._digests.pop(alert.id).digest = False
            self._changed[alert.id] = alert
        if caught_up:
            for alert in digests.late(list(self._digests.values()), mutes):
                del self._digests[alert.id]

    def _acknowledge(self, alerts: Iterable[Alert], ack: Ack) -> None:
        for alert in alerts:
            alert.ack = ack
            self._changed[alert.id] = alert
            self._touch(alert)

    def _release(self, mutes: Mutes, out: Outbox) -> list[tuple[Member, str]]:
        """What is held back no longer, with the reason for which it was; silences end in silence."""
        found: list[tuple[Member, str]] = []
        for alert in list(self._held.values()):
            for name, track in alert.tracks.items():
                route = self.rules.routes.get(track.route, self.rules.route)
                reason = mutes.reason(alert.entry, alert.labels, route) if track.held else ""
                if reason == track.held:
                    continue
                was, track.held = track.held, reason
                out.alerts[alert.id] = alert
                self._touched.add(name)
                if not reason and was != SILENCED:
                    found.append((Member(alert, track), was))
            if not alert.held:
                del self._held[alert.id]
        return found

    def _sweep(self, out: Outbox) -> None:
        """Now and then: lets go of what nobody can ask for again."""
        if out.now - self._swept_at < SWEEP_MS:
            return
        self._swept_at = out.now
        for alert in forget(out, out.now - FORGET_MS):
            self._by_ticket[alert.entry.ticket].discard(alert.id)
            if not self._by_ticket[alert.entry.ticket]:
                del self._by_ticket[alert.entry.ticket]
