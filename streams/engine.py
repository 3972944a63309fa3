"""What the streams ask of the pure parts: one partition's tickets, and one topic partition's figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from models.egress import TicketWrite
from models.partial import PartialRow
from sinks.view import Document
from streams.rows import Row


class Incoming(NamedTuple):
    """A record of the event topic as it came; `timestamp_ms` is the log's."""

    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class DeadLetter(Protocol):
    """A record that cannot be used, and why: a short word, and the field at fault."""

    offset: int
    key: bytes | None
    value: bytes | None
    reason: str
    field: str | None


class Admission(Protocol):
    """What a look at some records amounts to; nothing has happened yet."""

    rows: Sequence[Row]
    dead: Sequence[DeadLetter]
    misplaced: Sequence[Incoming]
    newest_us: int | None


class Engine(Protocol):
    """All tickets of one partition, as views over event rows; pure, and told what time it is."""

    def restore(self, rows: Sequence[Row]) -> None:
        """Takes rows as they stand in the changelog, in recovery."""

    def admit(self, records: Sequence[Incoming]) -> Admission:
        """Looks at records: what is new, what is not to be used; changes nothing."""

    def commit(self, admission: Admission) -> None:
        """The rows of an admission are safe: they take effect."""

    def advance(self, watermark_ms: int) -> None:
        """Time has come so far."""

    def take_writes(self, limit: int) -> Sequence[TicketWrite]:
        """Tickets that have been touched since they were last taken, at most so many."""

    def all_writes(self) -> Iterator[TicketWrite]:
        """Every ticket, one after the other; others may be touched in between."""

    def take_partials(self) -> Iterable[PartialRow]:
        """Cells that have changed since they were last taken."""

    def all_partials(self) -> Iterable[PartialRow]:
        """Every cell."""

    @property
    def next_instant(self) -> int | None:
        """The next instant in ms at which something falls due."""

    def health(self) -> Mapping[str, int | Mapping[str, int]]:
        """Counters: orphans, ahead by source, set aside, …"""


class Figures(Protocol):
    """The figures of the scopes of one partition of the partials."""

    def upsert(self, partition: int, epoch: int, row: PartialRow) -> None:
        """A cell's present value."""

    def mark(self, partition: int, epoch: int) -> None:
        """All cells of this epoch have been given: older ones are gone."""

    def watermark(self, partition: int, ms: int) -> None:
        """How far a partition is."""

    def advance(self) -> None:
        """Moves the windows to the least watermark."""

    def documents(self) -> Iterable[Document]:
        """Documents that have changed since they were last taken."""

    def all_documents(self) -> Iterable[Document]:
        """Every document."""
