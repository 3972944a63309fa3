"""The small words of a policy: durations, times of the day, spans, dates, levels. Each raises `Unreadable`."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from models.policy import Level

_UNIT_MS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}
_ISO_UNIT_MS = {**_UNIT_MS, "w": 7 * 86_400_000}
_SHORT = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_NUMBER = r"\d+(?:[.,]\d+)?"
_ISO = re.compile(
    rf"P(?:(?P<w>{_NUMBER})W)?(?:(?P<d>{_NUMBER})D)?"
    rf"(?:T(?:(?P<h>{_NUMBER})H)?(?:(?P<m>{_NUMBER})M)?(?:(?P<s>{_NUMBER})S)?)?",
    re.ASCII,
)
_DURATION_MEND = "Write it as 90s, 15m, 4h, 1h30m, 2d or PT15M"
#: Longer promises than ten years are slips of the pen.
_LONGEST_MS = 3660 * 86_400_000
_TIME = re.compile(r"([0-4]\d):([0-5]\d)", re.ASCII)
_SHARE = re.compile(r"(\d{1,2}(?:\.\d{1,4})?)\s*%", re.ASCII)
_AROUND = re.compile(r"(\S+)\s+(left|over)", re.ASCII)
_LEVEL_MEND = "Write a share as 75%, or a duration as 2m left or 10m over"
#: Years that calendars answer for.
_YEARS = range(1900, 2200)


class Unreadable(ValueError):
    """A word that does not say what it should.

    Operator action: `mend` tells how such a word is written.
    """

    def __init__(self, text: str, fault: str, mend: str) -> None:
        self.mend = mend
        super().__init__(f"{text!r} is {fault}")


def duration_ms(text: str) -> int:
    """`1h30m` or `PT1H30M` in ms, more than zero; a day is 24 hours."""
    short = _SHORT.fullmatch(text)
    if short and text:
        total = sum(int(count) * unit for count, unit in zip(short.groups(), _UNIT_MS.values(), strict=True) if count)
    else:
        iso = _ISO.fullmatch(text)
        parts = {unit: part for unit, part in iso.groupdict().items() if part} if iso else {}
        if not parts or text.endswith("T"):
            raise Unreadable(text, "no duration", _DURATION_MEND)
        numbers = {unit: Decimal(part.replace(",", ".")) for unit, part in parts.items()}
        total = int(sum(number * _ISO_UNIT_MS[unit] for unit, number in numbers.items()))
    if total <= 0:
        raise Unreadable(text, "no time at all", "Write more than zero, or `none` to promise nothing")
    if total > _LONGEST_MS:
        raise Unreadable(text, "longer than ten years", _DURATION_MEND)
    return total


def minute_of_day(text: str, last: int = 1440) -> int:
    """`09:30` in minutes since midnight, up to `last`."""
    found = _TIME.fullmatch(text)
    minute = int(found[1]) * 60 + int(found[2]) if found else -1
    if not 0 <= minute <= last:
        latest = f"{last // 60:02d}:{last % 60:02d}"
        raise Unreadable(text, "no time of the day", f"Write it as 09:30, from 00:00 to {latest}")
    return minute


def span(text: str, latest_start: int = 1439) -> tuple[int, int]:
    """`22:00-30:00` as minutes of the day on which it starts; the end may be up to 48:00."""
    start_text, dash, end_text = text.replace(" ", "").partition("-")
    if not dash:
        raise Unreadable(text, "no span of hours", 'Write it as "09:00-17:30"')
    start, end = minute_of_day(start_text, latest_start), minute_of_day(end_text, 2880)
    if end < start:
        over = f"{start_text}-{end // 60 + 24:02d}:{end % 60:02d}"
        raise Unreadable(text, "a span that ends before it starts", f'If it runs past midnight, write "{over}"')
    return start, end


def day(text: str) -> int:
    """`2026-10-01` as an ordinal."""
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        raise Unreadable(text, "no date", "Write it as 2026-10-01")
    return found.toordinal()


def month_and_day(text: str) -> tuple[int, int]:
    """`05-01`, a day of every year; 02-29 is one of leap years."""
    try:
        found = date.fromisoformat(f"2000-{text}") if len(text) == 5 else None
    except ValueError:
        found = None
    if found is None:
        raise Unreadable(text, "no date", 'Write it as 2026-10-01, or "05-01" for every year')
    return found.month, found.day


def level(text: str) -> Level:
    """`75%`, `2m left` or `10m over`."""
    share = _SHARE.fullmatch(text)
    if share:
        amount = int(Decimal(share[1]) * 10_000)
        if amount:
            return Level(text, "share", amount)
    if text.replace(" ", "").endswith("%"):
        raise Unreadable(text, "no share below the whole", "Write a share above 0% and below 100%")
    around = _AROUND.fullmatch(text)
    if not around:
        raise Unreadable(text, "no level", _LEVEL_MEND)
    amount = duration_ms(around[1])
    return Level(text, "left" if around[2] == "left" else "over", amount)


def share_millionths(text: str) -> int:
    """`95%` or `99.95%` in millionths."""
    found = _SHARE.fullmatch(text)
    amount = int(Decimal(found[1]) * 10_000) if found else 0
    if not amount:
        raise Unreadable(text, "no share below the whole", "Write a share above 0% and below 100%, such as 95%")
    return amount
