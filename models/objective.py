"""What a desk has set itself: how large a share of its promises is to be kept over a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from models.scope import encode

#: Kinds of period that an objective may run over, cut in the book's zone.
OBJECTIVE_PERIODS = ("day", "month", "quarter", "half", "year")
#: In place of a metric: all that the edition promises, pooled.
SLA = "sla"


@dataclass(frozen=True, slots=True)
class Objective:
    """A share of a metric's clocks that is to be in time over a period."""

    name: str
    metric: str  # one of the five, or `SLA`
    attainment: int  # millionths
    period: str
    minimum: int = 1  # decided clocks below which nothing is said
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)  # priority and team only


class Aim(NamedTuple):
    """What an objective is about: clocks of these metrics, of tickets of these priorities and teams; None: of any."""

    metrics: frozenset[str]
    priorities: frozenset[str] | None = None
    teams: frozenset[str] | None = None

    @property
    def subject(self) -> str:
        """One name for the same aim, whoever has it: `objective:first_response|priority:P0/P1|team:网络`.

        Names are encoded as in scopes, so that `/` and `|` divide nothing but names.
        """
        return _subject(self)


@lru_cache(maxsize=4096)
def _subject(aim: Aim) -> str:
    parts = [("objective", aim.metrics), ("priority", aim.priorities), ("team", aim.teams)]
    return "|".join(
        f"{kind}:{'/'.join(sorted(encode(name) for name in names))}" for kind, names in parts if names is not None
    )


class Aimed(NamedTuple):
    """An objective, and what it is about in its edition."""

    objective: Objective
    aim: Aim
