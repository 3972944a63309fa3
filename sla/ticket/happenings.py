"""What each type of event does to a ticket."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from models.event import TICKET_FIELDS, Event
from models.fact import ASKED_FIELDS, Fact
from sla.ticket.handover import note_handover
from sla.ticket.phase import CANCELLED, CLOSED, OPEN, SOLVED, WAITING
from sla.ticket.promises import call_off, follow_status, reopen, select, start_if_promised, stop
from sla.ticket.tally import count, dims_of, lacking, move, put, remark, take_back

if TYPE_CHECKING:
    from sla.ticket.ticket import Ticket

#: How long after a solution a reopening spoils it, and a call-back confirms it.
LOOK_AHEAD_MS = 7 * 86_400_000
_BLANK: dict[str, Any] = {**dict.fromkeys(TICKET_FIELDS), "complexity": 1, "status": OPEN, "tags": []}
_OF_ASSIGNMENT = ("assignee", "team")
_SOLVABLE = ("next_response", "update", "resolution")
_STATUS = ("status",)
_OF_DIMS = frozenset({"team", "priority", "customer_tier", "channel", "complexity"})
_ASKED = frozenset(ASKED_FIELDS)
_POINTS = 100_000_000  # of a full score, in millionths of a point of 100
_LARGE = 1e200  # a score that would overflow


def set_fields(ticket: Ticket, said: dict[str, Any], names: tuple[str, ...] = TICKET_FIELDS) -> dict[str, Any]:
    """Take over those fields of `names` that an event names; answers the former values of those that it changed."""
    fields = ticket.fields
    former: dict[str, Any] = {}
    for name in names:
        if name in said:
            value = said[name]
            if name == "status" and ticket.phase != OPEN:
                continue  # nothing can be said of the status of a ticket that is over: reopened, it is open
            if value is None:
                value = 1 if name == "complexity" else [] if name == "tags" else None
            elif name == "complexity" and value == int(value):
                value = int(value)
            if value != fields[name]:
                former[name] = fields[name]
                fields[name] = value
    return former


def first_fields(said: dict[str, Any]) -> dict[str, Any]:
    """The fields of a ticket as its creation names them."""
    fields = _BLANK.copy()
    for name, value in said.items():
        if name in fields and value is not None:
            fields[name] = int(value) if name == "complexity" and value == int(value) else value
    return fields


def _changed(ticket: Ticket, former: dict[str, Any], at: int, event_id: str) -> None:
    """Follow up a change of fields: figures, status, policy."""
    fields = ticket.fields
    if "priority" in former:
        count(ticket, "priority_changes", at, ticket.assignee, event_id)
    moved = not _OF_DIMS.isdisjoint(former)
    if moved:
        dims = dims_of(fields)
        if ticket.phase == OPEN:
            move(ticket, dims, at, event_id)
        ticket.dims = dims
    if moved or "assignee" in former:
        if former.get("assignee") is not None:
            note_handover(ticket, former["assignee"], fields["assignee"], at, event_id)
        ticket.assignee = fields["assignee"]
        ticket.moments.append((at, ticket.dims, ticket.assignee))
    if "status" in former:
        ticket.timeline.append((at, fields["status"], event_id))
    if not (ticket.solutions or _ASKED.isdisjoint(former)):
        # What a ticket is about is often known after its creation; once it has been solved, that is settled.
        ticket.facts[0] = ticket.facts[0]._replace(mark=lacking(fields))
    if "status" in former or not ticket.edition.fields.isdisjoint(former):
        select(ticket, former, at, event_id)


def _updated(ticket: Ticket, event: Event, at: int, names: tuple[str, ...] = TICKET_FIELDS) -> None:
    former = set_fields(ticket, event.said, names)
    if former:
        assignee = ticket.fields["assignee"]
        if ticket.assignee is None and assignee is not None:
            stop(ticket, ("assignment",), at, event.event_id, ticket.dims, assignee)
        _changed(ticket, former, at, event.event_id)


def _assigned(ticket: Ticket, event: Event, at: int) -> None:
    _updated(ticket, event, at, _OF_ASSIGNMENT)


def _status_changed(ticket: Ticket, event: Event, at: int) -> None:
    _updated(ticket, event, at, _STATUS)


def _escalated(ticket: Ticket, event: Event, at: int) -> None:
    if ticket.phase == CANCELLED:
        return
    clock = None
    if not ticket.escalated:
        clock = next((clock for clock in reversed(ticket.clocks) if clock.metric == "resolution"), None)
    ticket.counts["escalated"] += 1
    taken = clock.counted(at) if clock is not None else 0
    put(ticket, "escalated", at, ticket.assignee, event.event_id, taken, "timed" if clock is not None else "")
    if not ticket.escalated:
        ticket.escalated = True
        for index in ticket.solutions:
            remark(ticket, index, drop={"first_contact"})
    team = event.said.get("to_team")
    if team is not None:
        former = set_fields(ticket, {"team": team})
        if former:
            _changed(ticket, former, at, event.event_id)


# -- replies ----------------------------------------------------------------------------------------------------------


def _replied(ticket: Ticket, event: Event, at: int) -> None:
    get = event.said.get
    author = event.said["author"]
    if author == "system" or not get("public", True) or get("automated", False):
        return
    if author == "customer":
        _customer_wrote(ticket, event, at)
    else:
        _agent_wrote(ticket, event, at)


def _customer_wrote(ticket: Ticket, event: Event, at: int) -> None:
    first = ticket.unanswered is None and ticket.responded_at is not None
    if first:
        ticket.unanswered = (at, event.event_id)
    if ticket.phase == OPEN:
        if ticket.fields["status"] == WAITING[0]:
            _changed(ticket, set_fields(ticket, {"status": OPEN}), at, event.event_id)
        if first:
            start_if_promised(ticket, "next_response", at, event.event_id)


def _agent_wrote(ticket: Ticket, event: Event, at: int) -> None:
    author = event.said.get("author_id") or ticket.assignee
    event_id = event.event_id
    if ticket.phase != CANCELLED:
        ticket.contacts += 1
        put(ticket, "replied", at, author, event_id)
    _respond(ticket, at, event_id, author)
    if ticket.unanswered is not None:
        stop(ticket, ("next_response",), at, event_id, ticket.dims, author)
        ticket.unanswered = None
    if ticket.phase == OPEN:
        stop(ticket, ("update",), at, event_id, ticket.dims, author)
        ticket.update_from = (at, event_id)
        start_if_promised(ticket, "update", at, event_id)
    if event.said.get("follow_up"):
        _followed_up(ticket, at)


def _respond(ticket: Ticket, at: int, event_id: str, person: str | None) -> None:
    """The first response, when there was none yet."""
    if ticket.responded_at is None and ticket.phase != CANCELLED:
        ticket.responded_at = at
        count(ticket, "first_responses", at, person, event_id)
        stop(ticket, ("first_response",), at, event_id, ticket.dims, person)


# -- the solution, and what comes after it ----------------------------------------------------------------------------


def _solved(ticket: Ticket, event: Event, at: int) -> None:
    if ticket.phase != OPEN:
        return
    # A closing says nothing of how the ticket was solved, whatever fields it has.
    said: dict[str, Any] = event.said if event.type == "ticket.solved" else {}
    get = said.get
    event_id = event.event_id
    ticket.solver = solver = get("resolver") or ticket.assignee
    _respond(ticket, at, event_id, solver)
    stop(ticket, _SOLVABLE, at, event_id, ticket.dims, solver)
    ticket.unanswered = ticket.update_from = None
    told = get("first_contact")
    mark = "first_contact+kept" if (ticket.contacts <= 1 if told is None else told) and not ticket.escalated else "kept"
    if ticket.fields["category"] and (get("article") or get("note")):
        mark += "+recorded"
    if get("workaround"):
        mark += "+workaround"
    ticket.counts["solved"] += 1
    ticket.solutions.append(len(ticket.facts))
    ticket.issues.append((ticket.fields["requester_id"], ticket.fields["issue_key"]))
    put(ticket, "solved", at, solver, event_id, ticket.dims.complexity, mark)
    _leave(ticket, SOLVED, at, event_id)


def _closed(ticket: Ticket, event: Event, at: int) -> None:
    if ticket.phase == OPEN:
        _solved(ticket, event, at)
    if ticket.phase == SOLVED:
        ticket.phase = ticket.fields["status"] = CLOSED
        count(ticket, "closed", at, ticket.assignee, event.event_id)


def _cancelled(ticket: Ticket, event: Event, at: int) -> None:
    if ticket.phase == CANCELLED:
        return
    count(ticket, "cancelled", at, ticket.assignee, event.event_id)
    ticket.unanswered = ticket.update_from = None
    for clock in ticket.clocks:
        call_off(ticket, clock, at, event.event_id)
    ticket.running = []
    _leave(ticket, CANCELLED, at, event.event_id)


def _leave(ticket: Ticket, phase: str, at: int, event_id: str) -> None:
    if ticket.phase == OPEN:
        put(ticket, "left", at, None, event_id)
    ticket.phase = ticket.fields["status"] = phase
    ticket.timeline.append((at, None, event_id))
    follow_status(ticket, at, event_id)


def _reopened(ticket: Ticket, event: Event, at: int) -> None:
    if ticket.phase == OPEN:
        return
    cancelled = ticket.phase == CANCELLED
    event_id = event.event_id
    ticket.phase = ticket.fields["status"] = OPEN
    ticket.reopened = (at, event_id)
    count(ticket, "reopened", at, ticket.solver or ticket.assignee, event_id)
    put(ticket, "opened", at, None, event_id)
    ticket.timeline.append((at, OPEN, event_id))
    if ticket.solutions and at - ticket.facts[ticket.solutions[-1]].at <= LOOK_AHEAD_MS:
        remark(ticket, ticket.solutions[-1], drop={"first_contact", "kept"})
    if ticket.unanswered is not None:
        ticket.unanswered = (at, event_id)
    reopen(ticket, at, event_id, cancelled=cancelled)


def _followed_up(ticket: Ticket, at: int) -> None:
    if ticket.solutions and at - ticket.facts[ticket.solutions[-1]].at <= LOOK_AHEAD_MS:
        remark(ticket, ticket.solutions[-1], add={"followed_up"})


# -- ratings and flags ------------------------------------------------------------------------------------------------


def _rated(ticket: Ticket, event: Event, at: int) -> None:
    get = event.said.get
    aspect, rater = get("aspect", "overall"), get("rater", "customer")
    person = get("agent") or ticket.solver or ticket.assignee
    key = (rater, get("rater_id"), aspect)
    take_back(ticket, ticket.ratings.get(key))
    score, scale = event.said["score"], event.said["scale"]
    score = round(score * _POINTS / scale if score < _LARGE else score / scale * _POINTS)
    fact = ticket.ratings[key] = Fact("rated", at, ticket.dims, person, aspect, 0, event.event_id, score, rater)
    ticket.facts.append(fact)
    if aspect == "follow_up":
        _followed_up(ticket, at)


def _flagged(ticket: Ticket, event: Event, at: int) -> None:
    flag = event.said["flag"]
    if event.said.get("withdrawn"):
        take_back(ticket, ticket.flags.pop(flag, None))
    elif flag not in ticket.flags:
        person = event.said.get("agent") or ticket.solver or ticket.assignee
        fact = ticket.flags[flag] = Fact("flagged", at, ticket.dims, person, flag, 0, event.event_id, 0, "")
        ticket.facts.append(fact)


HAPPENINGS: dict[str, Callable[[Ticket, Event, int], None]] = {
    "ticket.created": _updated,
    "ticket.updated": _updated,
    "ticket.assigned": _assigned,
    "ticket.replied": _replied,
    "ticket.status_changed": _status_changed,
    "ticket.escalated": _escalated,
    "ticket.solved": _solved,
    "ticket.reopened": _reopened,
    "ticket.closed": _closed,
    "ticket.cancelled": _cancelled,
    "ticket.rated": _rated,
    "ticket.flagged": _flagged,
}
