"""Stage 2's closed totals on their way: first their log, then the view; told again as they were."""

from __future__ import annotations

from typing import Any

import orjson

from models.kpi import Document
from sinks.kafka import partition_of
from sinks.memory_totals import MemoryTotals
from sla.figures import ScopeFigures
from streams import wire
from streams.periods import LOOK_MS, PeriodsOut
from tests.sla.figures.build import at, fact
from tests.sla.periods.closing_desk import DAY, ClosingDesk

NOVEMBER = [fact("created", at("09:00")), fact("solved", at("09:30"), person="bo")]
MORE = [*NOVEMBER, fact("reopened", at("10:00"), person="bo")]
SUBJECTS = ("all", "team:network", "priority:P0", "team:network|priority:P0", "agent:bo")


class Reader:
    """The owner of all subjects, and what the view was told."""

    def __init__(self, totals: MemoryTotals, of: int = 1) -> None:
        self.desk = ClosingDesk()
        self.out = PeriodsOut(0, of, self.desk.closing, totals)
        self.now = 0
        self.removed: list[bytes | None] = []

    async def step(self) -> list[Document]:
        """Everything is in, and two looks go by."""
        told = []
        for _ in range(2):
            self.desk.publish()
            self.now += LOOK_MS
            self.out.read(wire.Read(0, 1, self.desk.now + self.now, self.desk.now + self.now), self.desk.now + self.now)
            documents, removed = await self.out.step(5, self.now)
            told += documents
            self.removed += [record.key for record in removed]
        return told

    def late(self) -> None:
        """An event moves November."""
        self.desk.replace("t", NOVEMBER, MORE)
        for subject in SUBJECTS:
            assert self.out.read(wire.Cause(subject, "2026-11", "t", "late", "2026-11-21T10:00:00Z"), 0)


def months(told: list[Document]) -> dict[str, Any]:
    return {
        document.scope: orjson.loads(document.value)
        for document in told
        if document.family == "final" and document.field == "2026-11" and isinstance(document.value, bytes)
    }


async def closed(totals: MemoryTotals) -> Reader:
    reader = Reader(totals)
    reader.desk.replace("t", (), NOVEMBER)
    await reader.out.prepare()
    await reader.step()
    await reader.step()
    return reader


async def test_what_closes_is_in_its_log_and_told_to_the_view() -> None:
    """Under both keys, the same bytes; and not again."""
    totals = MemoryTotals()
    reader = Reader(totals)
    reader.desk.replace("t", (), NOVEMBER)
    await reader.out.prepare()
    told = await reader.step() + await reader.step()

    assert set(SUBJECTS) == months(told).keys()
    assert totals.rows[b"2026-11/all"] == totals.rows[b"2026-11/all/1"] == orjson.dumps(months(told)["all"])
    assert [] == await reader.step()


async def test_a_correction_is_written_and_its_causes_leave_the_partials() -> None:
    """Each subject's second revision names the event; the rows that told of it are removed."""
    totals = MemoryTotals()
    reader = await closed(totals)
    reader.late()
    told = [*await reader.step(), *await reader.step(), *await reader.step()]

    assert dict.fromkeys(SUBJECTS, 2) == {name: said["revision"] for name, said in months(told).items()}
    assert [b"2026-11/all", b"2026-11/all/1", b"2026-11/all/2"] == sorted(
        key for key in totals.rows if key.startswith(b"2026-11/all")
    )
    assert {wire.cause_key(subject, "2026-11", "t", "late") for subject in SUBJECTS} == set(reader.removed)


async def test_the_next_owner_goes_on_from_the_log() -> None:
    """It closes nothing again; what has been corrected is told as it was written, with the revisions before it."""
    totals = MemoryTotals()
    reader = await closed(totals)
    reader.late()
    await reader.step()
    await reader.step()
    written = len(totals.written)
    heir = Reader(totals)
    heir.desk.replace("t", (), MORE)
    await heir.out.prepare()
    heir.desk.publish()
    whole = [*heir.desk.stage2.documents(whole=True), *heir.desk.stage2.totals(whole=True)]
    told = await heir.step() + await heir.step()

    assert written == len(totals.written)
    assert totals.rows[b"2026-11/all"] == orjson.dumps(months(told)["all"])
    earlier = [document.value for document in told if document.family == "announced" and document.scope == "all"]
    assert [{"revision": 1, "as_of": "2026-12-08T16:00:00Z"}] == earlier
    assert "all" not in months(whole)


async def test_what_differs_without_an_event_is_told_as_it_was_published() -> None:
    """The log of totals is the truth about what was published."""
    totals = MemoryTotals()
    await closed(totals)
    heir = Reader(totals)
    heir.desk.replace("t", (), MORE)
    await heir.out.prepare()
    heir.desk.publish()
    list(heir.desk.stage2.totals(whole=True))
    told = await heir.step() + await heir.step()

    assert totals.rows[b"2026-11/all"] == orjson.dumps(months(told)["all"])
    assert ("2026-11", "all") in heir.desk.closing.standing


async def test_a_day_that_is_kept_no_longer_leaves_log_and_view() -> None:
    """Forty days later; its month stays."""
    totals = MemoryTotals()
    reader = await closed(totals)
    assert b"2026-11-21/all" in totals.rows
    reader.desk.advance(40 * DAY)
    told = await reader.step()

    assert Document("final", "all", "2026-11-21", None) in told
    assert b"2026-11-21/all/1" not in totals.rows
    assert b"2026-11/all" in totals.rows


async def test_the_totals_of_others_are_left_to_them() -> None:
    """A partition closes, learns and tells only the subjects that fall into it."""
    totals = MemoryTotals()
    await closed(totals)
    reader = Reader(totals, of=2)
    await reader.out.prepare()

    mine = {subject for subject in SUBJECTS if partition_of(subject.encode(), 2) == 0}
    assert mine == {subject for period, subject in reader.desk.closing.published if period == "2026-11"}
    assert isinstance(reader.desk.stage2, ScopeFigures)
