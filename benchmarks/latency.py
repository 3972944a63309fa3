"""From an event sent to its ticket, its breach and its KPI visible in Redis, at a steady rate.

    python -m benchmarks.latency [--rate 1000] [--seconds 60]

One worker on a core of its own, on a real Kafka and a real Redis; a producer on the other core sends one event
at a time, each when its time has come (no lingering), `acks=all`. A ticket gets an event every five seconds at the
earliest, so that what Redis shows of it can only be of that event. Measured by the clock of this machine:

- ticket: from the call that sends the event to the notification of Redis that `sla:ticket:<id>` was set;
- breach: from the due instant of a clock to the id (a time of Redis) of its entry in `sla:breaches`;
- KPI: from the call that sends the n-th creation to the first document of `sla:kpi:all` that counts n of them.

Then the same traffic meets the floor, alone on the worker's core: a program that reads each event, writes an
acknowledged row and SETs the ticket's key, and understands nothing (`peers/pass_through.py`). What it takes is taken
by the servers, the producer and the watcher; the rest is ours. Printed as well is what the machine beneath took of both
cores while slawatch was at work: the worker needs two thirds of its core at 1,000 events a second, so that figures of a
run that lost a quarter say little of slawatch.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import orjson
from aiokafka import AIOKafkaProducer
from redis.asyncio import Redis

from benchmarks.bench import WORKER_CORE, Pipe, Stolen, pipe, quantile, spread
from models.instant import format_ms, parse_ms

PARTITIONS = 8
APART_S = 5
BOOK = """\
calendars: {always: {timezone: UTC, week: always}}
policies:
  - name: breaching
    when: {priority: [P0]}
    calendar: always
    targets: {first_response: {within: 7s, warn_at: [50%]}}
  - name: everything
    calendar: always
    targets:
      first_response: {within: 1h, warn_at: [75%]}
      next_response: {within: 1h}
      resolution: {within: 4h, warn_at: [75%]}
"""


class Seen(NamedTuple):
    """Seconds from cause to sight."""

    tickets: list[float]
    breaches: list[float]
    kpis: list[float]
    lost: str


async def measure(run: Pipe, rate: int, seconds: int) -> Seen:
    """Send, watch, and say what was seen."""
    watcher = Redis.from_url(run.redis_server.url)
    await watcher.config_set("notify-keyspace-events", "K$h")
    seen: dict[str, list[float]] = defaultdict(list)
    counted: list[tuple[float, int]] = []
    watching = [asyncio.create_task(_tickets(watcher, seen)), asyncio.create_task(_kpis(watcher, counted))]
    await asyncio.sleep(1)
    sent, created = await _send(run, rate, seconds)
    await asyncio.sleep(12)
    for task in watching:
        task.cancel()
    tickets = []
    for ticket, instants in sent.items():
        shown = iter(seen[ticket])
        at = next(shown, None)
        for instant in instants:
            while at is not None and at < instant:
                at = next(shown, None)
            if at is not None:
                tickets.append(at - instant)
    kpis = _until_counted(created, counted)
    late = []
    for ident, entry in run.redis.xrange("sla:breaches"):
        if entry["change"] == "breached":
            late.append(int(ident.split("-")[0]) / 1000 - parse_ms(entry["due_at"]) / 1000)
    lost = sum(map(len, sent.values())) - len(tickets)
    await watcher.aclose()
    return Seen(tickets, late, kpis, f"not seen: {lost} tickets, {len(created) - len(kpis)} KPIs")


def _until_counted(created: list[float], counted: list[tuple[float, int]]) -> list[float]:
    """Seconds from each creation to the first document that counts it."""
    kpis = []
    place = 0
    for number, instant in enumerate(created, 1):
        while place < len(counted) and counted[place][1] < number:
            place += 1
        if place < len(counted):
            kpis.append(counted[place][0] - instant)
    return kpis


async def _send(run: Pipe, rate: int, seconds: int) -> tuple[dict[str, list[float]], list[float]]:
    producer = AIOKafkaProducer(bootstrap_servers=run.kafka.address, acks="all", linger_ms=0)
    await producer.start()
    sent: dict[str, list[float]] = defaultdict(list)
    created: list[float] = []
    began = time.time()
    tickets = rate * APART_S
    pending = set()
    for number in range(rate * seconds):
        due = began + number / rate
        if (wait := due - time.time()) > 0:
            await asyncio.sleep(wait)
        lap, place = divmod(number, tickets)
        kind = ("created", "replied", "customer", "replied", "solved")[lap % 5]
        ticket = f"T-{lap // 5}-{place}"
        now = time.time()
        event = {"event_id": str(lap), "ticket_id": ticket, "occurred_at": format_ms(int(now * 1000))}
        match kind:
            case "created":
                priority = "P0" if place % 50 == 0 else f"P{1 + place % 4}"
                event |= {"type": "ticket.created", "priority": priority, "team": f"team {place % 12}",
                          "assignee": f"agent.{place % 80}", "channel": "mail", "customer_tier": "vip"}  # fmt: skip
                created.append(now)
            case "replied":
                event |= {"type": "ticket.replied", "author": "agent", "author_id": f"agent.{place % 80}"}
            case "customer":
                event |= {"type": "ticket.replied", "author": "customer"}
            case _:
                event |= {"type": "ticket.solved", "resolver": f"agent.{place % 80}"}
        if kind == "replied" and place % 50 == 0 and lap % 5 == 1:
            continue  # these are to breach
        sent[ticket].append(now)
        future = await producer.send("ticket-events", orjson.dumps(event), ticket.encode())
        pending.add(future)
        future.add_done_callback(pending.discard)
    await producer.stop()
    return sent, created


async def _tickets(redis: Redis, seen: dict[str, list[float]]) -> None:
    async with redis.pubsub() as pubsub:
        await pubsub.psubscribe("__keyspace@0__:sla:ticket:*")
        async for message in pubsub.listen():
            if message["type"] == "pmessage":
                seen[message["channel"].decode().rpartition("sla:ticket:")[2]].append(time.time())


async def _kpis(redis: Redis, counted: list[tuple[float, int]]) -> None:
    async with redis.pubsub() as pubsub:
        await pubsub.psubscribe("__keyspace@0__:sla:kpi:all")
        async for message in pubsub.listen():
            if message["type"] == "pmessage":
                document = await redis.hget("sla:kpi:all", "1h")
                at = time.time()
                counted.append((at, orjson.loads(document)["created"] if document else 0))


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rate", type=int, default=1000)
    arguments.add_argument("--seconds", type=int, default=60)
    chosen = arguments.parse_args()
    with TemporaryDirectory() as folder:
        (Path(folder) / "book.yaml").write_text(BOOK)
        with pipe(Path(folder)) as run:
            worker = run.worker()
            run.wait_live(worker, PARTITIONS)
            print(f"{chosen.rate} events a second for {chosen.seconds} s, one worker on one core")
            stolen = Stolen()
            seen = asyncio.run(measure(run, chosen.rate, chosen.seconds))
            share = stolen.share()
            worker.terminate()
            worker.wait()
            run.redis.flushall()
            floor = _floor(run, chosen.rate, chosen.seconds)
    print(spread("event sent → sla:ticket", seen.tickets))
    print(spread("the same through the floor", floor))
    ratios = [quantile(seen.tickets, share) / quantile(floor, share) for share in (0.5, 0.99)]
    print(f"{'times the floor':<44} median {ratios[0]:8.1f}      99 % {ratios[1]:8.1f}")
    print(spread("due instant → sla:breaches", seen.breaches))
    print(spread("event sent → sla:kpi:all", seen.kpis))
    print(seen.lost)
    print(f"taken by the machine beneath: {share:.0%} of both cores")


def _floor(run: Pipe, rate: int, seconds: int) -> list[float]:
    command = ["taskset", "-c", WORKER_CORE, sys.executable, str(Path(__file__).with_name("peers") / "pass_through.py")]
    peer = subprocess.Popen(command, env=run.environment, stdout=subprocess.PIPE)
    try:
        if peer.stdout is None or peer.stdout.readline() != b"ready\n":
            msg = "the floor did not start"
            raise RuntimeError(msg)
        return asyncio.run(measure(run, rate, seconds)).tickets
    finally:
        peer.kill()
        peer.wait()


if __name__ == "__main__":
    main()
