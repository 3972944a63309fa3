"""Stage 2's closed totals: written to their log first, then told to the view.

A total is closed, corrected, or left alone as `sla.periods.closing` says. What the log has stands: after a restart, and
in an emptied Redis, it is told again as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import orjson
import structlog

from models.instant import format_ms, parse_ms
from models.kpi import Document
from sinks.kafka import Record, partition_of
from sinks.totals import Known, Name, Revision, Totals
from sla.periods.closing import Closing
from sla.periods.revision import Cause, Published, digest_of
from streams import wire

log = structlog.get_logger(__name__)

CHUNK = 20  # documents between two writes
LOOK_MS = 1_000
MEND_MS = 30_000


class PeriodsOut:
    """The closed totals of the subjects of one partition of the partials."""

    def __init__(self, number: int, of: int, closing: Closing, totals: Totals) -> None:
        self._number = number
        self._of = of
        self._closing = closing
        self._totals = totals
        self._homes: dict[str, bool] = {}
        self._complained: set[Name] = set()
        self._mend_at = 0
        self._look_at = 0

    # What the log of partials says

    def read(self, row: object, written_at: int) -> bool:
        """Takes a row that is about closing, written at an instant in ms; False for any other."""
        if isinstance(row, wire.Read):
            self._closing.tell(row.partition, row.read, row.seen, written_at)
        elif isinstance(row, wire.Cause):
            self._closing.cause(row.period, row.scope, Cause(row.ticket, row.event, row.occurred_at))
        else:
            return False
        return True

    # What it does

    async def prepare(self) -> None:
        """Learns what has been closed already, before anything is said."""
        await self._totals.catch_up()
        self._learn()

    async def step(self, epoch: int, now: int) -> tuple[list[Document], list[Record]]:
        """Closes and corrects what is due; answers documents for the view, and rows of the partials to be removed."""
        if now < self._look_at:
            return await self._told(self._take_absent()), []
        self._look_at = now + LOOK_MS
        closing = self._closing
        told: list[Document] = []
        if closing.look():
            told += await self._close(epoch)
            told += await self._correct(epoch)
        gone = closing.forget()
        if gone:
            await self._totals.forget(gone)
            told += [Document("final", subject, period, None) for period, subject in gone]
        if now >= self._mend_at:
            self._mend_at = now + MEND_MS
            await self._totals.catch_up(unless_s=MEND_MS / 2_000)
            self._learn()
            await self._totals.mend(epoch, list(closing.published))
        told += await self._told(self._take_absent())
        return told, [Record(wire.cause_key(name[1], name[0], *cause[:2]), None) for name, cause in closing.spent()]

    def history(self, name: Name) -> list[Document]:
        """The earlier revisions of a closed total, which a view that was emptied has not heard of."""
        return [
            Document("announced", name[1], name[0], {"revision": number, "as_of": format_ms(as_of)})
            for number, as_of in enumerate(self._closing.published[name].as_of[:-1], 1)
        ]

    # Inside

    async def _close(self, epoch: int) -> list[Document]:
        due = self._closing.due()
        if not due:
            return []
        await self._totals.catch_up()  # an owner before us may have closed them in the meantime
        self._learn()
        told: list[Document] = []
        due = [name for name in due if name not in self._closing.published]
        for at in range(0, len(due), CHUNK):
            revisions = []
            for name in due[at : at + CHUNK]:
                revisions.append(_revision(name, self._closing.first(name)))
                await asyncio.sleep(0)
            told += await self._publish(revisions, epoch)
        if due:
            log.info("periods closed", partition=self._number, totals=len(due), periods=sorted({n for n, _ in due}))
        return told

    async def _correct(self, epoch: int) -> list[Document]:
        told: list[Document] = []
        revisions = []
        for name in self._closing.moved():
            await asyncio.sleep(0)
            if not self._closing.is_moved(name):
                continue
            before = await self._totals.read(name)
            if before is not None:
                revisions.append(_revision(name, self._closing.correction(name, orjson.loads(before))))
        for name in self._closing.standing - self._complained:
            self._complained.add(name)
            log.warning(
                "a closed total is not what the events give now, and no event came since: it stands",
                period=name[0],
                subject=name[1],
                mend="nothing, if the policy book or the build has been changed; else tell us",
            )
        if revisions:
            log.info("closed periods corrected", partition=self._number, totals=[one.name for one in revisions])
            told += await self._publish(revisions, epoch)
        return told

    async def _publish(self, revisions: list[Revision], epoch: int) -> list[Document]:
        await self._totals.publish(revisions, epoch)
        self._learn(one.name for one in revisions)
        return [Document("final", one.name[1], one.name[0], one.body) for one in revisions]

    def _take_absent(self) -> list[Name]:
        absent = sorted(self._closing.absent)
        self._closing.absent.clear()
        return absent

    async def _told(self, names: Iterable[Name]) -> list[Document]:
        """The documents of closed totals as they were published."""
        told: list[Document] = []
        for name in names:
            body = await self._totals.read(name)
            if body is not None:
                told += [*self.history(name), Document("final", name[1], name[0], body)]
        return told

    def _learn(self, names: Iterable[Name] | None = None) -> None:
        """Tells the pure part what stands in the log."""
        known, published = self._totals.known, self._closing.published
        for name in list(known) if names is None else names:
            found = known[name]
            if self._is_ours(name[1]) and _differs(published.get(name), found):
                self._closing.know(name, Published(found.revision, found.as_of, found.digest))

    def _is_ours(self, subject: str) -> bool:
        ours = self._homes.get(subject)
        if ours is None:
            ours = self._homes[subject] = partition_of(subject.encode(), self._of) == self._number
        return ours


def _differs(before: Published | None, after: Known) -> bool:
    return before is None or (before.revision, before.as_of, before.digest) != after[:3]


def _revision(name: Name, document: dict[str, object]) -> Revision:
    number, as_of = document["revision"], document["as_of"]
    assert isinstance(number, int)  # noqa: S101 -- for the type checker
    return Revision(name, number, parse_ms(str(as_of)), digest_of(document), orjson.dumps(document))
