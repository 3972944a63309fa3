"""From a change in Redis to the page that shows it, and what the page weighs.

    python -m benchmarks.wallboard [--changes 100] [--viewers 0] [--rate 0.03]

A simulated desk fills a real Redis; the page is served by a process of its own and shown by Chromium. Measured by the
clock of this machine, for each change of a live figure, a second apart:

- change: the instant right before the write to Redis begins (it ends with a nudge on `sla:updates`);
- painted: the figure's element has changed (a MutationObserver saw it), and a frame has been drawn since.

With `--viewers` that many more pages listen to the same server at the same time (connections, not browsers).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from benchmarks.bench import ROOT, spread
from models.instant import format_ms
from models.kpi import Document
from sinks.redis import RedisView
from sinks.view import Fence, PartitionBeat, WorkerBeat
from sla.policy import load_book
from tests.servers.needs import free_port
from tests.servers.redis import start_redis
from tests.wallboard.browser import Page, browser
from tests.wallboard.desk import LifelikeDesk

POLICIES = ROOT / "policies"
OPEN = 'main [data-field="live.open"]'
#: Notes the instant at which each value was first on the screen.
WATCH = f"""(() => {{
  window.painted = {{}};
  const open = document.querySelector('{OPEN}');
  new MutationObserver(() => {{
    const value = open.dataset.value;
    requestAnimationFrame(() => {{
      const after = new MessageChannel();
      after.port1.onmessage = () => {{ window.painted[value] ??= performance.timeOrigin + performance.now(); }};
      after.port2.postMessage(0);
    }});
  }}).observe(open, {{ attributes: true, attributeFilter: ["data-value"] }});
}})()"""


async def change(view: RedisView, seq: int, value: int) -> float:
    """Writes a live figure with a beat; answers the instant (ms) right before."""
    began = time.time() * 1000
    now = int(began)
    live = Document("live", "all", "", {"open": value, "at_risk": 3, "breached": 1, "as_of": format_ms(now)})
    await view.write_documents(Fence("figures:0", 1, seq), [live], now)
    return began


async def measure(page: Page, view: RedisView, changes: int) -> list[float]:
    """The seconds that each change took."""
    sent = {}
    for number in range(changes):
        now = time.time_ns() // 1_000_000
        await view.write_health(WorkerBeat("w", "1", [], "d"), [PartitionBeat(0, 1, now, now)], now)
        await asyncio.sleep(0.6)  # the nudge of the beat is past
        sent[100_000 + number] = await change(view, 1_000 + number, 100_000 + number)
        await asyncio.sleep(0.4 + (number % 7) * 0.03)  # at no fixed distance from anybody's beat
    painted = await page.ask("window.painted")
    lost = [value for value in sent if str(value) not in painted]
    if lost:
        print(f"not seen: {len(lost)} of {changes}")
    return [(painted[str(value)] - at) / 1000 for value, at in sent.items() if str(value) in painted]


@contextlib.asynccontextmanager
async def served(redis: str) -> AsyncIterator[str]:
    """The page's address, served by another process."""
    port = free_port()
    command = [sys.executable, "-m", "streams", "wallboard", "--port", str(port), "--policies", str(POLICIES)]
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"SLAWATCH_REDIS": redis, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        async with aiohttp.ClientSession() as session:
            for _ in range(200):
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{url}healthz"):
                        break
                await asyncio.sleep(0.1)
        yield url
    finally:
        process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def crowd(url: str, viewers: int) -> AsyncIterator[None]:
    """So many more who listen."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def listen() -> None:
            async with session.get(f"{url}events", timeout=aiohttp.ClientTimeout(total=None)) as answer:
                async for _ in answer.content.iter_any():
                    pass

        tasks = [asyncio.create_task(listen()) for _ in range(viewers)]
        await asyncio.sleep(viewers / 100)
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def weight(page: Page) -> str:
    """What a browser loads for the board, as the server sends it."""
    found = await page.ask(
        "performance.getEntriesByType('resource').filter(e => !e.name.includes('/events')).concat("
        "performance.getEntriesByType('navigation')).map(e => e.decodedBodySize).reduce((a, b) => a + b, 0)"
    )
    return f"page weight, all files uncompressed               {found / 1000:.0f} KB"


async def run(folder: Path, changes: int, viewers: int, rate: float) -> None:
    """Fill, watch, change, print."""
    (folder / "redis").mkdir()
    (folder / "profile").mkdir()
    server = start_redis(folder / "redis")
    view = RedisView.at(server.url)
    desk = LifelikeDesk(load_book(POLICIES), time.time_ns() // 1_000_000, rate=rate)
    await desk.begin(view)
    async with served(server.url) as url, browser(folder / "profile") as page, crowd(url, viewers):
        await page.open(url)
        await page.until(f"document.querySelector('{OPEN}')?.dataset.value", 30)
        print(await weight(page))
        await page.ask(WATCH)
        found = await measure(page, view, changes)
    print(spread(f"change in Redis → painted, {viewers} more viewers", found))
    await view.close()
    server.close()


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--changes", type=int, default=100)
    arguments.add_argument("--viewers", type=int, default=0)
    arguments.add_argument("--rate", type=float, default=0.03)
    chosen = arguments.parse_args()
    with TemporaryDirectory(prefix="slawatch-bench-", ignore_cleanup_errors=True) as folder:
        asyncio.run(run(Path(folder), chosen.changes, chosen.viewers, chosen.rate))


if __name__ == "__main__":
    main()
