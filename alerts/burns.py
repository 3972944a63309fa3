"""Budgets that burn too fast: each goes the way of its route, is escalated until somebody takes it on, and ends. Pure.

It keeps quiet hours and silences. Its end is told when it has held off for a while: rates flutter about their limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from alerts import episodes
from alerts.duty import Person
from alerts.groups import Reach, after
from alerts.memory import QUIET, SILENCED, Ack, Episode
from alerts.muting import Mutes
from alerts.notice import BudgetBurn, Kind, Severity
from alerts.outbox import Outbox, episode_says
from alerts.places import keeps_incidents
from alerts.rules import Route, Rules

FAMILY = "budget/"
#: A budget has to hold off for so long before it counts as over.
CALM_MS = 600_000
#: From this rate on it is as urgent as can be.
CRITICAL = 10


@dataclass(frozen=True, slots=True)
class Burning:
    """What is known of all budgets: those that burn, by `<objective>/<rate>`, and by what each is matched.

    Of the objectives in `unknown` nobody can tell just now: what burned there neither goes on nor is over.
    """

    budgets: Mapping[str, BudgetBurn]
    labels: Mapping[str, Mapping[str, str]]
    unknown: AbstractSet[str] = frozenset()


class Burns:
    """All budgets that burn; what is remembered of them is in the memory."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._known: Burning | None = None
        self.times: list[int] = []  # when something is next to be done
        self.waiting = False  # something is held back

    def see(self, known: Burning) -> None:
        """Which budgets burn."""
        self._known = known

    def decide(self, out: Outbox, mutes: Mutes, reach: Reach) -> None:
        """Tells what has begun, what nobody has taken on, and what is over."""
        self.times, self.waiting = [], False
        if self._known is None:
            return
        for name, burn in self._known.budgets.items():
            route = self._rules.route.find(self._known.labels[name])
            episode = episodes.episode_of(out, FAMILY + name)
            if episode.quiet_since is not None:
                episode.quiet_since = None
                out.episodes[episode.key] = episode
            reason = mutes.reason_of(self._known.labels[name], route)
            self.waiting |= reason in (QUIET, SILENCED)
            if not reason:
                _Turn(out, reach, route, episode, burn, self.times).take()
        still = {FAMILY + name for name in self._known.budgets}
        burned = [key for key in out.memory.episodes if key.startswith(FAMILY) and key not in still]
        burning = {objective_of(key) for key in still}  # one that burns at another rate now is not over
        gone = [key for key in burned if objective_of(key) not in self._known.unknown | burning]
        self.times += episodes.end(out, gone, Kind.BUDGET, CALM_MS)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One budget that burns, at one instant."""

    out: Outbox
    reach: Reach
    route: Route
    episode: Episode
    burn: BudgetBurn
    times: list[int]

    def take(self) -> None:
        """Tells what is due."""
        if self.episode.told_at is None:
            self._begin()
        elif self.episode.ack is not None:
            self._is_taken_on(self.episode.ack)
        if self.episode.ack is None:
            self._escalate()
            self._repeat()

    def _begin(self) -> None:
        episode = self.episode
        episode.told_at = self.out.now
        episode.steps = [index for index, step in enumerate(self.route.escalate) if step.after == 0]
        self._tell([self.route.receiver, *(self.route.escalate[index].to for index in episode.steps)], "", "on")

    def _is_taken_on(self, ack: Ack) -> None:
        out, episode, lapses = self.out, self.episode, self.route.ack_timeout
        if not episode.taken_on:
            episode.taken_on = True
            told = [Person(name, who) for name, who in episode.told.items() if name in out.rules.receivers]
            people = [one for one in told if keeps_incidents(out.rules.receivers[one.receiver])]
            episodes.tell(out, episode, Kind.ACKNOWLEDGED, people, episode.says, turn=f"ack {ack.at}", ack_id="")
        if lapses is None:
            return
        if out.now < ack.at + lapses:
            self.times.append(ack.at + lapses)
            return
        episode.ack, episode.taken_on, episode.rounds = None, False, episode.rounds + 1
        steps = [self.route.escalate[index].to for index in episode.steps if index < len(self.route.escalate)]
        self._tell(steps or [self.route.receiver], "ack_timeout", f"ack_timeout {episode.rounds}", anew=True)

    def _escalate(self) -> None:
        for index, step in enumerate(self.route.escalate):
            due = (self.episode.told_at or 0) + step.after
            if index in self.episode.steps:
                continue
            if due > self.out.now:
                self.times.append(due)
                continue
            self.episode.steps.append(index)
            self._tell([step.to], after(step.after), f"step {index} {self.episode.rounds}")

    def _repeat(self) -> None:
        interval, last = self.route.repeat_interval, self.episode.last_at
        if interval is None or last is None:
            return
        if last + interval > self.out.now:
            self.times.append(last + interval)
            return
        self.episode.rounds += 1
        self._tell(list(self.episode.told), "repeat_interval", f"repeat {self.episode.rounds}")

    def _tell(self, names: list[str], reason: str, turn: str, **more: object) -> None:
        severity = Severity.CRITICAL if self.burn.rate > CRITICAL else Severity.WARNING
        self.episode.says, self.episode.last_at = episode_says(self.burn, severity), self.out.now
        people = dict.fromkeys(self.reach(name) for name in names)
        episodes.tell(self.out, self.episode, Kind.BUDGET, people, self.episode.says, turn=turn, reason=reason,
                      ack_id=self.episode.key, **more)  # fmt: skip


def objective_of(key: str) -> str:
    """The objective of an episode's key."""
    return key.removeprefix(FAMILY).rpartition("/")[0]
