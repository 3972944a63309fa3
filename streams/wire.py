"""The workers' own rows: what stands beside tickets in the changelog, and what stage 1 tells stage 2. Pure.

Keys of the changelog that begin with NUL are no ticket's (ids have no control characters): the newest row of a key is
all that counts, as the log is compacted.

    NUL "owner"       JSON worker, digest, at: a takeover; its offset is the owner's epoch
    NUL "watermark"   ms as text: written before anything is said that only holds from that instant on
    NUL "whole"       JSON epoch, digest, told: under this epoch the view has had every ticket; -1: it may lack some,
                      for it was emptied, when all up to `told` (ms) had been told
    NUL "read"        ms as text: up to when the log of events was read to its end; written when a day closes by that
    NUL "given"       an offset as text: what tickets gave to months is written up to this row
    NUL "given-by"    the digest of the policy book by which that was worked out
    NUL "counters"    JSON: what was set aside, up to the offset `to`

Keys of the topic of partials begin with what the row is. Epochs are part of the key of a cell, so that an old owner who
wakes cannot displace, by compaction, what the new one wrote; who reads them removes what has been superseded.

    "p" partition epoch scope cell    a cell's value; none: the cell is empty
    "m" partition                     JSON epoch: all partials of this epoch have been given
    "w" partition                     JSON epoch, ms, of: the watermark, and how many partitions there are
    "r" partition                     JSON epoch, read, seen: up to when it was read to its end, all totals given
    "c" scope period ticket event     JSON at: an event that came after the closing of that period and moved its total
    "o" (one)                         JSON worker: who reads this partition; its offset is the reader's epoch
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

OWNER = b"\0owner"
WATERMARK = b"\0watermark"
WHOLE = b"\0whole"
COUNTERS = b"\0counters"
READ = b"\0read"
GIVEN = b"\0given"
GIVEN_BY = b"\0given-by"
READER = b"o"


def is_own(key: bytes) -> bool:
    """Whether a key of the changelog is the workers' own."""
    return key[:1] == b"\0"


def owner_row(worker: str, digest: str, at_ms: int) -> tuple[bytes, bytes]:
    """A takeover."""
    return OWNER, orjson.dumps({"worker": worker, "digest": digest, "at": at_ms})


def watermark_row(ms: int) -> tuple[bytes, bytes]:
    """The watermark up to which something may have been said."""
    return WATERMARK, b"%d" % ms


class Whole(NamedTuple):
    """Under this epoch the view has had every ticket, decided by this policy book; epoch -1: it may lack some.

    `told`: it was emptied, and what lies up to this instant (ms; -1: nothing) had been told before.
    """

    epoch: int
    digest: str
    told: int = -1

    def row(self) -> tuple[bytes, bytes]:
        """As it stands in the changelog."""
        return WHOLE, orjson.dumps(self._asdict())

    @classmethod
    def read(cls, value: bytes) -> Whole:
        """The inverse of `row`."""
        found = orjson.loads(value)
        return cls(found["epoch"], found["digest"], found.get("told", -1))


class SetAside(NamedTuple):
    """How many events of a partition went elsewhere; `to` is the first offset that is not counted yet."""

    to: int = 0
    dead_letters: int = 0
    misplaced: int = 0
    too_late: int = 0

    def row(self) -> tuple[bytes, bytes]:
        """As it stands in the changelog."""
        return COUNTERS, orjson.dumps(self._asdict())

    @classmethod
    def read(cls, value: bytes) -> SetAside:
        """The inverse of `row`; fields of a later version are left out."""
        found = orjson.loads(value)
        return cls(**{name: found[name] for name in cls._fields if name in found})


class Cell(NamedTuple):
    """A partial as stage 2 meets it; `value` None: the cell is empty."""

    partition: int
    epoch: int
    scope: str
    cell: bytes
    value: bytes | None


class Mark(NamedTuple):
    """All partials that a partition had when it was taken over have been given."""

    partition: int
    epoch: int


class Progress(NamedTuple):
    """How far a partition is."""

    partition: int
    epoch: int
    watermark: int
    of: int  # how many partitions there are


class Read(NamedTuple):
    """Up to when (ms) a partition has been read to its end; the totals of then have been given.

    `seen`: up to when it knows what the other partitions told of solutions.
    """

    partition: int
    epoch: int
    read: int
    seen: int


class Cause(NamedTuple):
    """An event moved a day or month of a subject that may be closed."""

    scope: str
    period: str
    ticket: str
    event: str
    occurred_at: str


class Reader(NamedTuple):
    """Somebody has begun to read this partition of the partials."""

    worker: str


def cell_key(partition: int, epoch: int, scope: str, cell: bytes) -> bytes:
    """The key of a partial."""
    return b"p%d\0%d\0%s\0%s" % (partition, epoch, scope.encode(), cell)


def mark_row(partition: int, epoch: int) -> tuple[bytes, bytes]:
    """The end of a takeover's partials."""
    return b"m%d" % partition, orjson.dumps({"epoch": epoch})


def progress_row(partition: int, epoch: int, watermark: int, of: int) -> tuple[bytes, bytes]:
    """A watermark."""
    return b"w%d" % partition, orjson.dumps({"epoch": epoch, "ms": watermark, "of": of})


def read_row(partition: int, epoch: int, read: int, seen: int) -> tuple[bytes, bytes]:
    """How far a partition has been read to its end."""
    return b"r%d" % partition, orjson.dumps({"epoch": epoch, "read": read, "seen": seen})


def cause_key(scope: str, period: str, ticket: str, event: str) -> bytes:
    """The key of a cause; none of the names has control characters."""
    return b"c" + f"{scope}\0{period}\0{ticket}\0{event}".encode()


def cause_row(cause: Cause) -> tuple[bytes, bytes]:
    """An event that moved a total."""
    return cause_key(*cause[:4]), orjson.dumps({"at": cause.occurred_at})


def reader_row(worker: str) -> tuple[bytes, bytes]:
    """A reader's takeover."""
    return READER, orjson.dumps({"worker": worker})


def read(key: bytes, value: bytes | None) -> Row | None:
    """A row of the topic of partials; None for one that says nothing (any more)."""
    kind, rest = key[:1], key[1:]
    if kind == b"p":
        partition, epoch, scope, cell = rest.split(b"\0", 3)
        return Cell(int(partition), int(epoch), scope.decode(), cell, value)
    reader = _READERS.get(kind)
    return None if value is None or reader is None else reader(rest, orjson.loads(value))


Row = Cell | Mark | Progress | Read | Cause | Reader


def _cause(rest: bytes, told: dict[str, Any]) -> Cause:
    scope, period, ticket, event = rest.decode().split("\0")
    return Cause(scope, period, ticket, event, told["at"])


_READERS: dict[bytes, Callable[[bytes, dict[str, Any]], Row]] = {
    b"w": lambda rest, told: Progress(int(rest), told["epoch"], told["ms"], told["of"]),
    b"m": lambda rest, told: Mark(int(rest), told["epoch"]),
    b"r": lambda rest, told: Read(int(rest), told["epoch"], told["read"], told["seen"]),
    b"c": _cause,
    READER: lambda _, told: Reader(told["worker"]),
}
