"""Waiting for a server that may never come: for as long as it takes, but no longer than one is wanted."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any


async def before(ends: asyncio.Event, task: asyncio.Future[Any]) -> bool:
    """Waits for a task, and raises what it raises; False, and the task is cancelled, when told to end before."""
    ending = asyncio.create_task(ends.wait())
    await asyncio.wait([task, ending], return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if task.done():
        task.result()
        return True
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return False
