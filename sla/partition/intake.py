"""Intake: what a record of the event topic is. It is admitted, or it says where it goes instead and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from models.event import Event, InvalidEvent, parse

_new: Any = tuple.__new__  # a named tuple's own constructor costs three times as much


class Incoming(NamedTuple):
    """A record as it stands in the log."""

    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


class DeadLetter(NamedTuple):
    """A record that cannot be counted; `reason` is a short word, `field` the one at fault or ""."""

    offset: int
    key: bytes | None
    value: bytes | None
    reason: str
    field: str
    message: str


class Admitted(NamedTuple):
    """An event that is new to its ticket, with the bytes that say it."""

    event: Event
    raw: bytes
    arrived: int


@dataclass(slots=True)
class Admission:
    """What a batch of records turned out to be.

    `rows` are new event rows for the changelog, keyed by ticket id, NUL, event id. `repeated` names the tickets of
    events that were known: nothing of them changes, but what they led to is written out again, since it may
    have been lost between the changelog and Redis.
    """

    rows: list[tuple[bytes, bytes]] = field(default_factory=list)
    admitted: list[Admitted] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    again: list[tuple[Event, int]] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    misplaced: list[Incoming] = field(default_factory=list)


def row_key(ticket_id: str, event_id: str) -> bytes:
    """The changelog key of an event; neither id has control characters, so NUL divides them."""
    return f"{ticket_id}\0{event_id}".encode()


def read(record: Incoming) -> Event:
    """The event that a record says.

    Raises:
        InvalidEvent: it says none, or its key is not its ticket's id.
    """
    if record.value is None:
        text = "the value is null: an event is a JSON object"
        raise InvalidEvent(text, "null_value", "")
    if record.key is None:
        text = "the key is null: it must be the ticket's id"
        raise InvalidEvent(text, "null_key", "ticket_id")
    event = parse(record.value)
    if record.key != event.ticket_id.encode():
        text = "the key is not the event's `ticket_id`"
        raise InvalidEvent(text, "key", "ticket_id")
    return event


def sort_out(
    records: Sequence[Incoming],
    known: Callable[[str, str], bytes | None],
    too_late: Callable[[str, int], bool],
    at_home: Callable[[bytes, str], bool],
) -> Admission:
    """Sort a batch of records of one partition.

    Args:
        records: in the order of the log.
        known: the bytes under which a ticket's event is known, by ticket id and event id.
        too_late: whether an instant (ms) of a ticket lies before the one at which the ticket was settled.
        at_home: whether a key, that of this ticket, belongs into this partition.
    """
    found = Admission()
    rows, admitted = found.rows, found.admitted
    here: dict[bytes, bytes] = {}
    for record in records:
        try:
            event = read(record)
        except InvalidEvent as error:
            found.dead.append(
                DeadLetter(record.offset, record.key, record.value, error.reason, error.field, str(error))
            )
            continue
        key, value = record.key, record.value
        assert key is not None  # noqa: S101 -- for the type checker: `read` refuses null
        assert value is not None  # noqa: S101
        ticket_id, event_id = event.ticket_id, event.event_id
        if not at_home(key, ticket_id):
            found.misplaced.append(record)
            continue
        row = row_key(ticket_id, event_id)
        before = here.get(row) or known(ticket_id, event_id)
        if before is not None:
            if before == value or parse(before) == event:
                found.repeated.append(ticket_id)
                found.again.append((event, record.timestamp_ms))
            else:
                text = f"another body is known under event_id {event_id!r}: the first one holds"
                found.dead.append(DeadLetter(record.offset, key, value, "conflict", "event_id", text))
        elif too_late(ticket_id, event.occurred_at // 1000):
            text = "the ticket was settled before: its figures stand"
            found.dead.append(DeadLetter(record.offset, key, value, "too_late", "occurred_at", text))
        else:
            here[row] = value
            rows.append((row, value))
            admitted.append(_new(Admitted, (event, value, record[1])))
    return found
