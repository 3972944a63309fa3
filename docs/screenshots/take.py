"""Takes the pictures beside this file: every view of the board over a simulated desk, in a real browser.

    python -m docs.screenshots.take [NAME…]

The desk's time is its own (a Thursday afternoon in Shanghai), so the same code gives the same pictures. Needs a
redis-server and Chromium.
"""

# ruff: noqa: INP001, T201, SLF001, ASYNC240 -- a script that prints, moves the page's clock, and has time

from __future__ import annotations

import asyncio
import base64
import struct
import sys
import tempfile
import time
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from models.instant import format_ms, parse_ms
from models.wallboard import Limits
from sinks import keys
from sinks.redis import RedisView
from sla.board import load_board
from sla.policy import load_book
from tests.servers.redis import start_redis
from tests.wallboard.browser import Page, browser
from tests.wallboard.desk import LifelikeDesk
from wallboard import BoardServer
from wallboard.site import Site

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "policies"
NOW = parse_ms("2026-11-19T15:20:05+08:00")
MINUTE = 60_000
TEAMS = {"applications": "应用组", "database": "数据库组", "field service": "现场服务", "europe": "海外支持"}
#: What a desk of this size would call much.
LIMITS = {
    "live.unassigned": Limits(12, 25),
    "live.at_risk": Limits(20, 40),
    "live.breached": Limits(12, 30),
    "live.oldest_open": Limits(7 * 86_400, 14 * 86_400),
    "today.reopened": Limits(8, 15),
}
VIEWS = ("overview", "deadlines", "heat", "trend", "budget")
SCREEN = (1920, 1080)
PHONE = (412, 1500)
#: Each picture's name, address and size; those of a fire and of a silent stream are taken last.
CALM = {
    **{f"{view}-dark-en": (f"?view={view}", SCREEN) for view in VIEWS},
    **{f"{view}-light-zh": (f"?view={view}&theme=light&lang=zh", SCREEN) for view in VIEWS},
    "overview-dark-zh": ("?lang=zh", SCREEN),
    "overview-light-en": ("?theme=light", SCREEN),
    "team-dark-zh": ("?team=应用组&lang=zh", SCREEN),
    "phone-dark-en": ("", PHONE),
}
FIRE = {
    "burning-dark-en": ("", SCREEN),
    "burning-light-zh": ("?theme=light&lang=zh", SCREEN),
    "burning-phone-en": ("", (412, 915)),
}
SILENCE = {"stale-dark-en": ("", SCREEN), "stale-light-zh": ("?theme=light&lang=zh", SCREEN)}


class Clock:
    """The desk's time, which goes on from `NOW`."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self) -> int:
        """Now, in ms."""
        return NOW + int((time.monotonic() - self._began) * 1000)


@asynccontextmanager
async def living(desk: LifelikeDesk, view: RedisView, clock: Callable[[], int]) -> AsyncIterator[None]:
    """Lets the desk go on, a beat each second."""

    async def live() -> None:
        while True:
            await desk.go_on(view, clock())
            await asyncio.sleep(1)

    task = asyncio.create_task(live())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def set_fire(desk: LifelikeDesk, view: RedisView, clock: Callable[[], int]) -> None:
    """Four P0 tickets without an answer, one of them late, one acknowledged."""
    fires = [
        ("INC-20871", "网络组", "陈刚", 15.6),
        ("INC-20874", "数据库组", None, 11.2),
        ("INC-20875", "应用组", "ana.souza", 9.4),
        ("INC-20879", "海外支持", "lena.vogt", 8.1),
    ]
    events: list[dict[str, Any]] = []
    for name, team, person, minutes in fires:
        at = clock() - int(minutes * MINUTE)
        event = {"event_id": "1", "type": "ticket.created", "ticket_id": name, "occurred_at": format_ms(at)}
        events.append({**event, "priority": "P0", "team": team, "assignee": person, "channel": "phone"})
    await desk.tell(view, *events)
    told = {"status": "firing", "acknowledged_by": "王丽", "acknowledged_at": format_ms(clock() - MINUTE)}
    await view.link.client.hset(keys.alert("INC-20871/first_response/1"), mapping=told)


async def take(url: str, pictures: dict[str, tuple[str, tuple[int, int]]], wanted: set[str], *, after_s: float) -> None:
    """Takes those pictures that are wanted."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        async with browser(Path(profile)) as page:
            for name, (address, (width, height)) in pictures.items():
                if wanted and name not in wanted:
                    continue
                await page.open(url + address, width, height)
                await page.until("document.querySelectorAll('[data-field]').length > 5")
                await asyncio.sleep(after_s)
                file = HERE / f"{name}.png"
                await page.shoot(file)
                await shrink(page, file)
                print(name, f"{file.stat().st_size / 1000:.0f} KB", *page.complaints)


#: In the browser: the colours that occur most, and for each pixel the nearest of them.
QUANTISE = """(async () => {
  const bytes = Uint8Array.from(atob(PICTURE), (c) => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const counts = new Map();
  const colour = (at) => (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
  for (let at = 0; at < data.length; at += 4) counts.set(colour(at), (counts.get(colour(at)) ?? 0) + 1);
  const tones = (found) => [found >> 16, (found >> 8) & 255, found & 255];
  const far = (a, b) => tones(a).reduce((sum, tone, place) => sum + (tone - tones(b)[place]) ** 2, 0);
  const palette = [];
  for (const [found] of [...counts].sort((a, b) => b[1] - a[1]).slice(0, 2000)) {
    if (palette.length < 96 && palette.every((known) => far(known, found) > 150)) palette.push(found);
  }
  const nearest = new Map();
  for (const found of counts.keys()) {
    let best = 0;
    palette.forEach((known, place) => { if (far(known, found) < far(palette[best], found)) best = place; });
    nearest.set(found, best);
  }
  const indices = new Uint8Array(data.length / 4);
  for (let at = 0; at < indices.length; at += 1) indices[at] = nearest.get(colour(at * 4));
  let text = "";
  for (let at = 0; at < indices.length; at += 32768) text += String.fromCharCode(...indices.subarray(at, at + 32768));
  return { width: bitmap.width, height: bitmap.height, palette, indices: btoa(text) };
})()"""


async def shrink(page: Page, file: Path) -> None:
    """Writes the picture anew with a palette: a third of the bytes, and the same to the eye."""
    picture = base64.b64encode(file.read_bytes()).decode()
    found = await page.ask(QUANTISE.replace("PICTURE", orjson.dumps(picture).decode()))
    width, height, indices = found["width"], found["height"], base64.b64decode(found["indices"])
    rows = b"".join(b"\0" + indices[row * width : (row + 1) * width] for row in range(height))
    palette = b"".join(colour.to_bytes(3, "big") for colour in found["palette"])
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    ]
    told = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    ]
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(told))


async def main(wanted: set[str]) -> None:
    """Takes all pictures, or those named."""
    book = load_book(POLICIES)
    board = load_board(POLICIES, book)
    site = Site(zone=book.zone, book=book, board=replace(board, limits={**board.limits, **LIMITS}))
    with tempfile.TemporaryDirectory() as folder:
        server = start_redis(Path(folder))
        view = RedisView.at(server.url)
        desk = LifelikeDesk(book, NOW, days=9, rate=0.03, names=TEAMS)
        await desk.begin(view)
        async with BoardServer(server.url, port=0, site=site) as page:
            clock = Clock()
            page._hub._clock = clock
            async with living(desk, view, clock):
                await asyncio.sleep(1.5)
                await take(page.url, CALM, wanted, after_s=1.2)
            await set_fire(desk, view, clock)
            async with living(desk, view, clock):
                await asyncio.sleep(1.5)
                await take(page.url, FIRE, wanted, after_s=1.2)
            for name in ("INC-20871", "INC-20874", "INC-20875", "INC-20879"):
                event = {"event_id": "2", "type": "ticket.replied", "ticket_id": name, "author": "agent"}
                await desk.tell(view, {**event, "occurred_at": format_ms(desk.now)})
            await take(page.url, SILENCE, wanted, after_s=6)
        await view.close()
        server.close()


if __name__ == "__main__":
    asyncio.run(main(set(sys.argv[1:])))
