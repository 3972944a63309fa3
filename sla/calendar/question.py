"""Calendar questions as data: the cases of which calendars can be tested like code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.instant import format_ms, parse_any_ms, seconds
from sla.policy.calendars import calendar_from

ASKS = ("elapsed", "add", "is_open", "next_open", "next_close", "previous_open", "periods")


def answer(case: Mapping[str, Any]) -> Any:
    """What its calendar says to a case's `ask`, in the case's own units: seconds, RFC 3339 instants, lists, booleans.

    Raises:
        ValueError: an unreadable calendar (`PolicyError`), an unknown `ask`, a missing or unreadable operand, or a
            question without an answer (`CalendarError`).
    """
    ask = case.get("ask")
    try:
        calendar = calendar_from(case["calendar"])
        if ask == "elapsed":
            return seconds(calendar.elapsed(parse_any_ms(case["from"]), parse_any_ms(case["to"])))
        if ask == "add":
            return format_ms(calendar.add(parse_any_ms(case["from"]), round(case["seconds"] * 1000)))
        if ask == "periods":
            direction, count = case["direction"], case["count"]
            if direction not in {"after", "before"}:
                msg = f"direction is {direction!r}; write `after` or `before`"
                raise ValueError(msg)
            found = calendar.periods(parse_any_ms(case["at"]), direction, count)
            return [[format_ms(start), format_ms(end)] for start, end in found]
        if ask == "is_open":
            return calendar.is_open(parse_any_ms(case["at"]))
        if ask in {"next_open", "next_close", "previous_open"}:
            return format_ms(getattr(calendar, ask)(parse_any_ms(case["at"])))
    except KeyError as error:
        msg = f"a case that asks {ask!r} needs the field {error.args[0]!r}"
        raise ValueError(msg) from error
    msg = f"unknown ask {ask!r}; write one of {', '.join(ASKS)}"
    raise ValueError(msg)


def agrees(expected: Any, got: Any) -> bool:
    """Whether an answer is the expected one; instants are compared as instants, however they are written."""
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(agrees(a, b) for a, b in zip(expected, got, strict=True))
    if isinstance(expected, str) and isinstance(got, str):
        return parse_any_ms(expected) == parse_any_ms(got)
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    return bool(expected == got)
