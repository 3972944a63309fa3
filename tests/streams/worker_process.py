"""A worker as a process of its own, with the small parts, so that tests can kill it: settings from the environment."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from streams.logs import set_up_logs
from streams.settings import load_settings
from streams.worker import run_worker
from tests.streams.parts import CountingEngine, CountingFigures


class Book:
    """A policy book by name only."""

    zone = "UTC"
    digest = os.environ.get("DIGEST", "one")
    editions = ()


async def main() -> None:
    """Runs until it is told to end, or killed."""
    settings = load_settings()
    await run_worker(
        settings,
        Book(),
        make_engine=lambda number: CountingEngine(number, settings.partitions),
        make_figures=CountingFigures,
    )


if __name__ == "__main__":
    set_up_logs()
    asyncio.run(main())
