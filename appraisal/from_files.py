"""Everything from files: ticket events, and what was observed, rated and adjusted, in JSON lines or in CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from appraisal.behind import Given
from appraisal.entries import Entries
from appraisal.period import Period
from appraisal.rows import header_of, kind_of_columns, read_rows
from appraisal.source import Documents
from models.observation import TYPES
from sla.periods.closing import DEFAULT_GRACE_MS
from sla.periods.gifts import read_row
from sla.policy import PolicyBook
from sla.replay import EventSet, replay

_BEGIN = b'{"period":"'
_MARKS = tuple(f'"{kind}"'.encode() for kind in TYPES)


@dataclass(slots=True)
class Told:
    """What files tell; any order and repetition ends in the same."""

    events: EventSet = field(default_factory=EventSet)
    entries: Entries = field(default_factory=Entries)
    faults: list[str] = field(default_factory=list)

    def add_line(self, line: bytes, place: str) -> None:
        """Takes one line of JSON: a ticket event, or one of the topic of observations."""
        if any(mark in line for mark in _MARKS) and _type_of(line) in TYPES:
            self.entries.read(line, place)
        else:
            self.events.add(line, place)

    def add_csv(self, content: bytes, place: str) -> None:
        """Takes a CSV file; its columns tell whether it observes, rates or adjusts.

        Raises:
            UnusableFile: it cannot be read at all.
        """
        rows = read_rows(content, kind_of_columns(list(header_of(content))) or "metric.observed")
        for _, entry in rows.entries:
            self.entries.add(entry)
        self.faults += [f"{place}:{fault}" for fault in rows.faults]

    @property
    def newest_ms(self) -> int:
        """The newest instant told of."""
        told = (entry.occurred_at for entry in self.entries.by_id.values())
        return max(self.events.newest_ms, max(told, default=0))

    def problems(self) -> list[str]:
        """What could not be taken, in words, with its place."""
        rejected = [f"{one.place}: {one.message} [{one.reason}]" for one in self.events.rejected]
        return [*rejected, *self.entries.refused, *self.faults, *self._contradictions()]

    def _contradictions(self) -> list[str]:
        """Two bodies under one id, of which an import would have refused the second."""
        return [
            f"event_id: {one!r} says two things: of the two the record that sorts first holds"
            for one in sorted(self.entries.conflicts)
        ]


def _type_of(line: bytes) -> object:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found.get("type") if isinstance(found, dict) else None


class Replayed(NamedTuple):
    """What events come to: documents of all periods, orphans, tickets that cannot be folded and why, and gifts."""

    documents: Documents
    orphans: int
    set_aside: dict[str, str]
    given: list[Given]


def totals_of(
    events: EventSet,
    book: PolicyBook,
    as_of: int,
    step: Callable[[int], None] = lambda _: None,
    *,
    period: Period | None = None,
    grace_ms: int = DEFAULT_GRACE_MS,
    tickets: bool = False,
) -> Replayed:
    """Replays events; periods are final `grace_ms` after their end.

    `period`: only its documents, those of its months and of their days. `tickets`: what each gave to each month, too.
    """
    result = replay(events, book, as_of, step, grace_ms=grace_ms, with_gifts=tickets)
    documents = [orjson.loads(line) for line in result.periods if period is None or _is_part(line, period)]
    found = {(document["period"], document["subject"]): document for document in documents}
    given = [read_row(row) for row in result.gifts.values()] if tickets else []
    return Replayed(Documents(found), result.orphans, result.set_aside, given)


def _is_part(line: bytes, period: Period) -> bool:
    """Whether a document, as it is written, is of the period, a month of it or a day of that."""
    name = (
        orjson.loads(line)["period"] if not line.startswith(_BEGIN) else line[len(_BEGIN) :].split(b'"', 1)[0].decode()
    )
    return name == period.id or any(name.startswith(part.id) for part in period.parts)
