"""What the streams ask of the pure parts: one partition's tickets, and one topic partition's figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from models.egress import TicketWrite
from models.kpi import Document
from models.partial import PartialRow
from sla.partition.intake import Incoming
from sla.partition.settling import Settlement
from sla.periods.closing import Closing
from sla.periods.giving import Giving
from sla.periods.recurrence import Comebacks
from streams.rows import Row


class DeadLetter(Protocol):
    """A record that cannot be used, and why: a short word, and the field at fault ("" for none)."""

    @property
    def offset(self) -> int:
        """Where it stands in the log."""

    @property
    def key(self) -> bytes | None:
        """As it came."""

    @property
    def value(self) -> bytes | None:
        """As it came."""

    @property
    def reason(self) -> str:
        """One short word."""

    @property
    def field(self) -> str:
        """The field at fault."""


class Occurred(Protocol):
    """An event, as far as the streams look into it."""

    @property
    def type(self) -> str:
        """Such as `ticket.created`."""

    @property
    def occurred_at(self) -> int:
        """The event's time, in µs."""


class New(Protocol):
    """An event that is new to its ticket; `arrived` is the log's time in ms."""

    @property
    def event(self) -> Occurred:
        """The event."""

    @property
    def arrived(self) -> int:
        """When it came."""


class Admission(Protocol):
    """What a look at some records amounts to; nothing has happened yet. `rows` and `admitted` go side by side."""

    @property
    def rows(self) -> Sequence[tuple[bytes, bytes]]:
        """New rows for the changelog."""

    @property
    def admitted(self) -> Sequence[New]:
        """The events of the rows."""

    @property
    def dead(self) -> Sequence[DeadLetter]:
        """What is not to be used."""

    @property
    def misplaced(self) -> Sequence[Incoming]:
        """What belongs to another partition."""


class Engine(Protocol):
    """All tickets of one partition, as views over event rows; pure, and told what time it is."""

    def restore(self, rows: Sequence[Row], offset: int) -> None:
        """Takes rows as they stand in the changelog up to an offset, in recovery; `advance` lets them take effect."""

    def admit(self, records: Sequence[Incoming]) -> Any:
        """Looks at records: what is new, what is not to be used; changes nothing."""

    def commit(self, admission: Any) -> None:
        """The rows of an admission (an `Admission`) are safe; `advance` lets them take effect."""

    def advance(self, now: int, limit: int | None = None) -> bool:
        """Time has come so far, in ms; with a limit, True says that there is more to do before the views are right."""

    def take_writes(self, limit: int) -> Sequence[TicketWrite]:
        """Up to `limit` tickets that have been touched since they were last taken; none only when no more are."""

    def all_writes(self) -> Iterator[TicketWrite]:
        """Every ticket, one after the other; others may be touched in between."""

    def standing_writes(self, arrived_since: int) -> Iterator[TicketWrite]:
        """Tickets that something can still happen to by time alone, are open, or have had a row since then (ms)."""

    def untouch(self) -> None:
        """What has been touched so far is not to be taken: it came out of the changelog."""

    def settle_partials(self, limit: int) -> bool:
        """Works changes of at most so many tickets into the cells of KPIs; True when there are more."""

    def settle_totals(self, limit: int) -> bool:
        """Works what `settle_partials` has worked through into the cells of days and months: half of it all."""

    def take_partials(self) -> Iterable[PartialRow]:
        """Cells that have changed since they were last taken, but for totals."""

    def take_totals(self) -> Iterable[PartialRow]:
        """Cells of days and months that have; those of KPIs may be taken in between."""

    def all_partials(self) -> Iterable[PartialRow]:
        """Every cell."""

    @property
    def next_instant(self) -> int | None:
        """The next instant in ms at which something falls due."""

    def health(self) -> Mapping[str, int | Mapping[str, int]]:
        """Counters: orphans, ahead by source, set aside and the like."""

    def open_by_priority(self) -> Mapping[str, int]:
        """Open tickets by priority."""

    def set_aside(self) -> Mapping[str, str]:
        """Tickets that cannot be folded, and why."""

    @property
    def giving(self) -> Giving | None:
        """What tickets gave to months and has not been written yet; None where nothing is."""

    @property
    def comebacks(self) -> Comebacks | None:
        """Which tickets came back, and what the other partitions are to know for that; None where none do."""

    def take_gifts(self, limit: int) -> Sequence[tuple[bytes, bytes | None]]:
        """The rows of `sla-period-facts` of up to `limit` tickets that changed."""

    def settlements(self, limit: int) -> Sequence[Settlement]:
        """Tickets that are past their horizon, and what is to be written for that."""

    def settled(self, settlement: Settlement) -> None:
        """The changelog has it."""


class Figures(Protocol):
    """The figures of the scopes of one partition of the partials."""

    def upsert(self, partition: int, epoch: int, row: PartialRow) -> None:
        """A cell's present value."""

    def mark(self, partition: int, epoch: int) -> object:
        """All cells of this epoch have been given: older ones are gone."""

    def watermark(self, partition: int, ms: int) -> None:
        """How far a partition is."""

    def advance(self) -> int | None:
        """Moves the windows to the least watermark; None while a partition has not spoken."""

    def listed(self, scopes: Iterable[str]) -> None:
        """Scopes that the view has figures of; what is true no more is among the next documents that are all."""

    def documents(self, *, whole: bool = False) -> Iterable[Document]:
        """Documents that have changed since they were last taken; or all. Totals are none of them."""

    def totals(self, *, whole: bool = False) -> Iterable[Document]:
        """Totals of periods that have changed since they were last taken; or all.

        Rows may be taken over between two of them, but not when all are asked for.
        """

    @property
    def closing(self) -> Closing | None:
        """Which totals close; None where there are none."""
