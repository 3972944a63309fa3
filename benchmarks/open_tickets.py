"""A worker with 100,000 open tickets: its memory, its deadlines, an emptied Redis, and its restart.

    python -m benchmarks.open_tickets [--tickets 100000] [--deadlines 3000]

One worker on a core of its own, on a real Kafka and a real Redis. The tickets are created within the last hour, each
with five events and three clocks; a few of them fall due evenly over one minute. Printed are

- memory: what the worker's resident memory grew by, for each ticket;
- deadlines: from the due instant of a clock to the id (a time of Redis) of its entry in `sla:breaches`;
- an emptied Redis: from FLUSHALL until every ticket is there again, and how much of that is announced as news;
- restart: from SIGTERM's end to every partition live again, the event rows read back a second (as the worker's log
  says), and whether the first gauges that it writes are right.
"""

from __future__ import annotations

import argparse
import random
import signal
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from benchmarks.bench import Pipe, memory_mb, pipe, spread
from models.instant import format_ms, parse_ms

PARTITIONS = 8
EVENTS = 5
BOOK = """\
calendars: {always: {timezone: UTC, week: always}}
policies:
  - name: due soon
    when: {priority: [P0]}
    calendar: always
    targets: {first_response: {within: 2h, warn_at: [50%, 90%]}, resolution: {within: 8h, warn_at: [75%]}}
  - name: everything
    calendar: always
    targets:
      first_response: {within: 1d, warn_at: [75%]}
      update: {within: 2d}
      resolution: {within: 5d, warn_at: [75%]}
"""


def write_events(path: Path, tickets: int, deadlines: int, first_due: int) -> None:
    """The events of all tickets, in the order of time; `deadlines` of them fall due in the minute from `first_due`."""
    rng = random.Random(7)
    now = int(time.time() * 1000)
    events = []
    for number in range(tickets):
        soon = number < deadlines
        at = first_due - 7_200_000 + number * 60_000 // deadlines if soon else now - rng.randrange(60_000, 3_600_000)
        ticket = f"T-{number:07d}"
        body = {"event_id": "1", "type": "ticket.created", "ticket_id": ticket, "occurred_at": format_ms(at),
                "priority": "P0" if soon else f"P{1 + number % 4}", "team": f"team {number % 12}", "channel": "mail",
                "customer_tier": "standard", "category": "network", "requester_id": f"C{number % 5000}"}  # fmt: skip
        events.append((at, body))
        for step in range(1, EVENTS):
            later = min(at + step * 1000, now)
            more = {"event_id": str(step + 1), "ticket_id": ticket, "occurred_at": format_ms(later)}
            if step == 1:
                more |= {"type": "ticket.assigned", "assignee": f"agent.{number % 200}"}
            elif step == 2:
                more |= {"type": "ticket.replied", "author": "agent", "public": False, "author_id": "agent.1"}
            elif step == 3:
                more |= {"type": "ticket.replied", "author": "customer"}
            else:
                more |= {"type": "ticket.updated", "category": "dns", "tags": ["a"]}
            events.append((later, more))
    events.sort(key=lambda one: one[0])
    with path.open("wb") as file:
        file.writelines(orjson.dumps(body) + b"\n" for _, body in events)


def documents(run: Pipe) -> int:
    """How many tickets Redis has."""
    return int(run.redis.zcard("sla:open:all"))


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--tickets", type=int, default=100_000)
    arguments.add_argument("--deadlines", type=int, default=3000)
    arguments.add_argument("--lead", type=int, default=240, help="seconds that loading may take")
    chosen = arguments.parse_args()
    with TemporaryDirectory() as folder:
        (Path(folder) / "book.yaml").write_text(BOOK)
        with pipe(Path(folder)) as run:
            worker = run.worker()
            run.wait_live(worker, PARTITIONS)
            before = memory_mb(worker)
            first_due = int(time.time() * 1000) + chosen.lead * 1000
            file = Path(folder) / "events.jsonl"
            write_events(file, chosen.tickets, chosen.deadlines, first_due)
            began = time.monotonic()
            run.slawatch("produce", str(file))
            run.wait_live(worker, PARTITIONS)
            while documents(run) < chosen.tickets:
                time.sleep(0.2)
            took = time.monotonic() - began
            grown = memory_mb(worker) - before
            print(f"loading: {chosen.tickets * EVENTS:,} events in {took:.0f} s, produce included")
            print(f"memory: {grown:.0f} MB more, {grown * 1024 / chosen.tickets:.1f} kB a ticket of {EVENTS} events")
            left = first_due / 1000 - time.time()
            if left < 0:
                print(f"(loading took {-left:.0f} s longer than --lead: the first deadlines were found late)")
            while time.time() < first_due / 1000 + 65:
                time.sleep(1)
            print(spread("deadlines: due instant → sla:breaches", lateness(run, max(0, -left) * 1000 + first_due)))
            _empty(run, chosen.tickets)
            _restart(run, worker, chosen.tickets)


def lateness(run: Pipe, since: float) -> list[float]:
    """Seconds between the due instants from `since` (ms) on and their entries."""
    found = []
    for ident, entry in run.redis.xrange("sla:breaches"):
        due = parse_ms(entry["due_at"]) if entry["due_at"] else 0
        if entry["change"] == "breached" and due >= since:
            found.append((int(ident.split("-")[0]) - due) / 1000)
    return found


def _empty(run: Pipe, tickets: int) -> None:
    run.redis.flushall()
    began = time.monotonic()
    while documents(run) < tickets or run.redis.dbsize() < tickets:
        time.sleep(0.1)
    took = time.monotonic() - began
    entries = [entry for _, entry in run.redis.xrange("sla:breaches")]
    news = sum(entry["backlog"] in {"false", "0"} for entry in entries)
    print(f"emptied Redis: {tickets:,} tickets again after {took:.1f} s; {news} of {len(entries)} entries as news")


def _restart(run: Pipe, worker: object, tickets: int) -> None:
    before = run.redis.hgetall("sla:live:all")
    worker.send_signal(signal.SIGTERM)  # type: ignore[attr-defined]
    worker.wait()  # type: ignore[attr-defined]
    again = run.worker()
    took = run.wait_live(again, PARTITIONS)
    log = (run.folder / f"worker-{len(run.workers) - 1}.log").read_text()
    rows = [line for line in log.splitlines() if "read back" in line]
    time.sleep(3)
    after = run.redis.hgetall("sla:live:all")
    same = all(before[name] == after[name] for name in ("open", "unassigned", "waiting", "oldest_open"))
    gauges = "equal" if same else "DIFFER"
    print(f"restart: live again after {took:.1f} s with {tickets * EVENTS:,} rows; gauges {gauges}")
    for line in rows[:10]:
        print("   ", line[:160])


if __name__ == "__main__":
    main()
