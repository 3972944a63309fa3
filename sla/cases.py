"""Cases: policies and calendars tested like code. A case is a calendar question or a scenario (contract 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from models.event import InvalidEvent, parse
from models.instant import parse_any_ms, parse_ms
from sla.calendar.question import answer
from sla.policy import PolicyError, book_from
from sla.ticket.document import clock_document
from sla.ticket.ticket import Ticket, fold


class CaseError(ValueError):
    """A case that cannot be run: it is not written as contract 5 says.

    Operator action: mend the case at the field that the message names.
    """


def run_case(case: Mapping[str, Any]) -> list[str]:
    """What the case expects and does not get, one line each; empty when it holds.

    Raises:
        CaseError: the case cannot be run.
    """
    try:
        if "calendar" in case:
            got = answer(dict(case))
            return [] if _same(case["expect"], got) else [f"expected {_text(case['expect'])}, got {_text(got)}"]
        return _scenario(case)
    except KeyError as missing:
        msg = f"field {missing} is missing"
        raise CaseError(msg) from None
    except PolicyError as error:
        raise CaseError(str(error)) from error
    except InvalidEvent as error:
        msg = f"an event is not valid ({error.reason}): {error}"
        raise CaseError(msg) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise CaseError(str(error)) from error


def _scenario(case: Mapping[str, Any]) -> list[str]:
    book = book_from(case["policies"])
    now = parse_ms(case["as_of"])
    first: dict[tuple[str, str], Any] = {}
    for said in case["events"]:
        event = parse(orjson.dumps(said))
        first.setdefault((event.ticket_id, event.event_id), event)
    tickets = {}
    for ticket_id in {ticket for ticket, _ in first}:
        events = [event for (owner, _), event in first.items() if owner == ticket_id]
        tickets[ticket_id] = fold(events, book, now)
    asked = case["expect"].get("ticket")
    if asked is None and len(tickets) > 1:
        msg = "the events are of several tickets: name the one that is asked about in `expect.ticket`"
        raise CaseError(msg)
    ticket = tickets.get(asked) if asked is not None else next(iter(tickets.values()), None)
    failures = []
    for metric, expected in case["expect"]["clocks"].items():
        failures += _compare(metric, expected, _clocks(ticket, metric, now))
    return failures


def _clocks(ticket: Ticket | None, metric: str, now: int) -> list[dict[str, Any]]:
    if ticket is None:
        return []
    return [clock_document(clock, ticket.edition.name, now) for clock in ticket.clocks if clock.metric == metric]


def _compare(metric: str, expected: Any, got: list[dict[str, Any]]) -> list[str]:
    if not expected:
        return [f"{metric}: expected no clock, got {len(got)}"] if got and expected != {} else []
    if isinstance(expected, Mapping):
        if not got:
            return [f"{metric}: expected a clock, there is none"]
        return _compare_clock(metric, expected, got[-1])
    if len(expected) != len(got):
        return [f"{metric}: expected {len(expected)} clocks, got {len(got)}"]
    return [
        failure
        for cycle, (one, other) in enumerate(zip(expected, got, strict=True), 1)
        for failure in _compare_clock(f"{metric}[{cycle}]", one, other)
    ]


def _compare_clock(name: str, expected: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    failures = []
    for field, value in expected.items():
        if field not in got:
            msg = f"expect.clocks.{name}.{field}: a clock has no such field"
            raise CaseError(msg)
        if not _same(value, got[field]):
            failures.append(f"{name}.{field}: expected {_text(value)}, got {_text(got[field])}")
    return failures


def _same(expected: Any, got: Any) -> bool:
    """Equality, with instants compared as instants, and of mappings only the fields that are named."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return all(name in got and _same(value, got[name]) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(_same(a, b) for a, b in zip(expected, got, strict=True))
    if isinstance(expected, str) and isinstance(got, str) and expected != got:
        try:
            return parse_any_ms(expected) == parse_any_ms(got)
        except ValueError:
            return False
    return expected is got or (type(expected) is not bool and type(got) is not bool and expected == got)


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
