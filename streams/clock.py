"""What time it is, and how far a partition may believe that it is that late.

A partition is live when Kafka has answered within 3 s, all that stood in the log has been folded, and either its newest
event is under a minute old or nothing has come for 10 s. Live, its watermark is the present; else it is the newest
event's time. So a replay of last month breaches nobody today, a pause of the broker pages nobody, and silence
still breaches. A watermark is never later than the machine's clock, and never goes back.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

STALE_MS = 3_000  # a fetch older than this says nothing about the end of the log
FRESH_MS = 60_000  # an event younger than this is traffic of the present
QUIET_MS = 10_000  # silence for so long at the end of the log is the present, too


def now_ms() -> int:
    """The machine's clock, in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


def today_ms(now: int, zone: str) -> int:
    """The beginning of the day in which `now` lies, in `zone`."""
    local = datetime.fromtimestamp(now / 1000, tz=UTC).astimezone(ZoneInfo(zone))
    return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a partition at an instant; all instants in ms, None where there was nothing yet."""

    now: int
    fetched_at: int | None  # when Kafka last answered
    at_end: bool  # all that Kafka said there was is folded and published
    arrived_at: int | None  # when something last arrived, or the partition was taken over
    newest: int | None  # the newest event's time, events ahead of the present left out
    was_live: bool


def is_live(reading: Reading) -> bool:
    """Whether the partition's present is the machine's."""
    if not reading.at_end or reading.fetched_at is None or reading.now - reading.fetched_at >= STALE_MS:
        return False
    if reading.was_live:
        return True
    if reading.newest is not None and reading.now - reading.newest < FRESH_MS:
        return True
    return reading.arrived_at is not None and reading.now - reading.arrived_at >= QUIET_MS


def watermark(previous: int | None, reading: Reading, *, live: bool) -> int | None:
    """How far the partition is; None before anything is known."""
    reached = reading.now if live else reading.newest
    if reached is None:
        return previous
    reached = min(reached, reading.now)
    return reached if previous is None else max(previous, reached)
