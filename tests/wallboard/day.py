"""A lifelike day in a view: simulated events, folded, counted and written as a worker writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from models.event import Event, parse
from models.instant import format_ms
from sinks.view import Fence, PartitionBeat, View, WorkerBeat
from sla.figures import PartitionFigures, ScopeFigures
from sla.partition.egress import ticket_write
from sla.policy import PolicyBook, book_from
from sla.simulate import simulate
from sla.ticket.tally import standing
from sla.ticket.ticket import fold

HOUR = 3_600_000
WEEK = 7 * 24 * HOUR
BUSY = 6 * 24 * HOUR + 15 * HOUR  # since 1970, a Thursday: a Wednesday at 15:00

BOOK = {
    "zone": "Asia/Shanghai",
    "promised": ["first_response", "resolution"],
    "calendars": {
        "always": {"timezone": "UTC", "week": "always"},
        "office": {
            "timezone": "Asia/Shanghai",
            "week": {day: ["07:00-23:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
        },
    },
    "policies": [
        {
            "name": "urgent",
            "when": {"priority": ["P0", "P1"]},
            "calendar": "always",
            "targets": {
                "first_response": {"within": "30m", "warn_at": ["50%", "75%"]},
                "next_response": {"within": "1h"},
                "resolution": {"within": "3h", "warn_at": ["90%"]},
            },
        },
        {
            "name": "the rest",
            "calendar": "office",
            "targets": {
                "assignment": {"within": "none"},
                "first_response": {"within": "4h"},
                "update": {"within": "1d"},
                "resolution": {"business_days": 2},
            },
        },
    ],
}


@dataclass
class Day:
    """What the desk has lived through, as of `now` (ms)."""

    book: PolicyBook
    events: dict[str, list[Event]]
    now: int

    async def write(self, view: View, *, beat: bool = True) -> None:
        """Writes everything into an empty view."""
        figures = PartitionFigures(0, self.book.zone)
        figures.advance(self.now)
        writes = []
        for ticket_id, known in sorted(self.events.items()):
            ticket = fold(known, self.book, self.now)
            if ticket is None:
                continue
            writes.append(ticket_write(ticket, self.now, self.now - 30 * HOUR))
            figures.replace(ticket_id, [], standing(ticket))
            figures.gauge(ticket_id, None, ticket.gauge())
        scopes = ScopeFigures(self.book.zone, self.book.promised)
        for row in figures.dump():
            scopes.upsert(0, 0, row)
        scopes.mark(0, 0)
        scopes.watermark(0, self.now)
        scopes.advance()
        await view.take_over(0, 1)
        await view.write_tickets(0, 1, 1, writes, self.now)
        documents = list(scopes.documents(whole=True))
        await view.write_documents(Fence("f", 1, 1), documents, self.now, whole=True)
        if beat:
            await self.beat(view, self.now)

    @staticmethod
    async def beat(view: View, now: int) -> None:
        """A worker's sign of life."""
        await view.write_health(WorkerBeat("w", "1", [], "d"), [PartitionBeat(0, 1, now, now)], now)


def a_day(now: int, *, rate: float = 0.03, seed: int = 4, book: PolicyBook | None = None) -> Day:
    """The last 40 hours of a desk with so many events a second.

    Its own clocks show a Wednesday afternoon at `now`, so that these are the same hours whenever the tests run.
    """
    events: dict[str, list[Event]] = {}
    for at, body in simulate(seed, now - 40 * HOUR, rate, utc_offset_ms=(BUSY - now) % WEEK):
        if at > now:
            break
        event = parse(orjson.dumps(body))
        events.setdefault(event.ticket_id, []).append(event)
    return Day(book or book_from(BOOK), events, now)


def with_event(day: Day, ticket_id: str, **fields: Any) -> Day:
    """The day with one event more."""
    at = fields.pop("at", day.now - 60_000)
    body = {"event_id": f"more-{sum(map(len, day.events.values()))}", "occurred_at": format_ms(at), **fields}
    event = parse(orjson.dumps({"ticket_id": ticket_id, **body}))
    day.events.setdefault(ticket_id, []).append(event)
    return day
