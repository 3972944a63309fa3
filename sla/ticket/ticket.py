"""The record of one ticket: a fold over its events by `(occurred_at, event_id)`, and nothing else.

The creation comes first whatever its instant; an event from before it is taken at the creation. `extend` adds the next
event in order; a late one needs `fold` again. Between events time passes (`advance`): steps are reached, nothing else
happens. All times are ms since 1970 UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.event import TICKET_FIELDS, Event
from models.fact import Dims, Fact, Gauge
from sla.ticket.clock import COUNTED, DUE, PAUSED, Change, Clock
from sla.ticket.clock import SOLVED as GAP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.policy import Policy, Target
    from sla.policy import Edition, PolicyBook

OPEN, SOLVED, CLOSED, CANCELLED = "open", "solved", "closed", "cancelled"
WAITING = ("waiting_on_customer", "on_hold")
METRICS = ("assignment", "first_response", "next_response", "update", "resolution")
COUNTS = (
    "created",
    "first_responses",
    "solved",
    "reopened",
    "escalated",
    "closed",
    "cancelled",
    "priority_changes",
)
#: How long after a solution a reopening spoils it, and a call-back confirms it.
LOOK_AHEAD_MS = 7 * 86_400_000
_DEFAULTS: dict[str, Any] = {**dict.fromkeys(TICKET_FIELDS), "complexity": 1, "status": OPEN, "tags": []}


def order_of(event: Event) -> tuple[int, str]:
    """Where an event stands among those of its ticket: µs since 1970, then its id."""
    return event.occurred_at, event.event_id


def fold(events: Iterable[Event], book: PolicyBook, now: int) -> Ticket | None:
    """The record of a ticket's events that have occurred by `now`; None while its creation has not.

    The events may come in any order, none twice.
    """
    known = sorted((event for event in events if event.occurred_at // 1000 <= now), key=order_of)
    creation = next((event for event in known if event.type == "ticket.created"), None)
    if creation is None:
        return None
    ticket = Ticket(creation, book)
    for event in known:
        if event is not creation:
            ticket.extend(event)
    ticket.advance(now)
    return ticket


class Ticket:
    """A ticket that has been created. Changed by `extend` and `advance` only; read by everyone."""

    __slots__ = (
        "assignee",
        "clocks",
        "closed_at",
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
        "last",
        "moments",
        "passed_to",
        "phase",
        "policy",
        "ratings",
        "responded_at",
        "running",
        "settled_at",
        "solutions",
        "solver",
        "ticket_id",
        "timeline",
        "unanswered",
        "update_from",
    )

    def __init__(self, creation: Event, book: PolicyBook) -> None:
        """The ticket as its creation leaves it."""
        at = creation.occurred_at // 1000
        self.ticket_id = creation.ticket_id
        self.created_at = at
        self.closed_at: int | None = None
        self.edition: Edition = book.edition_at(at)
        self.fields = dict(_DEFAULTS)
        self.phase = OPEN
        self.events = 1
        self.last = order_of(creation)
        self.passed_to = at
        self.settled_at: int | None = None
        self.clocks: list[Clock] = []
        self.running: list[Clock] = []
        self.cycles: dict[str, int] = {}
        self.facts: list[Fact] = []
        self.counts = dict.fromkeys(COUNTS, 0)
        self.flags: dict[str, Fact] = {}
        self.ratings: dict[tuple[str, str | None, str], Fact] = {}
        self.solutions: list[int] = []
        self.solver: str | None = None
        self.contacts = 0
        self.escalated = False
        self.responded_at: int | None = None
        self.unanswered: tuple[int, str] | None = None
        self.update_from: tuple[int, str] | None = (at, creation.event_id)
        self._set(creation)
        self.assignee: str | None = self.fields["assignee"]
        self.dims = self._dims()
        self.moments: list[tuple[int, Dims, str | None]] = [(at, self.dims, self.assignee)]
        #: (since, status, event); None is no status of an open ticket: solved, closed or cancelled.
        self.timeline: list[tuple[int, str | None, str]] = [(at, self.fields["status"], creation.event_id)]
        self.policy: Policy | None = self.edition.select(self.fields)
        self._count("created", at, self.dims, None, creation.event_id)
        self._moved("opened", at, self.dims, creation.event_id)
        if self.policy is not None:
            for metric, target in self.policy.targets.items():
                if metric != "next_response":
                    self._start(metric, target, at, creation.event_id)
        if self.assignee is not None:
            self._stop("assignment", at, creation.event_id, self.dims, self.assignee)

    # -- time --------------------------------------------------------------------------------------------------

    @property
    def next_instant(self) -> int | None:
        """When the next step of a clock falls due, in ms; None when nothing is coming up."""
        return min((clock.next_at for clock in self.running if clock.next_at is not None), default=None)

    def advance(self, now: int) -> bool:
        """Let time pass up to and including `now`; True when a step was reached."""
        reached = False
        for clock in self.running:
            while clock.next_at is not None and clock.next_at <= now:
                reached = True
                at = clock.next_at
                self.passed_to = max(self.passed_to, at)
                if clock.pass_step().kind == DUE:
                    dims, assignee = self._before(at)
                    clock.breach = self._clock_fact("breached", clock, at, dims, assignee, "-")
        return reached

    def _before(self, at: int) -> tuple[Dims, str | None]:
        """The fields figures are split by and the assignee, as they stood just before `at`."""
        for since, dims, assignee in reversed(self.moments):
            if since < at:
                return dims, assignee
        return self.moments[0][1], self.moments[0][2]

    # -- events ------------------------------------------------------------------------------------------------

    def extends(self, event: Event) -> bool:
        """Whether `event` comes after all that the ticket knows, steps reached included."""
        return order_of(event) > self.last and event.occurred_at // 1000 >= self.passed_to

    def extend(self, event: Event) -> None:
        """Take the next event in order."""
        at = max(event.occurred_at // 1000, self.created_at)
        self.advance(at)
        self.last = max(self.last, order_of(event))
        self.events += 1
        _HANDLERS[event.type](self, event, at)

    def _updated(self, event: Any, at: int) -> None:  # noqa: ANN401 -- one of several event types
        dims, before = self.dims, dict(self.fields)
        self._set(event)
        if self.assignee is None and self.fields["assignee"] is not None:
            self._stop("assignment", at, event.event_id, dims, self.fields["assignee"])
        self._changed(before, at, event.event_id)

    def _escalated(self, event: Any, at: int) -> None:  # noqa: ANN401
        if self.phase == CANCELLED:
            return
        self._count("escalated", at, self.dims, self.assignee, event.event_id)
        if not self.escalated:
            self.escalated = True
            for index in self.solutions:
                self._remark(index, drop={"first_contact"})
        if event.to_team is not None and event.to_team != self.fields["team"]:
            before = dict(self.fields)
            self.fields["team"] = event.to_team
            self._changed(before, at, event.event_id)

    def _status_changed(self, event: Any, at: int) -> None:  # noqa: ANN401
        before = dict(self.fields)
        self._set_status(event.status)
        self._changed(before, at, event.event_id)

    def _replied(self, event: Any, at: int) -> None:  # noqa: ANN401
        if not event.public or event.automated or event.author == "system":
            return
        if event.author == "customer":
            self._customer_wrote(event, at)
        else:
            self._agent_wrote(event, at)

    def _customer_wrote(self, event: Any, at: int) -> None:  # noqa: ANN401
        first = self.unanswered is None and self.responded_at is not None
        if first:
            self.unanswered = (at, event.event_id)
        if self.phase == OPEN and self.fields["status"] == WAITING[0]:
            before = dict(self.fields)
            self.fields["status"] = OPEN
            self._changed(before, at, event.event_id)
        if first and self.phase == OPEN:
            self._start_if_promised("next_response", at, event.event_id)

    def _agent_wrote(self, event: Any, at: int) -> None:  # noqa: ANN401
        author = event.author_id or self.assignee
        event_id = event.event_id
        if self.phase != CANCELLED:
            self._fact("replied", at, self.dims, author, event_id)
        self._respond(at, event_id, author)
        self._stop("next_response", at, event_id, self.dims, author)
        self.unanswered = None
        if self.phase == OPEN:
            self.contacts += 1
            self._stop("update", at, event_id, self.dims, author)
            self.update_from = (at, event_id)
            self._start_if_promised("update", at, event_id)
        if event.follow_up:
            self._followed_up(at)

    def _respond(self, at: int, event_id: str, person: str | None) -> None:
        """The first response, when there was none yet."""
        if self.responded_at is None and self.phase != CANCELLED:
            self.responded_at = at
            self._count("first_responses", at, self.dims, person, event_id)
            self._stop("first_response", at, event_id, self.dims, person)

    def _solved(self, event: Any, at: int) -> None:  # noqa: ANN401
        if self.phase != OPEN:
            return
        get = event.__dict__.get  # a closing that is a solution has none of these fields
        self.solver = get("resolver") or self.assignee
        self._respond(at, event.event_id, self.solver)
        for metric in ("next_response", "update", "resolution"):
            self._stop(metric, at, event.event_id, self.dims, self.solver)
        self.unanswered = self.update_from = None
        told = get("first_contact")
        marks = {"kept"}
        if (told if told is not None else self.contacts <= 1) and not self.escalated:
            marks.add("first_contact")
        if get("workaround"):
            marks.add("workaround")
        if self.fields["category"] and (get("article") or get("note")):
            marks.add("recorded")
        self.counts["solved"] += 1
        self.solutions.append(len(self.facts))
        self._fact("solved", at, self.dims, self.solver, event.event_id, self.dims.complexity, "+".join(sorted(marks)))
        self._leave(SOLVED, at, event.event_id)

    def _closed(self, event: Any, at: int) -> None:  # noqa: ANN401
        if self.phase == OPEN:
            self._solved(event, at)
        if self.phase == SOLVED:
            self.phase = self.fields["status"] = CLOSED
            self.closed_at = at
            self._count("closed", at, self.dims, self.assignee, event.event_id)

    def _cancelled(self, event: Any, at: int) -> None:  # noqa: ANN401
        if self.phase == CANCELLED:
            return
        self._count("cancelled", at, self.dims, self.assignee, event.event_id)
        self.unanswered = self.update_from = None
        for clock in self.clocks:
            self._call_off(clock, at, event.event_id)
        self.running = []
        self._leave(CANCELLED, at, event.event_id)

    def _reopened(self, event: Any, at: int) -> None:  # noqa: ANN401
        if self.phase == OPEN:
            return
        cancelled = self.phase == CANCELLED
        before = dict(self.fields)
        self.phase = self.fields["status"] = OPEN
        self.closed_at = None
        person = self.solver or self.assignee
        self._count("reopened", at, self.dims, person, event.event_id)
        self._moved("opened", at, self.dims, event.event_id)
        self.timeline.append((at, OPEN, event.event_id))
        if self.solutions and at - self.facts[self.solutions[-1]].at <= LOOK_AHEAD_MS:
            self._remark(self.solutions[-1], drop={"first_contact", "kept"})
        self._reopen_resolution(at, event.event_id, cancelled=cancelled)
        if self.unanswered is not None:
            self.unanswered = (at, event.event_id)
        self._select(before, at, event.event_id, always=True)

    def _reopen_resolution(self, at: int, event_id: str, *, cancelled: bool) -> None:
        clock = next((clock for clock in reversed(self.clocks) if clock.metric == "resolution"), None)
        target = self.policy.targets.get("resolution") if self.policy is not None else None
        how = target.reopen if target is not None else clock.target.reopen if clock is not None else "continue"
        if clock is None and self.settled_at is not None and target is not None:
            # The clock that the solution stopped was let go when the ticket was settled; its figures stand.
            self._start("resolution", target, at, event_id)
        if clock is None or clock.stopped_at is None or (clock.cancelled and not cancelled):
            return
        if how == "restart":
            if target is not None:
                self._start("resolution", target, at, event_id)
            return
        clock.cancelled = False
        self._drop(clock.stop)
        clock.stop, clock.written = None, None
        clock.resume(at, event_id, counting=how == "total")
        clock.changes.append(Change("resumed", at, clock.before, clock.due_at))
        if clock.breached_at is not None and clock.breach is None:
            clock.breach = self._clock_fact("breached", clock, clock.breached_at, *self._before(clock.breached_at), "-")
        self.running.append(clock)
        self.advance(at)

    def _rated(self, event: Any, at: int) -> None:  # noqa: ANN401
        person = event.agent or self.solver or self.assignee
        key = (event.rater, event.rater_id, event.aspect)
        self._drop(self.ratings.get(key))
        score = round(event.score * 100_000_000 / event.scale)
        self.ratings[key] = Fact(
            "rated", at, self.dims, person, event.aspect, 0, event.event_id, score, event.rater
        )
        self.facts.append(self.ratings[key])
        if event.aspect == "follow_up":
            self._followed_up(at)

    def _flagged(self, event: Any, at: int) -> None:  # noqa: ANN401
        if event.withdrawn:
            self._drop(self.flags.pop(event.flag, None))
        elif event.flag not in self.flags:
            person = event.agent or self.solver or self.assignee
            fact = Fact("flagged", at, self.dims, person, event.flag, 0, event.event_id, 0, "")
            self.flags[event.flag] = fact
            self.facts.append(fact)

    # -- what an event leads to --------------------------------------------------------------------------------

    def _set(self, event: Any) -> None:  # noqa: ANN401
        """Take over the fields that the event names."""
        named, fields = event.__dict__, self.fields
        for name in event.model_fields_set:
            if name in _DEFAULTS:
                value = named[name]
                if name == "status":
                    self._set_status(value)
                elif name == "complexity":
                    fields[name] = 1 if value is None else int(value) if value == int(value) else value
                else:
                    fields[name] = value if value is not None or name != "tags" else []

    def _set_status(self, status: str | None) -> None:
        # What a desk says of the status of a ticket that is solved holds for nothing: reopened, it is open.
        if self.phase == OPEN and status is not None:
            self.fields["status"] = status

    def _changed(self, before: dict[str, Any], at: int, event_id: str) -> None:
        """Follow up a change of fields: figures, status, policy."""
        fields = self.fields
        if fields == before:
            return
        if fields["priority"] != before["priority"]:
            self._count("priority_changes", at, self.dims, self.assignee, event_id)
        self.assignee = fields["assignee"]
        dims = self._dims()
        if dims != self.dims and self.phase == OPEN:
            self._moved("left", at, self.dims, event_id)
            self._moved("opened", at, dims, event_id)
        if dims != self.dims or fields["assignee"] != before["assignee"]:
            self.dims = dims
            self.moments.append((at, dims, self.assignee))
        if fields["status"] != before["status"]:
            self.timeline.append((at, fields["status"], event_id))
        self._select(before, at, event_id)

    def _select(self, before: dict[str, Any], at: int, event_id: str, *, always: bool = False) -> None:
        """Let the policy, and the pauses of the status, hold for every open clock from `at` on."""
        fields = self.fields
        policy = self.policy
        if always or any(fields[name] != before[name] for name in self.edition.fields):
            self.policy = self.edition.select(fields)
        anew = self.policy is not policy
        if anew or always or fields["status"] != before["status"]:
            for clock in list(self.running):
                if clock.breached_at is None and (anew or clock.policy != (self.policy.name if self.policy else "")):
                    self._hold(clock, at, event_id)
                else:
                    self._pause_or_run(clock, at, event_id)
        if (anew or always) and self.phase == OPEN:
            self._add_missing(at, event_id, reopened=always)
        self.advance(at)

    def _hold(self, clock: Clock, at: int, event_id: str) -> None:
        target = self.policy.targets.get(clock.metric) if self.policy is not None else None
        if self.policy is None or target is None:
            self._call_off(clock, at, event_id)
            self.running.remove(clock)
            return
        due = clock.due_at
        clock.hold(at, self.policy.name, target, self._mode(target), event_id)
        if clock.due_at != due:
            clock.changes.append(Change("moved", at, clock.before, clock.due_at))

    def _pause_or_run(self, clock: Clock, at: int, event_id: str) -> None:
        mode = self._mode(clock.target)
        if mode is clock.mode or clock.target.business_days is not None:
            return
        clock.run(at, mode, event_id)
        clock.changes.append(Change("paused" if mode is PAUSED else "resumed", at, clock.before, clock.due_at))

    def _mode(self, target: Target) -> str:
        return PAUSED if self.fields["status"] in target.pause_on else COUNTED

    def _add_missing(self, at: int, event_id: str, *, reopened: bool) -> None:
        """Start what the policy promises and does not run yet, each from its own start.

        A reopening starts anew only what waited for it: other clocks that the solution stopped stay stopped.
        """
        there: set[str] = {clock.metric for clock in (self.clocks if reopened else self.running)}
        if reopened:
            there = (there | set(METRICS) if self.settled_at is not None else there) - {"next_response"}
        for metric, target in self.policy.targets.items() if self.policy is not None else ():
            if metric in there:
                continue
            start = self._own_start(metric, target)
            if start is not None:
                self._start(metric, target, *start, now=at, now_event=event_id)

    def _own_start(self, metric: str, target: Target) -> tuple[int, str] | None:
        """The instant and event from which a clock of `metric` would be running now; None when it would not."""
        creation = self.timeline[0][0], self.timeline[0][2]
        if metric == "assignment":
            return creation if all(assignee is None for _, _, assignee in self.moments) else None
        if metric == "first_response":
            return creation if self.responded_at is None else None
        if metric == "next_response":
            return self.unanswered
        if metric == "update":
            return self.update_from
        reopenings = [(at, cause) for at, status, cause in self.timeline[1:] if status is None]
        if target.reopen == "restart" and reopenings:
            return next((at, cause) for at, status, cause in self.timeline if at >= reopenings[-1][0] and status)
        return creation

    def _start_if_promised(self, metric: str, at: int, event_id: str) -> None:
        target = self.policy.targets.get(metric) if self.policy is not None else None
        if target is not None and all(clock.metric != metric for clock in self.running):
            self._start(metric, target, at, event_id)

    def _start(
        self, metric: str, target: Target, at: int, event_id: str, now: int | None = None, now_event: str = ""
    ) -> None:
        """Start a clock at `at`; when that lies before `now`, with the pauses that have been since."""
        cycle = self.cycles[metric] = self.cycles.get(metric, 0) + 1
        policy = self.policy
        assert policy is not None  # noqa: S101 -- for the type checker: the target is this policy's
        clock = Clock(metric, cycle, policy.name, self.edition.name, target, at)
        if now is None or now == at:
            clock.run(at, self._mode(target), event_id)
            clock.lay_out(at)
        else:
            status = next((status for since, status, _ in reversed(self.timeline) if since <= at), OPEN)
            clock.run(at, self._mode_in(target, status), event_id)
            for since, status, cause in self.timeline:
                if since > at:
                    mode = self._mode_in(target, status)
                    if mode is not clock.mode:
                        clock.run(since, mode, cause)
            if clock.anchor < now:
                clock.run(now, self._mode(target), now_event)
            clock.lay_out(now)
        self.clocks.append(clock)
        self.running.append(clock)
        self.advance(at if now is None else now)

    @staticmethod
    def _mode_in(target: Target, status: str | None) -> str:
        if status is None:
            return GAP if target.metric == "resolution" and target.reopen != "total" else COUNTED
        return PAUSED if status in target.pause_on else COUNTED

    def _stop(self, metric: str, at: int, event_id: str, dims: Dims, person: str | None) -> None:
        for clock in self.running:
            if clock.metric == metric:
                self._undo_then_halt(clock, at, event_id)
                kind = "late" if clock.breached_at is not None else "met" if _promises(clock.target) else "stopped"
                clock.stop = self._clock_fact(kind, clock, at, dims, person, event_id, clock.before)
                self.running.remove(clock)
                return

    def _undo_then_halt(self, clock: Clock, at: int, event_id: str) -> None:
        clock.halt(at, event_id)
        if clock.breached_at is None:
            self._drop(clock.breach)
            clock.breach = None
        clock.changes.append(Change("ended", at, clock.before, clock.due_at))

    def _call_off(self, clock: Clock, at: int, event_id: str) -> None:
        """End a clock as cancelled: its verdict and its breach are taken back."""
        if clock.cancelled:
            return
        if clock.stopped_at is None:
            clock.halt(at, event_id)
        clock.cancelled, clock.written = True, None
        clock.changes.append(Change("withdrawn", at, clock.before, clock.due_at))
        self._drop(clock.stop)
        self._drop(clock.breach)
        clock.stop = clock.breach = None

    def _leave(self, phase: str, at: int, event_id: str) -> None:
        if self.phase == OPEN:
            self._moved("left", at, self.dims, event_id)
        self.phase = self.fields["status"] = phase
        self.timeline.append((at, None, event_id))

    def _followed_up(self, at: int) -> None:
        if self.solutions and at - self.facts[self.solutions[-1]].at <= LOOK_AHEAD_MS:
            self._remark(self.solutions[-1], add={"followed_up"})

    # -- facts -------------------------------------------------------------------------------------------------

    def _dims(self) -> Dims:
        fields = self.fields
        return Dims(
            fields["team"],
            fields["priority"],
            fields["customer_tier"],
            fields["channel"],
            round(fields["complexity"] * 1_000_000),
        )

    def _count(self, kind: str, at: int, dims: Dims, person: str | None, event_id: str) -> None:
        self.counts[kind] += 1
        self.facts.append(Fact(kind, at, dims, person, "-", 0, event_id, 0, ""))

    def _moved(self, kind: str, at: int, dims: Dims, event_id: str) -> None:
        self.facts.append(Fact(kind, at, dims, None, "-", 0, event_id, 0, ""))

    def _fact(
        self, kind: str, at: int, dims: Dims, person: str | None, event_id: str, value: int = 0, mark: str = ""
    ) -> None:
        self.facts.append(Fact(kind, at, dims, person, "-", 0, event_id, value, mark))

    def _clock_fact(
        self, kind: str, clock: Clock, at: int, dims: Dims, person: str | None, event_id: str, value: int = 0
    ) -> Fact:
        fact = Fact(kind, at, dims, person, clock.metric, clock.cycle, event_id, value, "")
        self.facts.append(fact)
        return fact

    def _drop(self, fact: Fact | None) -> None:
        """Take a fact back; its place stays, so that `solutions` goes on pointing right."""
        if fact is not None:
            for index in range(len(self.facts) - 1, -1, -1):
                if self.facts[index] is fact:
                    self.facts[index] = TAKEN_BACK
                    return

    def _remark(self, index: int, add: Iterable[str] = (), drop: Iterable[str] = ()) -> None:
        fact = self.facts[index]
        marks = ({*fact.mark.split("+")} | set(add)) - {"", *drop}
        self.facts[index] = fact._replace(mark="+".join(sorted(marks)))

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


#: Stands where a fact was taken back; counts nothing.
TAKEN_BACK = Fact("", 0, Dims(None, "", None, None, 0), None, "-", 0, "-", 0, "")


def _promises(target: Target) -> bool:
    return target.within_ms is not None or target.business_days is not None


_HANDLERS: dict[str, Any] = {
    "ticket.created": Ticket._updated,
    "ticket.updated": Ticket._updated,
    "ticket.assigned": Ticket._updated,
    "ticket.replied": Ticket._replied,
    "ticket.status_changed": Ticket._status_changed,
    "ticket.escalated": Ticket._escalated,
    "ticket.solved": Ticket._solved,
    "ticket.reopened": Ticket._reopened,
    "ticket.closed": Ticket._closed,
    "ticket.cancelled": Ticket._cancelled,
    "ticket.rated": Ticket._rated,
    "ticket.flagged": Ticket._flagged,
}
