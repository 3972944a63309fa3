"""Troubles of slawatch's own: told to who looks after it, at any hour, and their end at once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from alerts import episodes
from alerts.duty import Person
from alerts.groups import Reach
from alerts.notice import Kind, Severity, Trouble
from alerts.outbox import Outbox, episode_says
from alerts.rules import ON_DUTY, Rules

FAMILY = "self/"
#: A trouble that is still there is told again after so long.
REMIND_MS = 4 * 3_600_000


class Troubles:
    """All troubles; what is remembered of them is in the memory."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._known: Mapping[str, Trouble] | None = None
        self._unknown: Collection[str] = ()

    def see(self, troubles: Mapping[str, Trouble], unknown: Collection[str] = ()) -> None:
        """All that is wrong, by `<what>/<where>`; of what is `unknown` nobody can tell just now."""
        self._known, self._unknown = troubles, unknown

    def decide(self, out: Outbox, reach: Reach) -> None:
        """Tells what has begun, and what is over."""
        if self._known is None:
            return
        for name, trouble in self._known.items():
            self._tell(out, reach, FAMILY + name, trouble)
        still = {FAMILY + name for name in (*self._known, *self._unknown)}
        gone = [key for key in out.memory.episodes if key.startswith(FAMILY) and key not in still]
        episodes.end(out, gone, Kind.SELF, 0)

    def _tell(self, out: Outbox, reach: Reach, key: str, trouble: Trouble) -> None:
        episode = episodes.episode_of(out, key)
        if episode.told_at is not None and out.now - episode.told_at >= REMIND_MS:
            episode.since, episode.told_at = out.now, None
        if episode.told_at is None:
            episode.told_at, episode.says = out.now, episode_says(trouble, Severity.CRITICAL)
            episodes.tell(out, episode, Kind.SELF, [self._caretaker(reach, trouble)], episode.says)

    def _caretaker(self, reach: Reach, trouble: Trouble) -> Person:
        """Who hears that slawatch is unwell: the first of those that are not themselves the trouble."""
        watchdog = self._rules.watchdog
        names = [watchdog.page] if watchdog and watchdog.page else []
        names += [ON_DUTY, self._rules.route.receiver] + ([watchdog.to] if watchdog else [])
        names += [name for name, one in self._rules.receivers.items() if one.apprise or one.webhook or one.alertmanager]
        people = [reach(name) for name in names if name]
        failing = trouble.where if trouble.what == "target" else ""
        return next((one for one in people if one.receiver != failing), people[0])
