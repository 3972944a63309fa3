"""Which metrics `sla` pools, and since when: each edition of a book says so for the time in which it is in force."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

Metrics = tuple[str, ...]


class Promised:
    """The metrics that are pooled, by instant (ms since 1970 UTC). Not to be changed after construction."""

    def __init__(self, since: Sequence[tuple[float, Metrics]]) -> None:
        """`since`: from when on which metrics are pooled, oldest first, at least one; the first also before it."""
        changes = [since[0], *(after for before, after in pairwise(since) if after[1] != before[1])]
        self._instants = [at for at, _ in changes[1:]]
        self._metrics = [metrics for _, metrics in changes]

    @classmethod
    def always(cls, metrics: Sequence[str]) -> Promised:
        """The same metrics at any time."""
        return cls([(0, tuple(metrics))])

    def at(self, at: int) -> Metrics:
        """The metrics that are pooled at an instant."""
        return self._metrics[bisect_right(self._instants, at)]

    def changes(self, after: int, until: int) -> bool:
        """Whether others come into force after one instant and up to another, even if they are gone again by then."""
        return bisect_right(self._instants, after) != bisect_right(self._instants, until)
