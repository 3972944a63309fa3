"""The record of one ticket: a fold over its events by `(occurred_at, event_id)`, and nothing else.

The creation comes first whatever its instant; an event from before it is taken at the creation. `extend` adds the next
event in order; a late one needs `fold` again. Between events time passes (`advance`): steps are reached, nothing else
happens. All times are ms since 1970 UTC.

What the events do is in `happenings`, which clocks run in `promises`, what counts in `tally`.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import TYPE_CHECKING

from models.event import Event
from models.fact import Dims, Fact, Gauge
from sla.ticket.clock import NEVER, Clock
from sla.ticket.handover import Handover
from sla.ticket.happenings import HAPPENINGS, first_fields
from sla.ticket.phase import COUNTS, OPEN, WAITING
from sla.ticket.promises import start_all, stop
from sla.ticket.steps import DUE
from sla.ticket.tally import dims_of, lacking, put, put_of_clock

if TYPE_CHECKING:
    from models.policy import Policy
    from sla.policy import Edition, PolicyBook

_UNCOUNTED = dict.fromkeys(COUNTS, 0)
#: Where an event stands among those of its ticket: µs since 1970, then its id.
order_of = attrgetter("occurred_at", "event_id")


def fold(events: Iterable[Event], book: PolicyBook, now: int) -> Ticket | None:
    """The record of a ticket's events that have occurred by `now`; None while its creation has not.

    The events may come in any order, none twice.
    """
    known = sorted(events, key=order_of)
    end = (now + 1) * 1000
    if known and known[-1].occurred_at >= end:
        known = [event for event in known if event.occurred_at < end]
    creation = next((event for event in known if event.type == "ticket.created"), None)
    if creation is None:
        return None
    ticket = Ticket(creation, book)
    created_at = ticket.created_at
    for event in known:  # as `extend` does it, for many
        if event is not creation:
            at = event.occurred_at // 1000
            if at < created_at:  # noqa: PLR1730 -- a call for each event is dear
                at = created_at
            if at >= ticket.soonest:
                ticket.advance(at)
            ticket.events += 1
            HAPPENINGS[event.type](ticket, event, at)
    ticket.last = max(ticket.last, (known[-1].occurred_at, known[-1].event_id))
    ticket.advance(now)
    return ticket


class Ticket:
    """A ticket that has been created. Changed by `extend` and `advance` only; read by everyone.

    `moments` are (since, dims, assignee); `timeline` is (since, status, event), where None is no status of an open
    ticket: solved, closed or cancelled. `solutions` are places in `facts`, which may hold places taken back;
    `issues` are requester and issue at each of them.
    """

    __slots__ = (
        "assignee",
        "clocks",
        "contacts",
        "counts",
        "created_at",
        "cycles",
        "dims",
        "edition",
        "escalated",
        "events",
        "facts",
        "fields",
        "flags",
        "handovers",
        "has_gaps",
        "issues",
        "last",
        "moments",
        "passed_to",
        "phase",
        "policy",
        "ratings",
        "reopened",
        "responded_at",
        "running",
        "settled_at",
        "solutions",
        "solver",
        "soonest",
        "ticket_id",
        "timeline",
        "unanswered",
        "update_from",
    )

    def __init__(self, creation: Event, book: PolicyBook) -> None:
        """The ticket as its creation leaves it."""
        at = creation.occurred_at // 1000
        event_id = creation.event_id
        self.ticket_id = creation.ticket_id
        self.created_at = self.passed_to = at
        self.soonest = NEVER
        self.edition: Edition = book.edition_at(at)
        self.fields = fields = first_fields(creation.said)
        self.phase = OPEN
        self.events = 1
        self.last: tuple[int, str] = (creation.occurred_at, event_id)
        self.settled_at: int | None = None
        self.clocks: list[Clock] = []
        self.running: list[Clock] = []
        self.cycles: dict[str, int] = {}
        self.facts: list[Fact] = []
        self.has_gaps = self.escalated = False
        self.counts = _UNCOUNTED.copy()
        self.flags: dict[str, Fact] = {}
        self.handovers: list[Handover] = []
        self.ratings: dict[tuple[str, str | None, str], Fact] = {}
        self.solutions: list[int] = []
        self.issues: list[tuple[str | None, str | None]] = []
        self.solver: str | None = None
        self.contacts = 0
        self.responded_at: int | None = None
        self.reopened: tuple[int, str] | None = None
        self.unanswered: tuple[int, str] | None = None
        self.update_from: tuple[int, str] | None = (at, event_id)
        self.assignee: str | None = fields["assignee"]
        self.dims = dims_of(fields)
        self.moments: list[tuple[int, Dims, str | None]] = [(at, self.dims, self.assignee)]
        self.timeline: list[tuple[int, str | None, str]] = [(at, fields["status"], event_id)]
        self.policy: Policy | None = self.edition.select(fields)
        self.counts["created"] = 1
        put(self, "created", at, None, event_id, 0, lacking(fields))
        put(self, "opened", at, None, event_id)
        start_all(self, at, event_id)
        if self.assignee is not None:
            stop(self, ("assignment",), at, event_id, self.dims, self.assignee)

    # -- time --------------------------------------------------------------------------------------------------

    @property
    def next_instant(self) -> int | None:
        """When the next step of a clock falls due, in ms; None when nothing is coming up."""
        return min((at for clock in self.running if (at := clock.next_at) is not None), default=None)

    def advance(self, now: int) -> bool:
        """Let time pass up to and including `now`; True when a step was reached."""
        if now < self.soonest:
            return False
        reached, soonest = False, NEVER
        for clock in self.running:
            if clock.soonest <= now and self.advance_clock(clock, now):
                reached = True
            soonest = min(soonest, clock.soonest)
        self.soonest = soonest
        return reached

    def catch_up(self, now: int) -> None:
        """Reach what clocks that were changed at `now` reach at once, and see anew what comes next."""
        self.soonest = now
        self.advance(now)

    def advance_clock(self, clock: Clock, now: int) -> bool:
        """Let one clock reach what it reaches by `now`; True when it did."""
        reached = False
        while clock.reaches(now):
            reached, at = True, clock.soonest
            self.passed_to = max(self.passed_to, at)
            if clock.pass_step(self.events).kind == DUE:
                dims, assignee = self.before(at)
                clock.breach = put_of_clock(self, "breached", clock, at, dims, assignee, "-")
        return reached

    def before(self, at: int) -> tuple[Dims, str | None]:
        """The fields figures are split by and the assignee, as the events known so far leave them at `at`.

        A breach is asked for before the events of its own instant are taken, unless one of them brought it about.
        """
        for since, dims, assignee in reversed(self.moments):
            if since <= at:
                return dims, assignee
        return self.moments[0][1], self.moments[0][2]

    # -- events ------------------------------------------------------------------------------------------------

    def extends(self, event: Event) -> bool:
        """Whether `event` comes after all that the ticket knows, steps reached included."""
        return (event.occurred_at, event.event_id) > self.last and event.occurred_at // 1000 >= self.passed_to

    def extend(self, event: Event) -> None:
        """Take the next event in order."""
        occurred_at = event.occurred_at
        at = occurred_at // 1000
        if at < self.created_at:
            at = self.created_at
        elif (occurred_at, event.event_id) > self.last:
            self.last = (occurred_at, event.event_id)
        if at >= self.soonest:
            self.advance(at)
        self.events += 1
        HAPPENINGS[event.type](self, event, at)

    def gauge(self) -> Gauge | None:
        """How the ticket stands among the open ones; None when it is not open."""
        if self.phase != OPEN:
            return None
        return Gauge(
            self.dims,
            self.assignee,
            self.created_at,
            self.fields["status"] in WAITING,
            any(clock.at_risk for clock in self.running),
            any(clock.breached_at is not None for clock in self.running),
        )
