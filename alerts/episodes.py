"""What pages for itself and ends by itself: a budget that burns too fast, a trouble of slawatch's own. Pure.

A budget goes the way of its route, and keeps quiet hours; its end is told when it has held off for a while, for rates
flutter about their limit. A trouble of our own goes to who looks after slawatch, at any hour, and its end at once.
"""

from __future__ import annotations

from collections.abc import Mapping

from alerts.duty import Person
from alerts.groups import Reach
from alerts.memory import QUIET, SILENCED, Episode
from alerts.muting import Mutes
from alerts.notice import BudgetBurn, Kind, Severity, Trouble
from alerts.outbox import Outbox, episode_says, episode_step
from alerts.rules import ON_DUTY, Route, Rules
from sla.policy import PolicyBook

#: A budget has to hold off for so long before it counts as over.
CALM_MS = 600_000
#: A trouble that is still there is told again after so long.
REMIND_MS = 4 * 3_600_000


class Episodes:
    """All episodes; what is remembered of them is in the memory."""

    def __init__(self, rules: Rules, book: PolicyBook) -> None:
        self._rules = rules
        self._book = book
        self._budgets: Mapping[str, BudgetBurn] | None = None
        self._labels: Mapping[str, Mapping[str, str]] = {}
        self._troubles: Mapping[str, Trouble] | None = None
        self._times: list[int] = []
        self.waiting = False  # something is held back

    def burning(self, budgets: Mapping[str, BudgetBurn], labels: Mapping[str, Mapping[str, str]]) -> None:
        """See `Decider.burning`."""
        self._budgets, self._labels = budgets, labels

    def unwell(self, troubles: Mapping[str, Trouble]) -> None:
        """See `Decider.unwell`."""
        self._troubles = troubles

    def times(self) -> list[int]:
        """When an episode next has something to do."""
        return self._times

    def decide(self, out: Outbox, mutes: Mutes, reach: Reach) -> None:
        """Tells what has begun, and what is over."""
        self._times, self.waiting = [], False
        if self._budgets is not None:
            for name, burn in self._budgets.items():
                self._burns(out, mutes, reach, f"budget/{name}", burn)
            self._end(out, "budget/", {f"budget/{name}" for name in self._budgets}, Kind.BUDGET, CALM_MS)
        self.decide_unwell(out, reach)

    def decide_unwell(self, out: Outbox, reach: Reach) -> None:
        """The troubles alone."""
        if self._troubles is not None:
            for name, trouble in self._troubles.items():
                self._is_unwell(out, reach, f"self/{name}", trouble)
            self._end(out, "self/", {f"self/{name}" for name in self._troubles}, Kind.SELF, 0)

    def _burns(self, out: Outbox, mutes: Mutes, reach: Reach, key: str, burn: BudgetBurn) -> None:
        labels = self._labels[key.removeprefix("budget/")]
        route = self._rules.route.find(labels)
        episode = self._episode(out, key)
        if episode.quiet_since is not None:
            episode.quiet_since = None
            out.episodes[key] = episode
        reason = mutes.reason_of(labels, route)
        self.waiting |= reason in (QUIET, SILENCED)
        if reason or episode.told_at is not None:
            return
        says = episode_says(burn, Severity.CRITICAL if burn.rate > 10 else Severity.WARNING)
        people = dict.fromkeys(reach(name) for name in _audience(route))
        self._begin(out, episode, Kind.BUDGET, list(people), says)

    def _is_unwell(self, out: Outbox, reach: Reach, key: str, trouble: Trouble) -> None:
        episode = self._episode(out, key)
        if episode.told_at is not None and out.now - episode.told_at >= REMIND_MS:
            episode.since, episode.told_at = out.now, None
        if episode.told_at is None:
            says = episode_says(trouble, Severity.CRITICAL)
            self._begin(out, episode, Kind.SELF, [self._caretaker(reach, trouble)], says)

    def _caretaker(self, reach: Reach, trouble: Trouble) -> Person:
        """Who hears that slawatch is unwell: the first of those that are not themselves the trouble."""
        watchdog = self._rules.watchdog
        names = [watchdog.page] if watchdog and watchdog.page else []
        names += [ON_DUTY, self._rules.route.receiver] + ([watchdog.to] if watchdog else [])
        names += [name for name, one in self._rules.receivers.items() if one.apprise or one.webhook or one.alertmanager]
        people = [reach(name) for name in names if name]
        failing = trouble.where if trouble.what == "target" else ""
        return next((one for one in people if one.receiver != failing), people[0])

    def _episode(self, out: Outbox, key: str) -> Episode:
        if key not in out.memory.episodes:
            out.memory.episodes[key] = Episode(key, out.now)
            out.episodes[key] = out.memory.episodes[key]
        return out.memory.episodes[key]

    def _begin(self, out: Outbox, episode: Episode, kind: Kind, people: list[Person], says: dict[str, object]) -> None:
        for person in people:
            out.take(episode_step(kind, person, episode, out.now, over=False, says=says))
            episode.told[person.receiver] = person.recipient
        episode.told_at, episode.says = out.now, says
        out.episodes[episode.key] = episode

    def _end(self, out: Outbox, family: str, still: set[str], kind: Kind, calm_ms: int) -> None:
        for key, episode in list(out.memory.episodes.items()):
            if not key.startswith(family) or key in still:
                continue
            if episode.quiet_since is None:
                episode.quiet_since = out.now
                out.episodes[key] = episode
            if out.now < episode.quiet_since + calm_ms:
                self._times.append(episode.quiet_since + calm_ms)
                continue
            for receiver, recipient in episode.told.items() if episode.told_at is not None else ():
                says = {**episode.says, "severity": Severity.INFO.value}
                out.take(episode_step(kind, Person(receiver, recipient), episode, out.now, over=True, says=says))
            del out.memory.episodes[key]
            out.episodes.pop(key, None)
            out.gone.append(f"episode/{key}")


def _audience(route: Route) -> list[str]:
    return [route.receiver, *(step.to for step in route.escalate if step.after == 0)]
