"""A whole recorded log through Kafka and through `replay`: the same tickets, breaches and period totals, line by line.

    python -m benchmarks.same_figures EVENTS.jsonl --policies DIR [--workers 2]

The log is produced into a real Kafka and worked off by real workers into a real Redis. Once every partition is live,
what ended long ago has been closed and no total changes any more, `replay` evaluates the same file as of that instant,
and each of its lines is looked for in Redis. Left out of the comparison is what moves with time alone on a clock that
is still open, when a total was written, and totals of single days, which Redis keeps for 40 days only.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from benchmarks.bench import Pipe, pipe
from models.instant import format_ms
from sinks import keys

MOVING = ("counted_s", "paused_s", "remaining_s", "ledger")
PARTITIONS = 8
STILL_S = 20  # so long no total has changed
CLOSED_S = 30 * 86_400  # what ended so long ago has been closed

Json = dict[str, Any]


def _lines(path: Path) -> Iterator[Json]:
    with path.open("rb") as file:
        yield from map(orjson.loads, file)


def _still(ticket: Json) -> Json:
    clocks = [
        {name: said for name, said in clock.items() if clock["stopped_at"] is not None or name not in MOVING}
        for clock in ticket["clocks"]
    ]
    return {name: said for name, said in ticket.items() if name != "as_of"} | {"clocks": clocks}


def _text(said: object) -> str:
    return "" if said is None else said if isinstance(said, str) else orjson.dumps(said).decode()


def _wait(run: Pipe, patience_s: float) -> None:
    """Waits until every partition is live, and totals are closed and stand still."""
    until, before, since = time.monotonic() + patience_s, "", time.monotonic()
    while time.monotonic() < until:
        lags = [one["lag_s"] for one in run.partitions().values()]
        names = sorted(run.redis.scan_iter("sla:period:*", count=5000))
        totals = [orjson.loads(total) for total in (run.redis.mget(names) if names else []) if total]
        seen = "\n".join(map(_without_instants, totals))
        old = format_ms(int((time.time() - CLOSED_S) * 1000))
        live = len(lags) == PARTITIONS and all(lag is not None and float(str(lag)) < 5 for lag in lags)
        open_yet = any(total["to"] < old and not total["final"] and not _is_day(total) for total in totals)
        if seen != before or not live or open_yet:
            before, since = seen, time.monotonic()
        elif time.monotonic() - since > STILL_S:
            return
        time.sleep(2)
    msg = f"not still after {patience_s} s"
    raise RuntimeError(msg)


def _is_day(total: Json) -> bool:
    return len(total["period"]) == len("2026-11-21")


def _without_instants(total: Json) -> str:
    return orjson.dumps({name: said for name, said in total.items() if name != "as_of"}).decode()


def compare(run: Pipe, out: Path) -> list[tuple[str, int, list[str]]]:
    """What was compared, how many lines, and the names of those that differ."""
    tickets, breaches, totals = [], [], []
    counts = [0, 0, 0]
    for ticket in _lines(out / "tickets.jsonl"):
        counts[0] += 1
        found = run.redis.get(keys.ticket(ticket["ticket_id"]))
        if found is None or _still(orjson.loads(found)) != _still(ticket):
            tickets.append(ticket["ticket_id"])
    for breach in _lines(out / "breaches.jsonl"):
        counts[1] += 1
        entry = run.redis.hgetall(keys.breach(breach["id"]))
        if not entry or any(entry.get(name) != _text(said) for name, said in breach.items() if name != "flags"):
            breaches.append(breach["id"])
    for total in _lines(out / "periods.jsonl"):
        if _is_day(total):
            continue
        counts[2] += 1
        found = run.redis.get(keys.period(total["period"], total["subject"]))
        if found is None or _without_instants(orjson.loads(found)) != _without_instants(total):
            totals.append(f"{total['period']}:{total['subject']}")
    return [("tickets", counts[0], tickets), ("breaches", counts[1], breaches), ("period totals", counts[2], totals)]


def main() -> None:
    """Stream, replay, compare, and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("events", type=Path)
    arguments.add_argument("--policies", type=Path, required=True)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--patience", type=float, default=1200, metavar="SECONDS")
    chosen = arguments.parse_args()
    with pipe(chosen.policies.resolve(), SLAWATCH_HORIZON="36500d", SLAWATCH_PARTITIONS=str(PARTITIONS)) as run:
        for _ in range(chosen.workers):
            run.worker()
        began = time.monotonic()
        run.slawatch("produce", str(chosen.events))
        _wait(run, chosen.patience)
        print(f"streamed, and still for {STILL_S} s, after {time.monotonic() - began:.0f} s", flush=True)
        now = format_ms(int(time.time() * 1000))
        with tempfile.TemporaryDirectory() as folder:
            run.slawatch(
                "replay", str(chosen.events), "--policies", str(chosen.policies), "--out", folder, "--as-of", now
            )
            for name, count, differing in compare(run, Path(folder)):
                print(f"{name:<14} {count:>7,} lines, {len(differing):,} differ {differing[:5] or ''}")


if __name__ == "__main__":
    main()
