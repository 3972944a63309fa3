"""Instants: RFC 3339 outside, whole numbers inside (ms since 1970 UTC; µs where order within a ms matters)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_US = timedelta(microseconds=1)
_EARLIEST_US = int(datetime(1980, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
_LATEST_US = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def parse_us(text: str) -> int:
    """Microseconds since 1970 of an RFC 3339 instant with an offset; finer digits are cut.

    Raises:
        ValueError: `text` is no such instant, or lies before 1980 or from 2100 on.
    """
    if not _SHAPE.fullmatch(text):
        msg = f"{text!r} is not an RFC 3339 instant with an offset, such as 2026-11-21T09:30:00+08:00"
        raise ValueError(msg)
    us = (datetime.fromisoformat(text.upper() if text[-1] == "z" or text[10] == "t" else text) - _EPOCH) // _US
    if not _EARLIEST_US <= us < _LATEST_US:
        msg = f"{text!r} lies outside the years 1980 to 2099"
        raise ValueError(msg)
    return us


def parse_ms(text: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 instant; errors as `parse_us`."""
    return parse_us(text) // 1000


def format_ms(ms: int) -> str:
    """An instant in UTC, with milliseconds only where there are any: `2026-11-21T01:30:00Z`."""
    seconds, rest = divmod(ms, 1000)
    text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


def seconds(ms: int) -> int | float:
    """A duration in ms as seconds, whole ones as integers."""
    whole, rest = divmod(ms, 1000)
    return ms / 1000 if rest else whole
