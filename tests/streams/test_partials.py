"""In which order a partition tells its cells."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from time import monotonic
from types import SimpleNamespace
from typing import Any

from models.partial import PartialRow
from sinks.kafka import Record
from streams import wire
from streams.telling import Telling
from streams.turns import PIECE_S, Turns

PANE, DAY = PartialRow("all", b'["m",1]', b"[1,[0],[1]]"), PartialRow("all", b'["t",20261122]', b"[1,[0],[1]]")

KPIS = [wire.cell_key(0, 7, *PANE[:2]), wire.progress_row(0, 7, 0, 1)[0]]
TOTALS = [wire.cell_key(0, 7, *DAY[:2]), wire.read_row(0, 7, 0, 3)[0]]


class Engine:
    """One that notes what is asked of it, and works totals in step by step."""

    def __init__(self, done: list[object]) -> None:
        self._done = done
        self._steps = 50

    def settle_partials(self, _limit: int) -> bool:
        """All at once."""
        self._done.append("settle")
        return False

    def settle_totals(self, _limit: int) -> bool:
        """In steps that take their time."""
        until = monotonic() + 2 * PIECE_S
        while monotonic() < until:
            pass
        self._steps -= 1
        if not self._steps:
            self._done.append("settle totals")
        return self._steps > 0

    def take_partials(self) -> Iterator[PartialRow]:
        """What has changed in a minute."""
        yield PANE

    def take_totals(self) -> Iterator[PartialRow]:
        """What has changed in a day."""
        yield DAY


async def test_cells_of_kpis_and_the_watermark_wait_for_no_totals() -> None:
    """That the log has been read is told after totals, as it was when they were begun; they are begun each 3 s."""
    done: list[object] = []
    now = [10_000]

    async def write(_topic: str, _number: int, records: Sequence[Record]) -> None:
        done.append([record.key for record in records])

    ground: Any = SimpleNamespace(
        settings=SimpleNamespace(group="g"),
        layout=SimpleNamespace(events=1, partials=1),
        home_of=lambda _: 0,
        clock=lambda: now[0],
        turns=Turns(),
        writer=SimpleNamespace(write=write),
    )
    engine: Any = Engine(done)
    telling = Telling(0, engine, ground, lambda _: False)
    for number, at in enumerate((10_000, 11_000, 12_000), 1):
        now[0] = at
        telling.begin(7, at, (at, 3))
        while done.count(KPIS) < number:
            await asyncio.sleep(0)
    await telling.end()

    assert ["settle", KPIS, "settle", KPIS, "settle", KPIS, "settle totals", TOTALS] == done
