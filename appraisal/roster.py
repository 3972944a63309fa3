"""The people: who they are, which teams they were in and led, and on which days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

#: Days are ordinals (`date.toordinal()`). A span without an end runs on.
NEVER = date.max.toordinal()
ALWAYS = 1


class Span(NamedTuple):
    """Some days with a team, the first and the last included."""

    team: str  # raw name
    first: int
    last: int

    def within(self, first: int, last: int) -> range:
        """The days of this span that lie in another."""
        return range(max(self.first, first), min(self.last, last) + 1)


@dataclass(frozen=True, slots=True)
class Person:
    """One entry of people.yaml; what it does not tell is empty."""

    id: str
    name: str
    position: str = ""
    department: str = ""
    superior: str = ""
    scorecard: str = ""
    leads: tuple[Span, ...] = ()
    teams: tuple[Span, ...] = ()


class Roster:
    """Everybody, by id. Not to be changed after construction."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people: Mapping[str, Person] = {person.id: person for person in people}

    def name_of(self, person_id: str) -> str:
        """A person's name; of somebody unknown the id."""
        known = self.people.get(person_id)
        return known.name if known else person_id

    def led(self, person_id: str, first: int, last: int) -> Sequence[Span]:
        """The teams that a person led between two days (included), cut to them, by team and day."""
        known = self.people.get(person_id)
        spans = (
            (Span(lead.team, days[0], days[-1]) for lead in known.leads if (days := lead.within(first, last)))
            if known
            else ()
        )
        found: list[Span] = []
        for span in sorted(spans):
            if found and found[-1].team == span.team and found[-1].last + 1 == span.first:
                found[-1] = found[-1]._replace(last=span.last)
            else:
                found.append(span)
        return found

    def member_days(self, spans: Sequence[Span], leader: str) -> Mapping[str, int]:
        """Who was in one of the teams on days on which they were led, and on how many days; the leader is left out."""
        found: dict[str, int] = {}
        for person in self.people.values():
            if person.id == leader:
                continue
            days: set[int] = set()
            for lead in spans:
                for member in person.teams:
                    if member.team == lead.team:
                        days.update(member.within(lead.first, lead.last))
            if days:
                found[person.id] = len(days)
        return found
