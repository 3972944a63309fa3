"""Events that are ahead of the present: kept, counted once by their source, and taken when their time comes."""

from __future__ import annotations

from heapq import heappop, heappush

from sla.partition.held import Held


class Ahead:
    """The tickets of a partition that an event waits for."""

    def __init__(self) -> None:
        self.counted: dict[str, int] = {}
        """How many events were ahead when they came, by source."""
        self._heap: list[tuple[int, str]] = []

    @property
    def next_at(self) -> int | None:
        """When the next one comes into effect, in ms."""
        return self._heap[0][0] if self._heap else None

    def wait_for(self, ticket_id: str, held: Held) -> None:
        """Remember when what a ticket has pending comes into effect; each event is counted once."""
        for event in held.pending:
            if event.event_id not in held.ahead:
                heappush(self._heap, (event.occurred_at // 1000, ticket_id))
                source = event.source or "-"
                self.counted[source] = self.counted.get(source, 0) + 1
        held.ahead = frozenset(event.event_id for event in held.pending)

    def pop(self, now: int) -> str | None:
        """A ticket whose event has come into effect by `now`; None: no more."""
        return heappop(self._heap)[1] if self._heap and self._heap[0][0] <= now else None
