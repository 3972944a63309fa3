"""`slawatch wallboard`: the page, fed from Redis alone."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from sla.board import load_board
from sla.policy import PolicyBook
from streams.commands.console import Policies, book_of, out, policies_at
from streams.logs import set_up_logs
from streams.metrics import serve_registry
from streams.settings import Settings, load_settings
from wallboard import BoardServer, Site


def wallboard(
    host: Annotated[
        str, typer.Option(help="Address to listen on; beyond this machine SLAWATCH_TOKENS is needed.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any that is free.")] = 8080,
    policies: Policies = None,
) -> None:
    """Serve the page."""
    settings = load_settings()
    site = site_of(settings, book_of(policies), policies)
    set_up_logs(settings.log)
    asyncio.run(_serve(settings, site, host, port))


def site_of(settings: Settings, book: PolicyBook, policies: Path | None) -> Site:
    """What a page knows besides Redis, from settings and the policy folder.

    Raises:
        PolicyError: wallboard.yaml is not usable.
    """
    return Site(
        zone=book.zone,
        book=book,
        board=load_board(policies_at(policies), book),
        tokens=settings.tokens,
        ticket_url=settings.ticket_url,
        page_url=settings.page_url,
        link_key=settings.link_key.get_secret_value() if settings.link_key else None,
    )


async def _serve(settings: Settings, site: Site, host: str, port: int) -> None:
    ends = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ends.set)
    async with BoardServer(settings.redis, host=host, port=port, site=site) as page:
        # On a port of its own it asks for no token, as a worker's does not.
        with serve_registry(page.metrics.registry, port=settings.metrics_port, host=settings.metrics_host):
            out.print(f"page {page.url}", markup=False)
            await ends.wait()
