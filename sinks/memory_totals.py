"""The log of closed totals in memory: what Kafka would hold, by key."""

from __future__ import annotations

from collections.abc import Sequence

from sinks.totals import Known, Name, Revision, keys_of


class MemoryTotals:
    """See `sinks.totals.Totals`; `rows` are what a compacted topic would keep, `written` every row in order."""

    def __init__(self) -> None:
        self.known: dict[Name, Known] = {}
        self.rows: dict[bytes, bytes] = {}
        self.written: list[tuple[bytes, bytes | None]] = []

    async def catch_up(self, *, unless_s: float = 0.0) -> None:
        """Nobody else writes here."""

    async def read(self, name: Name) -> bytes | None:
        """See `Totals.read`."""
        return self.rows.get(keys_of(name, 0)[1])

    async def publish(self, revisions: Sequence[Revision], epoch: int) -> None:
        """See `Totals.publish`."""
        for one in revisions:
            for key in keys_of(one.name, one.revision):
                self.rows[key] = one.body
                self.written.append((key, one.body))
            before = self.known.get(one.name)
            as_of = (*before.as_of[: one.revision - 1], one.as_of) if before else (one.as_of,)
            self.known[one.name] = Known(one.revision, as_of, one.digest, epoch)

    async def forget(self, names: Sequence[Name]) -> None:
        """See `Totals.forget`."""
        for name in names:
            known = self.known.pop(name)
            for revision in range(1, known.revision + 1):
                for key in keys_of(name, revision):
                    self.rows.pop(key, None)
                    self.written.append((key, None))

    async def mend(self, epoch: int, names: Sequence[Name]) -> None:
        """Nobody overwrites anything here."""
