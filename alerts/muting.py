"""Why an alert is not to be told now: quiet hours, a silence, an open major incident. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.entry import Entry
from alerts.matchers import Labels
from alerts.memory import INHIBITED, QUIET, SILENCED, Silence
from alerts.rules import Route, Rules
from models.calendar import Calendar
from sla.policy import PolicyBook


@dataclass(frozen=True, slots=True)
class Incidents:
    """Major incidents that are open: their tickets, and the issues that these belong to."""

    tickets: frozenset[str] = frozenset()
    issue_keys: frozenset[str] = frozenset()

    def mutes(self, entry: Entry) -> bool:
        """Whether a ticket belongs to one; the incident itself never does."""
        if entry.ticket in self.tickets:
            return False
        return entry.incident in self.tickets or entry.issue_key in self.issue_keys


def calendar_named(book: PolicyBook, name: str, now: int) -> Calendar | None:
    """A calendar of the edition in force, or else of the newest."""
    found = book.edition_at(now).calendars.get(name)
    return found or book.editions[-1].calendars.get(name)


def is_quiet(rules: Rules, book: PolicyBook, now: int) -> bool:
    """Whether only `always` passes now."""
    hours = rules.quiet_hours
    calendar = calendar_named(book, hours.calendar, now) if hours else None
    return hours is not None and calendar is not None and calendar.is_open(now) != hours.outside


def quiet_changes_at(rules: Rules, book: PolicyBook, now: int) -> int | None:
    """When quiet hours next begin or end; None where there are none."""
    hours = rules.quiet_hours
    calendar = calendar_named(book, hours.calendar, now) if hours else None
    if calendar is None:
        return None
    return calendar.next_close(now) if calendar.is_open(now) else calendar.next_open(now)


@dataclass(frozen=True, slots=True)
class Mutes:
    """All that mutes at one instant."""

    now: int
    quiet: bool
    silences: tuple[Silence, ...]
    incidents: Incidents

    def reason(self, entry: Entry, labels: Labels, route: Route) -> str:
        """Why an alert is not told now; "" when it may be."""
        if self.incidents.mutes(entry):
            return INHIBITED
        return self.reason_of(labels, route)

    def reason_of(self, labels: Labels, route: Route) -> str:
        """The same of something that belongs to no ticket."""
        if any(silence.holds(labels, self.now) for silence in self.silences):
            return SILENCED
        return QUIET if self.quiet and not route.always else ""


def mutes_at(
    rules: Rules, book: PolicyBook, silences: Iterable[Silence], incidents: Incidents, now: int
) -> Mutes:
    """What mutes at an instant."""
    holding = tuple(one for one in silences if one.starts_at <= now < one.ends_at)
    return Mutes(now, is_quiet(rules, book, now), holding, incidents if rules.inhibit_major_incidents else Incidents())
