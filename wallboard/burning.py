"""Does anything burn? The P0 tickets whose first response slips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models import scope as scopes
from sinks.view import Deadline, Reader
from wallboard.clocks import Clock, clock_row
from wallboard.rights import Grant
from wallboard.selection import Selection

PRIORITY = "P0"
METRIC = "first_response"
#: More open P0 tickets than anybody could look after.
MOST_OPEN = 1_000
#: How many are shown.
MOST_SHOWN = 12


async def read_burning(reader: Reader) -> list[Clock]:
    """The burning clocks of all tickets, soonest due first; each with its ticket's fields and who acknowledged it.

    One burns from its first warning (it stands in `sla:active` from there on) until it stops.
    """
    tickets = await reader.read_open(scopes.priority(PRIORITY), MOST_OPEN)
    ids = [scopes.breach_id(ticket, METRIC, 1) for ticket, _ in tickets]
    due = await reader.read_active_of(ids)
    burning = sorted((Deadline(one, at) for one, at in zip(ids, due, strict=True) if at is not None), key=_soonest)
    names = [scopes.decode(one.id.split("/")[0]) for one in burning]
    documents = await reader.read_tickets(names)
    acknowledged = await reader.read_alerts([one.id for one in burning])
    return [
        {
            **clock_row(deadline, document),
            "channel": (document or {}).get("channel"),
            "customer_tier": (document or {}).get("customer_tier"),
            "acknowledged_by": (alert or {}).get("acknowledged_by"),
        }
        for deadline, document, alert in zip(burning, documents, acknowledged, strict=True)
    ]


def _soonest(deadline: Deadline) -> tuple[int, str]:
    return deadline.due_at, deadline.id


def burning_for(clocks: Sequence[Clock], selection: Selection, grant: Grant) -> dict[str, Any]:
    """Those of a selection that a grant sees: the first few, and how many there are."""
    seen = [clock for clock in clocks if selection.burns_for(clock) and grant.sees_ticket(clock)]
    return {"count": len(seen), "clocks": seen[:MOST_SHOWN]}
