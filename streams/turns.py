"""Figures take turns: one piece of a millisecond or so at a time, and between two of them whatever is ready goes on.

All partitions and scopes of a worker share one loop with its tickets. Were each to do its piece in the same round of
the loop, a ticket that waits for a few rounds would wait for all of their pieces, each time. Where tickets alone make a
round long, pieces get longer with it, and longer still the longer a job has been at it: tickets are quick as long as
figures keep their second, and figures of a machine that is short of time do not fall behind for good.

What somebody watches by the second goes first. What nobody does (`later`: totals of days and months, of which a backlog
leaves seconds of work) has the turns that are left, and one every few milliseconds at the least: one for all of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from time import monotonic
from typing import TypeVar

PIECE_S = 0.001
PART = 0.25  # of the time that the loop took to come round, which a piece may take when that is more
MORE = 1.0  # for each second that a job has been at it, so much more of that time
MORE_LATER = 0.1  # the same of what can wait
LONGEST_S = 16 * PIECE_S
YIELDS_S = 4 * PIECE_S  # what can wait lets others go first for so long

T = TypeVar("T")


class Turns:
    """One for each worker; `clock` tells seconds that only go on."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = asyncio.Lock()
        self._later = asyncio.Lock()
        self._urgent = 0  # at work on what cannot wait
        self._calm = asyncio.Event()
        self._calm.set()
        self._round_s = 0.0  # that the loop last took to come round

    async def collect(self, found: Iterable[T], limit: int | None = None, *, later: bool = False) -> list[T]:
        """Draws up to `limit` of what is made when it is drawn, piece by piece; fewer only when there are no more."""
        drawing = iter(found)
        drawn: list[T] = []
        wanted = limit if limit is not None else 1 << 62
        more, since = True, self._clock()
        with self._working(later=later):
            while more and len(drawn) < wanted:
                async with self._turn(since, later=later) as until:
                    while more and len(drawn) < wanted and self._clock() < until:
                        try:
                            drawn.append(next(drawing))
                        except StopIteration:
                            more = False
        return drawn

    async def repeat(self, step: Callable[[], bool], *, later: bool = False) -> None:
        """Calls `step`, which takes a fraction of a piece, until it says False."""
        more, since = True, self._clock()
        with self._working(later=later):
            while more:
                async with self._turn(since, later=later) as until:
                    while more and self._clock() < until:
                        more = step()

    @contextmanager
    def _working(self, *, later: bool) -> Iterator[None]:
        if later:
            yield
            return
        self._urgent += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._urgent -= 1
            if not self._urgent:
                self._calm.set()

    @asynccontextmanager
    async def _turn(self, since: float, *, later: bool) -> AsyncIterator[float]:
        """One piece of a job that began at `since`: the instant at which it is to end."""
        async with self._later if later else nullcontext():
            if later and self._urgent:
                with suppress(TimeoutError):
                    async with asyncio.timeout(YIELDS_S):
                        await self._calm.wait()
            async with self._lock:
                now = self._clock()
                part = PART + (MORE_LATER if later else MORE) * (now - since)
                yield now + max(PIECE_S, min(part * self._round_s, LONGEST_S))
                ended = self._clock()
                await asyncio.sleep(0)
                self._round_s = self._clock() - ended
