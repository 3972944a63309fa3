"""From records of the log to rows of the changelog: what is new is written down before it takes effect."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sinks.kafka import Record
from sla.partition.intake import Incoming
from streams.aside import Aside
from streams.engine import Engine
from streams.ground import Ground
from streams.journal import Journal
from streams.progress import Progress
from streams.watch import Watch

SLICE = 250  # records that are looked at without a pause: heartbeats share the loop
SMALL = 40  # so few need none


class Intake:
    """Takes records into one partition."""

    def __init__(
        self, engine: Engine, ground: Ground, *, journal: Journal, aside: Aside, watch: Watch, progress: Progress
    ) -> None:
        self._engine = engine
        self._ground = ground
        self._journal = journal
        self._aside = aside
        self._watch = watch
        self._progress = progress

    async def take(self, records: Sequence[Any]) -> None:
        """Takes records (aiokafka's, by offset; there is at least one); afterwards the changelog has them."""
        for at in range(0, len(records), SLICE):
            await self._admit(records[at : at + SLICE])
        self._progress.done(records[-1].offset, self._ground.clock())

    async def _admit(self, records: Sequence[Any]) -> None:
        now = self._ground.clock()
        # A producer's clock may be wrong, and the broker takes no row from the future.
        incoming = [Incoming(r.offset, min(r.timestamp, now), r.key, r.value, r.headers) for r in records]
        admission = self._engine.admit(incoming)
        self._progress.admitted(admission, now)
        rows = [
            Record(key, value, timestamp=max(new.arrived, 0))
            for (key, value), new in zip(admission.rows, admission.admitted, strict=True)
        ]
        await self._breathe(records)
        if admission.dead or admission.misplaced:
            rows += await self._aside.send(admission)
        if rows:
            await self._journal.write(rows, promise=self._progress.promise(now))
        self._engine.commit(admission)
        self._watch.admitted(admission)
        await self._breathe(records)

    async def _breathe(self, records: Sequence[Any]) -> None:
        if len(records) > SMALL:
            await asyncio.sleep(0)
