"""A small language for appraisals: cards and people as YAML, tickets of a desk, observations, and the forms of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from appraisal.cards import read_card
from appraisal.entries import known_of
from appraisal.form import FilledForm
from appraisal.from_files import Told, totals_of
from appraisal.people import read_people
from appraisal.period import period_of
from appraisal.roster import Roster
from appraisal.scorecard import Scorecard
from appraisal.setting import Setting
from appraisal.stretches import days_of, stretched
from appraisal.whole import appraise
from models.instant import format_ms, parse_ms
from models.policy import Problem
from sla.policy.book import book_from
from sla.policy.reader import Reader
from sla.policy.tree import from_yaml

ZONE = "Asia/Shanghai"
BOOK = {
    "zone": ZONE,
    "calendars": {"always": {"timezone": "UTC", "week": "always"}},
    "policies": [
        {
            "name": "all",
            "calendar": "always",
            "targets": {"first_response": {"within": "15m"}, "resolution": {"within": "4h"}},
        }
    ],
}


def card_of(text: str) -> Scorecard:
    """A card that is sound."""
    card, problems = try_card(text)
    assert card is not None, problems
    return card


def try_card(text: str) -> tuple[Scorecard | None, list[Problem]]:
    """A card, or what is wrong with it."""
    reader = Reader("scorecards/card.yaml")
    card = read_card(reader, from_yaml(reader.file, text), "card")
    return card, reader.problems


def roster_of(text: str, cards: Mapping[str, Scorecard]) -> Roster:
    """A roster that is sound."""
    reader = Reader("people.yaml")
    roster = read_people(reader, from_yaml(reader.file, text), cards)
    assert not reader.problems
    return roster


def at(day: str, clock: str = "10:00") -> datetime:
    """An instant of the desk: `2026-10-05`, `10:00`."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(ZONE))


class Ticket:
    """A ticket told event by event; times are minutes after its creation."""

    def __init__(self, name: str, created: datetime, **fields: Any) -> None:
        self.name = name
        self.created = created
        self.events: list[dict[str, Any]] = []
        self.tell("created", 0, priority="P1", **fields)

    def tell(self, kind: str, minutes: float, **fields: Any) -> Ticket:
        """One more event."""
        self.events.append(
            {
                "event_id": f"{len(self.events):03d}",
                "type": f"ticket.{kind}",
                "ticket_id": self.name,
                "occurred_at": (self.created + timedelta(minutes=minutes)).isoformat(),
                **fields,
            }
        )
        return self

    def replied(self, minutes: float, by: str = "li.na") -> Ticket:
        """An agent answers."""
        return self.tell("replied", minutes, author="agent", author_id=by)

    def solved(self, minutes: float, by: str = "li.na", **fields: Any) -> Ticket:
        """The solution."""
        return self.tell("solved", minutes, resolver=by, **fields)


def observed(  # noqa: PLR0917 -- read as a table
    event_id: str, when: datetime, metric: str, subject: str, value: Any, of: Any = None, **more: Any
) -> Any:
    """An observation as it is written."""
    fields = {"type": "metric.observed", "event_id": event_id, "occurred_at": when.isoformat(), "metric": metric}
    fields |= {"subject": subject, "value": value, **more}
    return fields if of is None else {**fields, "of": of}


def told(tickets: Iterable[Ticket] = (), entries: Iterable[Any] = ()) -> list[bytes]:
    """Everything as lines of JSON."""
    return [orjson.dumps(event) for ticket in tickets for event in ticket.events] + [orjson.dumps(e) for e in entries]


def setting_of(  # noqa: PLR0917 -- every test gives the first few
    lines: Sequence[bytes],
    period: str,
    cards: Iterable[Scorecard],
    roster: Roster | None = None,
    as_of: str = "2027-01-20T00:00:00Z",
    book: Mapping[str, Any] = BOOK,
    *,
    gifts: bool = True,
) -> Setting:
    """What forms are filled from, computed from files alone; without `gifts` what tickets gave is kept no longer."""
    found = Told()
    for line in lines:
        found.add_line(line, "line")
    assert not found.problems()
    until, span, read = parse_ms(as_of), period_of(period, ZONE), book_from(book)
    wanted = stretched(span, roster) if roster and gifts else set()
    source, orphans, aside, given = totals_of(found.events, read, until, tickets=bool(wanted))
    assert not aside
    days = days_of(wanted, source, given, span, read.promised.at(min(until, span.end - 1)))
    return Setting(
        span,
        ZONE,
        format_ms(until),
        source.with_days(days),
        known_of(found.entries.until(until)),
        roster or Roster(),
        {card.id: card for card in cards},
        orphans,
    )


def form_of(setting: Setting, subject: str, card: str) -> FilledForm:
    """One form."""
    (form,) = appraise(setting, [subject], [card]).forms
    return form
