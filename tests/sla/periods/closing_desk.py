"""A desk whose periods close: stage 1 and 2 wired together, and the log of totals as a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from models.fact import Fact
from models.instant import parse_ms
from sla.periods.closing import Closing
from sla.periods.revision import Cause, Published, digest_of
from sla.periods.seals import SKEW_MS
from tests.sla.figures.build import Desk

DAY = 86_400_000
#: A month after the November of these tests.
LATER = parse_ms("2026-12-20T09:00:00Z")


class ClosingDesk(Desk):
    """A desk that writes what closes into `log`, by (period, subject), newest last."""

    def __init__(self, partitions: int = 1, now: int = LATER) -> None:
        super().__init__(partitions, now)
        self.log: dict[tuple[str, str], list[dict[str, Any]]] = {}

    @property
    def closing(self) -> Closing:
        """What decides."""
        return self.stage2.closing

    def seal(self, read: int | None = None) -> None:
        """Every partition says that it was read to its end, and has seen what the others said."""
        at = self.now if read is None else read
        for _ in range(2):
            self.publish()
            for number in range(len(self.stage1)):
                self.closing.tell(number, at, at + 10 * SKEW_MS)
            self.closing.look()

    def close(self) -> list[tuple[str, str, int]]:
        """Writes what is due: period, subject and revision of each."""
        self.seal()
        closing = self.closing
        written = [self._write(name, closing.first(name)) for name in closing.due()]
        written += [
            self._write(name, closing.correction(name, self.log[name][-1]))
            for name in closing.moved()
            if closing.is_moved(name)
        ]
        closing.spent()
        return written

    def _write(self, name: tuple[str, str], document: dict[str, Any]) -> tuple[str, str, int]:
        revisions = self.log.setdefault(name, [])
        revisions.append(orjson.loads(orjson.dumps(document)))
        as_of = tuple(parse_ms(one["as_of"]) for one in revisions)
        self.closing.know(name, Published(len(revisions), as_of, digest_of(document)))
        return (*name, document["revision"])

    def replace(self, ticket: str, old: Sequence[Fact], new: Sequence[Fact], *, number: int = 0) -> None:
        """A ticket's facts change."""
        self.stage1[number].replace(ticket, old, new)

    def blame(self, period: str, subject: str, event: str = "late") -> None:
        """An event is said to have moved a total."""
        self.closing.cause(period, subject, Cause("t", event, "2026-11-03T09:00:00Z"))
