"""What an appraisal is made from: the period, its totals, what was told beside them, the people and their cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appraisal.entries import Known
from appraisal.period import Period
from appraisal.roster import Roster
from appraisal.scorecard import Scorecard
from appraisal.source import Source


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that forms are filled from. `as_of` is the instant of what is known where no total tells another."""

    period: Period
    zone: str
    as_of: str
    source: Source
    known: Known
    roster: Roster
    cards: Mapping[str, Scorecard]
    orphans: int | None = None  # None: not known here
