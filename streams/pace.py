"""How often figures are told: soon in the present, and on the way through the past so that they take little of it."""

from __future__ import annotations

BEAT_MS = 500  # between two publications of a partition's cells
PUBLISH_MS = 1_000  # between two publications of a scope's documents
TOTALS_MS = 3_000  # of days and months: the largest, and nobody watches them by the second
LONGEST_MS = 15_000
LONGEST_TOTALS_MS = 60_000
PARTS = 20  # of the time, of which one goes to figures that nobody watches


def totals_due(last: int, now: int, *, behind: bool) -> bool:
    """Whether totals of days and months, told at `last`, go with a publication at `now` (both ms)."""
    return now - last >= (LONGEST_TOTALS_MS if behind else TOTALS_MS)


def pause(took: int, least: int, *, behind: bool) -> int:
    """How long to wait after a publication that took so long (both ms).

    In the present what is late waits for no longer than it took, and for a beat at the most; of figures of the past, on
    their way to the present, only the last are watched.
    """
    if behind:
        return min(max(PARTS * took, least), LONGEST_MS)
    return max(least - took, min(took, least))
