"""A small language for figures: facts, moments and the view that a sink would hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from models.fact import Dims, Fact, Gauge
from models.instant import parse_ms
from models.kpi import Document
from sla.figures import PartitionFigures, ScopeFigures
from sla.policy.promised import Promised

ZONE = "Asia/Shanghai"
PROMISED = ("first_response", "resolution")
NOW = parse_ms("2026-11-21T09:30:20Z")
NETWORK = Dims("network", "P0", "vip", "mail", 1_000_000)
DESK = Dims("desk", "P1", None, None, 3_000_000)


def at(clock: str, day: str = "2026-11-21") -> int:
    """An instant of the day of these tests: `09:30`, `09:30:20`."""
    return parse_ms(f"{day}T{clock if clock.count(':') == 2 else clock + ':00'}Z")


def fact(
    kind: str,
    moment: int,
    *,
    dims: Dims = NETWORK,
    person: str | None = None,
    metric: str = "-",
    value: int = 0,
    mark: str = "",
    event: str = "e",
) -> Fact:
    """A fact; `met`, `late`, `stopped` and `breached` are of the first cycle."""
    cycle = 1 if kind in {"met", "late", "stopped", "breached"} else 0
    return Fact(kind, moment, dims, person, metric, cycle, event, value, mark)


def gauge(created_at: int, *, dims: Dims = NETWORK, assignee: str | None = None, **how: bool) -> Gauge:
    """An open ticket."""
    return Gauge(
        dims, assignee, created_at, how.get("waiting", False), how.get("at_risk", False), how.get("breached", False)
    )


class Desk:
    """Stage 1 and stage 2 wired together, and what a sink would hold after reading along."""

    def __init__(
        self,
        partitions: int = 1,
        now: int = NOW,
        zone: str = ZONE,
        promised: Sequence[str] | Promised = PROMISED,
        editions: Sequence[tuple[str, int]] = (),
    ) -> None:
        self.zone = zone
        told = promised if isinstance(promised, Promised) else Promised.always(promised)
        self.stage1 = [PartitionFigures(number, zone) for number in range(partitions)]
        self.stage2 = ScopeFigures(zone, told, partitions=range(partitions), editions=editions)
        self.epochs = [1] * partitions
        self.view: dict[tuple[str, str, str], Any] = {}
        self.now = now
        for figures in self.stage1:
            figures.advance(now)

    def publish(self) -> None:
        """Every partition says what changed and how far it is."""
        for number, figures in enumerate(self.stage1):
            for row in figures.changed():
                self.stage2.upsert(number, self.epochs[number], row)
            self.stage2.watermark(number, self.now)
        self.stage2.advance()

    def tell(self, *, whole: bool = False) -> list[Document]:
        """Publishes, and takes over what changed."""
        self.publish()
        told = [*self.stage2.documents(whole=whole), *self.stage2.totals(whole=whole)]
        for family, scope, field, value in told:
            if value is None:
                self.view.pop((family, scope, field), None)
            else:
                self.view[family, scope, field] = orjson.loads(value) if isinstance(value, bytes) else value
        return told

    def advance(self, ms: int) -> None:
        """Lets time pass."""
        self.now += ms
        for figures in self.stage1:
            figures.advance(self.now)

    def take_over(
        self, number: int, facts: Iterable[tuple[str, Sequence[Fact]]], gauges: Iterable[tuple[str, Gauge]]
    ) -> None:
        """A new owner builds a partition's figures anew and publishes them under a new epoch, then the mark."""
        figures = self.stage1[number] = PartitionFigures(number, self.zone)
        figures.advance(self.now)
        for ticket, mine in facts:
            figures.replace(ticket, (), mine)
        for ticket, stands in gauges:
            figures.gauge(ticket, None, stands)
        self.epochs[number] += 1
        for row in figures.dump():
            self.stage2.upsert(number, self.epochs[number], row)
        self.stage2.mark(number, self.epochs[number])

    def kpi(self, scope: str, window: str) -> dict[str, Any]:
        """A KPI document as a sink holds it."""
        return self.view["kpi", scope, window]
