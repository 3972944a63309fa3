"""`slawatch wallboard`: the page, fed from Redis alone."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from streams.commands.console import Policies, book_of, out
from streams.logs import set_up_logs
from streams.settings import load_settings
from wallboard import BoardServer


def wallboard(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any that is free.")] = 8080,
    policies: Policies = None,
) -> None:
    """Serve the page."""
    settings = load_settings()
    book = book_of(policies)
    set_up_logs(settings.log)
    asyncio.run(_serve(settings.redis, host, port, book.zone))


async def _serve(redis: str, host: str, port: int, zone: str) -> None:
    ends = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ends.set)
    async with BoardServer(redis, host=host, port=port, zone=zone) as page:
        out.print(f"page {page.url}", markup=False)
        await ends.wait()
