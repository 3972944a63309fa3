"""What was solved of late, told by each partition's owner to all workers: whoever comes back is charged to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import orjson

from models.fact import Dims
from sinks.kafka import KafkaAccess, KafkaWriter, Record
from sinks.kafka_tail import KafkaTail
from sla.periods.recurrence import Solution, Solutions

#: The layout of a row, and part of the name of the topic (`streams.topics.solutions`).
FORMAT = 1
LOOK_S = 1.0
#: How long a creation may be told late and still find what was solved before it; the topic keeps rows as long.
KEPT_MS = 120 * 86_400_000


def solved_row(ticket_id: str, found: Sequence[Solution]) -> Record:
    """What of a ticket's solutions the others want to know."""
    said = [[one.at, one.event, one.person, list(one.dims), *one.key] for one in found]
    return Record(ticket_id.encode(), orjson.dumps([FORMAT, said]) if said else None)


def read_solved(key: bytes, value: bytes | None) -> tuple[str, tuple[Solution, ...]]:
    """The inverse of `solved_row`."""
    ticket_id = key.decode()
    said = orjson.loads(value)[1] if value is not None else ()
    return ticket_id, tuple(
        Solution(at, ticket_id, event, person, Dims(*dims), (requester, issue))
        for at, event, person, dims, requester, issue in said
    )


class SolutionsIn:
    """Keeps a process' `Solutions` up to date with what all partitions tell."""

    def __init__(
        self, topic: str, access: KafkaAccess, writer: KafkaWriter, clock: Callable[[], int], solutions: Solutions
    ) -> None:
        self._tail = KafkaTail(topic, access, writer, clock, self._heard)
        self._clock = clock
        self._solutions = solutions
        self._arrivals: deque[tuple[int, str]] = deque()

    @property
    def seen(self) -> int:
        """All that had been told by this instant (ms) is known here."""
        return self._tail.seen

    async def run(self) -> None:
        """Works until it is cancelled."""
        await self._tail.run(LOOK_S)

    def _heard(self, key: bytes, value: bytes | None, written_at: int) -> None:
        ticket_id, found = read_solved(key, value)
        self._solutions.put(ticket_id, found)
        if found:
            self._arrivals.append((written_at, ticket_id))
        gone = self._clock() - KEPT_MS
        while self._arrivals and self._arrivals[0][0] < gone:
            self._solutions.let_go(self._arrivals.popleft()[1])
