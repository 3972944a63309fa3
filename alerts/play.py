"""Plays a story to the decider, instant by instant, as fast as it can: for cases, and for trying a breach. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from alerts.decider import Decider
from alerts.notice import Delivered, Notice

#: What happens at an instant (ms) besides the passing of time.
Happening = tuple[int, Callable[[Decider, int], object]]

#: A story in which more than this happens has gone round in circles.
_MOST_STEPS = 100_000


class EndlessStory(Exception):
    """The decider asked to be woken again and again.

    Operator action: this is a fault of slawatch; report it with the case.
    """


def play(decider: Decider, happenings: Iterable[Happening], until: int) -> list[Notice]:
    """Every notice up to `until` (included), in order; each counts as delivered at once."""
    waiting = sorted(happenings, key=lambda one: one[0])
    notices: list[Notice] = []
    if not waiting:
        return notices
    now = waiting[0][0]
    for _ in range(_MOST_STEPS):
        if now > until:
            return notices
        while waiting and waiting[0][0] <= now:
            waiting.pop(0)[1](decider, now)
        told = decider.decide(now).notices
        for notice in told:
            decider.told(notice, Delivered(), now)
        notices += told
        after = [at for at in (decider.next_at(now), waiting[0][0] if waiting else None) if at is not None]
        if not after:
            return notices
        now = min(after)
    msg = "the story does not end"
    raise EndlessStory(msg)
