"""The steps of a clock: the points of its course at which it warns, falls due, and warns again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from models.policy import Target

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


def used_up(target: Target, course: int) -> tuple[Step, ...]:
    """The steps of a `within` target that was used up before it came: due at `course`, its early steps passed."""
    return tuple(step if step.kind >= DUE else Step(0, step.kind, step.text) for step in plan(target, course))


_STEPS: dict[int, tuple[Target, tuple[Step, ...]]] = {}


def steps_of(target: Target) -> tuple[Step, ...]:
    """The steps of a `within` target; laid out once for each target of a book."""
    known = _STEPS.get(id(target))
    if known is None or known[0] is not target:
        known = _STEPS[id(target)] = (target, plan(target, target.within_ms or 0))
    return known[1]
