"""The clocks that a board counts down: what comes due next, what is overdue, and what is paused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models import scope as scopes
from sinks.view import Deadline, Reader
from wallboard.rights import Grant
from wallboard.selection import Selection

#: How many of each a page is given: more than the largest one shows.
AHEAD = 40
BEHIND = 16
PAUSED = 8
#: How many clocks are looked at for them when a list is filtered by what has no list of its own, and how many at once.
MOST_LOOKED_AT = 2_000
CHUNK = 200
#: Of the paused ones those that would be due this far around now.
PAUSED_BEFORE_MS = 3_600_000
PAUSED_AHEAD_MS = 8 * 3_600_000
PAUSED_LOOKED_AT = 100

Clock = dict[str, Any]
Wanted = Callable[[Mapping[str, Any]], bool]


async def read_clocks(reader: Reader, selection: Selection, grant: Grant, now_ms: int) -> dict[str, list[Clock]]:
    """Clocks of a selection that a grant sees: `due` (soonest first), `overdue` (latest first) and `paused`."""

    def seen(ticket: Mapping[str, Any]) -> bool:
        return selection.admits(ticket) and grant.sees_ticket(ticket)

    if selection.is_scope and not grant.limited and _has_list(selection.scope):
        scope = selection.scope
        due = await _described(reader, await reader.read_due(scope, AHEAD, now_ms), _anything, AHEAD)
        overdue = await _described(reader, await reader.read_overdue(scope, now_ms, BEHIND), _anything, BEHIND)
    else:
        due = await _looked_for(reader, seen, now_ms, AHEAD)
        overdue = await _looked_for(reader, seen, now_ms, BEHIND, back=True)
    clocks = {"due": due, "overdue": overdue, "paused": await _paused(reader, seen, now_ms)}
    if not grant.may("people"):
        for clock in (one for some in clocks.values() for one in some):
            clock["assignee"] = None
    return clocks


def _anything(_: Mapping[str, Any]) -> bool:
    return True


def _has_list(scope: str) -> bool:
    return scope.partition(":")[0] not in {"channel", "tier"}


async def _looked_for(reader: Reader, wanted: Wanted, at_ms: int, most: int, *, back: bool = False) -> list[Clock]:
    """Clocks among all there are, on or back from an instant, in pieces: until enough are found, or were seen."""
    found: list[Clock] = []
    looked: set[str] = set()
    while len(found) < most and len(looked) < MOST_LOOKED_AT:
        some = await (reader.read_overdue("", at_ms, CHUNK) if back else reader.read_due("", CHUNK, at_ms))
        fresh = [one for one in some if one.id not in looked]
        looked.update(one.id for one in fresh)
        found += await _described(reader, fresh, wanted, most - len(found))
        if len(some) < CHUNK:
            break
        # On from the last one; more of one instant than a piece holds are passed over.
        at_ms = some[-1].due_at + int(back) if fresh else at_ms + (-1 if back else 1)
    return found


async def _described(reader: Reader, deadlines: Sequence[Deadline], wanted: Wanted, most: int) -> list[Clock]:
    documents = await reader.read_tickets([ticket_of(one.id) for one in deadlines])
    found = []
    for deadline, document in zip(deadlines, documents, strict=True):
        if wanted(document or {}):
            found.append(clock_row(deadline, document))
        if len(found) == most:
            break
    return found


async def _paused(reader: Reader, wanted: Wanted, now_ms: int) -> list[Clock]:
    """Clocks that were warned or breached and wait: they stand among the breaches, and not among the deadlines."""
    active = await reader.read_active(now_ms - PAUSED_BEFORE_MS, now_ms + PAUSED_AHEAD_MS, PAUSED_LOOKED_AT)
    running = await reader.read_due_of([one.id for one in active])
    waiting = [one for one, due in zip(active, running, strict=True) if due is None]
    found = await _described(reader, waiting, wanted, PAUSED)
    return [clock for clock in found if clock["paused"]]


def ticket_of(clock_id: str) -> str:
    """The raw id of a clock's ticket."""
    return scopes.decode(clock_id.split("/", maxsplit=1)[0])


def clock_row(deadline: Deadline, document: Mapping[str, Any] | None) -> Clock:
    """A clock as the page lists it; what its ticket's document does not tell is null.

    `due_at` is in ms. `paused` says that the clock stands still with `remaining_s` left: it is neither stopped nor due.
    """
    ticket, metric, cycle = deadline.id.split("/")
    fields = document or {}
    clock = next(
        (one for one in fields.get("clocks", ()) if one["metric"] == metric and one["cycle"] == int(cycle)), None
    )
    paused = clock is not None and is_paused(clock)
    return {
        "id": deadline.id,
        "ticket": scopes.decode(ticket),
        "metric": metric,
        "cycle": int(cycle),
        "due_at": deadline.due_at,
        "paused": paused,
        "remaining_s": clock["remaining_s"] if clock and paused else None,
        "priority": fields.get("priority"),
        "team": fields.get("team"),
        "assignee": fields.get("assignee"),
    }


def is_paused(clock: Mapping[str, Any]) -> bool:
    """Whether a clock of a ticket's document stands still: also a breached one, by its last slice."""
    if clock["stopped_at"] is not None:
        return False
    ledger = clock.get("ledger") or ()
    return bool(clock["status"] == "paused" or (ledger and ledger[-1]["kind"] == "paused"))
