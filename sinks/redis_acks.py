"""Acknowledgements on their way to the alerter: the stream `sla:acks`, written by the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from models.instant import format_ms
from sinks import keys
from sinks.redis_link import RedisLink

#: More than any desk acknowledges while no alerter runs.
KEPT: Final = 10_000


class AckWriter:
    """Writes down who takes an alert on; the active alerter makes it true."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def write(self, alerts: Sequence[str], by: str, at_ms: int) -> None:
        """An entry for each alert; waits while Redis is away, and repeats nothing that it has answered."""
        told = format_ms(at_ms)
        trim = ("MAXLEN", "~", KEPT)
        await self._link.pipeline(
            [("XADD", keys.ACKS, *trim, "*", "alert", alert, "by", by, "at", told) for alert in alerts]
        )
