"""Is what the page shows fresh? Answered from `sla:health` alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from models.instant import parse_ms

#: A beat older than this, or a lag over it, makes the page stale (contract 7).
PATIENCE_MS = 5_000


class Freshness(NamedTuple):
    """Whether figures are stale, and why: "", `no_worker`, `no_beat` or `lag`."""

    stale: bool
    reason: str


def freshness(health: Mapping[str, str], now_ms: int) -> Freshness:
    """What the fields of `sla:health` say about freshness at `now_ms`.

    Every partition has to beat: figures are only as fresh as the slowest of them.
    """
    beats = [orjson.loads(text) for name, text in health.items() if name.startswith("partition:")]
    if not beats:
        return Freshness(stale=True, reason="no_worker")
    if any(now_ms - parse_ms(beat["as_of"]) > PATIENCE_MS for beat in beats):
        return Freshness(stale=True, reason="no_beat")
    if any(beat["lag_s"] is None or beat["lag_s"] * 1000 > PATIENCE_MS for beat in beats):
        return Freshness(stale=True, reason="lag")
    return Freshness(stale=False, reason="")
