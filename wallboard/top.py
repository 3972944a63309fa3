"""The board for a terminal: from the same document as the page, drawn to fit the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich import box
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from models.instant import parse_ms
from models.kpi import TODAY, WINDOWS
from models.wallboard import Limits
from sla.board import level_of
from wallboard.faces import NOTHING, clock_face, countdown, scope_title
from wallboard.freshness import Freshness
from wallboard.top_values import age_s, short, told, value_of
from wallboard.words import say, word

#: Figures of the table by window, with their units.
ROWS: Final = (
    ("created", "count"),
    ("solved", "count"),
    ("reopened", "count"),
    ("sla.attainment", "ratio"),
    ("first_response.attainment", "ratio"),
    ("first_response.p90_s", "s"),
    ("resolution.attainment", "ratio"),
    ("resolution.p90_s", "s"),
    ("csat.satisfied_rate", "ratio"),
)
_STYLES: Final = {"red": "bold white on red", "amber": "bold yellow", "": "bold"}
_SIGNS: Final = {"red": "✕ ", "amber": "▲ ", "": ""}
_SOON_MS: Final = 900_000
_TILE: Final = 22  # columns that a tile needs
_DEADLINES: Final = 20  # as many are printed where no window is to be filled
_TALL: Final = 4  # lines of a tile
_HEAD: Final = 3  # and of the head
_TABLE: Final = 5  # and of a table without its rows
_FEWEST: Final = 5  # deadlines, where the figures are to stand below them
_BURNING: Final = 3  # as many burning tickets are told
_WIDE: Final = 160  # from here on deadlines and figures stand side by side

Parts = Mapping[str, Any]


def board(
    parts: Parts, fresh: Freshness, now_ms: int, *, lang: str = "en", width: int = 120, height: int | None = 40
) -> RenderableType:
    """Everything of a page's parts; without a `height` all there is, else as many lines as the window has."""
    shape = parts["board"]
    scope, zone = shape["scope"], shape["zone"]
    lines: list[RenderableType] = [_head(scope, zone, fresh, now_ms, lang)]
    burning = parts.get("burning") or {"count": 0, "clocks": []}
    if burning["count"]:
        lines.append(_burning(burning, now_ms, lang))
    across = max(1, width // (_TILE + 1))
    tile_width = width // across - 1
    tiles = [_tile(tile, parts, scope, now_ms, lang, tile_width) for tile in shape["tiles"]]
    rows, wide, with_figures = _DEADLINES, width >= _WIDE, True
    if height is not None:
        left = height - _HEAD - (2 + min(_BURNING, burning["count"]) if burning["count"] else 0)
        tiles = tiles[: across * max(1, (left - _TABLE - len(ROWS)) // _TALL)]
        left -= -(-len(tiles) // across) * _TALL
        with_figures = wide or left >= 2 * _TABLE + len(ROWS) + _FEWEST
        rows = max(1, left - _TABLE - (0 if wide or not with_figures else _TABLE + len(ROWS)))
    lines.append(Columns(tiles, width=tile_width, padding=(0, 1, 0, 0)))
    deadlines = _deadlines(parts, now_ms, lang, rows)
    figures = _figures(parts, scope, lang) if with_figures else Text("")
    if wide:
        side = Table.grid(expand=True, padding=(0, 1))
        side.add_column(ratio=1)
        side.add_column(ratio=1)
        side.add_row(deadlines, figures)
        lines.append(side)
    else:
        lines += [deadlines, figures] if with_figures else [deadlines]
    return Group(*lines)


def _head(scope: str, zone: str, fresh: Freshness, now_ms: int, lang: str) -> RenderableType:
    grid = Table.grid(expand=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right")
    clock = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone)).strftime("%H:%M:%S")
    as_of = clock_face(parse_ms(fresh.watermark), zone, now_ms) if fresh.watermark else NOTHING
    if fresh.stale:
        state = f" ▲ {word(lang, fresh.reason)} · {word(lang, 'stale')} · {say(lang, 'as_of', at=as_of)} "
        mark = Text(state, "bold white on red")
    else:
        mark = Text(f"● {word(lang, 'fresh')} · {say(lang, 'as_of', at=as_of)}", "green")
    grid.add_row(
        Text.assemble(("slawatch ", "bold"), (scope_title(scope, lang), "cyan")),
        Text.assemble(mark, "  ", (clock, "bold"), f" {zone}"),
    )
    return Panel(grid, box=box.HEAVY if fresh.stale else box.ROUNDED, border_style="red" if fresh.stale else "dim")


def _burning(burning: Mapping[str, Any], now_ms: int, lang: str) -> RenderableType:
    lines = []
    for clock in burning["clocks"][:_BURNING]:
        left = _left(clock, now_ms, lang)
        acked = clock.get("acknowledged_by")
        who = say(lang, "acknowledged_by", by=acked) if acked else word(lang, "not_acknowledged")
        lines.append(
            Text.assemble(
                (f"{left:>10}  ", "bold"),
                clock["ticket"],
                f" · {clock.get('team') or NOTHING} · {clock.get('assignee') or word(lang, 'nobody')} · {who}",
            )
        )
    title = say(lang, "burning", count=burning["count"])
    return Panel(Group(*lines), title=f"✕ {title} ✕", style="bold white on red", box=box.HEAVY)


def _tile(  # noqa: PLR0917 -- all of them say what is drawn
    tile: Mapping[str, Any], parts: Parts, scope: str, now_ms: int, lang: str, width: int
) -> RenderableType:
    field, of = tile["field"], tile["scope"] or scope
    value = value_of(parts, field, of)
    limits = Limits(*tile["limits"])
    measured = age_s(parts, of, now_ms) if tile["unit"] == "ticket" else value
    level = level_of(measured, limits, tile["better"])
    text = told(value, tile["unit"])
    label = tile["label"].get(lang) or tile["label"].get("en") or field
    if tile["unit"] == "ticket" and measured is not None:
        label = f"{label} · {short(measured)}"
    if of != scope:
        label = f"{label} · {scope_title(of, lang)}"
    body = Text(_SIGNS[level] + text, _STYLES[level], no_wrap=True, overflow="ellipsis")
    name = Text(label, "dim", no_wrap=True, overflow="ellipsis")
    border = {"red": "red", "amber": "yellow", "": "dim"}[level]
    return Panel(Group(body, name), width=width, border_style=border, box=box.HEAVY if level else box.ROUNDED)


def _deadlines(parts: Parts, now_ms: int, lang: str, rows: int) -> RenderableType:
    found = parts.get("clocks") or {}
    overdue, due = list(found.get("overdue", ())), list(found.get("due", ()))
    # Between two looks at Redis time goes on: what fell due in between is overdue.
    passed = [clock for clock in due if clock["due_at"] < now_ms]
    shown: Sequence[Mapping[str, Any]] = [clock for clock in due if clock["due_at"] >= now_ms]
    overdue = [*reversed(passed), *overdue]
    behind = min(len(overdue), max(rows // 3, rows - len(shown)))
    overdue, shown = overdue[:behind], shown[: rows - behind]
    table = Table(
        title=word(lang, "next_deadlines"), box=box.SIMPLE_HEAD, expand=True, title_style="dim", pad_edge=False
    )
    table.add_column(word(lang, "left"), justify="right", no_wrap=True, width=11)
    for name, share in (("ticket", 6), ("clock", 4), ("priority", 2), ("team", 3), ("assignee", 3)):
        table.add_column(word(lang, name), no_wrap=True, overflow="ellipsis", ratio=share)
    for clock in [*reversed(overdue), *shown]:
        left = clock["due_at"] - now_ms
        style = "bold red" if left < 0 else "bold yellow" if left < _SOON_MS else ""
        name = word(lang, clock["metric"]) + (f" {clock['cycle']}" if clock["cycle"] > 1 else "")
        table.add_row(
            Text(_left(clock, now_ms, lang), style),
            clock["ticket"],
            name,
            Text(clock["priority"] or NOTHING, "bold red" if clock["priority"] == "P0" else ""),
            clock["team"] or NOTHING,
            clock["assignee"] or word(lang, "nobody"),
        )
    if not table.rows:
        return Panel(word(lang, "no_deadlines"), title=word(lang, "next_deadlines"), box=box.SIMPLE_HEAD, style="dim")
    return table


def _left(clock: Mapping[str, Any], now_ms: int, lang: str) -> str:
    if clock.get("paused"):
        rest = clock.get("remaining_s")
        return f"{word(lang, 'paused')} {countdown(round(rest * 1000))}" if rest is not None else word(lang, "paused")
    return countdown(clock["due_at"] - now_ms)


def _figures(parts: Parts, scope: str, lang: str) -> RenderableType:
    windows = [window for window in WINDOWS if f"kpi {scope} {window}" in parts]
    if not windows:
        return Text("")
    table = Table(title=word(lang, "figures"), box=box.SIMPLE_HEAD, expand=True, title_style="dim", pad_edge=False)
    table.add_column("")
    for window in windows:
        table.add_column(word(lang, window) if window == TODAY else window, justify="right", no_wrap=True)
    for path, unit in ROWS:
        name = " · ".join(word(lang, part) for part in path.split("."))
        table.add_row(
            Text(name, "dim"), *(told(value_of(parts, f"{window}.{path}", scope), unit) for window in windows)
        )
    return table
