"""A page does not wait for Redis for ever: it says that Redis is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

from wallboard.shell import Refused

T = TypeVar("T")
#: How long a page may take to be read.
PATIENCE_S: Final = 6.0


async def while_redis_answers(reading: Awaitable[T]) -> T:
    """What is read, if it comes in time.

    Raises:
        Refused: 503, Redis is away.
    """
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await reading
    except TimeoutError as error:
        raise Refused(503, "help_503") from error
