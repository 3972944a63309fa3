"""The phases of a ticket, the metrics that are timed, and what is counted: the words that the rooms of a ticket share."""

from __future__ import annotations

OPEN, SOLVED, CLOSED, CANCELLED = "open", "solved", "closed", "cancelled"
#: Statuses of an open ticket that waits.
WAITING = ("waiting_on_customer", "on_hold")
METRICS = ("assignment", "first_response", "next_response", "update", "resolution")
COUNTS = (
    "created",
    "first_responses",
    "solved",
    "reopened",
    "escalated",
    "closed",
    "cancelled",
    "priority_changes",
)
