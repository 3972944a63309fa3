"""The board's document: everything that one page shows, in parts, so that only what changed has to be told."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from models.wallboard import Limits, Tile
from sinks.view import Reader
from sla.board import tiles_for
from wallboard.budgets import read_budgets
from wallboard.burning import burning_for, read_burning
from wallboard.clocks import Clock, read_clocks
from wallboard.figures import Parts, live_figures, read_figures
from wallboard.freshness import Freshness, freshness
from wallboard.heat import Cells, heat_for, read_heat
from wallboard.look import Look, month_of
from wallboard.rights import EVERYTHING, Grant
from wallboard.selection import Selection, selection_of_scope
from wallboard.trend import read_trend


@dataclass(frozen=True, slots=True)
class Common:
    """What all pages share: read once for everybody."""

    health: Mapping[str, str]
    burning: tuple[Clock, ...]
    cells: Cells


async def read_common(reader: Reader, known: Collection[str]) -> Common:
    """What all pages share, as of now; `known` are the scopes that have data."""
    health, burning, cells = await asyncio.gather(reader.read_health(), read_burning(reader), read_heat(reader, known))
    return Common(health, tuple(burning), cells)


@dataclass(frozen=True, slots=True)
class Page:
    """What one page asks for: its selection, as far as a grant sees it, in a look."""

    selection: Selection
    grant: Grant
    look: Look


async def read_parts(reader: Reader, page: Page, common: Common, now_ms: int) -> Parts:
    """The parts of a page's document by name; what is not there has none.

    `board`     zone, scope, filters, tiles, limits, chime
    `live <scope>`, `kpi <scope> <window>`, `month <scope>`   figures, of the page's scope and of the tiles'
    `objectives`, `budget <objective>`                        what is left of them
    `clocks`    due, overdue and paused clocks
    `burning`   P0 tickets that own the screen
    `heat`      teams by priority
    `trend`, `last week`                                      the day as lines; figures of the same time last week
    """
    selection, grant, look = page.selection, page.grant, page.look
    objectives = look.objectives(now_ms)
    tiles = [one for one in tiles_for(look.board, selection.scope, objectives) if grant.sees(one.scope or "")]
    wanted = dict.fromkeys([selection.scope, *(tile.scope or selection.scope for tile in tiles)])
    figures, budgets, clocks, (trend, last_week) = await asyncio.gather(
        read_figures(reader, [one for one in wanted if grant.sees(one)], month_of(look.zone, now_ms)),
        read_budgets(reader, objectives, selection, grant),
        read_clocks(reader, selection, grant, now_ms),
        read_trend(reader, selection.scope, look.zone, now_ms),
    )
    return {
        "board": {
            "zone": look.zone,
            "scope": selection.scope,
            "lists": dict(selection.lists),
            "tiles": [_tile(tile) for tile in tiles],
            "limits": {field: _limits(limits) for field, limits in look.board.limits.items()},
            "chime": look.board.chime,
        },
        **figures,
        **budgets,
        "clocks": clocks,
        "burning": burning_for(common.burning, selection, grant),
        "heat": heat_for(common.cells, selection, grant),
        "trend": trend,
        "last week": last_week,
    }


def _tile(tile: Tile) -> dict[str, Any]:
    return {
        "field": tile.field,
        "scope": tile.scope,
        "unit": tile.unit,
        "better": tile.better,
        "label": dict(tile.label),
        "limits": _limits(tile.limits),
        "target": tile.target,
        "last_week": tile.last_week,
    }


def _limits(limits: Limits) -> list[float | None]:
    return [limits.amber, limits.red]


async def read_board(reader: Reader, scope: str, zone: str, now_ms: int, grant: Grant = EVERYTHING) -> dict[str, Any]:
    """What `/api/<scope>` answers: KPI documents, live figures and the next deadlines of a scope at `now_ms`.

    `live` has the counts, null where nothing is known; `kpis` are as the view holds them, by window; `month` has the
    running month's measures; `due`, `overdue` and `paused` are clocks with their ticket's fields; `as_of` is that of
    the figures, null before there are any; `watermark` is how far the stream is, which a quiet scope's figures do not
    show.
    """
    selection = selection_of_scope(scope)
    scope = selection.scope
    month = month_of(zone, now_ms)
    parts, clocks, health = await asyncio.gather(
        read_figures(reader, [scope], month),
        read_clocks(reader, selection, grant, now_ms),
        reader.read_health(),
    )
    fresh = freshness(health, now_ms)
    live = parts.get(f"live {scope}") or live_figures({})
    kpis = {name.rpartition(" ")[2]: part for name, part in parts.items() if name.startswith("kpi ")}
    return {
        "now": now_ms,
        "zone": zone,
        "scope": scope,
        "as_of": live["as_of"] or next((kpi["as_of"] for kpi in kpis.values()), None),
        **_told(fresh),
        "live": live,
        "kpis": kpis,
        "month": {"period": month, **(parts.get(f"month {scope}") or {"as_of": None, "values": {}})},
        **clocks,
    }


def _told(fresh: Freshness) -> dict[str, Any]:
    return {"stale": fresh.stale, "stale_reason": fresh.reason, "watermark": fresh.watermark}
