"""One clock: the steps that it passes while its time counts (see `meter`), and where it stands.

Two coordinates run along a clock. *Counted* time is the calendar's time less pauses and gaps; it is what `counted_s`
says. The *course* is what its steps (warnings and the due time) are measured on: counted time for a `within`
target, the calendar's time since the start for a `business_days` one. All times are ms since 1970, all durations ms.

Asking a calendar for an instant is what costs, and most clocks stop before anything falls due. So the due time and the
instant of the next step are only worked out when somebody asks; until then `soonest` says from when on asking is worth
it: open time passes no faster than time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sla.calendar import NoOpenTime
from sla.ticket.meter import Meter
from sla.ticket.moments import AT_RISK, BREACHED, BY_TIME, COUNTED, MOMENT_OF, PAUSED, SOLVED, WARNED, Moment, Segment
from sla.ticket.steps import DUE, Step, plan, steps_of, used_up

if TYPE_CHECKING:
    from models.fact import Fact
    from models.policy import Target

#: No instant: later than any.
NEVER = 1 << 62
#: A due time that has not been worked out yet.
_UNKNOWN = -NEVER
_new: Any = tuple.__new__  # a named tuple's own constructor costs three times as much


class Clock(Meter):
    """A clock of one metric and cycle; changed only by the ticket that owns it."""

    __slots__ = (
        "_aimed",
        "_due",
        "_due_course",
        "_risky",
        "arm",
        "breach",
        "breached_at",
        "cancelled",
        "cycle",
        "dropped",
        "floor",
        "last_due",
        "metric",
        "policy",
        "soonest",
        "step",
        "steps",
        "stop",
        "stop_event",
        "story",
        "written",
    )

    def __init__(self, metric: str, cycle: int, policy: str, target: Target, at: int, mode: str, event_id: str) -> None:  # noqa: PLR0917 -- called at every event
        """A clock that starts at `at`, with the steps of its target laid out from there."""
        if target.business_days is not None and mode is PAUSED:
            mode = COUNTED
        super().__init__(target, at, mode, event_id)
        self.metric = metric
        self.cycle = cycle
        self.policy = policy
        self.step = self.arm = 0
        self.story: list[Moment] = []
        self.breached_at: int | None = None
        self.cancelled = self.dropped = self._risky = False
        self.stop: Fact | None = None
        self.breach: Fact | None = None
        self.last_due: int | None = None
        self.written: dict[str, object] | None = None
        if target.within_ms is None or mode is not COUNTED:
            self.lay_out(at)
            return
        # What `lay_out` does, for most clocks.
        self.floor = at
        self.steps: tuple[Step, ...] = steps_of(target)
        self.soonest = at + self.steps[0].course
        self._due: int | None = _UNKNOWN
        self._due_course = target.within_ms
        self._aimed = False

    # -- how far -----------------------------------------------------------------------------------------------

    def remaining(self, now: int) -> int | None:
        """What is left of the target in ms, negative when over; None where nothing was promised."""
        target = self.target
        if target.within_ms is not None:
            return target.within_ms - self.counted(now)
        if target.business_days is None or (due := self.due_at) is None:
            return None
        if self.stopped_at is not None:
            now = self.stopped_at
        return target.calendar.elapsed(now, due) if now <= due else -target.calendar.elapsed(due, now)

    @property
    def due_at(self) -> int | None:
        """When the target is used up; None while paused, without a promise, or where its calendar ends before."""
        if self._due is _UNKNOWN:
            self._due = self._instant(self._due_course)
        return self._due

    @property
    def next_at(self) -> int | None:
        """When the next step is reached if nothing happens before; None when none is."""
        if not self._aimed:
            self._aim()
        return self.soonest if self.soonest is not NEVER else None

    @property
    def at_risk(self) -> bool:
        """Running, past its first warning, and not yet due."""
        return (
            self.mode is COUNTED
            and self.breached_at is None
            and self.stopped_at is None
            and (self.step > 0 or self._risky)
            and bool(self.steps)
        )

    # -- how it goes on ----------------------------------------------------------------------------------------

    def run(self, at: int, mode: str, event_id: str) -> None:
        """Go on in `mode` from `at`; a due time that has not fallen due moves with it."""
        if self.story and mode is PAUSED:
            self.last_due = self.due_at or self.last_due
        self._book(at)
        self._enter(mode, event_id)
        self._loosen()

    def hold(self, at: int, policy: str, target: Target, mode: str, event_id: str) -> None:
        """Go on under another policy from `at`: what was counted is kept, nothing falls due before `at`."""
        if self.story and mode is PAUSED:
            self.last_due = self.due_at or self.last_due
        self._book(at)
        self.policy, self.target = policy, target
        self.arm += 1
        self._enter(mode, event_id)
        self.lay_out(at)

    def lay_out(self, at: int) -> None:
        """Lay out the steps of the target, none of them earlier than `at`."""
        target, self.floor, self.step = self.target, at, 0
        course = self.before
        self._due = None
        if target.within_ms is not None:
            self._due_course = max(target.within_ms, course)
            self.steps = steps_of(target) if course <= target.within_ms else used_up(target, course)
        elif target.business_days is not None:
            course = self._lay_out_days(at)
        else:
            self.steps, self._due_course = (), 0
        if self.story:
            self._leave_out_told(course)
        self._loosen()

    def _lay_out_days(self, at: int) -> int:
        """Lay out the steps of a `business_days` target; answers where on the course `at` lies."""
        target, calendar = self.target, self.target.calendar
        assert target.business_days is not None  # noqa: S101 -- for the type checker: the caller looked
        try:
            due = calendar.business_days(self.started_at, target.business_days, target.cutoff, target.opens)
        except NoOpenTime:
            self.steps, self._due = (), None
            return 0
        self._due = max(due, at)
        self._due_course = calendar.elapsed(self.started_at, self._due)
        self.steps = plan(target, self._due_course)
        return calendar.elapsed(self.started_at, at)

    def _leave_out_told(self, course: int) -> None:
        """Leave out the warnings that were given under an earlier policy and would only be given again at once."""
        told = {moment.level for moment in self.story if moment.change is WARNED or moment.change is AT_RISK}
        steps = tuple(step for step in self.steps if step.kind >= DUE or step.course > course or step.text not in told)
        self._risky = len(steps) < len(self.steps)
        self.steps = steps

    def _loosen(self) -> None:
        """Forget the due time that has moved, and say from when on the next step may be reached."""
        target = self.target
        if target.within_ms is not None and self.breached_at is None:
            self._due = _UNKNOWN if self.mode is COUNTED else None
        if self.mode is not COUNTED or self.step >= len(self.steps):
            self.soonest, self._aimed = NEVER, True
            return
        course = self.steps[self.step].course
        if target.business_days is not None:
            self.soonest = max(self.floor, self.started_at + course)
        else:
            self.soonest = self.anchor + course - self.before if course > self.before else self.anchor
        self._aimed = False

    def _aim(self) -> None:
        """Find the instant of the next step."""
        step = self.steps[self.step]
        at = self.due_at if step.kind == DUE else self._instant(step.course)
        self.soonest = NEVER if at is None else max(self.floor, at) if step.kind != DUE else at
        self._aimed = True

    def _instant(self, course: int) -> int | None:
        """The instant at which a point of the course is reached; None when the calendar ends before."""
        if self.target.business_days is not None:
            start, ahead = self.started_at, course
        else:
            start, ahead = self.anchor, course - self.before
        if ahead <= 0:
            return start
        try:
            return self.target.calendar.add(start, ahead)
        except NoOpenTime:
            return None

    def reaches(self, now: int) -> bool:
        """Whether the next step is reached by `now`."""
        if self.soonest > now:
            return False
        if not self._aimed:
            self._aim()
        return self.soonest <= now

    def pass_step(self, revision: int) -> Step:
        """Reach the next step, after `reaches` has said that it is."""
        step, at = self.steps[self.step], self.soonest
        if at <= self.anchor:
            counted = self.before
        elif self.target.business_days is None:
            counted = step.course  # the course of a `within` target is counted time
        else:
            counted = self.before + self.target.calendar.elapsed(self.anchor, at)
        if step.kind == DUE:
            self.breached_at = self._due = at
        self.story.append(
            _new(Moment, (at, MOMENT_OF[step.kind], step.text, str(self.arm), counted, self.due_at, revision))
        )
        self.step += 1
        self._loosen()
        return step

    def tell(self, change: str, at: int, event_id: str, revision: int) -> None:
        """Note a change; before the first step nobody was told of the clock, and there is nothing to note."""
        if self.story:
            self.story.append(Moment(at, change, "", event_id, self.before, self.due_at, revision))

    # -- how it ends and begins again --------------------------------------------------------------------------

    def halt(self, at: int, event_id: str) -> None:
        """Stop at `at`: what fell on this very instant did not come to pass, for stopping at it is in time."""
        if self.story and self.story[-1].at >= at:
            self._take_back(at)
        if self.mode is COUNTED:
            if at > self.anchor:
                self.before += self.target.calendar.elapsed(self.anchor, at)
                self.anchor = at
        else:
            self._book(at)
        if self.mode is PAUSED and self.target.within_ms is not None and self.breached_at is None:
            self._due = _UNKNOWN  # that of resuming here
        self.stopped_at, self.stop_event = at, event_id
        self.soonest, self._aimed = NEVER, True

    def _take_back(self, at: int) -> None:
        story = []
        for moment in self.story:
            if moment.at < at or moment.change not in BY_TIME:
                story.append(moment)
                continue
            if moment.change is BREACHED:
                self.breached_at = None
            if moment.cause == str(self.arm):
                self.step -= 1
        self.story = story

    def resume(self, at: int, mode: str, event_id: str, *, counting: bool) -> None:
        """Open again at `at` in `mode`; the time since the stop counts only when `counting`."""
        stopped_at = self.stopped_at
        assert stopped_at is not None  # noqa: S101 -- for the type checker: only stopped clocks are resumed
        self.cancelled, self.stopped_at, self.written = False, None, None
        self.mode = COUNTED if counting else SOLVED
        self.segments.append(Segment(stopped_at, self.mode, self.target.calendar, self.stop_event))
        if counting:
            self._loosen()
        else:
            self.run(at, mode, event_id)
