"""`slawatch worker`: a stream worker on the configured Kafka and Redis."""

from __future__ import annotations

import asyncio

from streams.commands.console import Policies, book_of
from streams.logs import set_up_logs
from streams.settings import load_settings


def worker(policies: Policies = None) -> None:
    """Run a stream worker; start as many as wanted, they share the partitions."""
    from streams.worker import run_worker  # noqa: PLC0415 - Faust is loaded by what starts a worker alone

    settings = load_settings()
    book = book_of(policies)
    set_up_logs(settings.log)
    asyncio.run(run_worker(settings, book))
