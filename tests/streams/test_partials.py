"""In which order a partition tells its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from models.partial import PartialRow
from sinks.kafka import Record
from streams import wire
from streams.partials import PartialsOut
from streams.turns import Turns

PANE, DAY = PartialRow("all", b'["m",1]', b"[1,[0],[1]]"), PartialRow("all", b'["t",20261122]', b"[1,[0],[1]]")


class Engine:
    """One that notes what is asked of it."""

    def __init__(self, done: list[object]) -> None:
        self._done = done
        self._left = [PANE]

    def settle_partials(self, _limit: int, *, totals: bool) -> bool:
        """Works totals in only where they are asked for."""
        self._done.append(("settle", totals))
        if totals:
            self._left.append(DAY)
        return False

    def take_partials(self, *, totals: bool) -> Iterator[PartialRow]:
        """What has been worked in."""
        self._done.append(("take", totals))
        while self._left:
            yield self._left.pop(0)


@pytest.mark.parametrize("due", [True, False])
async def test_cells_of_kpis_and_the_watermark_are_told_before_totals_are_worked_in(*, due: bool) -> None:
    """And that the log has been read is told after them, once all totals have been given."""
    done: list[object] = []

    async def write(_topic: str, _number: int, records: Sequence[Record]) -> None:
        done.append([record.key for record in records])

    ground: Any = SimpleNamespace(
        settings=SimpleNamespace(group="g"),
        layout=SimpleNamespace(events=1, partials=1),
        home_of=lambda _: 0,
        clock=lambda: 10_000 if due else 0,
        turns=Turns(),
        writer=SimpleNamespace(write=write),
    )
    engine: Any = Engine(done)

    await PartialsOut(0, engine, ground).publish(7, 9_000, (9_000, 3))

    progress, read = wire.progress_row(0, 7, 9_000, 1)[0], wire.read_row(0, 7, 9_000, 3)[0]
    first = [("settle", False), ("take", False), [wire.cell_key(0, 7, PANE.scope, PANE.key), progress]]
    then = [("settle", True), ("take", True), [wire.cell_key(0, 7, DAY.scope, DAY.key), read]]
    assert first + (then if due else []) == done
