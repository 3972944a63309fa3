"""How often figures are told: soon in the present, and on the way through the past so that they take little of it."""

from __future__ import annotations

from collections.abc import Callable

BEAT_MS = 500  # between two publications of a partition's cells
PUBLISH_MS = 1_000  # between two publications of a scope's documents
TOTALS_MS = 3_000  # of days and months: the largest, and nobody watches them by the second
LONGEST_MS = 60_000  # of the past
PARTS = 20  # of the time, of which one goes to figures that nobody watches


def totals_due(last: int, now: int, *, behind: bool) -> bool:
    """Whether totals of days and months, told at `last`, go with a publication at `now` (both ms)."""
    return now - last >= (LONGEST_MS if behind else TOTALS_MS)


def pause(took: int, least: int, *, behind: bool) -> int:
    """How long to wait after a publication that took so long (both ms).

    In the present what is late waits for no longer than it took, and for a beat at the most; of figures of the past, on
    their way to the present, only the last are watched.
    """
    if behind:
        return min(max(PARTS * took, least), LONGEST_MS)
    return max(least - took, min(took, least))


class Beat:
    """When the next publication is due; all instants and durations in ms."""

    def __init__(self, least: int, since: int = 0) -> None:
        self._least = least
        self._ended = since
        self._took = 0

    def done(self, began: int, ended: int) -> None:
        """A publication has been made."""
        self._ended, self._took = ended, ended - began

    def is_due(self, now: int, behind: Callable[[int], bool]) -> bool:
        """Whether it is time for the next one.

        Whether that would tell of the past is asked anew each time: once a backlog has been worked off, nobody waits
        for a pause that was begun before.
        """
        passed = now - self._ended
        return passed >= self._least // 2 and passed >= pause(self._took, self._least, behind=behind(now))
