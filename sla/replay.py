"""Replay: the same figures from files alone, through the same fold and the same figures as the stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from models.event import Event, InvalidEvent, parse
from models.fact import Fact
from models.instant import format_ms
from sla.figures import PartitionFigures, ScopeFigures
from sla.figures.days import Days
from sla.periods.closing import DEFAULT_GRACE_MS
from sla.periods.gifts import gifts_to_months, row_key, row_value
from sla.periods.recurrence import Key, Solutions, key_of, solutions_of, verdict
from sla.policy import PolicyBook
from sla.policy.aims import aims_of, in_force
from sla.ticket.breaches import breaches
from sla.ticket.document import document
from sla.ticket.tally import standing
from sla.ticket.ticket import Ticket, fold


class Rejected(NamedTuple):
    """A line that is no event, or contradicts an earlier one."""

    place: str
    reason: str
    field: str
    message: str
    line: bytes


@dataclass(slots=True)
class EventSet:
    """The events of files: each once, the first body under an id holds."""

    tickets: dict[str, dict[str, Event]] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    events: int = 0
    repeats: int = 0
    newest_us: int = 0

    def add(self, line: bytes, place: str) -> None:
        """Take one line of JSON; `place` (file and line) goes with what is wrong about it."""
        try:
            event = parse(line)
        except InvalidEvent as error:
            self.rejected.append(Rejected(place, error.reason, error.field, str(error), line))
            return
        known = self.tickets.get(event.ticket_id)
        if known is None:
            known = self.tickets[event.ticket_id] = {}
        before = known.setdefault(event.event_id, event)
        if before is event:
            self.events += 1
            if event.occurred_at > self.newest_us:  # noqa: PLR1730 -- a call for each event is dear
                self.newest_us = event.occurred_at
        elif before == event:
            self.repeats += 1
        else:
            text = f"another body is known under event_id {event.event_id!r}: the first one holds"
            self.rejected.append(Rejected(place, "conflict", "event_id", text, line))

    @property
    def newest_ms(self) -> int:
        """The newest instant told of, in ms; all that occurred within that millisecond has occurred."""
        return self.newest_us // 1000


class Result(NamedTuple):
    """What `replay` writes, as lines of JSON without their ends, each list in its order."""

    tickets: list[bytes]
    breaches: list[bytes]
    kpis: list[bytes]
    periods: list[bytes]
    budgets: list[bytes]
    orphans: int
    set_aside: dict[str, str]  # ticket id → why it cannot be folded
    gifts: dict[bytes, bytes]  # the rows of `sla-period-facts`, where they were asked for


def replay(
    events: EventSet,
    book: PolicyBook,
    as_of: int,
    step: Callable[[int], None] = lambda _: None,
    *,
    grace_ms: int = DEFAULT_GRACE_MS,
    with_gifts: bool = False,
) -> Result:
    """Fold every ticket as of `as_of` (ms); `step` hears how many events were folded since it last did.

    Periods are final that ended `grace_ms` before `as_of`. `with_gifts`: what each ticket gave to each month, too.
    """
    figures = PartitionFigures(0, book.zone, aims_of(book))
    figures.advance(as_of)
    tickets: list[bytes] = []
    broken: list[bytes] = []
    orphans = 0
    set_aside: dict[str, str] = {}
    counted: dict[str, list[Fact]] = {}
    solutions = Solutions()
    may_recur: list[tuple[str, Key, int]] = []
    for ticket_id in sorted(events.tickets):
        known = events.tickets[ticket_id]
        step(len(known))
        try:
            ticket = fold(known.values(), book, as_of)
            if ticket is None:
                orphans += 1
                continue
            line, own = orjson.dumps(document(ticket, as_of)), list(breach_lines(ticket))
        except Exception as error:  # noqa: BLE001 -- one ticket that cannot be folded must not stop the others
            set_aside[ticket_id] = f"{type(error).__name__}: {error}"
            continue
        tickets.append(line)
        broken += own
        counted[ticket_id] = standing(ticket)
        if ticket.issues:
            solutions.put(ticket_id, solutions_of(ticket))
        if (key := key_of(ticket)) is not None:
            may_recur.append((ticket_id, key, ticket.created_at))
        figures.gauge(ticket_id, None, ticket.gauge())
    for ticket_id, key, created_at in may_recur:
        recurred = verdict(solutions, key, created_at, ticket_id)
        if recurred is not None:
            counted[ticket_id].append(recurred)
    for ticket_id, facts in counted.items():
        figures.replace(ticket_id, [], facts)
    gifts = dict(gift_rows(counted, book.zone)) if with_gifts else {}
    del counted  # the figures let go of what they have worked in
    kpis, periods, budgets = figure_lines(figures, book, as_of, grace_ms)
    return Result(tickets, broken, kpis, periods, budgets, orphans, set_aside, gifts)


def gift_rows(counted: Mapping[str, Sequence[Fact]], zone: str) -> Iterator[tuple[bytes, bytes]]:
    """What tickets gave to months, as rows of `sla-period-facts`, from their facts."""
    days = Days(zone)
    for ticket_id, facts in counted.items():
        for month, gift in gifts_to_months(facts, days).items():
            yield row_key(month, ticket_id), row_value(month, ticket_id, gift)


def breach_lines(ticket: Ticket) -> Iterator[bytes]:
    """The breaches of a ticket as they finally stand, sorted by metric and cycle."""
    for breach in sorted(breaches(ticket), key=lambda breach: (breach.fields["metric"], breach.fields["cycle"])):
        yield orjson.dumps({name: value for name, value in breach.fields.items() if name != "revision"})


def figure_lines(
    figures: PartitionFigures, book: PolicyBook, as_of: int, grace_ms: int = DEFAULT_GRACE_MS
) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """KPI documents, period totals and budgets of one partition that holds everything."""
    editions = [(edition.name or "", edition.effective_from or 0) for edition in book.editions]
    merged = ScopeFigures(
        book.zone,
        book.promised,
        editions=editions,
        objectives=lambda at: in_force(book, at),
        grace_ms=grace_ms,
    )
    for row in figures.dump():
        merged.upsert(0, 0, row)
    merged.mark(0, 0)
    merged.watermark(0, as_of)
    merged.advance()
    kpis = [made.value for made in merged.kpis() if isinstance(made.value, bytes)]
    return kpis, [orjson.dumps(made) for made in merged.periods()], [orjson.dumps(made) for made in merged.budgets()]


def describe(result: Result, events: EventSet, as_of: int) -> Iterable[tuple[str, str]]:
    """What a reader wants to know first."""
    yield "as of", format_ms(as_of)
    yield "events", f"{events.events:,}"
    yield "tickets", f"{len(result.tickets):,}"
    yield "warned or breached", f"{len(result.breaches):,}"
    yield "repeats", f"{events.repeats:,}"
    yield "not valid", f"{len(events.rejected):,}"
    yield "orphans", f"{result.orphans:,}"
    for ticket_id, why in result.set_aside.items():
        yield f"set aside: {ticket_id}", why
