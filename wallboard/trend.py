"""A day as it runs: created, solved and open in slots of five minutes, and the same day of last week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models import scope as scopes
from models.instant import format_ms
from sinks.view import Reader
from wallboard.look import Day, last_week, today

SLOT_MS = 300_000
#: What a slot holds of the lines.
LINES = ("created", "solved", "open")

Slot = dict[str, Any] | None
Told = tuple[dict[str, Any] | None, dict[str, Any]]


def has_slots(scope: str) -> bool:
    """Whether the days of a scope are kept: of all, of teams and of priorities."""
    return len(scopes.parts(scope)) <= 1 and scope.partition(":")[0] in {scopes.ALL, "team", "priority"}


async def read_trend(reader: Reader, scope: str, zone: str, now_ms: int) -> Told:
    """The lines of a scope's day, and the headline figures of the same time last week.

    The lines are None where the days of a scope are not kept; a slot that is not known is null. `last` is None when
    last week's day knows nothing but noughts: then nobody was there yet. Figures of last week count whole slots.
    """
    if not has_slots(scope):
        return None, {}
    here, before = today(zone, now_ms), last_week(zone, now_ms)
    starts = _starts(here.begin, here.at), _starts(before.begin, before.end)
    slots = await reader.read_slots(scope, [*starts[0], *starts[1]])
    now, then = slots[: len(starts[0])], slots[len(starts[0]) :]
    if not any(slot and (slot["created"] or slot["solved"] or slot["open"]) for slot in then):
        then = []
    trend = {
        "begin": here.begin,
        "end": here.end,
        "last_begin": before.begin,
        "step": SLOT_MS,
        "now": _lines(now),
        "last": _lines(then) if then else None,
    }
    return trend, _figures(before, then)


def _starts(begin: int, until: int) -> list[str]:
    return [format_ms(at) for at in range(begin, until, SLOT_MS)]


def _lines(slots: Sequence[Slot]) -> dict[str, list[int | None]]:
    return {line: [slot[line] if slot else None for slot in slots] for line in LINES}


def _figures(day: Day, slots: Sequence[Slot]) -> dict[str, Any]:
    """What the page's fields were a week ago, from the slots that had ended by then."""
    ended = slots[: (day.at - day.begin) // SLOT_MS]
    if not ended or None in ended:
        return {}
    told = [slot for slot in ended if slot]
    sums = {name: sum(slot[name] for slot in told) for name in ("created", "solved", "met", "breached")}
    decided = sums["met"] + sums["breached"]
    return {
        "live.open": told[-1]["open"],
        "today.created": sums["created"],
        "today.solved": sums["solved"],
        "today.sla.attainment": sums["met"] / decided if decided else None,
    }
