"""What a group has to tell at an instant: its news, its escalation, what has lapsed, repeats, and what is over. Pure.

Each part answers when it next has something to do; the earliest is when the group is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from alerts.duty import Person
from alerts.memory import Alert, Group, Told
from alerts.muting import Mutes
from alerts.notice import Kind, Standing
from alerts.outbox import Outbox, group_key
from alerts.rules import BURST_MS, GROUP_INTERVAL_MS, Route

#: What was found late waits so long for what else belongs to it: it may be over already.
SETTLE_MS = 2_000

Reach = Callable[[str], Person]


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
            members = [one for one in self._group.members.values() if one.group == self._group.id and not one.over]
            free: list[Alert] = []
            for alert in members:
                if alert.held:
                    continue
                reason = self._mutes.reason(alert.entry, alert.labels, self._route)
                if reason and (alert.pending or self._times_of(alert, self._route)[0] <= self._now):
                    alert.held = reason
                    self._changed(alert)
                    held.append(alert)
                elif not reason:
                    free.append(alert)
            self._tell_news(free, self._route)
            told = [one for one in free if one.base_at is not None and not one.pending]
            self._lapse(told, self._route)
            self._escalate(told, self._route)
            self._repeat(told, self._route)
            self._times += [self._times_of(one, self._route)[0] for one in told]
        self._clear()
        self._group.next_at = min((at for at in self._times if at < _NEVER), default=None)
        return held

    # News

    def _tell_news(self, free: Sequence[Alert], route: Route) -> None:
        pending = [one for one in free if one.pending and one.tellable]
        ready = [one for one in pending if not one.late or (self._caught_up and one.news_at + SETTLE_MS <= self._now)]
        if len(ready) < len(pending):
            self._times.append(max(self._now + 200, min(one.news_at for one in pending if one.late) + SETTLE_MS))
        if not ready:
            return
        due = self._flush_at(ready, route)
        if due > self._now:
            self._times.append(due)
            return
        by_person: dict[Person, list[Alert]] = {}
        for alert in ready:
            for one in audience(alert, route, self._reach):
                by_person.setdefault(one, []).append(alert)
            tell_steps(alert, route, self._now)
        for alert in ready:
            alert.first_told_at = self._now if alert.first_told_at is None else alert.first_told_at
        self._group.ack = None  # it was acknowledged as it stood
        for one, alerts in _once_each(by_person):
            self.mark_told(one, alerts)
            self._tell(Kind.FIRING, one, alerts, [alert.news for alert in alerts])
        for alert in ready:
            alert.flushed = alert.news
            alert.last_at = self._now
        self._flushed()

    def _flush_at(self, ready: Sequence[Alert], route: Route) -> int:
        first = min(one.news_at for one in ready)
        last = self._group.flushed_at
        members = self._group.members.values()
        if last is None or not any(one.group == self._group.id and one.uncleared and not one.over for one in members):
            return first + route.group_wait if last is None else max(first + route.group_wait, last + BURST_MS)
        return max(first, last + route.group_interval)

    # Escalation

    def _times_of(self, alert: Alert, route: Route) -> tuple[int, list[int]]:
        """When an alert that was told is next due for something, and which steps are due now."""
        if alert.base_at is None or alert.standing is not Standing.FIRING or alert.over:
            return _NEVER, []
        if alert.ack is not None:
            return (alert.ack.at + route.ack_timeout if route.ack_timeout else _NEVER), []
        steps = [(index, alert.base_at + step.after) for index, step in enumerate(route.escalate)]
        left = {index: at for index, at in steps if index not in alert.steps}
        repeat = alert.last_at + route.repeat_interval if alert.last_at and route.repeat_interval else _NEVER
        return min([*left.values(), repeat]), [index for index, at in left.items() if at <= self._now]

    def _lapse(self, told: Sequence[Alert], route: Route) -> None:
        """Acknowledged, but the clock still runs after `ack_timeout`: all who were told by a step are told again."""
        lapsed = [
            one for one in told
            if one.ack is not None and one.standing is Standing.FIRING
            and route.ack_timeout and one.ack.at + route.ack_timeout <= self._now
        ]  # fmt: skip
        if not lapsed:
            return
        by_person: dict[Person, list[Alert]] = {}
        for alert in lapsed:
            alert.ack, alert.rounds, alert.last_at = None, alert.rounds + 1, self._now
            again = [route.escalate[index].to for index in alert.steps if index < len(route.escalate)]
            for one in dict.fromkeys(self._reach(name) for name in again or [route.receiver]):
                by_person.setdefault(one, []).append(alert)
        for one, alerts in _once_each(by_person):
            self._again(Kind.ESCALATION, one, alerts, "ack_timeout")
        self._group.ack = None
        self._out.groups[self._group.id] = self._group

    def _escalate(self, told: Sequence[Alert], route: Route) -> None:
        """The steps that are due, each for all of the group that it has not been taken for."""
        due = sorted({index for one in told for index in self._times_of(one, route)[1]})
        waiting = [one for one in told if one.ack is None and one.standing is Standing.FIRING]
        for index in due:
            alerts = [one for one in waiting if index not in one.steps]
            step = route.escalate[index]
            for alert in alerts:
                alert.steps.append(index)
                alert.last_at = self._now
            self._again(Kind.ESCALATION, self._reach(step.to), alerts, _after(step.after), f"step {index}")

    def _repeat(self, told: Sequence[Alert], route: Route) -> None:
        waiting = [one for one in told if one.ack is None and one.standing is Standing.FIRING]
        interval = route.repeat_interval
        if interval is None or not any(one.last_at and one.last_at + interval <= self._now for one in waiting):
            return
        by_receiver: dict[str, list[Alert]] = {}
        for alert in waiting:
            alert.rounds, alert.last_at = alert.rounds + 1, self._now
            for name in alert.uncleared:
                by_receiver.setdefault(name, []).append(alert)
        for receiver, alerts in by_receiver.items():
            self._again(Kind.REPEAT, Person(receiver, receiver), alerts, "repeat_interval")

    def _again(self, kind: Kind, person: Person, alerts: Sequence[Alert], reason: str, turn: str = "") -> None:
        self.mark_told(person, alerts)
        turn = f"{turn or reason} {max(one.rounds for one in alerts)}"
        self._tell(kind, person, alerts, [one.flushed for one in alerts], reason=reason, turn=turn)

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

    def mark_told(self, person: Person, alerts: Iterable[Alert]) -> None:
        """Remembers who has been told of what."""
        key = group_key(person.receiver, self._group.labels)
        for alert in alerts:
            alert.told[person.receiver] = Told(alert.news, self._group.id, key)
            self._changed(alert)

    def _tell(
        self, kind: Kind, person: Person, alerts: Sequence[Alert], names: Sequence[str], **why: str
    ) -> None:
        key = group_key(person.receiver, self._group.labels)
        self._out.tell(kind, person, alerts, names, key=key, group=self._group.id, labels=self._group.labels, **why)

    def _flushed(self) -> None:
        self._group.flushed_at = self._now
        self._out.groups[self._group.id] = self._group

    def _changed(self, alert: Alert) -> None:
        self._out.alerts[alert.id] = alert


_NEVER = 1 << 62


def audience(alert: Alert, route: Route, reach: Reach) -> list[Person]:
    """Who hears an alert's news: the route's receiver and, unless acknowledged, all whom escalation has reached."""
    names = [route.receiver]
    if alert.ack is None:
        names += [step.to for index, step in enumerate(route.escalate) if step.after == 0 or index in alert.steps]
    return list(dict.fromkeys(reach(name) for name in names))


def tell_steps(alert: Alert, route: Route, now: int) -> None:
    """Remembers the steps that were taken with the news itself, and from when on the others count."""
    if alert.base_at is None:
        alert.base_at = now
    if alert.ack is None:
        at_once = [index for index, step in enumerate(route.escalate) if step.after == 0 and index not in alert.steps]
        alert.steps += at_once


def _once_each(by_person: dict[Person, list[Alert]]) -> list[tuple[Person, list[Alert]]]:
    """One notice a receiver, even where it is meant for two: the last name, which is the more personal one, stands."""
    by_receiver: dict[str, tuple[Person, dict[str, Alert]]] = {}
    for person, alerts in by_person.items():
        _, known = by_receiver.get(person.receiver, (person, {}))
        known.update({one.id: one for one in alerts})
        by_receiver[person.receiver] = (person, known)
    return [(person, list(known.values())) for person, known in by_receiver.values()]


def _after(ms: int) -> str:
    minutes, rest = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return "after " + ("".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0s")
