"""The tickets behind a figure: one entry for each thing that was counted, so that they sum to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from models import scope as scopes
from models.instant import parse_ms
from sinks.view import Reader
from wallboard.asked import PARTS, SLA, Question
from wallboard.selection import Selection, selection_of
from wallboard.site import Site
from wallboard.standing import is_at_risk, is_breached, is_unassigned, is_waiting, next_deadline

#: Kinds of scope that have a list of their open tickets; those of others are found among all.
_LISTED: Final = frozenset({"team", "priority", "agent"})
#: Documents read at once; between two lots others have their turn.
_LOT: Final = 250
_ALL: Final = 1 << 31
#: Figures are told once a second, their tickets at once: so often and so long a list waits for its figure.
_TRIES, _PAUSE_S = 5, 0.3


class Entry(NamedTuple):
    """One thing that was counted. `at` in ms: of an open ticket its creation; `kind` is `open` then, else a fact's."""

    ticket: str
    at: int
    kind: str
    metric: str = "-"
    cycle: int = 0


class Listing(NamedTuple):
    """What is behind a figure: the figure (None: none is kept, or none is known), as of when, and the entries.

    `before` is how many entries there were before the filter; `begin` and `end` the window's bounds.
    """

    figure: int | None
    as_of: str | None
    begin: str | None
    end: str | None
    before: int
    entries: Sequence[Entry]


async def read_behind(reader: Reader, site: Site, question: Question, *, patient: bool = True) -> Listing:
    """The figure and its entries; `patient` reads them again for a moment while they differ, for both keep moving.

    Raises:
        redis.ResponseError: what lies in Redis is not ours.
    """
    for attempt in range(_TRIES if patient else 1):
        if attempt:
            await asyncio.sleep(_PAUSE_S)
        read = _live if question.what.family == "live" else _decided
        found = await read(reader, site, question)
        if found.figure is None or found.figure == found.before:
            break
    return found


# What stands open now


async def _live(reader: Reader, site: Site, question: Question) -> Listing:
    # The figure first: what is told of a ticket is written before it is counted.
    live = await reader.read_live(question.scope)
    own = scopes.parts(question.scope)
    listed = own.keys() <= _LISTED
    opened = await reader.read_open(question.scope if listed else scopes.ALL, _ALL)
    name, checks = question.what.name, not listed or bool(question.filters)
    rows = [Entry(ticket, created_at, "open") for ticket, created_at in opened]
    before = len(rows)
    if name != "open" or checks:
        of_scope = Selection(question.scope, tuple((kind, (value,)) for kind, value in own.items()))
        filters = Selection(question.scope, question.filters)
        found: list[tuple[int, Entry]] = []
        before = 0
        for start in range(0, len(rows), _LOT):  # in lots, so that nobody else waits for all of them
            lot = rows[start : start + _LOT]
            for row, document in zip(lot, await reader.read_tickets([row.ticket for row in lot]), strict=True):
                if document is None or not of_scope.admits(document) or not _stands(name, document, site):
                    continue
                before += 1
                if filters.admits(document):
                    urgent = name in {"at_risk", "breached"}
                    found.append((next_deadline(document, name, site.target_of)[0] if urgent else row.at, row))
            await asyncio.sleep(0)
        rows = [row for _, row in sorted(found)]
    figure = live.get(name)
    return Listing(int(figure) if figure else None, live.get("as_of"), None, None, before, rows)


def _stands(name: str, ticket: Mapping[str, Any], site: Site) -> bool:
    if name == "unassigned":
        return is_unassigned(ticket)
    if name == "waiting":
        return is_waiting(ticket)
    if name == "breached":
        return is_breached(ticket)
    return name == "open" or is_at_risk(ticket, site.target_of)


# What was decided in a window


async def _decided(reader: Reader, site: Site, question: Question) -> Listing:
    kpi = (await reader.read_kpis(question.scope)).get(question.window)
    if kpi is None:
        return Listing(None, None, None, None, 0, ())
    metrics = site.promised(parse_ms(kpi["as_of"])) if question.what.name == SLA else (question.what.name,)
    begin, end = parse_ms(kpi["from"]), parse_ms(kpi["to"])
    own = await _members(reader, question, (question.scope,), metrics, (begin, end))
    shown = set(own)
    for kind, names in question.filters:
        # As credited: a ticket counts for the channel it had just before it was decided, not for today's.
        places = [selection_of([(kind, name)]).scope for name in names]
        shown &= (await _members(reader, question, places, metrics, (begin, end))).keys()
    entries = sorted((own[member] for member in shown), key=lambda entry: (-entry.at, entry))
    return Listing(_figure(kpi, question), kpi["as_of"], kpi["from"], kpi["to"], len(own), entries)


async def _members(
    reader: Reader, question: Question, places: Iterable[str], metrics: Sequence[str], window: tuple[int, int]
) -> dict[str, Entry]:
    what = question.what
    kinds = PARTS[what.part] if what.family == "clock" else (what.name,)
    found: dict[str, Entry] = {}
    for place in places:
        for member, at in await reader.read_decided(place, *window):
            kind, ticket, metric, cycle, _ = member.split("/", 4)
            if kind not in kinds or (what.family == "clock" and metric not in metrics):
                continue
            if kind == "rated" and metric != "overall":  # satisfaction is that with the whole
                continue
            found[member] = Entry(scopes.decode(ticket), at, kind, metric, 0 if cycle == "-" else int(cycle))
    return found


def _figure(kpi: Mapping[str, Any], question: Question) -> int | None:
    what = question.what
    if what.family == "count":
        return int(kpi["csat"]["count"] if what.name == "rated" else kpi[what.name])
    if what.part == "late":
        return None
    if what.part == "decided":
        return int(kpi[what.name]["met"] + kpi[what.name]["breached"])
    return int(kpi[what.name][what.part])
