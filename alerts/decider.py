"""The decider: entries, acknowledgements and the hands of the clock go in; records and notices come out. Pure.

    take(entries)  acknowledge(…)  see(incidents)  …  then decide(now) → Decision(records, notices)

It is told the time and asks nobody. What it returns is to be written to the topic first, and sent then; what becomes of
a notice is told by `told`. Restored from the topic, it goes on where the one before it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import NamedTuple

from alerts import burns, duty
from alerts.burns import Burning, Burns
from alerts.digests import CALM_MS, Digests, known_at
from alerts.duty import Person
from alerts.entry import Entry
from alerts.groups import GroupWork
from alerts.intake import first_reply, take
from alerts.memory import DELIVERED, FAILED, SENDING, Ack, Episode, Group, Memory
from alerts.muting import Incidents, Mutes, mutes_at, quiet_changes_at
from alerts.notice import Delivered, Kind, Notice, Outcome, Retry, Trouble
from alerts.outbox import Outbox, notice_of
from alerts.places import tell_left
from alerts.records import Record, step_record
from alerts.register import Register
from alerts.rules import Rules
from alerts.troubles import Troubles
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
    shown: frozenset[str]  # alerts, groups and budgets that have changed


class Decider:
    """Decides for all alerts; not to be shared."""

    def __init__(self, rules: Rules, book: PolicyBook, memory: Memory) -> None:
        self.rules = rules
        self.book = book
        self.memory = memory
        self.incidents = Incidents()
        self._register = Register(rules, book, memory)
        self._acked: dict[str, Group] = {}
        self._acked_burns: dict[str, Episode] = {}
        self._burns = Burns(rules)
        self._troubles = Troubles(rules)
        self._swept_at = 0

    # What comes in

    def take(self, entries: Iterable[Entry], now: int) -> None:
        """Takes entries of the stream in, in their order; those already known change nothing."""
        register = self._register
        for entry in entries:
            taken = take(self.memory.alerts.get(entry.id), entry)
            if taken is None:
                continue
            register.add(taken.alert)
            if taken.is_news:
                register.news(taken.alert, now)
            if taken.alert.over:
                register.end(taken.alert)
            if (ack := first_reply(entry)) is not None:
                register.replied(entry, ack)
            register.touch(taken.alert)

    def acknowledge(self, name: str, by: str, at: int) -> bool:
        """Acknowledges an alert, a group as it stands, or a budget; False where there is none of that name."""
        ack = Ack(by, at)
        if (alert := self.memory.alerts.get(name)) is not None:
            self._register.acknowledge([alert], ack)
        elif (group := self.memory.groups.get(name)) is not None:
            open_now = [one for one in group.members.values() if not one.over and one.first_told_at]
            self._register.acknowledge(open_now, ack)
            group.ack = ack
            self._acked[group.id] = group
            self._register.touched.add(group.id)
        elif name.startswith(burns.FAMILY) and (episode := self.memory.episodes.get(name)) is not None:
            episode.ack, episode.taken_on = ack, False
            self._acked_burns[name] = episode
        else:
            return False
        return True

    def see(self, incidents: Incidents) -> None:
        """Which major incidents are open."""
        self.incidents = incidents

    def burning(self, known: Burning) -> None:
        """Which budgets burn too fast; all of them."""
        self._burns.see(known)

    def unwell(self, troubles: Mapping[str, Trouble], unknown: Collection[str] = ()) -> None:
        """What is wrong with slawatch itself, by `<what>/<where>`; all of it but what is `unknown` just now."""
        self._troubles.see(troubles, unknown)

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
        register, out = self._register, self._outbox(now)
        out.alerts.update(register.changed)
        out.groups.update(self._acked)
        out.episodes.update(self._acked_burns)
        self._acked, self._acked_burns = {}, {}
        register.changed.clear()
        mutes = mutes_at(self.rules, self.book, self.memory.silences.values(), self.incidents, now)
        reach = partial(self.reach, now=now)
        digests = Digests(self.rules, out, reach)
        register.touched.update(group.id for group in digests.held(register.release(mutes, out)))
        self._late(digests, mutes, now, caught_up=caught_up)
        due = [one.id for one in self.memory.groups.values() if one.next_at is not None and one.next_at <= now]
        for name in sorted(register.touched.union(due).intersection(self.memory.groups)):
            there = self.memory.groups[name]
            route = self.rules.routes.get(there.route)
            work = GroupWork(there, route, out, mutes=mutes, reach=reach, caught_up=caught_up)
            register.held.update({one.id: one for one in work.work()})
            register.leave(there)
        register.touched = tell_left(out)  # to be let go of next time
        self._burns.decide(out, mutes, reach)
        self._troubles.decide(out, reach)
        if now - self._swept_at >= SWEEP_MS:
            self._swept_at = now
            register.forget(out, now - FORGET_MS)
        return _decision(out)

    def decide_unwell(self, now: int) -> Decision:
        """Only what concerns slawatch itself: for when nothing else can be known or written down."""
        out = self._outbox(now)
        self._troubles.decide(out, partial(self.reach, now=now))
        return _decision(out)

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
        if self._register.held or self._burns.waiting:
            times += [at for one in self.memory.silences.values() for at in (one.starts_at, one.ends_at)]
            times.append(quiet_changes_at(self.rules, self.book, now) or 0)
        times += self._burns.times
        if digests := self._register.digests:
            calm = max(known_at(one) for one in digests.values()) + CALM_MS
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

    def _outbox(self, now: int) -> Outbox:
        return Outbox(self.memory, self.rules, self.book.zone, now)

    def _late(self, digests: Digests, mutes: Mutes, now: int, *, caught_up: bool) -> None:
        """What was over before it was found: into a digest once all is read; what is very old, nowhere."""
        waiting = self._register.digests
        for alert in [one for one in waiting.values() if one.entry.at < now - OLD_MS]:
            waiting.pop(alert.id).digest = False
            self._register.changed[alert.id] = alert
        if caught_up:
            for alert in digests.late(list(waiting.values()), mutes):
                del waiting[alert.id]


def _decision(out: Outbox) -> Decision:
    ended = [key.removeprefix("episode/") for key in out.gone if key.startswith("episode/")]
    budgets = [key for key in (*out.episodes, *ended) if key.startswith(burns.FAMILY)]
    return Decision(out.records(), out.notices, frozenset((*out.alerts, *out.groups, *budgets)))
