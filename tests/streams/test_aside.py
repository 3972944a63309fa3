"""Dead letters are kept as they came."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from sinks.kafka import Record
from sla.partition.intake import Admission, DeadLetter, Incoming
from streams import wire
from streams.aside import HEAD, LARGEST, Aside, dead_letter
from tests.streams.parts import Letter


def test_a_dead_letter_has_its_bytes_and_its_place() -> None:
    """Null stays null; headers say from where and why."""
    record = dead_letter(Letter(17, b"T1", None, "null_value", ""), 3)

    assert (b"T1", None) == (record.key, record.value)
    place = {"topic": b"ticket-events", "partition": b"3", "offset": b"17", "reason": b"null_value"}
    assert place == dict(record.headers)


def test_the_field_at_fault_is_named() -> None:
    """Where there is one."""
    assert ("field", b"priority") in dead_letter(Letter(1, b"T1", b"{}", "invalid", "priority"), 0).headers


def test_of_a_huge_value_the_head_and_its_hash_are_kept() -> None:
    """Over 8 MiB nothing else could be stored."""
    value = b"x" * (LARGEST + 1)
    record = dead_letter(Letter(1, b"T1", value, "too_large", ""), 0)
    headers = dict(record.headers)

    assert value[:HEAD] == record.value
    assert str(LARGEST + 1).encode() == headers["size"]
    assert hashlib.sha256(value).hexdigest().encode() == headers["sha256"]
    assert value[:-1] == dead_letter(Letter(1, b"T1", value[:-1], "too_large", ""), 0).value


class Paper:
    """A writer that keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    async def partitions(self, _topic: str) -> int:
        """One is enough."""
        return 1

    async def write(self, _topic: str, _partition: int, records: Sequence[Record]) -> None:
        """To a partition."""
        self.records += records

    async def write_keyed(self, _topic: str, records: Sequence[Record], *, partitions: int | None = None) -> None:
        """To those of their keys."""
        self.records += records


async def test_what_is_met_twice_is_counted_once() -> None:
    """A rebalance may leave a record twice in what waits, or bring it again: each offset counts once."""
    ground: Any = SimpleNamespace(writer=Paper(), layout=SimpleNamespace(events=1))
    aside = Aside(0, ground)
    letters = [DeadLetter(at, b"T1", b"{", "too_late", "", "") for at in (28, 32, 28, 32)]
    strays = [Incoming(at, 0, b"T2", b"{}", ()) for at in (30, 30)]

    admission: Any = Admission(dead=letters, misplaced=strays)
    rows = await aside.send(admission)

    assert {"dead_letters": 2, "misplaced": 1, "too_late": 2} == aside.counters()
    assert wire.SetAside(33, 2, 1, 2) == wire.SetAside.read(rows[0].value or b"")
    assert () == await aside.send(admission)
