"""The pure parts that a worker runs: a partition's tickets, and the figures of scopes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from models.kpi import Document
from models.partial import PartialRow
from sinks.kafka import partition_of
from sla.figures import ScopeFigures
from sla.partition import Partition
from sla.policy import PolicyBook
from streams.engine import Engine, Figures
from streams.settings import Settings
from streams.topics import Layout


class ScopesOf:
    """`ScopeFigures`, handing out documents as the view takes them."""

    def __init__(self, book: PolicyBook, partitions: int) -> None:
        editions = [(edition.name, edition.effective_from or 0) for edition in book.editions]
        self._figures = ScopeFigures(book.zone, book.promised, partitions=range(partitions), editions=editions)

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

    def documents(self, *, whole: bool = False) -> Iterable[Document]:
        """See `streams.engine.Figures`."""
        return self._figures.documents(whole=whole)


def default_parts(
    settings: Settings, layout: Layout, book: PolicyBook
) -> tuple[Callable[[int], Engine], Callable[[], Figures]]:
    """What makes a partition's engine, by its number, and what makes the figures of a partition of partials."""

    @lru_cache(maxsize=262_144)  # a ticket has many events, and the hash is slow in Python
    def home_of(key: bytes) -> int:
        return partition_of(key, layout.events)

    def engine(number: int) -> Engine:
        return Partition(book, number, settings.horizon_ms, lambda key: home_of(key) == number)

    return engine, lambda: ScopesOf(book, layout.events)
