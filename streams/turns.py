"""Figures take turns: one piece of a millisecond or so at a time, and between two of them whatever is ready goes on.

All partitions and scopes of a worker share one loop with its tickets. Were each to do its piece in the same round of
the loop, a ticket that waits for a few rounds would wait for all of their pieces, each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from time import monotonic
from typing import TypeVar

PIECE_S = 0.001

T = TypeVar("T")


class Turns:
    """One for each worker."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def collect(self, found: Iterable[T], limit: int | None = None) -> list[T]:
        """Draws up to `limit` of what is made when it is drawn, piece by piece; fewer only when there are no more."""
        drawing = iter(found)
        drawn: list[T] = []
        wanted = limit if limit is not None else 1 << 62
        more = True
        while more and len(drawn) < wanted:
            async with self._lock:
                until = monotonic() + PIECE_S
                while more and len(drawn) < wanted and monotonic() < until:
                    try:
                        drawn.append(next(drawing))
                    except StopIteration:
                        more = False
                await asyncio.sleep(0)
        return drawn

    async def repeat(self, step: Callable[[], bool]) -> None:
        """Calls `step`, which takes a fraction of a piece, until it says False."""
        more = True
        while more:
            async with self._lock:
                until = monotonic() + PIECE_S
                while more and monotonic() < until:
                    more = step()
                await asyncio.sleep(0)
