"""What an event costs in each of the worker's pure parts, on the backlog of `throughput`: no Kafka, no Redis, no loop.

    python -m benchmarks.parts [--events 150000] [--step 20000]

One process, one core, CPU time (`time.process_time`), the collector off: the least that a worker takes for an event,
whatever is done about the rest. The backlog is dealt out to four partitions as in Kafka, and worked off in steps of so
many events of each, as a worker does that brings out what it has every few seconds: a ticket that is touched many times
within a step is written once, so large steps cost less and show less.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import TypeVar

import orjson

from benchmarks.bench import ROOT
from benchmarks.throughput import PARTITIONS, write_backlog
from models.partial import PartialRow
from sinks.kafka import partition_of
from sla.partition.intake import Incoming
from sla.periods.recurrence import Solutions
from sla.policy import load_book
from streams.parts import ScopesOf, Tickets

ALL = 1 << 60
T = TypeVar("T")


class Costs(dict[str, float]):
    """Seconds by part."""

    def of(self, part: str, work: Callable[[], T]) -> T:
        """Does a piece of work, and books it."""
        began = process_time()
        done = work()
        self[part] = self.get(part, 0.0) + process_time() - began
        return done


def dealt_out(lines: list[bytes]) -> list[list[Incoming]]:
    """The records of each partition."""
    partitions: list[list[Incoming]] = [[] for _ in range(PARTITIONS)]
    for offset, line in enumerate(lines):
        key = orjson.loads(line)["ticket_id"].encode()
        partitions[partition_of(key, PARTITIONS)].append(Incoming(offset, 1, key, line))
    return partitions


def step_of(engine: Tickets, records: list[Incoming], costs: Costs) -> tuple[int, list[PartialRow]]:
    """Takes records of one partition from bytes to rows of figures; the watermark then (ms), and the rows."""
    admission = costs.of("look at it", lambda: engine.admit(records))
    costs.of("look at it", lambda: engine.commit(admission))
    watermark = max(one.event.occurred_at for one in admission.admitted) // 1000
    costs.of("fold", lambda: engine.advance(watermark))
    while costs.of("ticket into words", lambda: engine.take_writes(1000)):
        pass
    costs.of("facts into cells", lambda: engine.settle_partials(ALL))
    rows = costs.of("cells into rows", lambda: list(engine.take_partials()))
    costs.of("facts into cells", lambda: engine.settle_totals(ALL))
    return watermark, rows + costs.of("cells into rows", lambda: list(engine.take_totals()))


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=150_000)
    arguments.add_argument("--step", type=int, default=20_000)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_backlog(Path(folder) / "backlog.jsonl", chosen.events)
        lines = (Path(folder) / "backlog.jsonl").read_bytes().splitlines()
    partitions = dealt_out(lines)
    book = load_book(ROOT / "policies")
    solutions = Solutions()
    engines = [Tickets(book, number, solutions=solutions) for number in range(PARTITIONS)]
    figures = ScopesOf(book, PARTITIONS)
    costs = Costs()
    gc.collect()
    gc.disable()

    def take(number: int, rows: list[PartialRow]) -> None:
        for row in rows:
            figures.upsert(number, 1, row)

    for begin in range(0, max(map(len, partitions)), chosen.step):
        for number, engine in enumerate(engines):
            records = partitions[number][begin : begin + chosen.step]
            if records:
                watermark, rows = step_of(engine, records, costs)
                costs.of("rows into sums", lambda number=number, rows=rows: take(number, rows))  # type: ignore[misc]
                figures.watermark(number, watermark)
        figures.advance()
        costs.of("sums into documents", lambda: [*figures.documents(), *figures.totals()])
    decoded = Costs()
    decoded.of("orjson.loads alone", lambda: [orjson.loads(line) for line in lines])
    print(f"{len(lines):,} events in steps of {chosen.step:,} of each of {PARTITIONS} partitions; µs of CPU an event")
    for part, took in (*costs.items(), ("all parts", sum(costs.values())), *decoded.items()):
        print(f"{part:<24} {took / len(lines) * 1e6:6.1f}")


if __name__ == "__main__":
    main()
