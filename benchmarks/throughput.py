"""A backlog worked off: slawatch's full job beside peers that only count, on one broker, one after the other.

    python -m benchmarks.throughput [--events 200000] [--rounds 3] [--peers PYTHON]

The backlog is the simulator's: the days before now, so that its last day moves every window. Each runs alone on a core
of its own; Kafka and Redis share the other. slawatch does all it does: validation, fold, clocks, views, one
acknowledged changelog row an event, Redis, partial figures, KPIs. The peers count: a plain Faust agent one event at a
time; quix-streams a count a key with a changelog; bytewax a count a key in memory. `--peers` is a Python with
`benchmarks/peers/requirements.txt` installed; without it only Faust stands beside us, and the floor: it reads, decodes
and writes a row for each event, all in batches, and understands nothing.

A peer's time is from its first event to its last, by itself. Ours begins with the first row in the changelog, and is
told twice: until all offsets are committed, which is after Redis has every ticket and breach; and until `sla:kpi:all`
counts them all too. Rounds alternate; printed are medians and ratios, and what the machine beneath took of both cores
while we were at work, and each peer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import subprocess
import sys
import time
from collections import Counter
from itertools import takewhile
from pathlib import Path

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from benchmarks.bench import WORKER_CORE, Pipe, Stolen, pipe
from models.instant import parse_ms
from sla.simulate import simulate

PARTITIONS = 4
PEERS = Path(__file__).with_name("peers")
RATE = 1.0  # simulated events a second
SPREAD_MS = 120_000  # the newest event of each partition is at most so old, compared to the newest of all


def write_backlog(path: Path, events: int) -> tuple[int, int]:
    """About so many simulated events, the last of them about a minute ago; answers how many, and the last one's time.

    They are whole stories so far: of the tickets that were created since some instant, every event. Else close to
    half of the events would be about tickets that nobody knows, which cost little and mean nothing. Time is in ms.
    """
    now = int(time.time() * 1000)
    since = now - int(events / RATE * 1000) - 4 * 86_400_000
    past = list(takewhile(lambda one: one[0] < now - 60_000, simulate(11, since, RATE)))
    of_ticket = Counter(event["ticket_id"] for _, event in past)
    chosen: set[str] = set()
    number = 0
    for _, event in reversed(past):
        if event["type"] == "ticket.created":
            number += of_ticket[event["ticket_id"]]
            chosen.add(event["ticket_id"])
            if number >= events:
                break
    with path.open("wb") as file:
        file.writelines(orjson.dumps(event) + b"\n" for _, event in past if event["ticket_id"] in chosen)
    return number, past[-1][0]


def _told_until(run: Pipe) -> int:
    """The instant (ms) up to which `sla:kpi:all` says how things are; -1 before it says anything."""
    figures = run.redis.hget("sla:kpi:all", "24h")
    return -1 if figures is None else parse_ms(orjson.loads(figures)["as_of"])


async def _watch(
    run: Pipe, group: str, worker: subprocess.Popen[bytes], events: int, newest: int
) -> tuple[float, float]:
    """Seconds from the first rows in a group's changelog until so many events are committed, and until KPIs have them.

    `newest` is the last event's time in ms. Clients are kept and ask seldom: what watches must not slow down what it
    watches.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=run.kafka.address)
    consumer = AIOKafkaConsumer(bootstrap_servers=run.kafka.address)
    await admin.start()
    await consumer.start()
    parts = [TopicPartition("ticket-events", number) for number in range(PARTITIONS)]
    rows = [TopicPartition(f"{group}-tickets-changelog", number) for number in range(PARTITIONS)]
    began, committed = None, 0.0
    try:
        while worker.poll() is None:
            await asyncio.sleep(0.1)
            if began is None:
                ends = {}
                with contextlib.suppress(KafkaError):  # its topics are not there yet
                    ends = await consumer.end_offsets(rows)
                if sum(ends.values()) > 10 * PARTITIONS:
                    began = time.monotonic()
                continue
            if not committed:
                found = await admin.list_consumer_group_offsets(group, partitions=parts)
                if sum(max(0, one.offset) for one in found.values()) >= events:
                    committed = time.monotonic() - began
            elif _told_until(run) >= newest - SPREAD_MS:
                return committed, time.monotonic() - began
    finally:
        await admin.close()
        await consumer.stop()
    raise RuntimeError((run.folder / f"worker-{len(run.workers) - 1}.log").read_text()[-3000:])


def slawatch(run: Pipe, events: int, newest: int, turn: int) -> tuple[float, float]:
    """Seconds that a worker takes for the whole backlog: its tickets and breaches, and its KPIs too."""
    run.redis.flushall()
    group = f"bench{turn}"
    run.environment |= {"SLAWATCH_GROUP": group, "SLAWATCH_PARTITIONS": str(PARTITIONS)}
    worker = run.worker()
    took = asyncio.run(_watch(run, group, worker, events, newest))
    worker.terminate()
    worker.wait()
    return took


def peer(run: Pipe, python: str, script: str, events: int) -> float:
    """Seconds that a peer takes, as it says itself."""
    state = run.folder / f"state-{time.monotonic_ns()}"
    command = ["taskset", "-c", WORKER_CORE, python, str(PEERS / script), str(events)]
    done = subprocess.run(
        command,
        env=run.environment | {"PEER_STATE": str(state), "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        cwd=run.folder,
    )
    try:
        return float(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise RuntimeError(done.stdout[-500:] + done.stderr[-2000:]) from error


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=200_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--peers", help="a Python with the peers installed")
    chosen = arguments.parse_args()
    contenders = {
        "plain Faust, counting one by one": (sys.executable, "plain_faust.py"),
        "read, decode, one row an event": (sys.executable, "rows_only.py"),
    }
    if chosen.peers:
        contenders["quix-streams, keyed count, changelog"] = (chosen.peers, "quix.py")
        contenders["bytewax, keyed count in memory"] = (chosen.peers, "bytewax_count.py")
    times: dict[str, list[float]] = {}
    ours = "slawatch: tickets, breaches", "slawatch: the full job, KPIs too"
    with pipe() as run:
        run.environment |= {"SLAWATCH_PARTITIONS": str(PARTITIONS), "SLAWATCH_GROUP": "bench"}
        backlog = run.folder / "backlog.jsonl"
        events, newest = write_backlog(backlog, chosen.events)
        run.slawatch("produce", str(backlog))
        for turn in range(chosen.rounds):
            stolen = Stolen()
            for name, took in zip(ours, slawatch(run, events, newest, turn), strict=True):
                times.setdefault(name, []).append(took)
            shares = [f"{stolen.share():.0%}"]
            for name, (python, script) in contenders.items():
                stolen = Stolen()
                times.setdefault(name, []).append(peer(run, python, script, events))
                shares.append(f"{stolen.share():.0%}")
            rates = {name: round(events / found[-1]) for name, found in times.items()}
            print(f"round {turn + 1}:", rates, "taken by the machine beneath:", *shares, flush=True)
    base = statistics.median(times["plain Faust, counting one by one"])
    print(f"\n{events:,} events, one core each, medians of {chosen.rounds}")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:<40} {events / median:>9,.0f} events/s   {base / median:5.2f} times plain Faust")


if __name__ == "__main__":
    main()
