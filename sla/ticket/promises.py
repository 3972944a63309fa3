"""Which clocks of a ticket run: what its policy promises is started, held, paused, stopped and called off here."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from models.fact import Dims
from sla.ticket.clock import Clock
from sla.ticket.moments import COUNTED, PAUSED
from sla.ticket.moments import SOLVED as GAP
from sla.ticket.phase import OPEN
from sla.ticket.tally import put_of_clock, take_back

if TYPE_CHECKING:
    from models.policy import Target
    from sla.ticket.ticket import Ticket


def mode_in(target: Target, status: str | None) -> str:
    """What a clock does in a status; None stands for solved, closed or cancelled."""
    if status is None:
        return GAP if target.metric == "resolution" and target.reopen != "total" else COUNTED
    return PAUSED if status in target.pause_on else COUNTED


# -- starting ---------------------------------------------------------------------------------------------------------


def start_all(ticket: Ticket, at: int, event_id: str) -> None:
    """Start what starts with the creation."""
    if ticket.policy is not None:
        for metric, target in ticket.policy.targets.items():
            if metric != "next_response":
                start(ticket, metric, target, at, event_id)


def start(ticket: Ticket, metric: str, target: Target, at: int, event_id: str) -> None:
    """Start a clock of the present policy at the instant `at` of the event in hand."""
    mode = PAUSED if ticket.fields["status"] in target.pause_on else COUNTED
    clock = _new_clock(ticket, metric, target, at, mode, event_id)
    if clock.soonest < ticket.soonest:
        ticket.soonest = clock.soonest
        if clock.soonest <= at:
            ticket.advance(at)


def start_if_promised(ticket: Ticket, metric: str, at: int, event_id: str) -> None:
    """Start a clock of `metric` if the policy has one and none is running."""
    target = ticket.policy.targets.get(metric) if ticket.policy is not None else None
    if target is not None and running(ticket, metric) is None:
        start(ticket, metric, target, at, event_id)


def _start_before(ticket: Ticket, target: Target, at: int, event_id: str, now: int, now_event: str) -> None:  # noqa: PLR0917 -- two instants, each with its event
    """Start a clock now that counts from `at` on, with the pauses that have been since."""
    status = next((status for since, status, _ in reversed(ticket.timeline) if since <= at), OPEN)
    clock = _new_clock(ticket, target.metric, target, at, mode_in(target, status), event_id)
    for since, status, cause in ticket.timeline:
        if since > at:
            mode = mode_in(target, status)
            if mode is not clock.mode:
                clock.run(since, mode, cause)
    if clock.anchor < now:
        clock.run(now, mode_in(target, ticket.fields["status"]), now_event)
    clock.lay_out(now)


def _new_clock(ticket: Ticket, metric: str, target: Target, at: int, mode: str, event_id: str) -> Clock:  # noqa: PLR0917 -- called at every event
    cycle = ticket.cycles[metric] = ticket.cycles.get(metric, 0) + 1
    assert ticket.policy is not None  # noqa: S101 -- for the type checker: the target is this policy's
    clock = Clock(metric, cycle, ticket.policy.name, target, at, mode, event_id)
    ticket.clocks.append(clock)
    ticket.running.append(clock)
    return clock


def _add_missing(ticket: Ticket, at: int, event_id: str, there: Container[str]) -> None:
    """Start what the policy promises and does not run yet, each from its own start."""
    for metric, target in ticket.policy.targets.items() if ticket.policy is not None else ():
        if metric not in there and running(ticket, metric) is None:
            own = _own_start(ticket, target)
            if own is not None:
                _start_before(ticket, target, *own, at, event_id)


def _own_start(ticket: Ticket, target: Target) -> tuple[int, str] | None:
    """The instant and event from which a clock of the target would be running now; None when it would not."""
    metric, creation = target.metric, (ticket.timeline[0][0], ticket.timeline[0][2])
    if metric == "assignment":
        return creation if all(assignee is None for _, _, assignee in ticket.moments) else None
    if metric == "first_response":
        return creation if ticket.responded_at is None else None
    if metric == "next_response":
        return ticket.unanswered
    if metric == "update":
        return ticket.update_from
    if target.reopen == "restart" and ticket.reopened is not None:
        return ticket.reopened
    return creation


# -- a change of fields, of policy, of status -------------------------------------------------------------------------


def select(ticket: Ticket, changed: Mapping[str, object], at: int, event_id: str) -> None:
    """Let the policy, and the pauses of the status, hold for every open clock from `at` on.

    `changed` names the fields that have changed; where neither the status nor a field that a policy asks for is among
    them, there is nothing to do.
    """
    policy = ticket.policy
    ticket.policy = ticket.edition.select(ticket.fields)
    anew = ticket.policy is not policy
    if anew or "status" in changed:
        for clock in ticket.running[:]:
            if anew and clock.breached_at is None:
                _hold(ticket, clock, at, event_id)
            else:
                _pause_or_run(ticket, clock, at, event_id)
        if anew and ticket.phase == OPEN:
            _add_missing(ticket, at, event_id, ())
        ticket.catch_up(at)


def _hold(ticket: Ticket, clock: Clock, at: int, event_id: str) -> None:
    policy = ticket.policy
    target = policy.targets.get(clock.metric) if policy is not None else None
    if policy is None or target is None:
        call_off(ticket, clock, at, event_id)
        clock.dropped = True
        ticket.running.remove(clock)
        return
    told = bool(clock.story)
    due, mode = clock.due_at if told else None, clock.mode
    clock.hold(at, policy.name, target, mode_in(target, ticket.fields["status"]), event_id)
    if told:
        if clock.mode is not mode:
            clock.tell("paused" if clock.mode is PAUSED else "resumed", at, event_id, ticket.events)
        elif clock.due_at != due:
            clock.tell("moved", at, event_id, ticket.events)


def _pause_or_run(ticket: Ticket, clock: Clock, at: int, event_id: str) -> None:
    mode = mode_in(clock.target, ticket.fields["status"])
    if mode is not clock.mode and clock.target.business_days is None:
        clock.run(at, mode, event_id)
        clock.tell("paused" if mode is PAUSED else "resumed", at, event_id, ticket.events)


def follow_status(ticket: Ticket, at: int, event_id: str) -> None:
    """Let the clocks that outlive a solution follow the status that it has brought."""
    for clock in ticket.running:
        _pause_or_run(ticket, clock, at, event_id)
    ticket.catch_up(at)


# -- the ends ---------------------------------------------------------------------------------------------------------


def running(ticket: Ticket, metric: str) -> Clock | None:
    """The open clock of a metric; there is at most one."""
    for clock in ticket.running:
        if clock.metric == metric:
            return clock
    return None


def stop(ticket: Ticket, metrics: Container[str], at: int, event_id: str, dims: Dims, person: str | None) -> None:  # noqa: PLR0917 -- called at every event
    """Stop the open clocks of some metrics, where there are any; who did it is credited."""
    for clock in ticket.running[:]:
        if clock.metric in metrics:
            clock.halt(at, event_id)
            if clock.breached_at is not None:
                kind = "late"
            else:
                target = clock.target
                kind = "stopped" if target.within_ms is None and target.business_days is None else "met"
                if clock.breach is not None:
                    _take_back_breach(ticket, clock)
            clock.stop = put_of_clock(ticket, kind, clock, at, dims, person, event_id, clock.before)
            if clock.story:
                clock.tell("ended", at, event_id, ticket.events)
            ticket.running.remove(clock)


def _take_back_breach(ticket: Ticket, clock: Clock) -> None:
    take_back(ticket, clock.breach)
    clock.breach = None


def call_off(ticket: Ticket, clock: Clock, at: int, event_id: str) -> None:
    """End a clock as cancelled: its verdict and its breach are taken back."""
    if clock.cancelled:
        return
    if clock.stopped_at is None:
        clock.halt(at, event_id)
    clock.cancelled, clock.written = True, None
    take_back(ticket, clock.stop)
    clock.stop = None
    _take_back_breach(ticket, clock)
    clock.tell("withdrawn", at, event_id, ticket.events)


# -- beginning again --------------------------------------------------------------------------------------------------


def reopen(ticket: Ticket, at: int, event_id: str, *, cancelled: bool) -> None:
    """Let the clocks of a ticket that is open again go on; `cancelled` says whether it had been cancelled.

    Clocks that the solution stopped stay stopped, all but that of the resolution.
    """
    ticket.policy = policy = ticket.edition.select(ticket.fields)
    clock = next((clock for clock in reversed(ticket.clocks) if clock.metric == "resolution"), None)
    target = policy.targets.get("resolution") if policy is not None else None
    # The clocks of a ticket that has been settled were let go, and its figures stand: it begins anew.
    restart = clock is None and ticket.settled_at is not None
    if clock is not None and clock.stopped_at is not None and (cancelled or not clock.cancelled) and not clock.dropped:
        how = target.reopen if target is not None else clock.target.reopen
        restart = how == "restart"
        if not restart:
            _resume(ticket, clock, at, event_id, counting=how == "total")
    for other in list(ticket.running):
        # The policy may have changed while nothing ran; what runs on all the same has been held then.
        if other.breached_at is None and other.policy != (policy.name if policy is not None else ""):
            _hold(ticket, other, at, event_id)
        else:
            _pause_or_run(ticket, other, at, event_id)
    if restart and target is not None:
        start(ticket, "resolution", target, at, event_id)
    last = {clock.metric: clock for clock in ticket.clocks} if cancelled else {}
    ended = {metric for metric, ending in last.items() if not ending.dropped}
    if ticket.settled_at is not None:
        ended = {"assignment", "first_response", "update", "resolution"}
    ended.discard("next_response")  # what the customer has asked meanwhile waits for an answer all the same
    _add_missing(ticket, at, event_id, ended)
    ticket.catch_up(at)


def _resume(ticket: Ticket, clock: Clock, at: int, event_id: str, *, counting: bool) -> None:
    take_back(ticket, clock.stop)
    clock.stop = None
    clock.resume(at, mode_in(clock.target, ticket.fields["status"]), event_id, counting=counting)
    ticket.running.append(clock)
    if clock.breached_at is not None and clock.breach is None:
        dims, assignee = ticket.before(clock.breached_at)
        clock.breach = put_of_clock(ticket, "breached", clock, clock.breached_at, dims, assignee, "-")
    if clock.policy == (ticket.policy.name if ticket.policy is not None else ""):
        ticket.advance_clock(clock, at - 1)  # what counted in between, or days since the start, may have fallen due
    clock.tell("resumed", at, event_id, ticket.events)
