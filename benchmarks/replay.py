"""How fast events are read, folded and written by `replay`, as ratios to a ceiling measured in the same run.

    PYTHONPATH=. python benchmarks/replay.py EVENTS.jsonl --policies DIR [--rounds 3]

Method: one process, one core, CPU time (`time.process_time`), the cyclic collector off as in the command, the
lines in memory before the first clock starts. Each part is run `--rounds` times and its best round counts: on a machine
that others use too, the best round is the one that was disturbed least. The ceiling is `orjson.loads` of the same
lines, which no program in Python that reads them can beat; a ratio to it carries from one machine to another where
events/s do not. Between rounds nothing is kept but the calendars' axes, as in a worker.

- read: `EventSet.add`: bytes to valid, deduplicated events, by ticket
- fold: `fold`: a ticket's events to its record
- documents: `document` and `orjson.dumps`: a record to the line of `tickets.jsonl`
- breaches: the lines of `breaches.jsonl`
- command: all of `replay`, figures of every scope, window and period included, from bytes to lines
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import orjson

from sla.policy import load_book
from sla.replay import EventSet, breach_lines, replay
from sla.ticket.document import document
from sla.ticket.ticket import fold


def best_of(rounds: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of CPU of the best of some rounds, and what the last one gave."""
    best, given = float("inf"), None
    for _ in range(rounds):
        given = None
        gc.collect()
        begun = process_time()
        given = work()
        best = min(best, process_time() - begun)
    return best, given


def read(lines: list[bytes]) -> EventSet:
    """The events of the lines."""
    events = EventSet()
    for number, line in enumerate(lines):
        events.add(line, f"line {number}")
    return events


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", type=Path)
    parser.add_argument("--policies", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    book = load_book(asked.policies)
    lines = asked.events.read_bytes().splitlines()
    gc.disable()

    ceiling, _ = best_of(asked.rounds, lambda: [orjson.loads(line) for line in lines])
    reading, events = best_of(asked.rounds, lambda: read(lines))
    now = events.newest_ms
    known = list(events.tickets.values())
    folding, found = best_of(asked.rounds, lambda: [fold(one.values(), book, now) for one in known])
    tickets = [ticket for ticket in found if ticket is not None]

    def documents() -> None:
        for ticket in tickets:
            for clock in ticket.clocks:
                clock.written = None
            orjson.dumps(document(ticket, now))

    writing, _ = best_of(asked.rounds, documents)
    breaching, _ = best_of(asked.rounds, lambda: [list(breach_lines(ticket)) for ticket in tickets])

    def command() -> None:
        all_events = read(lines)
        replay(all_events, book, all_events.newest_ms)

    whole, _ = best_of(asked.rounds, command)
    print(f"{events.events:,} events of {len(tickets):,} tickets, best of {asked.rounds} rounds")
    print(f"{'':24}{'events/s':>12}{'µs/event':>10}{'x ceiling':>11}")
    for name, spent in (
        ("orjson.loads (ceiling)", ceiling),
        ("read", reading),
        ("fold", folding),
        ("read + fold", reading + folding),
        ("documents", writing),
        ("breaches", breaching),
        ("command", whole),
    ):
        print(f"{name:24}{events.events / spent:>12,.0f}{spent / events.events * 1e6:>10.2f}{spent / ceiling:>11.1f}")


if __name__ == "__main__":
    main()
