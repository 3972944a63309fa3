"""The Redis view as its writers and readers see it: nouns, and the two protocols that Redis and its twin fulfil.

Every write carries what fences it. A partition's tickets are fenced by `(epoch, seq)`: the epoch is entered by
`take_over` before anything else, and the sequence grows within an epoch, one for each ticket written. Documents are
fenced by `Fence`. What an older owner writes is refused, the same again changes nothing, and a Redis that does not
know the epoch (or has lost writes that it had acknowledged) says that it was emptied and wants to be filled again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple, Protocol

from models.egress import TicketWrite
from models.kpi import Document

__all__ = [
    "Deadline",
    "Document",
    "Fence",
    "HealthReport",
    "Outcome",
    "PartitionBeat",
    "Reader",
    "View",
    "WorkerBeat",
]


class Outcome(Enum):
    """What became of a write."""

    WRITTEN = "written"
    #: Redis knows a newer owner. If the partition is still assigned to the writer, it takes it over again, under a new
    #: epoch; else it lets it go.
    REFUSED = "refused"
    #: Redis does not know the writer's epoch or has lost writes: take over under the same epoch, then write everything.
    EMPTIED = "emptied"


class Fence(NamedTuple):
    """Who writes documents, and how new they are; `(epoch, seq)` never falls for one owner."""

    owner: str  # such as `figures:3`, one for each partition of stage 2
    epoch: int
    seq: int


class WorkerBeat(NamedTuple):
    """A living worker: its build, and the policy book that it decides by."""

    worker: str
    build: str
    editions: Sequence[str]
    digest: str


@dataclass(frozen=True, slots=True)
class PartitionBeat:
    """How far a partition is. Instants in ms; `watermark` None before the first one is known.

    `counters` are sums since the beginning of the partition, as its owner knows them: they replace what was there, so
    that a restart doubles nothing. A counter by source is a mapping; it is written as its total and once for each
    source (`ahead`, `ahead:<source>`).
    """

    partition: int
    epoch: int
    watermark: int | None
    as_of: int
    counters: Mapping[str, int | Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What a beat brought to light: the outcome for each partition, and live workers with another policy book."""

    outcomes: Mapping[int, Outcome]
    differing: Mapping[str, str]  # worker → digest


class Deadline(NamedTuple):
    """An entry of `sla:due`: the clock's id and its due time in ms."""

    id: str
    due_at: int


class View(Protocol):
    """Where finished views are written. Each call waits while Redis is away and goes on with the same write."""

    async def take_over(self, partition: int, epoch: int, *, unless_emptied: bool = False) -> Outcome:
        """Enters the epoch of a partition's new owner: WRITTEN, or REFUSED when a newer one is known.

        EMPTIED: Redis knew of no owner; it has been entered all the same, or not, as wished.
        """

    async def write_tickets(
        self,
        partition: int,
        epoch: int,
        first_seq: int,
        writes: Sequence[TicketWrite],
        now_ms: int,
        *,
        refilling: bool = False,
        told_until: int | None = None,
    ) -> Outcome:
        """Writes tickets under the sequences `first_seq`, `first_seq` + 1, …; in order, each as a whole.

        `refilling` says that Redis had been emptied: all that is announced is `backlog`, or all up to `told_until` (ms)
        where that is given, for what came after it had been told to nobody. After REFUSED or EMPTIED some
        of the writes may have been made; the whole lot can be given again.
        """

    async def sweep(self, partition: int, epoch: int, now_ms: int) -> Outcome:
        """After a takeover has written all its tickets: removes those that only an older owner knew."""

    async def write_documents(
        self, fence: Fence, documents: Iterable[Document], now_ms: int, *, whole: bool = False
    ) -> Outcome:
        """Writes figures; `whole` says that these are all of the owner's, and enters its fence.

        Of the family `live` the hash is replaced as a whole; a value None takes its field, or else its key, away.

        EMPTIED when Redis does not know the owner's epoch: all documents are wanted, with `whole`.
        """

    async def scopes(self) -> set[str]:
        """Every scope that has data, or once had."""

    async def write_health(self, beat: WorkerBeat, partitions: Sequence[PartitionBeat], now_ms: int) -> HealthReport:
        """Writes `sla:health`; to be called every second, idle or not."""

    async def trim(self, now_ms: int, today_ms: int) -> int:
        """Removes what is past its time, a bounded piece at a call; answers how many members it removed.

        `today_ms` is the beginning of today in the book's zone.
        """


class Reader(Protocol):
    """What pages and `explain` ask of the view. Absent things are None or empty."""

    async def scopes(self) -> set[str]:
        """Every scope that has data."""

    async def read_ticket(self, ticket_id: str) -> dict[str, Any] | None:
        """The document of a ticket, by its raw id."""

    async def read_breach(self, breach_id: str) -> dict[str, str] | None:
        """The hash of a breach."""

    async def read_kpis(self, scope: str) -> dict[str, dict[str, Any]]:
        """KPI documents by window."""

    async def read_live(self, scope: str) -> dict[str, str]:
        """Live figures, as text."""

    async def read_day(self, scope: str) -> dict[str, dict[str, Any]]:
        """Slots of 5 minutes by their start, in order."""

    async def read_period(self, period: str, subject: str) -> dict[str, Any] | None:
        """The totals of a subject in a period."""

    async def read_tickets(self, ticket_ids: Sequence[str]) -> list[dict[str, Any] | None]:
        """Documents of several tickets, in the order asked for."""

    async def read_due(self, scope: str, limit: int, since_ms: int = 0) -> list[Deadline]:
        """The deadlines from `since_ms` on, soonest first; without it overdue ones too. Scope "" is all tickets'."""

    async def read_overdue(self, scope: str, now_ms: int, limit: int) -> list[Deadline]:
        """Deadlines that have passed before `now_ms`, the latest first."""

    async def read_open(self, scope: str, limit: int) -> list[tuple[str, int]]:
        """Open tickets with their creation in ms, oldest first."""

    async def read_decided(self, scope: str, since_ms: int, until_ms: int) -> list[tuple[str, int]]:
        """What counted in a scope from `since_ms` (included) to `until_ms` (not included)."""

    async def read_health(self) -> dict[str, str]:
        """The fields of `sla:health`, as text."""

    async def read_lives(self, scopes: Sequence[str]) -> list[dict[str, str]]:
        """Live figures of several scopes, in the order asked for."""

    async def read_window(self, scopes: Sequence[str], window: str) -> list[dict[str, Any] | None]:
        """The KPI documents of several scopes in one window, in the order asked for."""

    async def read_slots(self, scope: str, starts: Sequence[str]) -> list[dict[str, Any] | None]:
        """Slots of 5 minutes by their starts, in the order asked for."""

    async def read_active(self, since_ms: int, until_ms: int, limit: int) -> list[Deadline]:
        """Breaches warned or breached and not over, due from `since_ms` to `until_ms` (both included), in order."""

    async def read_active_of(self, breach_ids: Sequence[str]) -> list[int | None]:
        """The due times in ms of those that are warned or breached and not over, in the order asked for."""

    async def read_due_of(self, breach_ids: Sequence[str]) -> list[int | None]:
        """The due times in ms of clocks that neither stopped nor are paused, in the order asked for."""

    async def read_alerts(self, alert_ids: Sequence[str]) -> list[dict[str, str] | None]:
        """What alerting shows of breaches, or of groups, in the order asked for; fields as `keys.alert` has them."""

    async def read_budgets(self, objectives: Sequence[str]) -> list[dict[str, Any] | None]:
        """The budgets of objectives by their raw names, in the order asked for."""
