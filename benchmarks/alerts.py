"""From the due instant of a clock to the receipt of its notice at a target, with many deadlines open.

    python -m benchmarks.alerts [--open 10000] [--due 600] [--seconds 60]

One worker and one alerter as processes, on a real Kafka and a real Redis; an HTTP target in this process takes down
when each clock's breach arrives. So many tickets are open, all with deadlines; some of them fall due, evenly spread
over the seconds measured. The route is the one for emergencies: `group_wait: 0s`, grouped by team and priority.
Measured by the clock of this machine: due instant → entry of `sla:breaches` (a time of Redis), and → the target.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from aiohttp import web

from benchmarks.bench import OTHER_CORE, Pipe, pipe, spread
from models.instant import format_ms, parse_ms
from sinks.kafka import KafkaAccess, KafkaWriter, Record

PARTITIONS = 8
WITHIN_S = 600
BOOK = """\
calendars: {always: {timezone: UTC, week: always}}
policies:
  - name: burning
    when: {priority: [P0]}
    calendar: always
    targets: {first_response: {within: 10m}}
  - name: everything
    calendar: always
    targets: {first_response: {within: 4h, warn_at: [75%]}, resolution: {within: 8h, warn_at: [75%]}}
"""
RULES = """\
receivers: [{name: pager, webhook: {url: "URL"}}]
route:
  receiver: pager
  group_by: [team, priority]
  routes: [{matchers: [priority="P0", level="breached"], group_wait: 0s}]
"""


class Target:
    """Takes down when each clock's breach arrives."""

    def __init__(self) -> None:
        self.seen: dict[str, float] = {}
        self.messages = 0

    async def take(self, request: web.Request) -> web.Response:
        """One POST."""
        at = time.time()
        body = orjson.loads(await request.read())
        self.messages += 1
        for alert in body["alerts"]:
            self.seen.setdefault(alert["id"], at)
        return web.Response()


async def measure(run: Pipe, folder: Path, count: int, due: int, seconds: int) -> list[str]:
    """Open tickets, wait for their deadlines, and say what arrived when."""
    target = Target()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/", target.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    (folder / "alerts.yaml").write_text(RULES.replace("URL", f"http://127.0.0.1:{runner.addresses[0][1]}/"))
    log = (run.folder / "alerter.log").open("wb")
    command = ["taskset", "-c", OTHER_CORE, sys.executable, "-m", "streams", "alerts"]
    alerter = await asyncio.to_thread(subprocess.Popen, command, env=run.environment, stdout=log, stderr=log)
    try:
        while not run.redis.get("sla:alerts-shown"):
            await asyncio.sleep(0.1)
        began = time.time() + 30
        await _open_tickets(run, count, due, began, seconds)
        while run.redis.zcard("sla:open:all") < count:
            await asyncio.sleep(0.5)
        spare = began - time.time()
        await asyncio.sleep(max(0.0, spare) + seconds + 5)
    finally:
        alerter.terminate()
        alerter.wait()
        log.close()
        await runner.cleanup()
    due_at, written = {}, []
    for ident, entry in run.redis.xrange("sla:breaches"):
        if entry["change"] == "breached":
            due_at[entry["id"]] = parse_ms(entry["due_at"]) / 1000
            written.append(int(ident.split("-")[0]) / 1000 - due_at[entry["id"]])
    told = [target.seen[name] - at for name, at in due_at.items() if name in target.seen]
    return [
        f"{count} tickets open {spare:.0f} s before the first fell due; {len(due_at)} fell due, {len(told)} told",
        spread("due instant → sla:breaches", written),
        spread("due instant → target", told),
        f"{target.messages} messages",
    ]


async def _open_tickets(run: Pipe, count: int, due: int, began: float, seconds: int) -> None:
    """So many tickets, of which so many fall due evenly within the seconds."""
    writer = KafkaWriter(KafkaAccess(run.kafka.address))
    await writer.start()
    records = []
    for number in range(count):
        if number < due:
            at, priority = began + number * seconds / due - WITHIN_S, "P0"
        else:
            at, priority = time.time() - number % 600, f"P{1 + number % 4}"
        event = {
            "event_id": "1", "type": "ticket.created", "ticket_id": f"T-{number}", "priority": priority,
            "team": f"team {number % 12}", "occurred_at": format_ms(int(at * 1000)),
        }  # fmt: skip
        records.append(Record(event["ticket_id"].encode(), orjson.dumps(event)))
    await writer.write_keyed("ticket-events", records)
    await writer.stop()


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--open", type=int, default=10_000)
    arguments.add_argument("--due", type=int, default=600)
    arguments.add_argument("--seconds", type=int, default=60)
    chosen = arguments.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        policies = folder / "policies"
        policies.mkdir()
        (policies / "book.yaml").write_text(BOOK)
        (policies / "alerts.yaml").write_text(RULES.replace("URL", "http://127.0.0.1/"))
        with pipe(policies) as run:
            run.wait_live(run.worker(), PARTITIONS)
            for line in asyncio.run(measure(run, policies, chosen.open, chosen.due, chosen.seconds)):
                print(line)


if __name__ == "__main__":
    main()
