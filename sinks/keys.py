"""Every key that slawatch has in Redis, by name: the one home of the prefix `sla:`.

A `scope`, a breach `id` and a period's `subject` come as `models.scope` writes them, their names already encoded, and
go into the key as they are. Only a raw ticket id, a worker's or an objective's name are encoded here.

Outside (fixed, read by others)          Inside (ours alone: never to be read by others, may change)
    scopes, kpi, live, open_, due,           EPOCHS, MEMORY, KEPT, FENCES, COUNTERS, WORKERS, ANNOUNCED
    ticket, breach, ACTIVE, BREACHES,
    INCIDENTS, decided, day, period,
    PERIODS, HEALTH, UPDATES, budget,        ALERTER, ALERTS_SHOWN
    alert, silence, ACKS
"""

from __future__ import annotations

from typing import Final

from models.scope import encode

PREFIX: Final = "sla:"

SCOPES: Final = "sla:scopes"
ACTIVE: Final = "sla:active"
BREACHES: Final = "sla:breaches"
INCIDENTS: Final = "sla:incidents"
PERIODS: Final = "sla:periods"
HEALTH: Final = "sla:health"
UPDATES: Final = "sla:updates"
DUE_ALL: Final = "sla:due"
#: Stream of acknowledgements that came by a link: `alert` (the id of `sla:alert:<id>`), `by`, `at`.
ACKS: Final = "sla:acks"

#: Hash: `<partition>` → the newest epoch that took it over; `<partition>:seq` → the last sequence written under it.
EPOCHS: Final = "sla:epochs"
#: Hash for each ticket: `s` = "epoch seq" of its last write, `m` its memberships, `b` what its breaches announced.
MEMORY: Final = "sla:memory:"
#: Set for each partition: the tickets (encoded ids) that Redis holds for it.
KEPT: Final = "sla:kept:"
#: Hash: owner of documents → "epoch seq" of its last write.
FENCES: Final = "sla:fences"
#: Hash: `<partition>` → JSON of its counters, whose sums are the counters of `sla:health`.
COUNTERS: Final = "sla:counters"
#: Hash: worker → JSON of its policy book and when it was last heard.
WORKERS: Final = "sla:workers"

#: String with a life of its own: the alerter that is active, and since which takeover.
ALERTER: Final = "sla:alerter"
#: String: under which takeover all open alerts and silences have been shown; gone when Redis was emptied.
ALERTS_SHOWN: Final = "sla:alerts-shown"

#: Hash: `<period>/<subject>` → the newest revision that `sla:periods` has an entry of.
ANNOUNCED: Final = "sla:announced"

#: The families of `models.egress.Member`, and whether their keys are divided by scope.
FAMILIES: Final = ("open", "due", "decided", "active", "incidents")


def kpi(scope: str) -> str:
    """Hash of KPI documents by window."""
    return f"sla:kpi:{scope}"


def live(scope: str) -> str:
    """Hash of live figures."""
    return f"sla:live:{scope}"


def open_(scope: str) -> str:
    """Sorted set of open tickets."""
    return f"sla:open:{scope}"


def due(scope: str = "") -> str:
    """Sorted set of deadlines, of a scope or of all."""
    return f"sla:due:{scope}" if scope else DUE_ALL


def decided(scope: str) -> str:
    """Sorted set of what counted in a scope."""
    return f"sla:decided:{scope}"


def day(scope: str) -> str:
    """Hash of 5-minute slots."""
    return f"sla:day:{scope}"


def period(period_id: str, subject: str) -> str:
    """String with the totals of a subject in a period."""
    return f"sla:period:{period_id}:{subject}"


def ticket(ticket_id: str) -> str:
    """String with the document of a ticket; takes the raw id."""
    return f"sla:ticket:{encode(ticket_id)}"


def breach(breach_id: str) -> str:
    """Hash of a breach; takes the id as `models.scope.breach_id` writes it."""
    return f"sla:breach:{breach_id}"


def budget(objective: str) -> str:
    """String with the state of an objective; takes its raw name."""
    return f"sla:budget:{encode(objective)}"


def alert(alert_id: str) -> str:
    """Hash of what alerting knows of a breach, or of a group, by the id that an acknowledgement names.

    Fields, all text: `status` (firing, paused, ended, withdrawn), `level`, `ticket`, `metric`, `cycle`, `priority`,
    `team`, `assignee`, `due_at`, `first_told_at`, `told` (JSON list of receivers), `held` (why it is held back, or ""),
    `acknowledged_by`, `acknowledged_at` ("" while nobody has), `groups` (JSON list). Expires 7 days after its end.
    Of a budget that burns, `budget/<objective>/<rate>`: `status`, `objective`, `level`, `first_told_at`, `told` and who
    has acknowledged.
    """
    return f"sla:alert:{alert_id}"


def silence(silence_id: str) -> str:
    """Hash of a silence: `id`, `matchers` (JSON list), `starts_at`, `ends_at`, `by`, `comment`."""
    return f"sla:silence:{silence_id}"


def member(family: str, scope: str) -> str:
    """The key that a membership of this family and scope lies in.

    Raises:
        ValueError: the family is unknown.
    """
    if family not in FAMILIES:
        msg = f"unknown family of members {family!r}; known are {', '.join(FAMILIES)}"
        raise ValueError(msg)
    return f"sla:{family}:{scope}" if scope else f"sla:{family}"
