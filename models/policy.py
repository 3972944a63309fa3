"""What a desk promises: levels, targets, policies; and what can be wrong with how it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from models.calendar import Calendar

#: The five things that are timed.
METRICS = ("assignment", "first_response", "next_response", "update", "resolution")
#: The ticket fields that a policy may ask for.
MATCHED_FIELDS = (
    "priority", "status", "team", "assignee", "channel", "category",
    "requester_id", "customer_tier", "complexity", "issue_key", "incident", "tags",
)  # fmt: skip

LevelKind = Literal["share", "left", "over"]
Reopen = Literal["continue", "restart", "total"]


class Problem(NamedTuple):
    """One thing wrong in a configuration. `line` counts from 1; 0 where there is no file to point into."""

    file: str
    line: int
    message: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}. {self.mend}"


class Level(NamedTuple):
    """A point of a target at which to warn.

    `text` is as written ("75%", "2m left", "10m over"). `amount` is a share in millionths (750_000), or ms of counted
    time before or after the target is used up.
    """

    text: str
    kind: LevelKind
    amount: int


@dataclass(frozen=True, slots=True)
class Target:
    """One promise on one metric: `within_ms` of counted time, or `business_days`, or neither (measured only)."""

    metric: str
    within_ms: int | None
    business_days: int | None
    cutoff: int | None  # minutes of the day
    opens: int | None  # minutes of the day
    calendar: Calendar
    calendar_name: str
    pause_on: frozenset[str]  # statuses; empty for business days, which know no pause
    reopen: Reopen | None  # of resolution; None for the others
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What is promised to the tickets that it matches: every field of `when` holds one of its values."""

    name: str
    when: Mapping[str, frozenset[str | float]]
    targets: Mapping[str, Target]
