"""Times and durations in a language, as short as a lock screen wants them."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.text_phrases import Phrases

_WRITTEN = re.compile(r"(?:\d+[dhms])+", re.ASCII)
_SIZES = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))


def span(ms: int, said: Phrases) -> str:
    """A duration of `ms`, of either sign, by its two largest units: `1d 4h`, `12m`, `45s`; below a second `0s`.

    From ten minutes on seconds are left out, from ten hours on minutes: nobody acts on them.
    """
    rest = abs(ms) // 1000
    smallest = 3600 if rest >= 36_000 else 60 if rest >= 600 else 1
    parts: list[str] = []
    for unit, size in _SIZES:
        amount, rest = divmod(rest, size)
        if amount and size >= smallest and len(parts) < 2:
            parts.append(f"{amount}{said.units[unit]}")
    return said.unit_gap.join(parts) or f"0{said.units['s']}"


def clock(ms: int, zone: str, now: int) -> str:
    """An instant in a zone: the time of day, with the date unless it is that of `now`."""
    place = ZoneInfo(zone)
    at, today = (datetime.fromtimestamp(one / 1000, place) for one in (ms, now))
    return at.strftime("%H:%M:%S") if at.date() == today.date() else at.strftime("%Y-%m-%d %H:%M:%S")


def written(text: str, said: Phrases) -> str | None:
    """A duration as configuration writes it (`1h30m`), in a language; None of nothing, and of what is none."""
    if not _WRITTEN.fullmatch(text):
        return None
    sizes = dict(_SIZES)
    seconds = sum(int(part[:-1]) * sizes[part[-1]] for part in re.findall(r"\d+[dhms]", text))
    return span(seconds * 1000, said) if seconds else None
