"""One clock: counted time from its start, the steps that it passes on the way, and where it stands.

Two coordinates run along a clock. *Counted* time is the calendar's time less pauses and gaps; it is what `counted_s`
says. The *course* is what its steps (warnings and the due time) are measured on: counted time for a `within`
target, the calendar's time since the start for a `business_days` one. All times are ms since 1970, all durations ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from models.fact import Fact
    from models.policy import Target
    from sla.calendar import BusinessCalendar

COUNTED, PAUSED, SOLVED = "counted", "paused", "solved"
#: What a step is: a warning before the due time, the due time, a warning after it. RISK is the silent step at
#: 75 % that makes a clock without warnings `at_risk`.
RISK, EARLY, DUE, OVER = range(4)
_WHOLE = 1_000_000  # a share of 100 %, in millionths
_RISK_SHARE = 750_000


class Step(NamedTuple):
    """A point on a clock's course, in ms along it."""

    course: int
    kind: int
    text: str


class Passed(NamedTuple):
    """A step that was reached; `arm` counts how often the clock's policy was selected anew before."""

    at: int
    step: Step
    arm: int
    counted: int


class Segment(NamedTuple):
    """What the clock does from an instant on, and the event that made it so."""

    start: int
    mode: str
    calendar: BusinessCalendar
    event_id: str


class Change(NamedTuple):
    """Something that happened to the clock: `paused`, `resumed`, `moved`, `ended` or `withdrawn`."""

    change: str
    at: int
    counted: int
    due_at: int | None


def plan(target: Target, due_course: int) -> tuple[Step, ...]:
    """The steps of a target whose due time lies `due_course` ms along the course, in order."""
    early = [
        Step(
            max(0, due_course * level.amount // _WHOLE if level.kind == "share" else due_course - level.amount),
            EARLY,
            level.text,
        )
        for level in target.levels
        if level.kind != "over"
    ] or [Step(due_course * _RISK_SHARE // _WHOLE, RISK, "")]
    over = [Step(due_course + level.amount, OVER, level.text) for level in target.levels if level.kind == "over"]
    return tuple(sorted([*early, Step(due_course, DUE, "breached"), *over], key=_by_course))


def _by_course(step: Step) -> tuple[int, int]:
    return step.course, step.kind


class Clock:
    """A clock of one metric and cycle; changed only by the ticket that owns it."""

    __slots__ = (
        "anchor",
        "arm",
        "before",
        "breach",
        "breached_at",
        "cancelled",
        "changes",
        "course_anchor",
        "course_before",
        "cycle",
        "due_at",
        "edition",
        "floor",
        "last_due",
        "metric",
        "mode",
        "next_at",
        "passed",
        "paused_before",
        "policy",
        "segments",
        "started_at",
        "step",
        "steps",
        "stop",
        "stop_event",
        "stopped_at",
        "target",
        "written",
    )

    def __init__(self, metric: str, cycle: int, policy: str, edition: str | None, target: Target, at: int) -> None:
        """A clock that has begun at `at` and waits to be told how it runs (`run`)."""
        self.metric = metric
        self.cycle = cycle
        self.policy = policy
        self.edition = edition
        self.target = target
        self.started_at = at
        self.segments: list[Segment] = []
        self.mode = COUNTED
        self.anchor = at
        self.before = 0
        self.paused_before = 0
        self.course_anchor = at
        self.course_before = 0
        self.floor = at
        self.steps: tuple[Step, ...] = ()
        self.step = 0
        self.arm = 0
        self.passed: list[Passed] = []
        self.changes: list[Change] = []
        self.next_at: int | None = None
        self.due_at: int | None = None
        self.last_due: int | None = None
        self.breached_at: int | None = None
        self.stopped_at: int | None = None
        self.stop_event = ""
        self.cancelled = False
        self.stop: Fact | None = None
        self.breach: Fact | None = None
        self.written: dict[str, object] | None = None

    # -- how much ----------------------------------------------------------------------------------------------

    def counted(self, now: int) -> int:
        """Counted time in ms up to `now`, or up to the stop."""
        if self.stopped_at is None and self.mode is COUNTED:
            return self.before + self.target.calendar.elapsed(self.anchor, now)
        return self.before

    def paused(self, now: int) -> int:
        """Paused time in ms (that would have counted) up to `now`, or up to the stop."""
        if self.stopped_at is None and self.mode is PAUSED:
            return self.paused_before + self.target.calendar.elapsed(self.anchor, now)
        return self.paused_before

    def remaining(self, now: int) -> int | None:
        """What is left of the target in ms, negative when over; None where nothing was promised."""
        if self.stopped_at is not None:
            now = self.stopped_at
        if self.target.business_days is not None:
            if self.due_at is None:
                return None
            elapsed = self.target.calendar.elapsed
            return elapsed(now, self.due_at) if now <= self.due_at else -elapsed(self.due_at, now)
        if self.target.within_ms is None:
            return None
        return self.target.within_ms - self.counted(now)

    @property
    def at_risk(self) -> bool:
        """Running, past its first warning, and not yet due."""
        return (
            self.mode is COUNTED
            and self.breached_at is None
            and self.step > 0
            and self.stopped_at is None
            and bool(self.steps)
        )

    # -- how it goes on ----------------------------------------------------------------------------------------

    def run(self, at: int, mode: str, event_id: str) -> None:
        """Go on in `mode` from `at`; a due time that has not fallen due moves with it."""
        self._settle(at)
        self._enter(mode, event_id)
        self._aim()

    def hold(self, at: int, policy: str, target: Target, mode: str, event_id: str) -> None:
        """Go on under another policy from `at`: what was counted is kept, nothing falls due before `at`."""
        self._settle(at)
        self.policy, self.target = policy, target
        self.arm += 1
        self._enter(mode, event_id)
        self.lay_out(at)

    def _enter(self, mode: str, event_id: str) -> None:
        self.mode = COUNTED if self.target.business_days is not None else mode
        self.segments.append(Segment(self.anchor, self.mode, self.target.calendar, event_id))

    def lay_out(self, at: int) -> None:
        """Lay out the steps of the target, none of them earlier than `at`."""
        target, self.floor = self.target, at
        if target.business_days is not None:
            calendar = target.calendar
            due = calendar.business_days(self.started_at, target.business_days, target.cutoff, target.opens)
            self.due_at = max(due, at)
            self.course_anchor, self.course_before = self.started_at, 0
            self.steps = plan(target, calendar.elapsed(self.started_at, self.due_at))
        else:
            self.course_anchor, self.course_before = self.anchor, self.before
            if target.within_ms is None:
                self.steps, self.due_at = (), None
            elif self.before > target.within_ms:
                late = plan(target, self.before)
                # Used up before the new target came: due now, and its early steps are passed as well.
                self.steps = tuple(step if step.kind >= DUE else Step(0, step.kind, step.text) for step in late)
            else:
                self.steps = steps_of(target)
        self.step = 0
        self._aim()

    def _settle(self, at: int) -> None:
        """Book the time since the anchor."""
        if at > self.anchor:
            if self.mode is COUNTED:
                self.before += self.target.calendar.elapsed(self.anchor, at)
            elif self.mode is PAUSED:
                self.paused_before += self.target.calendar.elapsed(self.anchor, at)
        self.anchor = at
        if self.target.business_days is None:
            self.course_anchor, self.course_before = at, self.before

    def _aim(self) -> None:
        """Find the instant of the next step, and the due time."""
        if self.target.business_days is None and self.breached_at is None and self.target.within_ms is not None:
            if self.mode is COUNTED:
                due = next(step.course for step in self.steps if step.kind == DUE) if self.steps else 0
                self.due_at = self.last_due = self._instant(due)
            else:
                self.due_at = None
        elif self.due_at is not None:
            self.last_due = self.due_at
        if self.mode is not COUNTED or self.step >= len(self.steps):
            self.next_at = None
            return
        step = self.steps[self.step]
        if step.kind == DUE:
            self.next_at = self.due_at
        else:
            self.next_at = max(self.floor, self._instant(step.course))

    def _instant(self, course: int) -> int:
        if course <= self.course_before:
            return self.course_anchor
        return self.target.calendar.add(self.course_anchor, course - self.course_before)

    def pass_step(self) -> Step:
        """Reach the next step, at `next_at`."""
        step, at = self.steps[self.step], self.next_at
        assert at is not None  # noqa: S101 -- for the type checker: the caller compared it with a time
        counted = self.before if at <= self.anchor else self.before + self.target.calendar.elapsed(self.anchor, at)
        self.passed.append(Passed(at, step, self.arm, counted))
        if step.kind == DUE:
            self.breached_at = at
        self.step += 1
        self._aim()
        return step

    # -- how it ends and begins again --------------------------------------------------------------------------

    def halt(self, at: int, event_id: str) -> None:
        """Stop at `at`: what fell on this very instant did not come to pass, for stopping at it is in time."""
        while self.passed and self.passed[-1].at >= at:
            last = self.passed.pop()
            if last.step.kind == DUE:
                self.breached_at = None
            if last.arm == self.arm:
                self.step -= 1
        self._settle(at)
        if self.due_at is None and self.target.within_ms is not None:
            left = self.target.within_ms - self.before
            self.due_at = at if left <= 0 else self.target.calendar.add(at, left)
        self.stopped_at, self.stop_event, self.next_at = at, event_id, None

    def resume(self, at: int, event_id: str, *, counting: bool) -> None:
        """Open again at `at`; the time since the stop counts only when `counting`."""
        stopped_at = self.stopped_at
        assert stopped_at is not None  # noqa: S101 -- for the type checker: only stopped clocks are resumed
        self.stopped_at, stop_event, self.stop_event = None, self.stop_event, ""
        if counting:
            self.mode = COUNTED
            self.segments.append(Segment(stopped_at, COUNTED, self.target.calendar, stop_event))
            self._aim()
        else:
            self.mode = SOLVED
            self.segments.append(Segment(stopped_at, SOLVED, self.target.calendar, stop_event))
            self.run(at, COUNTED, event_id)


_STEPS: dict[int, tuple[Target, tuple[Step, ...]]] = {}


def steps_of(target: Target) -> tuple[Step, ...]:
    """The steps of a `within` target; laid out once for each target of a book."""
    known = _STEPS.get(id(target))
    if known is None or known[0] is not target:
        known = _STEPS[id(target)] = (target, plan(target, target.within_ms or 0))
    return known[1]
