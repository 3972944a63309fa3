"""Instants: RFC 3339 outside, whole numbers inside (ms since 1970 UTC; µs where order within a ms matters)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_US = timedelta(microseconds=1)
_MARGIN_US = 2 * 86_400_000_000
_EARLIEST_US = int(datetime(1980, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
_LATEST_US = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


#: Minutes and offsets met lately, in µs: events crowd into few of them, and this halves the cost of reading instants.
_MINUTES: dict[str, int] = {}
_MINUTES_KEPT = 100_000
_OFFSETS: dict[str, int] = {"Z": 0}
_OFFSETS_KEPT = 200
_SECONDS = {f"{second:02d}": second * 1_000_000 for second in range(60)}


def parse_us(text: str) -> int:
    """Microseconds since 1970 of an RFC 3339 instant with an offset; finer digits are cut.

    Raises:
        ValueError: `text` is no such instant, or lies before 1980 or from 2100 on.
    """
    minute = _MINUTES.get(text[:17])
    if minute is not None:
        split = -1 if text[-1] == "Z" else -6
        second, offset, fraction = _SECONDS.get(text[17:19]), _OFFSETS.get(text[split:]), text[19:split]
        if second is not None and offset is not None:
            if not fraction:
                return minute + second - offset
            if len(fraction) == 4 and fraction[0] == "." and fraction[1:].isdecimal() and fraction.isascii():
                return minute + second - offset + int(fraction[1:]) * 1000
    us = _parse_us(text)
    offset_text = "Z" if text[-1] in "Zz" else text[-6:]
    if offset_text not in _OFFSETS and len(_OFFSETS) < _OFFSETS_KEPT:
        sign = -1 if offset_text[0] == "-" else 1
        _OFFSETS[offset_text] = sign * (int(offset_text[1:3]) * 60 + int(offset_text[4:])) * 60_000_000
    # Read at another offset the same minute lies up to two days away.
    if _EARLIEST_US + _MARGIN_US < us < _LATEST_US - _MARGIN_US and offset_text in _OFFSETS:
        if len(_MINUTES) >= _MINUTES_KEPT:
            _MINUTES.clear()
        _MINUTES[text[:17]] = (us + _OFFSETS[offset_text]) // 60_000_000 * 60_000_000
    return us


def _parse_us(text: str) -> int:
    if not _SHAPE.fullmatch(text):
        msg = f"{text!r} is not an RFC 3339 instant with an offset, such as 2026-11-21T09:30:00+08:00"
        raise ValueError(msg)
    us = (datetime.fromisoformat(text.upper() if text[-1] == "z" or text[10] == "t" else text) - _EPOCH) // _US
    if not _EARLIEST_US <= us < _LATEST_US:
        msg = f"{text!r} lies outside the years 1980 to 2099"
        raise ValueError(msg)
    return us


def parse_any_ms(text: str) -> int:
    """As `parse_ms`, of an instant at which no event occurred: in 1900 to 2199, which calendars answer for."""
    if not _SHAPE.fullmatch(text) or not "1900" <= text[:4] < "2200":
        msg = f"{text!r} is not an RFC 3339 instant with an offset, in the years 1900 to 2199"
        raise ValueError(msg)
    return (datetime.fromisoformat(text.upper()) - _EPOCH) // _US // 1000


def parse_ms(text: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 instant; errors as `parse_us`."""
    return parse_us(text) // 1000


_WRITTEN: dict[int, str] = {}
_TEXTS: dict[int, str] = {}
_TEXTS_KEPT = 50_000
_TAILS = [f"{second:02d}Z" for second in range(60)]


def format_ms(ms: int) -> str:
    """An instant in UTC, with milliseconds only where there are any: `2026-11-21T01:30:00Z`."""
    text = _TEXTS.get(ms)  # a ticket's instants are written again with each of its events
    if text is not None:
        return text
    minute, rest = divmod(ms, 60_000)
    head = _WRITTEN.get(minute)
    if head is None:
        if len(_WRITTEN) >= _MINUTES_KEPT:
            _WRITTEN.clear()
        head = _WRITTEN[minute] = (_EPOCH + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:")
    second, rest = divmod(rest, 1000)
    text = f"{head}{second:02d}.{rest:03d}Z" if rest else head + _TAILS[second]
    if len(_TEXTS) >= _TEXTS_KEPT:
        _TEXTS.clear()
    _TEXTS[ms] = text
    return text


def seconds(ms: int) -> int | float:
    """A duration in ms as seconds, whole ones as integers."""
    whole, rest = divmod(ms, 1000)
    return ms / 1000 if rest else whole
