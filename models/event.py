"""Ticket lifecycle events: what a producer may say, and how bytes become one of them."""

from __future__ import annotations

import json
from typing import Any, Final

import orjson
from pydantic import ValidationError

from models.event_shapes import MAX_ID_BYTES, SHAPES, event_schema
from models.instant import parse_us

__all__ = ["MAX_EVENT_BYTES", "PRIORITIES", "TICKET_FIELDS", "Event", "InvalidEvent", "event_schema", "parse"]

#: The largest event that is taken, in bytes.
MAX_EVENT_BYTES = 512 * 1024
#: Fields of a ticket that an event may set, in the order in which a ticket is written out.
TICKET_FIELDS = (
    "priority",
    "status",
    "team",
    "assignee",
    "channel",
    "category",
    "requester_id",
    "customer_tier",
    "complexity",
    "issue_key",
    "incident",
    "tags",
)
PRIORITIES = ("P0", "P1", "P2", "P3", "P4")


class InvalidEvent(ValueError):
    """A value that is no event. `reason` is a short word, `field` the one at fault ("" where there is none).

    Operator action: read the dead letter's headers, mend the producer, and publish the event again under a new
    `event_id`.
    """

    def __init__(self, reason: str, field: str, message: str) -> None:
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
        return self.occurred_at == other.occurred_at and (self.said == other.said or _meaning(self) == _meaning(other))

    def __hash__(self) -> int:
        return hash((self.ticket_id, self.event_id))

    def __repr__(self) -> str:
        return f"<{self.type} {self.event_id!r} of {self.ticket_id!r}>"


# -- what can be told to be valid at a glance ------------------------------------------------------------------------
# A field's rule is a set of the values it may hold, or one of these words. What follows no rule is not yet invalid:
# it is left to the models of `event_shapes`, which also know the words for what is wrong.
_TEXT, _ANY_TEXT, _BOOL, _WEIGHT, _SCORE, _TEXTS, _LEVEL = "text", "any text", "bool", "weight", "score", "texts", "level"
_Rule = str | frozenset[str]
_PRIORITY: Final = frozenset(PRIORITIES)
_OF_TICKET: Final[dict[str, _Rule]] = {
    **dict.fromkeys(TICKET_FIELDS, _TEXT),
    "priority": _PRIORITY,
    "complexity": _WEIGHT,
    "tags": _TEXTS,
    "source": _ANY_TEXT,
}
_REASON: Final[dict[str, _Rule]] = {"reason": _ANY_TEXT, "source": _ANY_TEXT}
_RULES: Final[dict[str, dict[str, _Rule]]] = {
    "ticket.created": _OF_TICKET,
    "ticket.updated": _OF_TICKET,
    "ticket.assigned": {"assignee": _TEXT, "team": _TEXT, "source": _ANY_TEXT},
    "ticket.replied": {
        "author": frozenset({"agent", "customer", "system"}),
        "author_id": _TEXT,
        "public": _BOOL,
        "automated": _BOOL,
        "follow_up": _BOOL,
        "source": _ANY_TEXT,
    },
    "ticket.status_changed": {"status": _TEXT, "source": _ANY_TEXT},
    "ticket.escalated": {"to_team": _TEXT, "level": _LEVEL, **_REASON},
    "ticket.solved": {
        "resolver": _TEXT,
        "workaround": _BOOL,
        "article": _ANY_TEXT,
        "note": _BOOL,
        "first_contact": _BOOL,
        "source": _ANY_TEXT,
    },
    "ticket.reopened": _REASON,
    "ticket.closed": _REASON,
    "ticket.cancelled": _REASON,
    "ticket.rated": {
        "score": _SCORE,
        "scale": _SCORE,
        "aspect": frozenset({"overall", "expertise", "attitude", "follow_up", "collaboration"}),
        "agent": _TEXT,
        "rater": frozenset({"customer", "colleague"}),
        "rater_id": _TEXT,
        "source": _ANY_TEXT,
    },
    "ticket.flagged": {
        "flag": frozenset(
            {
                "complaint",
                "complaint_resolved",
                "commendation",
                "error",
                "major_incident",
                "service_accident",
                "cross_team",
                "self_service",
            }
        ),
        "agent": _TEXT,
        "withdrawn": _BOOL,
        "source": _ANY_TEXT,
    },
}
#: Fields that may not be missing, and those that may not be null though their rule would let them.
_NEEDED: Final = {
    "ticket.created": "priority",
    "ticket.replied": "author",
    "ticket.status_changed": "status",
    "ticket.rated": "scale",
    "ticket.flagged": "flag",
}
#: What a missing field means. A ticket's fields have no such thing: an event that does not name one says nothing of it.
_DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "ticket.replied": {"author_id": None, "public": True, "automated": False, "follow_up": False},
    "ticket.escalated": {"to_team": None, "level": None, "reason": None},
    "ticket.solved": {"resolver": None, "workaround": False, "article": None, "note": False, "first_contact": None},
    "ticket.reopened": {"reason": None},
    "ticket.closed": {"reason": None},
    "ticket.cancelled": {"reason": None},
    "ticket.rated": {"aspect": "overall", "agent": None, "rater": "customer", "rater_id": None},
    "ticket.flagged": {"agent": None, "withdrawn": False},
}
_LARGEST_WEIGHT = 1_000_000
_LARGEST_SCORE = 1e15


def parse(value: bytes) -> Event:
    """The event that `value` (JSON, plain or in a CloudEvents 1.0 envelope) says.

    Raises:
        InvalidEvent: it says none; with the reason, the field and the mend.
    """
    if len(value) > MAX_EVENT_BYTES:
        msg = f"the event has {len(value)} bytes, at most {MAX_EVENT_BYTES} are taken"
        raise InvalidEvent("too_large", "", msg)
    try:
        said = orjson.loads(value)
        kind, ticket_id, event_id = said["type"], said["ticket_id"], said["event_id"]
        if (
            ticket_id.isascii() and ticket_id.isprintable() and 0 < len(ticket_id) <= MAX_ID_BYTES
            and event_id.isascii() and event_id.isprintable() and 0 < len(event_id) <= MAX_ID_BYTES
            and _is_plain(kind, said)
        ):  # fmt: skip
            return Event(kind, ticket_id, event_id, parse_us(said["occurred_at"]), said)
    except (KeyError, TypeError, AttributeError, ValueError):
        pass  # whatever is wrong, the models know the word for it
    return _judged(value)


def _is_plain(kind: str, said: dict[str, Any]) -> bool:
    """Whether every field that an event of this type may hold follows its rule, and none is missing."""
    rules = _RULES[kind]
    for name, value in said.items():
        rule = rules.get(name)
        if rule is None:
            continue
        if rule is _TEXT:
            if (value.__class__ is str and value) or (value is None and name != "status"):
                continue
            return False
        if rule.__class__ is frozenset:
            if value in rule:
                continue
            return False
        if rule is _ANY_TEXT:
            if value.__class__ is str or value is None:
                continue
            return False
        if not _follows(rule, value, name):
            return False
    needed = _NEEDED.get(kind)
    if needed is None:
        return True
    return needed in said and (kind != "ticket.rated" or 0 <= said["score"] <= said["scale"] > 0)


def _follows(rule: _Rule, value: Any, name: str) -> bool:
    if rule is _BOOL:
        return value is True or value is False or (value is None and name == "first_contact")
    if rule is _WEIGHT:
        return (value.__class__ is float or value.__class__ is int) and 0 <= value <= _LARGEST_WEIGHT
    if rule is _SCORE:
        return (value.__class__ is float or value.__class__ is int) and 0 <= value <= _LARGEST_SCORE
    if rule is _TEXTS:
        return value.__class__ is list and all(one.__class__ is str for one in value)
    return value.__class__ is str or value.__class__ is int or value is None


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
            raise InvalidEvent("invalid", field, f"`{field}` must not be longer than {MAX_ID_BYTES} bytes")
    # Not what the models make of it: what is said is what was written, with fields left out that were left out.
    return Event(shape.type, shape.ticket_id, shape.event_id, shape.occurred_at, json.loads(plain))


def _meaning(event: Event) -> dict[str, Any]:
    kind, said = event.type, event.said
    meaning = {name: said[name] for name in ("type", "ticket_id", "event_id")} | {"source": said.get("source")}
    defaults = _DEFAULTS.get(kind, {})
    for name in _RULES[kind]:
        if name in said:
            meaning[name] = said[name]
        elif name in defaults:
            meaning[name] = defaults[name]
    return meaning


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


def _invalid(error: ValidationError, value: bytes) -> InvalidEvent:
    first = error.errors(include_url=False, include_input=False)[0]
    kind = first["type"]
    if kind == "json_invalid":
        try:
            value.decode()
        except UnicodeDecodeError:
            return InvalidEvent("encoding", "", "the value is not UTF-8")
        return InvalidEvent("json", "", f"the value is not JSON: {first['msg']}")
    if kind == "union_tag_not_found":
        return InvalidEvent("missing", "type", "`type` is missing: write one of the event types")
    if kind == "union_tag_invalid":
        return InvalidEvent("unknown_type", "type", "`type` is none of the event types")
    path = [str(part) for part in first["loc"]]
    field = path[1] if len(path) > 1 else ""
    if kind == "missing":
        return InvalidEvent("missing", field, f"`{field}` is missing")
    if not field:
        return InvalidEvent("json", "", "the value is not a JSON object")
    return InvalidEvent("invalid", field, f"`{field}`: {first['msg']}")
