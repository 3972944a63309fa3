"""What waits for one partition's task: some batches; what more there is stays with Faust, and then with Kafka."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any


class Inbox:
    """Faust's events, each a batch of records, up to about so many records."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[Any] = deque()
        self._records = 0
        self._room = asyncio.Event()
        self._emptied = 0
        self._closed = False

    def __bool__(self) -> bool:
        return bool(self._waiting)

    async def put(self, event: Any) -> bool:
        """Puts a batch behind the others, when there is room; False when it was let go."""
        emptied = self._emptied
        while self._records >= self._most and not self._closed:
            self._room.clear()
            await self._room.wait()
        if self._closed or emptied != self._emptied:
            return False  # it comes again, with those before it that were let go
        self._waiting.append(event)
        self._records += len(event.message.value)
        return True

    def take(self, had: int) -> list[Any]:
        """All that waits, in order, by one who has had all up to an offset.

        What comes after something he has not had is left out: a rebalance has let that go, and brings both again.
        """
        taken = []
        for event in self._waiting:
            if event.message.value.after <= had:
                taken.append(event)
                had = max(had, event.message.offset)
        self._clear()
        return taken

    def empty(self) -> None:
        """Lets go what waits, and whoever waits to put something here: a rebalance brings it again."""
        self._emptied += 1
        self._clear()

    def close(self) -> None:
        """Nothing is taken any more."""
        self._closed = True
        self._clear()

    def _clear(self) -> None:
        self._waiting.clear()
        self._records = 0
        self._room.set()
