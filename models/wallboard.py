"""What a wallboard shows: its tiles in order, and from where a figure is amber or red. Read from `wallboard.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_of
from typing import Literal, NamedTuple

#: Units of figures: `count`; `s` seconds; `ratio` a share, 1 is 100 %; `points` of 100; `weight`; `rate` a burn rate;
#: `ticket` a ticket's id, whose age in seconds is what limits are about.
Unit = Literal["count", "s", "ratio", "points", "weight", "rate", "ticket"]
#: Which way a figure is better; a limit is passed on the other side.
Better = Literal["less", "more"]
#: The languages that labels are written in.
LANGUAGES = ("en", "zh")


class Figure(NamedTuple):
    """A figure that a board can show. `field` is its address as pages carry it: `1h.first_response.p90_s`."""

    field: str
    unit: Unit
    better: Better


class Limits(NamedTuple):
    """From where a figure is amber, and red, in its unit (95 % is 0.95); None: never.

    Where less is better a limit is passed by reaching it, where more is better by falling below it.
    """

    amber: float | None = None
    red: float | None = None


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure on the board.

    `scope` None is the page's. `label` is by language; one that is missing is the page's to find. `target` is the share
    that an objective asks for, where there is one for just this figure. `last_week` asks for the figure of the same
    time a week ago beside it.
    """

    field: str
    unit: Unit
    better: Better
    scope: str | None = None
    label: Mapping[str, str] = made_of(default_factory=dict)
    limits: Limits = NO_LIMITS
    target: float | None = None
    last_week: bool = False


@dataclass(frozen=True, slots=True)
class Wallboard:
    """The board of a desk: tiles in their order, limits of figures wherever they stand, and whether a P0 chimes.

    Among the tiles `budget.*.left` stands for one tile for each objective in force.
    """

    tiles: tuple[Tile, ...]
    limits: Mapping[str, Limits] = made_of(default_factory=dict)
    chime: bool = False
