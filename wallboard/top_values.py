"""Figures of a board's document as a terminal shows them: found by their address, written by their unit."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from typing import Any

from models.instant import parse_ms
from sla.story import duration
from wallboard.faces import NOTHING

Parts = Mapping[str, Any]


def value_of(parts: Parts, field: str, scope: str) -> Any:
    """The raw value of a figure, such as `1h.first_response.p90_s`; None where nothing is known."""
    first, _, rest = field.partition(".")
    if first == "budget":
        name, _, last = rest.rpartition(".")
        found, path = parts.get(f"budget {name}"), [last]
    elif first == "live":
        found, path = parts.get(f"live {scope}"), [rest]
    elif first == "month":
        found, path = (parts.get(f"month {scope}") or {}).get("values"), [rest]
    else:
        found, path = parts.get(f"kpi {scope} {first}"), rest.split(".")
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def told(value: Any, unit: str) -> str:
    """A value in its unit; no data is a dash, never a nought. Shares are never rounded up to a promise not kept."""
    if value is None or value == "":
        return NOTHING
    if unit == "count":
        return f"{value:,}"
    if unit == "ratio":
        return f"{floor(value * 1000 + 1e-9) / 10:g} %"
    if unit == "s":
        return short(value)
    if unit == "points":
        return f"{value:.1f}"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def age_s(parts: Parts, scope: str, now_ms: int) -> float | None:
    """How old the oldest open ticket of a scope is, in seconds."""
    since = value_of(parts, "live.oldest_open_at", scope)
    return (now_ms - parse_ms(since)) / 1000 if since else None


def short(seconds: float) -> str:
    """A length by its two largest units: `35m 16s`, `5h 3m`, `2d 4h`."""
    whole = int(seconds) if seconds >= 1 else round(seconds, 1)
    grain = 3600 if whole >= 86_400 else 60 if whole >= 3600 else 1
    return duration(whole if grain == 1 else whole // grain * grain)
