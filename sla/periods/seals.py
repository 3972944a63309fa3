"""Up to when everything is in: every partition has been read to its end, and what that led to is known here.

A partition says from time to time that it was read to its end at an instant (`read`), that its totals of then have been
given, and up to which instant it knows what other partitions told of solutions (`seen`). What one of them may still
lack of another has come once all have `seen` what the latest of them had told by the time it spoke. So seals come in
rounds: a round is taken, and holds as soon as everybody has seen it.
"""

from __future__ import annotations

from collections.abc import Collection

SKEW_MS = 1_000  # between two machines' clocks


class Seals:
    """The rounds of one reader. Instants in ms since 1970 UTC."""

    def __init__(self, partitions: Collection[int] = ()) -> None:
        """`partitions` are those that must have spoken; none: those that have."""
        self.sealed = -1
        """All events up to this instant that were in the log when it was read are known here."""
        self.round = 0
        """The number of the latest round that holds: what changed in an earlier one is covered by it."""
        self._partitions = frozenset(partitions)
        self._told: dict[int, tuple[int, int, int]] = {}
        self._taken: tuple[int, int] | None = None

    @property
    def current(self) -> int:
        """The number of the round that is waiting, if one is: what changes now is covered by the one after it."""
        return self.round + (self._taken is not None)

    def tell(self, partition: int, read: int, seen: int, said: int = -1) -> None:
        """Takes what a partition says, and when it said so: by then it had told the others; it never goes back.

        That may be long after `read`: what has been read takes its time to be written.
        """
        before = self._told.get(partition, (-1, -1, -1))
        self._told[partition] = (max(read, before[0]), max(seen, before[1]), max(read, said, before[2]))

    def look(self) -> bool:
        """Takes a round, or finds that the one that was taken holds: then True, and the next one is taken."""
        told = self._told.values()
        if not told or not self._partitions <= self._told.keys() or min(told)[0] < 0:
            return False
        holds = self._taken is not None and min(seen for _, seen, _ in told) >= self._taken[1] + SKEW_MS
        if holds and self._taken is not None:
            self.sealed = max(self.sealed, self._taken[0])
            self.round += 1
        if holds or self._taken is None:
            self._taken = min(read for read, _, _ in told), max(said for _, _, said in told)
        return holds
