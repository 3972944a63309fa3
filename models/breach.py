"""An entry of `sla:breaches`, and the hash `sla:breach:<id>`, for those who read them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Metric = Literal["assignment", "first_response", "next_response", "update", "resolution"]


class BreachEntry(BaseModel):
    """One change of a clock that was warned or breached. Instants are RFC 3339 in UTC, durations seconds.

    In Redis every field is text: null as "", numbers as decimals, lists as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="<ticket>/<metric>/<cycle>, the ticket percent-encoded")
    revision: int = Field(
        description="number of the ticket's events in effect on the entry's instant; in the hash, of all known"
    )
    change: Literal["warned", "breached", "paused", "resumed", "moved", "withdrawn", "ended"]
    level: str = Field(description="the last one reached: a `warn_at` as written, or `breached`")
    ticket: str
    metric: Metric
    cycle: int
    policy: str
    edition: str | None
    priority: str
    team: str | None
    assignee: str | None
    tier: str | None
    channel: str | None
    category: str | None
    issue_key: str | None
    incident: str | None
    flags: list[str]
    started_at: str
    due_at: str | None
    at: str = Field(description="the instant that the entry speaks of")
    counted_s: int | float
    target_s: int | float | None
    backlog: bool = Field(description="found late, or written again into an emptied Redis: no news")


class Breach(BreachEntry):
    """The breach as it stands: its latest entry, and its status."""

    status: Literal["warned", "breached", "withdrawn", "ended"]


def breach_schema() -> dict[str, Any]:
    """The JSON Schema of the hash and, without `status`, of an entry."""
    return Breach.model_json_schema()
