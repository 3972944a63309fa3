"""What counts of a ticket: its facts, as they are put down, taken back and marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from models.fact import ASKED_FIELDS, Dims, Fact

if TYPE_CHECKING:
    from sla.ticket.clock import Clock
    from sla.ticket.ticket import Ticket

#: Stands where a fact was taken back; counts nothing.
TAKEN_BACK = Fact("", 0, Dims(None, "", None, None, 0), None, "-", 0, "-", 0, "")
_WHOLE = 1_000_000  # a complexity of 1
_new: Any = tuple.__new__  # a named tuple's own constructor costs three times as much
_KNOWN_DIMS: dict[Dims, Dims] = {}
_DIMS_KEPT = 65_536


def dims_of(fields: dict[str, Any]) -> Dims:
    """The fields that figures are split by; the same object for the same values."""
    dims: Dims = _new(
        Dims,
        (
            fields["team"],
            fields["priority"],
            fields["customer_tier"],
            fields["channel"],
            round(fields["complexity"] * _WHOLE),
        ),
    )
    known = _KNOWN_DIMS.get(dims)
    if known is None:
        if len(_KNOWN_DIMS) >= _DIMS_KEPT:
            _KNOWN_DIMS.clear()
        known = _KNOWN_DIMS[dims] = dims
    return known


def count(ticket: Ticket, kind: str, at: int, person: str | None, event_id: str) -> None:
    """Count one of the ticket's counts, under its fields as they stand."""
    ticket.counts[kind] += 1
    ticket.facts.append(_new(Fact, (kind, at, ticket.dims, person, "-", 0, event_id, 0, "")))


def lacking(fields: dict[str, Any]) -> str:
    """The mark of a creation: which of the fields of a complete ticket are missing."""
    return "+".join([name for name in ASKED_FIELDS if fields[name] is None])


def put(ticket: Ticket, kind: str, at: int, person: str | None, event_id: str, value: int = 0, mark: str = "") -> None:  # noqa: PLR0917 -- called at every event
    """Put down a fact that is of no clock, under the ticket's fields as they stand."""
    ticket.facts.append(_new(Fact, (kind, at, ticket.dims, person, "-", 0, event_id, value, mark)))


def move(ticket: Ticket, dims: Dims, at: int, event_id: str) -> None:
    """Let an open ticket leave its place on the board and take that of `dims`."""
    ticket.facts += (
        _new(Fact, ("left", at, ticket.dims, None, "-", 0, event_id, 0, "")),
        _new(Fact, ("opened", at, dims, None, "-", 0, event_id, 0, "")),
    )


def put_of_clock(  # noqa: PLR0917 -- called at every event
    ticket: Ticket, kind: str, clock: Clock, at: int, dims: Dims, person: str | None, event_id: str, value: int = 0
) -> Fact:
    """Put down what a clock leaves."""
    fact: Fact = _new(Fact, (kind, at, dims, person, clock.metric, clock.cycle, event_id, value, ""))
    ticket.facts.append(fact)
    return fact


def take_back(ticket: Ticket, fact: Fact | None) -> None:
    """Take a fact back; its place stays, so that `solutions` goes on pointing right."""
    if fact is not None:
        facts = ticket.facts
        for index in range(len(facts) - 1, -1, -1):
            if facts[index] is fact:
                facts[index] = TAKEN_BACK
                ticket.has_gaps = True
                return


def remark(ticket: Ticket, index: int, add: Iterable[str] = (), drop: Iterable[str] = ()) -> None:
    """Change the marks of the fact at `index`."""
    fact = ticket.facts[index]
    marks = ({*fact.mark.split("+")} | set(add)) - {"", *drop}
    ticket.facts[index] = fact._replace(mark="+".join(sorted(marks)))


def standing(ticket: Ticket) -> list[Fact]:
    """A list of the facts that count: none that was taken back."""
    if ticket.has_gaps:
        return [fact for fact in ticket.facts if fact is not TAKEN_BACK]
    return list(ticket.facts)
