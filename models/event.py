"""Ticket lifecycle events: what a producer may say, and how bytes become one of them."""

from __future__ import annotations

import json
from typing import Any

import orjson
from pydantic import ValidationError

from models.event_rules import PRIORITIES, TICKET_FIELDS, is_plain, meaning
from models.event_shapes import MAX_ID_BYTES, SHAPES, event_schema
from models.instant import parse_us

__all__ = ["MAX_EVENT_BYTES", "PRIORITIES", "TICKET_FIELDS", "Event", "InvalidEvent", "event_schema", "parse"]

#: The largest event that is taken, in bytes.
MAX_EVENT_BYTES = 512 * 1024


class InvalidEvent(ValueError):
    """A value that is no event. `reason` is a short word, `field` the one at fault ("" where there is none).

    Operator action: read the dead letter's headers, mend the producer, and publish the event again under a new
    `event_id`.
    """

    def __init__(self, message: str, reason: str, field: str) -> None:
        """Keep the three parts apart, so that a dead letter can carry them as headers."""
        super().__init__(message)
        self.reason = reason
        self.field = field


class Event:
    """A valid event. `occurred_at` is in µs since 1970 UTC; `said` is all that it says, by field, not to be changed.

    Two events are equal when they mean the same: unknown fields and the order of fields say nothing, nor does naming a
    default; but naming a ticket's field with null is another thing than not naming it.
    """

    __slots__ = ("event_id", "occurred_at", "said", "ticket_id", "type")

    def __init__(self, kind: str, ticket_id: str, event_id: str, occurred_at: int, said: dict[str, Any]) -> None:
        self.type = kind
        self.ticket_id = ticket_id
        self.event_id = event_id
        self.occurred_at = occurred_at
        self.said = said

    @property
    def source(self) -> str | None:
        """The system that said so."""
        source: str | None = self.said.get("source")
        return source

    def __eq__(self, other: object) -> bool:
        """Whether both mean the same."""
        if not isinstance(other, Event):
            return NotImplemented
        if self.occurred_at != other.occurred_at:
            return False
        return self.said == other.said or meaning(self.type, self.said) == meaning(other.type, other.said)

    def __hash__(self) -> int:
        return hash((self.ticket_id, self.event_id))

    def __repr__(self) -> str:
        return f"<{self.type} {self.event_id!r} of {self.ticket_id!r}>"


def parse(value: bytes) -> Event:
    """The event that `value` (JSON, plain or in a CloudEvents 1.0 envelope) says.

    Raises:
        InvalidEvent: it says none; with the reason, the field and the mend.
    """
    if len(value) > MAX_EVENT_BYTES:
        msg = f"the event has {len(value)} bytes, at most {MAX_EVENT_BYTES} are taken"
        raise InvalidEvent(msg, "too_large", "")
    try:
        said = orjson.loads(value)
        kind, ticket_id, event_id = said["type"], said["ticket_id"], said["event_id"]
        if (
            ticket_id.isascii() and ticket_id.isprintable() and 0 < len(ticket_id) <= MAX_ID_BYTES
            and event_id.isascii() and event_id.isprintable() and 0 < len(event_id) <= MAX_ID_BYTES
            and is_plain(kind, said)
        ):  # fmt: skip
            return Event(kind, ticket_id, event_id, parse_us(said["occurred_at"]), said)
    except (KeyError, TypeError, AttributeError, ValueError):
        pass  # whatever is wrong, the models know the word for it
    return _judged(value)


def _judged(value: bytes) -> Event:
    """The event of a value that is not plain, by the models.

    Raises:
        InvalidEvent: it says none.
    """
    plain = value
    try:
        shape = SHAPES.validate_json(value)
    except ValidationError as error:
        if b'"specversion"' not in value or (opened := _opened(value)) is None:
            raise _invalid(error, value) from None
        plain = opened
        try:
            shape = SHAPES.validate_json(plain)
        except ValidationError as inner:
            raise _invalid(inner, plain) from None
    for field, name in (("event_id", shape.event_id), ("ticket_id", shape.ticket_id)):
        if len(name.encode()) > MAX_ID_BYTES:
            msg = f"`{field}` must not be longer than {MAX_ID_BYTES} bytes"
            raise InvalidEvent(msg, "invalid", field)
    # Not what the models make of it: what is said is what was written, with fields left out that were left out.
    return Event(shape.type, shape.ticket_id, shape.event_id, shape.occurred_at, json.loads(plain))


def _opened(value: bytes) -> bytes | None:
    """The plain form of a CloudEvents envelope; None when it is none."""
    try:
        envelope = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(envelope, dict) or envelope.get("specversion") != "1.0":
        return None
    data = envelope.get("data")
    plain = dict(data) if isinstance(data, dict) else {}
    for name, ours in (("id", "event_id"), ("type", "type"), ("subject", "ticket_id"), ("time", "occurred_at")):
        if name in envelope:
            plain[ours] = envelope[name]
    if isinstance(envelope.get("source"), str):
        plain.setdefault("source", envelope["source"])
    return orjson.dumps(plain)


def _invalid(error: ValidationError, value: bytes) -> InvalidEvent:  # noqa: PLR0911 -- one for each reason
    first = error.errors(include_url=False, include_input=False)[0]
    kind = first["type"]
    if kind == "json_invalid":
        try:
            value.decode()
        except UnicodeDecodeError:
            return InvalidEvent("the value is not UTF-8", "encoding", "")
        return InvalidEvent(f"the value is not JSON: {first['msg'].removeprefix('Invalid JSON: ')}", "json", "")
    if kind == "union_tag_not_found":
        return InvalidEvent("`type` is missing: write one of the event types", "missing", "type")
    if kind == "union_tag_invalid":
        return InvalidEvent("`type` is none of the event types", "unknown_type", "type")
    path = [str(part) for part in first["loc"]]
    field = path[1] if len(path) > 1 else ""
    if kind == "missing":
        return InvalidEvent(f"`{field}` is missing", "missing", field)
    if not field:
        return InvalidEvent("the value is not a JSON object", "json", "")
    return InvalidEvent(f"`{field}`: {first['msg'].removeprefix('Value error, ')}", "invalid", field)
