"""What an alerter makes of what it looks up: open major incidents, budgets. Pure; the time is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alerts.muting import Incidents

#: An incident that is not listed any more counts as open for so long: a ticket may be being written anew.
LINGER_MS = 5_000


class Lookout:
    """Remembers what was seen last, for a Redis that was emptied knows nothing for a while."""

    def __init__(self) -> None:
        self._incidents: dict[str, int] = {}  # ticket → when it was last seen
        self._issues: dict[str, int] = {}
        self.budgets: dict[str, Mapping[str, Any]] = {}

    def incidents(self, tickets: Iterable[str], issues: Iterable[str], now: int, *, filled: bool) -> Incidents:
        """The incidents that count as open. `filled` says that workers have been heard: what is not there, is not."""
        for seen, listed in ((self._incidents, tickets), (self._issues, issues)):
            seen.update(dict.fromkeys(listed, now))
            for name, at in list(seen.items()):
                if filled and now - at > LINGER_MS:
                    del seen[name]
                elif not filled:
                    seen[name] = now
        return Incidents(frozenset(self._incidents), frozenset(self._issues))

    def know(self, budgets: Mapping[str, Mapping[str, Any]], objectives: Iterable[str]) -> None:
        """Budgets by objective; one that is not there just now stays as it was."""
        self.budgets.update(budgets)
        for gone in set(self.budgets) - set(objectives):
            del self.budgets[gone]
