"""What one page shows: everything of a scope, read from the view and put into one document."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from models.instant import format_ms, parse_ms
from models.scope import decode
from sinks.view import Deadline, Reader
from wallboard.freshness import freshness

#: The live figures that a page counts.
COUNTS = ("open", "unassigned", "waiting", "at_risk", "breached")
#: How many deadlines it lists, ahead and overdue.
AHEAD = 12
BEHIND = 5
DAY_MS = 86_400_000


async def read_board(reader: Reader, scope: str, zone: str, now_ms: int) -> dict[str, Any]:
    """The document of a scope at `now_ms`.

    `live` has the counts, null where nothing is known; `kpis` are as the view holds them; `due` and `overdue` are clocks with their ticket's
    fields; `day` has `[start ms, created, solved, open]` of each slot of the last 24 hours; `as_of` is that of the
    figures, null before there are any; `watermark` is how far the stream is, which a quiet scope's figures do not show.
    """
    live, kpis, ahead, behind, day, health = await asyncio.gather(
        reader.read_live(scope),
        reader.read_kpis(scope),
        reader.read_due(scope, AHEAD, now_ms),
        reader.read_overdue(scope, now_ms, BEHIND),
        reader.read_day(scope),
        reader.read_health(),
    )
    fresh = freshness(health, now_ms)
    clocks = await _clocks(reader, [*ahead, *behind])
    since = format_ms(now_ms - DAY_MS)
    return {
        "now": now_ms,
        "zone": zone,
        "scope": scope,
        "as_of": live.get("as_of") or next((kpi["as_of"] for kpi in kpis.values()), None),
        "watermark": fresh.watermark,
        "stale": fresh.stale,
        "stale_reason": fresh.reason,
        "live": {name: int(live[name]) if live.get(name) else None for name in COUNTS},
        "kpis": kpis,
        "due": clocks[: len(ahead)],
        "overdue": clocks[len(ahead) :],
        "day": [
            [parse_ms(start), slot["created"], slot["solved"], slot["open"]]
            for start, slot in day.items()
            if start >= since
        ],
    }


async def _clocks(reader: Reader, deadlines: Sequence[Deadline]) -> list[dict[str, Any]]:
    documents = await reader.read_tickets([decode(deadline.id.split("/")[0]) for deadline in deadlines])
    clocks = []
    for deadline, document in zip(deadlines, documents, strict=True):
        ticket, metric, cycle = deadline.id.split("/")
        fields = document or {}
        clocks.append(
            {
                "id": deadline.id,
                "ticket": decode(ticket),
                "metric": metric,
                "cycle": int(cycle),
                "due_at": deadline.due_at,
                "priority": fields.get("priority"),
                "team": fields.get("team"),
                "assignee": fields.get("assignee"),
            }
        )
    return clocks
