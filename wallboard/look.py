"""How a board looks: whose days it cuts, which tiles it has, and what the desk has set itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.objective import Objective
from models.wallboard import Wallboard
from sla.board.book import board_from
from sla.policy import PolicyBook
from wallboard.site import Site

#: The days of a week: what is compared is the same time on the same weekday.
WEEK = timedelta(days=7)


@cache
def own_board() -> Wallboard:
    """The board that comes with slawatch."""
    text = files("policies").joinpath("wallboard.yaml").read_text(encoding="utf-8")
    return board_from(text, PolicyBook(()))


def no_objectives(_: int) -> Sequence[Objective]:
    """Nobody has set himself anything."""
    return ()


@dataclass(frozen=True)
class Look:
    """What a board knows besides Redis; `objectives` answers those in force at an instant in ms."""

    zone: str = "UTC"
    board: Wallboard = field(default_factory=own_board)
    objectives: Callable[[int], Sequence[Objective]] = no_objectives


def look_of(site: Site) -> Look:
    """The look of a site."""
    book = site.book
    return Look(
        site.zone,
        site.board or own_board(),
        (lambda now_ms: book.edition_at(now_ms).objectives) if book else no_objectives,
    )


class Day(NamedTuple):
    """A day of a zone, in ms: it begins, it ends, and the instant of it that is looked at."""

    begin: int
    end: int
    at: int


def today(zone: str, now_ms: int) -> Day:
    """The day that an instant belongs to."""
    return _day_of(datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone)))


def last_week(zone: str, now_ms: int) -> Day:
    """The same day of last week, and the same time of it by the zone's clocks."""
    local = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone))
    return _day_of((local.replace(tzinfo=None) - WEEK).replace(tzinfo=local.tzinfo))


def month_of(zone: str, now_ms: int) -> str:
    """The running month, as periods are named: `2026-11`."""
    return datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone)).strftime("%Y-%m")


def _day_of(local: datetime) -> Day:
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    following = (midnight.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=local.tzinfo)
    return Day(_ms(midnight), _ms(following), _ms(local))


def _ms(local: datetime) -> int:
    return int(local.timestamp() * 1000)
