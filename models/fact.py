"""What a ticket's history amounts to: the things that counted, when, where and for whom.

A fact is decided by one instant. Windows, periods and `sla:decided` are sums over facts and nothing else, so a
figure and the tickets behind it cannot disagree.
"""

from __future__ import annotations

from typing import NamedTuple

#: Kinds that are counts of a KPI document, under the very names they have there.
COUNT_KINDS = ("created", "first_responses", "solved", "reopened", "escalated", "closed", "cancelled")
#: Kinds that a clock leaves: stopped in time, after its due time, without a promise; and fallen due.
CLOCK_KINDS = ("met", "late", "stopped", "breached")
#: Every kind. `opened` and `left` only move the gauge of open tickets; `replied` only makes a ticket `handled`;
#: `recurred` tells, at a ticket's creation, that another one of the same requester and issue had been solved shortly
#: before, and is credited to who solved that one.
KINDS = (*COUNT_KINDS, *CLOCK_KINDS, "priority_changes", "replied", "rated", "flagged", "opened", "left", "recurred")
#: The fields that a complete ticket has, in the order of their names.
ASKED_FIELDS = ("category", "channel", "customer_tier", "issue_key", "requester_id", "team")


class Dims(NamedTuple):
    """The ticket's fields that figures are split by, as they stood just before the deciding event."""

    team: str | None
    priority: str
    tier: str | None
    channel: str | None
    complexity: int  # millionths: 1_000_000 is complexity 1


class Fact(NamedTuple):
    """One thing that counted.

    `at` is in ms since 1970 UTC. `value` is the counted time in ms of `met`, `late` and `stopped`; the complexity in
    millionths of `solved`; the score in millionths of a point of 100 of `rated`; of an `escalated` that is marked, what
    the `resolution` clock had counted in ms; else 0. `metric` is one of the five metrics for clock kinds, the aspect of
    `rated`, the flag of `flagged`, else "-". `cycle` is 0 where there is none.
    `mark` says more: of `solved` a "+"-joined set of `first_contact` (so far), `workaround`, `kept` (not
    reopened within 7 days, so far), `recorded`, `followed_up`; of `created` a "+"-joined set of those of
    `ASKED_FIELDS` that the ticket lacks; of a ticket's first `escalated`, if it has a `resolution` clock, `timed`;
    of `rated` who rated (`customer`, `colleague`); else "".
    """

    kind: str
    at: int
    dims: Dims
    person: str | None
    metric: str
    cycle: int
    event_id: str
    value: int
    mark: str


class Gauge(NamedTuple):
    """How an open ticket stands now; a ticket that is not open has none."""

    dims: Dims
    assignee: str | None
    created_at: int  # ms
    waiting: bool  # status is waiting_on_customer or on_hold
    at_risk: bool
    breached: bool
