"""How long a target is tried, and how long is waited in between: pure, chance and time are arguments."""

from __future__ import annotations

from typing import Final

from alerts.notice import Kind

FIRST_S: Final = 1.0
MOST_S: Final = 30.0
ASKED_MOST_S: Final = 900.0  # a target that asks for longer is tried after so long all the same
TRIED_MS: Final = 3_600_000

#: Of these only the newest is worth sending: an old sign of life would be a lie.
FLEETING: Final = frozenset({Kind.HEARTBEAT, Kind.REFRESH})


def tried_for(kind: Kind) -> int:
    """How long in ms a notice is tried before it is kept as undelivered; 0: once."""
    return 0 if kind in FLEETING else TRIED_MS


def pause_s(failures: int, chance: float, asked_s: float | None = None) -> float:
    """The seconds until the next attempt, after so many failures in a row; `chance` lies in [0, 1).

    It doubles up to `MOST_S`, and half of it is left to chance, so that many who lost one target do not come back to it
    all at once. What the target asked for is waited at least.
    """
    grown: float = min(MOST_S, FIRST_S * 2.0 ** min(failures - 1, 10))
    waited = grown * (0.5 + chance / 2)
    return waited if asked_s is None else max(waited, min(asked_s, ASKED_MOST_S))
