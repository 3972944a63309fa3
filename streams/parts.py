"""The pure parts that a worker runs: a partition's tickets, and the figures of scopes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice

from models.egress import TicketWrite
from models.kpi import Document
from models.partial import PartialRow
from sinks.kafka import partition_of
from sla.figures import ScopeFigures
from sla.partition import Partition
from sla.periods.closing import DEFAULT_GRACE_MS
from sla.periods.recurrence import Solutions
from sla.policy import PolicyBook
from sla.policy.aims import in_force
from sla.ticket.phase import OPEN
from streams.engine import Engine, Figures
from streams.settings import Settings
from streams.topics import Layout


class Tickets(Partition):
    """A partition's tickets, handed out in pieces that a loop can bear."""

    def take_writes(self, limit: int) -> list[TicketWrite]:
        """See `streams.engine.Engine`: none only when no more are."""
        writes: list[TicketWrite] = []
        while self._touched and not writes:
            some = list(islice(self._touched, limit))
            for ticket_id in some:
                del self._touched[ticket_id]
            writes = [write for ticket_id in some if (write := self._write(ticket_id)) is not None]
        return writes

    def standing_writes(self, arrived_since: int) -> Iterator[TicketWrite]:
        """See `streams.engine.Engine`."""
        for ticket_id, held in list(self.held.items()):
            ticket = held.ticket
            if ticket is None or (
                ticket.phase != OPEN and held.next_at is None and held.arrived < arrived_since and not held.pending
            ):
                continue
            write = self._write(ticket_id)
            if write is not None:
                yield write

    def untouch(self) -> None:
        """See `streams.engine.Engine`."""
        self._touched.clear()

    def settle_partials(self, limit: int) -> bool:
        """See `streams.engine.Engine`."""
        return self.figures.settle(limit, totals=False)

    def settle_totals(self, limit: int) -> bool:
        """See `streams.engine.Engine`."""
        return self.figures.settle_totals(limit)

    def take_partials(self) -> Iterator[PartialRow]:  # type: ignore[override]
        """See `streams.engine.Engine`."""
        return self.figures.changes(totals=False)

    def take_totals(self) -> Iterator[PartialRow]:
        """See `streams.engine.Engine`."""
        return self.figures.changes_of_totals()

    def set_aside(self) -> Mapping[str, str]:
        """See `streams.engine.Engine`."""
        return self.counters.set_aside


class ScopesOf:
    """`ScopeFigures`, handing out documents as the view takes them."""

    def __init__(self, book: PolicyBook, partitions: int, grace_ms: int = DEFAULT_GRACE_MS) -> None:
        editions = [(edition.name, edition.effective_from or 0) for edition in book.editions]
        self._figures = ScopeFigures(
            book.zone,
            book.promised,
            partitions=range(partitions),
            editions=editions,
            objectives=lambda at: in_force(book, at),
            grace_ms=grace_ms,
        )
        self.closing = self._figures.closing

    def upsert(self, partition: int, epoch: int, row: PartialRow) -> None:
        """See `streams.engine.Figures`."""
        self._figures.upsert(partition, epoch, row)

    def mark(self, partition: int, epoch: int) -> object:
        """See `streams.engine.Figures`."""
        return self._figures.mark(partition, epoch)

    def watermark(self, partition: int, ms: int) -> None:
        """See `streams.engine.Figures`."""
        self._figures.watermark(partition, ms)

    def advance(self) -> int | None:
        """See `streams.engine.Figures`."""
        return self._figures.advance()

    def listed(self, scopes: Iterable[str]) -> None:
        """See `streams.engine.Figures`."""
        self._figures.listed(scopes)

    def documents(self, *, whole: bool = False) -> Iterable[Document]:
        """See `streams.engine.Figures`."""
        return self._figures.documents(whole=whole)

    def totals(self, *, whole: bool = False) -> Iterable[Document]:
        """See `streams.engine.Figures`."""
        return self._figures.totals(whole=whole)


def default_parts(
    settings: Settings, layout: Layout, book: PolicyBook, solutions: Solutions
) -> tuple[Callable[[int], Engine], Callable[[], Figures]]:
    """What makes a partition's engine, by its number, and what makes the figures of a partition of partials."""

    @lru_cache(maxsize=262_144)  # a ticket has many events, and the hash is slow in Python
    def home_of(key: bytes) -> int:
        return partition_of(key, layout.events)

    def engine(number: int) -> Engine:
        return Tickets(
            book,
            number,
            settings.horizon_ms,
            lambda key: home_of(key) == number,
            grace_ms=settings.grace_ms,
            solutions=solutions,
        )

    return engine, lambda: ScopesOf(book, layout.events, settings.grace_ms)
