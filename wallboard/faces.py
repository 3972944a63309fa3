"""How instants, lengths and scopes read on the pages that the server writes."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from models import scope as scopes
from models.instant import parse_ms
from wallboard.freshness import Freshness
from wallboard.html import Markup, el
from wallboard.words import say, word

#: No data: never 0, never 100 %.
NOTHING: Final = "–"  # noqa: RUF001 -- it is a dash


def clock_face(ms: int, zone: str, now_ms: int) -> str:
    """An instant in the zone: the time alone when it is today's, else the date before it."""
    place = ZoneInfo(zone)
    at, now = (datetime.fromtimestamp(one / 1000, place) for one in (ms, now_ms))
    if at.date() == now.date():
        return f"{at:%H:%M:%S}"
    return f"{at:%m-%d %H:%M}" if at.year == now.year else f"{at:%Y-%m-%d %H:%M}"


def countdown(ms: int) -> str:
    """What is left as clocks count: `05:30`, `1:05:30`, `2 d 04:10`; over the due time with a plus."""
    total = abs(ms) // 1000
    hours, minutes, seconds = total // 3600, total // 60 % 60, total % 60
    if hours >= 24:
        text = f"{hours // 24} d {hours % 24:02d}:{minutes:02d}"
    elif hours:
        text = f"{hours}:{minutes:02d}:{seconds:02d}"
    else:
        text = f"{minutes:02d}:{seconds:02d}"
    return f"+{text}" if ms < 0 else text


def scope_title(scope: str, lang: str) -> str:
    """A scope in words: `team 网络 · priority P0`."""
    found = scopes.parts(scope)
    return " · ".join(f"{word(lang, kind)} {name}" for kind, name in found.items()) if found else word(lang, "all")


def ticket_path(ticket_id: str) -> str:
    """The address of a ticket's page. Browsers take `.` and `..` out of a path: these two go by parameter."""
    if ticket_id in {".", ".."}:
        return f"/tickets?ticket={ticket_id}"
    return f"/tickets/{quote(ticket_id, safe='')}"


def freshness_mark(fresh: Freshness, zone: str, now_ms: int, lang: str) -> Markup:
    """Whether what is shown is the present, and as of when."""
    state = "stale" if fresh.stale else "fresh"
    reason = f"{word(lang, fresh.reason)} · " if fresh.stale else ""
    at = clock_face(parse_ms(fresh.watermark), zone, now_ms) if fresh.watermark else NOTHING
    text = f"{reason}{word(lang, state)} · {say(lang, 'as_of', at=at)}"
    return el("p", text, class_="freshness", role="status", data_state=state)
