"""Tickets that are past their horizon, on one row each: first that row, then the rows of their events are removed."""

from __future__ import annotations

from sinks.kafka import Record
from streams.engine import Engine
from streams.journal import Journal

SETTLEMENTS = 100  # of one beat


async def settle(engine: Engine, journal: Journal, watermark: int) -> None:
    """Settles some tickets of a partition that is live at `watermark` (ms)."""
    for settlement in engine.settlements(SETTLEMENTS):
        removed = [Record(key, None) for key in settlement.tombstones]
        settled = [Record(settlement.key, settlement.value), *removed]
        await journal.write(settled, promise=watermark)
        engine.settled(settlement)
