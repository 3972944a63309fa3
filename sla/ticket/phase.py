"""The phases of a ticket, and what is counted of it: words that its rooms share."""

from __future__ import annotations

OPEN, SOLVED, CLOSED, CANCELLED = "open", "solved", "closed", "cancelled"
#: Statuses of an open ticket that waits.
WAITING = ("waiting_on_customer", "on_hold")
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
