"""What a group has to tell at an instant: its news, its escalation, what has lapsed, repeats, and what is over. Pure.

Each part answers when it next has something to do; the earliest is when the group is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from alerts.duty import Person
from alerts.memory import Alert, Group, Told, Track
from alerts.muting import Mutes
from alerts.notice import Kind, Standing
from alerts.outbox import Outbox, group_key
from alerts.places import tell_taken_on
from alerts.rules import BURST_MS, GROUP_INTERVAL_MS, Route

#: What was found late waits so long for what else belongs to it: it may be over already.
SETTLE_MS = 2_000

Reach = Callable[[str], Person]


class Member(NamedTuple):
    """An alert in a group, with what the group's route has told of it."""

    alert: Alert
    track: Track


class GroupWork:
    """One group at one instant."""

    def __init__(
        self, group: Group, route: Route | None, out: Outbox, *, mutes: Mutes, reach: Reach, caught_up: bool
    ) -> None:
        self._group = group
        self._route = route  # None of a digest, whose members escalate in their own groups
        self._out = out
        self._mutes = mutes
        self._reach = reach
        self._caught_up = caught_up
        self._now = out.now
        self._times: list[int] = []

    def work(self) -> list[Alert]:
        """Tells what is due, and sets when the group is next to be looked at; answers what is held back from now on."""
        held: list[Alert] = []
        if self._route is not None:
            free: list[Member] = []
            for one in self._members():
                if one.track.held:
                    continue
                reason = self._mutes.reason(one.alert.entry, one.alert.labels, self._route)
                if not reason:
                    free.append(one)
                elif one.track.pending or self._times_of(one, self._route)[0] <= self._now:
                    one.track.held = reason
                    self._changed(one.alert)
                    held.append(one.alert)
            self._tell_news(free, self._route)
            told = [one for one in free if one.track.base_at is not None]
            self._lapse(told, self._route)
            self._escalate(told, self._route)
            self._repeat(told, self._route)
            self._times += [self._times_of(one, self._route)[0] for one in told]
        self._clear()
        tell_taken_on(self._group, self._out)
        self._group.next_at = min((at for at in self._times if at < _NEVER), default=None)
        return held

    def _members(self) -> list[Member]:
        """Those that are not over, and of which the group's route has or had something to tell."""
        name = self._group.id
        alerts = self._group.members.values()
        return [Member(one, one.tracks[name]) for one in alerts if not one.over and name in one.tracks]

    # News

    def _tell_news(self, free: Sequence[Member], route: Route) -> None:
        pending = [one for one in free if one.track.pending and one.alert.tellable]
        ready = [one for one in pending if self._is_ready(one.track)]
        settling = [one.track.news_at + SETTLE_MS for one in pending if not self._is_ready(one.track)]
        self._times += [max(self._now + _AGAIN_MS, at) for at in settling]
        if not ready:
            return
        due = self._flush_at(ready, route)
        if due > self._now:
            self._times.append(due)
            return
        by_person: dict[Person, list[Member]] = {}
        for one in ready:
            for person in audience(one, route, self._reach):
                by_person.setdefault(person, []).append(one)
            one.alert.first_told_at = self._now if one.alert.first_told_at is None else one.alert.first_told_at
        self._group.ack = None  # it was acknowledged as it stood
        for person, members in _once_each(by_person):
            self._mark_told(person, members)
            self._tell(Kind.FIRING, person, members, [one.track.news for one in members])
        for one in ready:
            tell_steps(one, route, self._now)
        self._flushed()

    def _is_ready(self, track: Track) -> bool:
        return not track.late or (self._caught_up and track.news_at + SETTLE_MS <= self._now)

    def _flush_at(self, ready: Sequence[Member], route: Route) -> int:
        first = min(one.track.news_at for one in ready)
        last = self._group.flushed_at
        if last is None:
            return first + route.group_wait
        if not any(one.track.flushed for one in self._members()):
            return max(first + route.group_wait, last + BURST_MS)
        return max(first, last + route.group_interval)

    # Escalation

    def _times_of(self, one: Member, route: Route) -> tuple[int, list[int]]:
        """When an alert that was told is next due for something, and which steps are due now."""
        alert, track = one
        if track.base_at is None or alert.standing is not Standing.FIRING:
            return _NEVER, []
        if alert.ack is not None:
            return (alert.ack.at + route.ack_timeout if route.ack_timeout else _NEVER), []
        steps = [(index, track.base_at + step.after) for index, step in enumerate(route.escalate)]
        left = {index: at for index, at in steps if index not in track.steps}
        repeat = _NEVER
        if track.last_at is not None and route.repeat_interval is not None and _repeats(one):
            repeat = track.last_at + route.repeat_interval
        return min([*left.values(), repeat]), [index for index, at in left.items() if at <= self._now]

    def _lapse(self, told: Sequence[Member], route: Route) -> None:
        """Acknowledged, but the clock still runs after `ack_timeout`: all who were told by a step are told again."""
        lapsed = [
            one for one in told
            if (ack := one.alert.ack) is not None and one.alert.standing is Standing.FIRING
            and route.ack_timeout and ack.at + route.ack_timeout <= self._now
        ]  # fmt: skip
        if not lapsed:
            return
        by_person: dict[Person, list[Member]] = {}
        for one in lapsed:
            one.alert.ack, one.alert.rounds, one.track.last_at = None, one.alert.rounds + 1, self._now
            again = [route.escalate[index].to for index in one.track.steps if index < len(route.escalate)]
            for person in dict.fromkeys(self._reach(name) for name in again or [route.receiver]):
                by_person.setdefault(person, []).append(one)
        for person, members in _once_each(by_person):
            self._again(Kind.ESCALATION, person, members, "ack_timeout")
        self._group.ack = None
        self._out.groups[self._group.id] = self._group

    def _escalate(self, told: Sequence[Member], route: Route) -> None:
        """The steps that are due, each for all of the group that it has not been taken for."""
        due = sorted({index for one in told for index in self._times_of(one, route)[1]})
        for index in due:
            members = [one for one in _waiting(told) if index not in one.track.steps]
            step = route.escalate[index]
            for one in members:
                one.track.steps.append(index)
                one.track.last_at = self._now
            self._again(Kind.ESCALATION, self._reach(step.to), members, after(step.after), f"step {index}")

    def _repeat(self, told: Sequence[Member], route: Route) -> None:
        interval, waiting = route.repeat_interval, [one for one in _waiting(told) if _repeats(one)]
        last = [one.track.last_at for one in waiting if one.track.last_at is not None]
        if interval is None or not last or min(last) + interval > self._now:
            return
        by_receiver: dict[str, list[Member]] = {}
        for one in waiting:
            one.alert.rounds, one.track.last_at = one.alert.rounds + 1, self._now
            self._changed(one.alert)
            for name in one.alert.uncleared:
                by_receiver.setdefault(name, []).append(one)
        for receiver, members in by_receiver.items():
            self._again(Kind.REPEAT, Person(receiver, receiver), members, "repeat_interval")

    def _again(self, kind: Kind, person: Person, members: Sequence[Member], reason: str, turn: str = "") -> None:
        self._mark_told(person, members)
        turn = f"{turn or reason} {max(one.alert.rounds for one in members)}"
        self._tell(kind, person, members, [one.track.flushed for one in members], reason=reason, turn=turn)

    # The end

    def _clear(self) -> None:
        """Tells once, to each who was told in this group, what is over."""
        over: dict[tuple[str, str, Standing], list[Alert]] = {}
        for alert in self._group.members.values():
            if alert.over:
                for name, told in alert.uncleared.items():
                    if told.group == self._group.id:
                        over.setdefault((name, told.key, alert.standing), []).append(alert)
        if not over:
            return
        gap = self._route.group_interval if self._route else GROUP_INTERVAL_MS
        due = (self._group.flushed_at or 0) + gap
        if due > self._now:
            self._times.append(due)
            return
        for (receiver, key, standing), alerts in over.items():
            for alert in alerts:
                alert.told[receiver].cleared = True
                self._changed(alert)
            kind = Kind.ALL_CLEAR if standing is Standing.ENDED else Kind.WITHDRAWN
            self._out.tell(
                kind, Person(receiver, receiver), alerts, [one.entry.name for one in alerts],
                key=key, group=self._group.id, labels=self._group.labels,
            )  # fmt: skip
        self._flushed()

    # Common to all

    def _mark_told(self, person: Person, members: Iterable[Member]) -> None:
        """Remembers who has been told of what."""
        key = group_key(person.receiver, self._group.labels)
        for alert, track in members:
            self._out.stand(alert, person.receiver, Told(track.news, self._group.id, key))

    def _tell(self, kind: Kind, person: Person, members: Sequence[Member], names: Sequence[str], **why: str) -> None:
        key, alerts = group_key(person.receiver, self._group.labels), [one.alert for one in members]
        self._out.tell(kind, person, alerts, names, key=key, group=self._group.id, labels=self._group.labels, **why)

    def _flushed(self) -> None:
        self._group.flushed_at = self._now
        self._out.groups[self._group.id] = self._group

    def _changed(self, alert: Alert) -> None:
        self._out.alerts[alert.id] = alert


_NEVER = 1 << 62
_AGAIN_MS = 200


def _waiting(told: Sequence[Member]) -> list[Member]:
    """Those whose clock runs, and that nobody has acknowledged."""
    return [one for one in told if one.alert.ack is None and one.alert.standing is Standing.FIRING]


def _repeats(one: Member) -> bool:
    """Whether it is this track that repeats: of several, the one that spoke last, to all who were told."""
    if len(one.alert.tracks) == 1:
        return True
    latest = max(one.alert.tracks.items(), key=lambda named: (named[1].last_at or 0, named[0]))
    return latest[1] is one.track


def audience(one: Member, route: Route, reach: Reach) -> list[Person]:
    """Who hears an alert's news: the route's receiver and, unless acknowledged, all whom escalation has reached."""
    names = [route.receiver]
    if one.alert.ack is None:
        taken = one.track.steps
        names += [step.to for index, step in enumerate(route.escalate) if step.after == 0 or index in taken]
    return list(dict.fromkeys(reach(name) for name in names))


def tell_steps(one: Member, route: Route, now: int) -> None:
    """Remembers that the news were told, with the steps taken at once; the others count from the first time."""
    alert, track = one
    track.flushed, track.last_at = track.news, now
    track.base_at = now if track.base_at is None else track.base_at
    if alert.ack is None:
        track.steps += [i for i, step in enumerate(route.escalate) if step.after == 0 and i not in track.steps]


def _once_each(by_person: dict[Person, list[Member]]) -> list[tuple[Person, list[Member]]]:
    """One notice a receiver, even where it is meant for two: the last name, which is the more personal one, stands."""
    by_receiver: dict[str, tuple[Person, dict[str, Member]]] = {}
    for person, members in by_person.items():
        _, known = by_receiver.get(person.receiver, (person, {}))
        known.update({one.alert.id: one for one in members})
        by_receiver[person.receiver] = (person, known)
    return [(person, list(known.values())) for person, known in by_receiver.values()]


def after(ms: int) -> str:
    """A step of escalation by its time, as a reason."""
    minutes, rest = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return "after " + ("".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0s")
