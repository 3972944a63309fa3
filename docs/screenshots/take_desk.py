"""Takes the pictures of the pages at the desk: tickets behind a figure, one ticket, and the button that acknowledges.

    python -m docs.screenshots.take_desk [NAME…]

The desk has lived through the forty hours before now. Needs a redis-server and Chromium.
"""

# ruff: noqa: INP001, T201 -- a script that prints

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from docs.screenshots.take import HERE, POLICIES, shrink
from models.instant import format_ms
from models.scope import breach_id
from sinks import keys
from sinks.redis import RedisView
from sinks.redis_reader import RedisReader
from sla.links import make_link
from sla.policy import load_book
from tests.servers.redis import start_redis
from tests.wallboard.browser import browser
from tests.wallboard.day import a_day
from wallboard import BoardServer, Site

KEY = "a key that signs pictures only.."
DESK, PHONE = (1440, 900), (412, 720)


async def main(wanted: set[str]) -> None:
    """Takes those pictures that are wanted, or all."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = start_redis(Path(folder))
        try:
            await take(server.url, Path(folder) / "profile", wanted)
        finally:
            server.close()


async def take(redis_url: str, profile: Path, wanted: set[str]) -> None:
    """Fills Redis, serves it, and looks at it."""
    now = time.time_ns() // 1_000_000
    book = load_book(POLICIES)
    day = a_day(now, rate=0.05, seed=11, book=book)
    view = RedisView.at(redis_url)
    await day.write(view)
    ticket = await the_longest(RedisReader(view.link))
    alert = breach_id(ticket, "first_response", 1)
    told = {"status": "firing", "ticket": ticket, "metric": "first_response", "priority": "P0", "team": "网络组",
            "level": "75%", "due_at": format_ms(now + 387_000), "acknowledged_by": ""}  # fmt: skip
    await view.link.client.hset(keys.alert(alert), mapping=told)
    ack = make_link([alert], "王丽", KEY, now)
    pictures = {
        "tickets-dark-en": ("tickets?what=at_risk", DESK),
        "tickets-light-zh": (f"tickets?what=created&window=today&team={quote('服务台')}&theme=light&lang=zh", DESK),
        "ticket-dark-en": (f"tickets/{ticket}", DESK),
        "ticket-light-zh": (f"tickets/{ticket}?theme=light&lang=zh", DESK),
        "ack-dark-zh": (f"ack/{ack}?lang=zh", PHONE),
        "ack-light-en": (f"ack/{ack}?theme=light", PHONE),
    }
    site = Site(zone=book.zone, book=book, ticket_url="https://desk.example/{ticket_id}", link_key=KEY)
    async with BoardServer(redis_url, port=0, site=site) as board, browser(profile) as page:
        for name, (address, (width, height)) in pictures.items():
            if wanted and name not in wanted:
                continue
            await day.beat(view, time.time_ns() // 1_000_000)
            await page.open(board.url + address, width, height)
            file = HERE / f"{name}.png"
            await page.shoot(file)
            await shrink(page, file)
            print(name, f"{file.stat().st_size / 1000:.0f} KB", *page.complaints)
    await view.close()


async def the_longest(reader: RedisReader) -> str:
    """The open ticket whose clocks have the most to tell."""
    names = [name for name, _ in await reader.read_open("all", 10_000)]
    documents = await reader.read_tickets(names)
    told = [
        (sum(len(clock["ledger"]) for clock in document["clocks"]), name)
        for name, document in zip(names, documents, strict=True)
        if document
    ]
    return max(told)[1]


if __name__ == "__main__":
    asyncio.run(main(set(sys.argv[1:])))
