"""Who is on duty at an instant. Pure."""

from __future__ import annotations

from typing import NamedTuple

from alerts.memory import DutyOverride
from alerts.muting import calendar_named
from alerts.rules import ON_DUTY, Rules
from sla.policy import PolicyBook


class OnDuty(NamedTuple):
    """A person or shift, and how they are reached."""

    who: str
    receiver: str
    until: int | None = None  # of an override, in ms


def on_duty(rules: Rules, book: PolicyBook, override: DutyOverride | None, now: int) -> OnDuty | None:
    """The one set by hand; else the first whose calendar is open; else the last of all: somebody has to hear it.

    Who is set by hand is a shift of `on_duty`, or a receiver.
    """
    if override is not None and now < override.until:
        shift = rules.shift_of(override.who)
        if shift is not None:
            return OnDuty(shift.who, shift.receiver, override.until)
        if override.who in rules.receivers:
            return OnDuty(override.who, override.who, override.until)
    for shift in rules.on_duty:
        calendar = calendar_named(book, shift.calendar, now)
        if calendar is not None and calendar.is_open(now):
            return OnDuty(shift.who, shift.receiver)
    return OnDuty(rules.on_duty[-1].who, rules.on_duty[-1].receiver) if rules.on_duty else None


class Person(NamedTuple):
    """Whom a notice goes to: the receiver, and the name it is meant for."""

    receiver: str
    recipient: str


def person(rules: Rules, book: PolicyBook, override: DutyOverride | None, name: str, now: int) -> Person:
    """A receiver's name, or `on_duty`, as the one who is reached now; the root's receiver where nobody is on duty."""
    if name != ON_DUTY:
        return Person(name, name)
    found = on_duty(rules, book, override, now)
    if found is not None:
        return Person(found.receiver, found.who)
    return Person(rules.route.receiver, rules.route.receiver)
