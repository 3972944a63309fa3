"""The shape of each event type, for the JSON Schema, and for words that say what is wrong with an event.

`models.event.parse` takes a plain event without asking here; what it does not know at a glance is judged by these
models, so they are the law of what is valid.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    TypeAdapter,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from models.instant import parse_us

#: The longest event or ticket id, in bytes of UTF-8.
MAX_ID_BYTES = 256


def _instant(value: object) -> int:
    if not isinstance(value, str):
        msg = "must be a text: an RFC 3339 instant with an offset"
        raise ValueError(msg)  # noqa: TRY004 -- pydantic turns ValueError, not TypeError, into a field's error
    return parse_us(value)


def _not_null(value: object) -> object:
    if value is None:
        msg = "must not be null"
        raise ValueError(msg)
    return value


Instant = Annotated[int, PlainValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
#: Bounded in characters here, in bytes by `parse`.
Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_ID_BYTES, pattern=r"^[^\x00-\x1f\x7f-\u009f]+$")
]
Priority = Literal["P0", "P1", "P2", "P3", "P4"]
Text = Annotated[str, Field(min_length=1)]
Complexity = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
#: May be left out, but never null: no ticket is without one.
Status = Annotated[Text | None, BeforeValidator(_not_null), WithJsonSchema({"type": "string", "minLength": 1})]


class _Event(BaseModel):
    """What every event has."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    event_id: Identifier
    ticket_id: Identifier
    occurred_at: Instant
    source: str | None = None


class _Fields(_Event):
    """The ticket's fields; null clears one that may be empty, a missing one says nothing."""

    status: Status = None
    team: Text | None = None
    assignee: Text | None = None
    channel: Text | None = None
    category: Text | None = None
    requester_id: Text | None = None
    customer_tier: Text | None = None
    complexity: Complexity | None = None
    issue_key: Text | None = None
    incident: Text | None = None
    tags: list[str] | None = None


class TicketCreated(_Fields):
    """A ticket comes into being; of several the earliest counts, the others are updates."""

    type: Literal["ticket.created"]
    priority: Priority


class TicketUpdated(_Fields):
    """Any field changed; a change of priority or team is just such an update."""

    type: Literal["ticket.updated"]
    priority: Annotated[
        Priority | None,
        BeforeValidator(_not_null),
        WithJsonSchema({"type": "string", "enum": ["P0", "P1", "P2", "P3", "P4"]}),
    ] = None


class TicketAssigned(_Event):
    """The ticket went to a person, a team or both; `assignee` null takes it from the person."""

    type: Literal["ticket.assigned"]
    assignee: Text | None = None
    team: Text | None = None


class TicketReplied(_Event):
    """Somebody wrote; only public, not automated replies are responses."""

    type: Literal["ticket.replied"]
    author: Literal["agent", "customer", "system"]
    author_id: Text | None = None
    public: bool = True
    automated: bool = False
    follow_up: bool = False


class TicketStatusChanged(_Event):
    """The ticket's status changed to one that is open, waiting or the customer's own."""

    type: Literal["ticket.status_changed"]
    status: Text


class TicketEscalated(_Event):
    """The ticket was handed up."""

    type: Literal["ticket.escalated"]
    to_team: Text | None = None
    level: str | int | None = None
    reason: str | None = None


class TicketSolved(_Event):
    """The solution."""

    type: Literal["ticket.solved"]
    resolver: Text | None = None
    workaround: bool = False
    article: str | None = None
    note: bool = False
    first_contact: bool | None = None


class TicketReopened(_Event):
    """The solution did not hold."""

    type: Literal["ticket.reopened"]
    reason: str | None = None


class TicketClosed(_Event):
    """The ticket is done with; of one not solved it is the solution."""

    type: Literal["ticket.closed"]
    reason: str | None = None


class TicketCancelled(_Event):
    """Spam, merged or deleted: nothing of it is held against anybody."""

    type: Literal["ticket.cancelled"]
    reason: str | None = None


class TicketRated(_Event):
    """A score out of `scale`; the latest of one rater and aspect replaces."""

    type: Literal["ticket.rated"]
    score: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    aspect: Literal["overall", "expertise", "attitude", "follow_up", "collaboration"] = "overall"
    agent: Text | None = None
    rater: Literal["customer", "colleague"] = "customer"
    rater_id: Text | None = None

    @field_validator("scale")
    @classmethod
    def _holds_the_score(cls, scale: float, info: ValidationInfo) -> float:
        if info.data.get("score", 0) > scale:
            msg = "must not be below the score: it is the best possible one"
            raise ValueError(msg)
        return scale


class TicketFlagged(_Event):
    """A mark on the ticket; `withdrawn` takes it off again."""

    type: Literal["ticket.flagged"]
    flag: Literal[
        "complaint",
        "complaint_resolved",
        "commendation",
        "error",
        "major_incident",
        "service_accident",
        "cross_team",
        "self_service",
    ]
    agent: Text | None = None
    withdrawn: bool = False


Shape = (
    TicketCreated
    | TicketUpdated
    | TicketAssigned
    | TicketReplied
    | TicketStatusChanged
    | TicketEscalated
    | TicketSolved
    | TicketReopened
    | TicketClosed
    | TicketCancelled
    | TicketRated
    | TicketFlagged
)
SHAPES: TypeAdapter[Shape] = TypeAdapter(Annotated[Shape, Field(discriminator="type")])


def event_schema() -> dict[str, Any]:
    """The JSON Schema of a ticket event."""
    return SHAPES.json_schema()
