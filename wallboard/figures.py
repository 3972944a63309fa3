"""The figures of scopes, each as a part of the board's document that is named after what it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from models import scope as scopes
from sinks.view import Reader

#: The live figures that are counts; the oldest open ticket stands beside them.
COUNTS = ("open", "unassigned", "waiting", "at_risk", "breached")

Parts = dict[str, Any]


async def read_figures(reader: Reader, wanted: Collection[str], month: str) -> Parts:
    """`live <scope>`, `kpi <scope> <window>` and `month <scope>` of each scope, without what there is not."""
    parts: Parts = {}
    for found in await asyncio.gather(*[_of_scope(reader, scope, month) for scope in wanted]):
        parts |= found
    return parts


async def _of_scope(reader: Reader, scope: str, month: str) -> Parts:
    live, kpis, period = await asyncio.gather(
        reader.read_live(scope),
        reader.read_kpis(scope),
        reader.read_period(month, scope) if _has_months(scope) else _nothing(),
    )
    parts: Parts = {f"kpi {scope} {window}": document for window, document in kpis.items()}
    if live:
        parts[f"live {scope}"] = live_figures(live)
    if period:
        parts[f"month {scope}"] = {
            "as_of": period["as_of"],
            "values": {name: measure["value"] for name, measure in period["measures"].items()},
        }
    return parts


async def _nothing() -> None:
    return None


def _has_months(scope: str) -> bool:
    return not scopes.parts(scope).keys() & {"channel", "tier"}


def live_figures(live: Mapping[str, str]) -> dict[str, Any]:
    """Live figures as numbers, null where nothing is known; without an open ticket there is no oldest one."""
    figures: dict[str, Any] = {name: int(live[name]) if live.get(name) else None for name in COUNTS}
    for name in ("oldest_open", "oldest_open_at", "as_of"):
        figures[name] = live.get(name) or None
    return figures
