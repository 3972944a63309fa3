"""How many ticket writes a second the Redis view takes, beside plain pipelined SETs of the same documents.

    python benchmarks/redis_view.py [--redis URL] [--tickets 20000]

Without a URL it starts a `redis-server` of its own on a free port. Documents are about 1.5 kB, with eight memberships
each; one ticket in ten has a breach with two announcements. Measured are the first write of every ticket, the next
one (another document, one membership moved), a repetition that changes nothing, and the takeover by a new owner.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence

import orjson

from models import scope
from models.egress import BreachWrite, Place, TicketWrite, Transition
from models.instant import format_ms
from sinks.redis import BATCH, RedisView

START = 1_790_000_000_000


def ticket(number: int, revision: int) -> TicketWrite:
    """A lifelike write: an open ticket with two clocks running, one of ten with a breach."""
    ident, team, priority, agent = f"T-{number:07d}", f"team {number % 12}", f"P{number % 5}", f"agent.{number % 80}"
    due = START + number * 1000 + revision * 60_000
    clock = {
        "metric": "first_response", "cycle": 1, "policy": "standard", "edition": "2026-01", "status": "running",
        "target_s": 14400, "started_at": format_ms(START), "due_at": format_ms(due), "stopped_at": None,
        "breached_at": None, "counted_s": 3600, "paused_s": 0, "remaining_s": 10800, "warned": [],
        "ledger": [{"from": format_ms(START), "to": format_ms(due), "kind": "counted", "event": f"e-{number}-1"}],
    }  # fmt: skip
    document = {
        "ticket_id": ident, "priority": priority, "status": "open", "team": team, "assignee": agent,
        "channel": "mail", "category": "网络", "requester_id": f"r{number}", "customer_tier": "vip", "flags": [],
        "revision": revision, "clocks": [clock, {**clock, "metric": "resolution"}], "counts": {"created": 1},
        "tags": ["router"] * 20, "as_of": format_ms(due),
    }  # fmt: skip
    scopes = scope.of_board(team, priority, agent)
    places = [
        Place("open", scopes, ident, START + number),
        Place("due", ("", "all", scopes[1]), f"{ident}/resolution/1", due),
    ]
    breaches = []
    if number % 10 == 0:
        entry = {
            "id": f"{ident}/first_response/1", "revision": revision, "change": "warned", "level": "75%",
            "ticket": ident, "metric": "first_response", "cycle": 1, "policy": "standard", "edition": "2026-01",
            "priority": priority, "team": team, "assignee": agent, "tier": "vip", "channel": "mail",
            "category": "网络", "issue_key": None, "incident": None, "flags": [], "started_at": format_ms(START),
            "due_at": format_ms(due), "at": format_ms(START), "counted_s": 10800, "target_s": 14400,
        }  # fmt: skip
        last = {**entry, "change": "breached", "level": "breached"}
        told = [Transition("warned|75%|1", entry), Transition("breached", last)]
        breaches.append(BreachWrite(entry["id"], "breached", {"status": "breached", **last}, told))
    return TicketWrite(ident, orjson.dumps(document), places, breaches)


async def measure(url: str, tickets: int) -> None:
    """Prints tickets a second of each kind of write."""
    view = RedisView.at(url)
    await view.link.client.flushdb()
    first, second = [ticket(number, 1) for number in range(tickets)], [ticket(number, 2) for number in range(tickets)]
    size = sum(len(write.doc or b"") for write in first) // tickets
    memberships = len(list(first[0].members))
    print(f"{tickets} tickets, documents of {size} bytes, {memberships} memberships, batches of {BATCH}")

    async def plain(writes: Sequence[TicketWrite]) -> None:
        for start in range(0, len(writes), BATCH):
            commands = [("SET", f"plain:{write.ticket_id}", write.doc) for write in writes[start : start + BATCH]]
            await view.link.pipeline(commands)

    async def server_s() -> float:
        cpu = await view.link.client.info("cpu")
        return float(cpu["used_cpu_user"] + cpu["used_cpu_sys"])

    async def timed(name: str, work: Callable[[], Awaitable[object]]) -> float:
        # On a machine that does other work too, the processors' time says more than the clock's.
        server, client, start = await server_s(), time.process_time(), time.perf_counter()
        await work()
        rate = tickets / (time.perf_counter() - start)
        client_us = (time.process_time() - client) / tickets * 1e6
        server_us = (await server_s() - server) / tickets * 1e6
        print(f"{name:<36}{rate:>9,.0f}/s{client_us:>8.1f} us of the client{server_us:>8.1f} us of the server")
        return rate

    base = await timed("plain SET of the documents", lambda: plain(first))
    await view.take_over(0, 10)
    kinds: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        ("every ticket for the first time", lambda: view.write_tickets(0, 10, 1, first, START)),
        ("every ticket again, changed", lambda: view.write_tickets(0, 10, 1 + tickets, second, START)),
        ("the same again, nothing changes", lambda: view.write_tickets(0, 10, 1 + tickets, second, START)),
    ]
    for name, work in kinds:
        rate = await timed(name, work)
        print(f"{'':<36}{rate / base:>9.0%} of plain")
    await view.take_over(0, 20)
    await timed("every ticket by a new owner", lambda: view.write_tickets(0, 20, 1, second, START))
    await view.link.client.flushdb()
    await view.close()


def main() -> None:
    """Reads the command line, and starts a server where none is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redis", help="URL of a Redis whose present database may be emptied")
    parser.add_argument("--tickets", type=int, default=20_000)
    chosen = parser.parse_args()
    if chosen.redis:
        asyncio.run(measure(chosen.redis, chosen.tickets))
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            try:
                time.sleep(0.5)
                asyncio.run(measure(f"redis://127.0.0.1:{port}/0", chosen.tickets))
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
