"""Small pure parts with which the machinery is tested: a ticket is the set of its events, a figure is their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from models.egress import Place, TicketWrite
from models.kpi import Document
from models.partial import FORGOTTEN, PartialRow
from sinks.kafka import partition_of
from sla.partition.intake import Incoming
from sla.partition.settling import Settlement
from streams.rows import Row
from tests.sinks.stories import breach, told


@dataclass
class Letter:
    """A dead letter."""

    offset: int
    key: bytes | None
    value: bytes | None
    reason: str
    field: str | None = None


@dataclass
class At:
    """An event: its time in µs."""

    occurred_at: int
    type: str = "counted"


@dataclass
class Fresh:
    """A new event."""

    event: At
    arrived: int


@dataclass
class Look:
    """An admission."""

    rows: list[tuple[bytes, bytes]] = field(default_factory=list)
    admitted: list[Fresh] = field(default_factory=list)
    dead: list[Letter] = field(default_factory=list)
    misplaced: list[Incoming] = field(default_factory=list)


class CountingEngine:
    """Knows of each ticket which events it has; a ticket falls due at the `due` of an event, and is written again."""

    giving = None
    comebacks = None

    def __init__(self, number: int, partitions: int) -> None:
        self.number = number
        self.partitions = partitions
        self.tickets: dict[bytes, dict[bytes, bytes]] = {}
        self.due: list[tuple[int, bytes]] = []
        self.late: dict[bytes, list[int]] = {}
        self.touched: dict[bytes, None] = {}
        self.changed = False
        self.watermark = 0

    def restore(self, rows: Sequence[Row], offset: int = 0) -> None:
        """Rows out of the changelog."""
        for key, value, _ in rows:
            assert value is not None
            self._take(key, value)

    def _take(self, key: bytes, value: bytes) -> None:
        ticket, event = key.split(b"\0")
        self.tickets.setdefault(ticket, {})[event] = value
        due = orjson.loads(value).get("due")
        if due is not None:
            self.due.append((due, ticket))
            self.due.sort()
        self.touched[ticket] = None
        self.changed = True

    def admit(self, records: Sequence[Incoming]) -> Look:
        """New events as rows."""
        look = Look()
        seen: set[bytes] = set()
        for record in records:
            if record.key is None or record.value is None or record.value == b"broken":
                look.dead.append(Letter(record.offset, record.key, record.value, "unreadable"))
                continue
            if record.value == b"bug":
                raise RuntimeError("a bug")
            if partition_of(record.key, self.partitions) != self.number:
                look.misplaced.append(record)
                continue
            event = orjson.loads(record.value)
            row = record.key + b"\0" + event["id"].encode()
            self.touched[record.key] = None
            if event["id"].encode() not in self.tickets.get(record.key, {}) and row not in seen:
                seen.add(row)
                look.rows.append((row, record.value))
                look.admitted.append(Fresh(At(event["at"] * 1000), record.timestamp_ms))
        return look

    def commit(self, admission: Look) -> None:
        """They take effect."""
        for key, value in admission.rows:
            self._take(key, value)

    def advance(self, now: int, limit: int | None = None) -> bool:
        """What is due is late."""
        assert now >= self.watermark
        self.watermark = now
        while self.due and self.due[0][0] <= now:
            at, ticket = self.due.pop(0)
            self.late.setdefault(ticket, []).append(at)
            self.touched[ticket] = None
        return False

    @property
    def next_instant(self) -> int | None:
        """The next due time."""
        return self.due[0][0] if self.due else None

    def take_writes(self, limit: int) -> list[TicketWrite]:
        """Touched ones."""
        taken = [ticket for ticket in self.touched if ticket in self.tickets][:limit]
        for ticket in taken:
            del self.touched[ticket]
        return [self._write(ticket) for ticket in taken]

    def all_writes(self) -> Iterator[TicketWrite]:
        """All of them."""
        for ticket in list(self.tickets):
            yield self._write(ticket)

    def _write(self, ticket: bytes) -> TicketWrite:
        doc = {"events": sorted(event.decode() for event in self.tickets[ticket]), "late": ticket in self.late}
        name = ticket.decode()
        ident = f"{name}/resolution/1"
        late = [told(ident, f"breached|{at}", at) for at in self.late.get(ticket, ())]
        breaches = [breach(ident, "breached", *late)] if late else []
        return TicketWrite(name, orjson.dumps(doc), [Place("open", ("all",), name, 1)], breaches)

    def standing_writes(self, arrived_since: int) -> Iterator[TicketWrite]:
        """Those that are still to fall due."""
        for _, ticket in list(self.due):
            yield self._write(ticket)

    def untouch(self) -> None:
        """Forgotten."""
        self.touched.clear()

    def settle_partials(self, limit: int) -> bool:
        """Nothing to work in."""
        return False

    def settle_totals(self, limit: int) -> bool:
        """Nothing to work in."""
        return False

    def set_aside(self) -> Mapping[str, str]:
        """None."""
        return {}

    def take_totals(self) -> Iterable[PartialRow]:
        """None."""
        return []

    def take_partials(self) -> Iterable[PartialRow]:
        """The number of events, by scope."""
        if not self.changed:
            return []
        self.changed = False
        return list(self.all_partials())

    def all_partials(self) -> Iterable[PartialRow]:
        """The same."""
        total = sum(len(events) for events in self.tickets.values())
        yield PartialRow("all", b"n", b"%d" % total)
        for ticket, events in self.tickets.items():
            if len(self.tickets) < 50:
                yield PartialRow(f"team:{ticket.decode()}", b"n", b"%d" % len(events))

    def health(self) -> Mapping[str, int | Mapping[str, int]]:
        """No counters of its own."""
        return {"orphans": 0}

    def open_by_priority(self) -> Mapping[str, int]:
        """None are open."""
        return {}

    def take_gifts(self, limit: int) -> list[tuple[bytes, bytes | None]]:
        """None: a ticket gives nothing to months."""
        return []

    def settlements(self, limit: int) -> list[Settlement]:
        """None: tickets stay."""
        return []

    def settled(self, settlement: Settlement) -> None:
        """Never called."""


class CountingFigures:
    """The sum of the cells of each scope; nothing closes."""

    closing = None

    def __init__(self) -> None:
        self.cells: dict[tuple[int, str], tuple[int, bytes]] = {}
        self.marks: dict[int, int] = {}
        self.told: dict[str, bytes] = {}
        self.watermarks: dict[int, int] = {}

    def upsert(self, partition: int, epoch: int, row: PartialRow) -> None:
        """The cell of an epoch not older than the one we know."""
        key = (partition, row.scope)
        if epoch >= self.cells.get(key, (-1, b""))[0]:
            self.cells[key] = (epoch, row.value)

    def mark(self, partition: int, epoch: int) -> None:
        """Older ones are gone."""
        self.marks[partition] = epoch
        self.cells = {key: cell for key, cell in self.cells.items() if key[0] != partition or cell[0] >= epoch}

    def watermark(self, partition: int, ms: int) -> None:
        """Known."""
        self.watermarks[partition] = ms

    def advance(self) -> int | None:
        """Nothing moves."""
        return min(self.watermarks.values())

    def listed(self, scopes: Iterable[str]) -> None:
        """Nothing is taken out."""

    def _documents(self) -> dict[str, bytes]:
        sums: dict[str, int] = {}
        for (_, scope), (_, value) in self.cells.items():
            if value != FORGOTTEN:
                sums[scope] = sums.get(scope, 0) + int(value)
        return {scope: orjson.dumps({"count": total}) for scope, total in sums.items()}

    def documents(self, *, whole: bool = False) -> list[Document]:
        """What changed."""
        present = self._documents()
        changed = [Document("kpi", s, "today", v) for s, v in present.items() if whole or self.told.get(s) != v]
        self.told = present
        return changed

    def totals(self, *, whole: bool = False) -> list[Document]:
        """It has none."""
        return []
