"""Is what the page shows fresh? Answered from `sla:health` alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from models.instant import parse_ms

#: A beat older than this, or a lag over it, makes the page stale (contract 7).
PATIENCE_MS = 5_000


class Freshness(NamedTuple):
    """Whether figures are stale, and why: "", `no_worker`, `no_beat` or `lag`.

    `watermark` is the least of all partitions, as health has it: figures hold up to there, changed or not. None before
    every partition has one. `until` is the instant in ms up to which figures are fresh if nothing more is heard; None
    when they are stale whatever the time.
    """

    stale: bool
    reason: str
    watermark: str | None
    until: int | None


def freshness(health: Mapping[str, str], now_ms: int) -> Freshness:
    """What the fields of `sla:health` say about freshness at `now_ms`.

    Every partition has to beat: figures are only as fresh as the slowest of them.
    """
    beats = [orjson.loads(text) for name, text in health.items() if name.startswith("partition:")]
    if not beats:
        return Freshness(stale=True, reason="no_worker", watermark=None, until=None)
    marks = [beat["watermark"] for beat in beats]
    watermark = None if None in marks else min(marks, key=parse_ms)
    until = min(parse_ms(beat["as_of"]) for beat in beats) + PATIENCE_MS
    behind = watermark is None or any(beat["lag_s"] * 1000 > PATIENCE_MS for beat in beats)
    reason = "no_beat" if now_ms > until else "lag" if behind else ""
    return Freshness(bool(reason), reason, watermark, None if behind else until)
