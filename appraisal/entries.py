"""Everything on the topic of observations, each event once, whatever the order and repetition in which it came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from appraisal.intake import NotTaken, read_record, write_record
from models.observation import AdjustmentMade, Entry, MetricObserved, RatingGiven


@dataclass(slots=True)
class Entries:
    """A set of entries by event id.

    Two bodies under one id are a conflict. Records of one topic have no order among its partitions, so not the first
    holds but the one whose record sorts first: any order of reading ends in the same figures.
    """

    by_id: dict[str, Entry] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)  # what is wrong with records that hold no entry

    def add(self, entry: Entry) -> None:
        """Takes an entry; a repeat changes nothing."""
        known = self.by_id.setdefault(entry.event_id, entry)
        if known == entry and type(known) is type(entry):
            return
        self.conflicts.add(entry.event_id)
        self.by_id[entry.event_id] = min(known, entry, key=write_record)

    def read(self, value: bytes | None, place: str = "") -> None:
        """Takes a record; one that holds no entry is noted with its place."""
        try:
            self.add(read_record(value))
        except NotTaken as error:
            self.refused.append(f"{place}: {error.field}: {error}" if place else f"{error.field}: {error}")

    def until(self, as_of: int) -> Iterable[Entry]:
        """What had occurred by an instant (ms), in order of time and id."""
        return sorted(
            (entry for entry in self.by_id.values() if entry.occurred_at <= as_of),
            key=lambda entry: (entry.occurred_at, entry.event_id),
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What holds of a set of entries: observations by metric and subject, ratings, adjustments; each in order."""

    observed: Mapping[tuple[str, str], tuple[MetricObserved, ...]]
    ratings: tuple[RatingGiven, ...]
    adjustments: tuple[AdjustmentMade, ...]


def known_of(entries: Iterable[Entry]) -> Known:
    """Sorts entries; an observation that another one replaces does not hold, even where that is replaced in turn."""
    ordered = sorted(entries, key=lambda entry: (entry.occurred_at, entry.event_id))
    replaced = {entry.replaces for entry in ordered if isinstance(entry, MetricObserved) and entry.replaces}
    observed: dict[tuple[str, str], list[MetricObserved]] = {}
    for entry in ordered:
        if isinstance(entry, MetricObserved) and entry.event_id not in replaced:
            observed.setdefault((entry.metric, entry.subject), []).append(entry)
    return Known(
        {key: tuple(found) for key, found in observed.items()},
        tuple(entry for entry in ordered if isinstance(entry, RatingGiven)),
        tuple(entry for entry in ordered if isinstance(entry, AdjustmentMade)),
    )
