"""When a ticket is past its horizon, and what is written then."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sla.ticket.ticket import Ticket


class Settlement(NamedTuple):
    """The settled row of a ticket, to be written first, and the keys of the event rows to be removed then."""

    ticket_id: str
    key: bytes
    value: bytes
    tombstones: list[bytes]


def horizon_of(ticket: Ticket, arrived: int, horizon_ms: int, zone: str) -> int:
    """The instant (ms) from which a ticket that is done stands settled.

    Counted from the later of the end of the month of its newest event and the arrival of its newest row.
    """
    return max(_month_end(ticket.last[0] // 300_000_000, zone), arrived) + horizon_ms


@lru_cache(maxsize=65536)
def _month_end(slot: int, zone: str) -> int:
    at = datetime.fromtimestamp(slot * 300, ZoneInfo(zone))  # as `Days.day_of`
    first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + timedelta(days=32)).replace(day=1)
    return int(following.timestamp()) * 1000
