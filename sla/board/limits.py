"""From where a figure is amber or red: how limits are written, and which one a value has passed."""

from __future__ import annotations

import re
from decimal import Decimal

from models.wallboard import Better, Limits, Unit
from sla.policy.words import Unreadable, duration_ms

_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_MOST_POINTS = 100


def level_of(value: float | None, limits: Limits, better: Better) -> str:
    """`red`, `amber` or "" of a value in the unit of its limits; of no value there is nothing to say."""
    if value is None:
        return ""
    for level, limit in (("red", limits.red), ("amber", limits.amber)):
        if limit is not None and (value < limit if better == "more" else value >= limit):
            return level
    return ""


def limit_of(text: str, unit: Unit) -> float:
    """A limit as it is written: `95%` of a share, `15m` of a duration or an age, a number of anything else.

    Raises:
        Unreadable: it is written for another unit.
    """
    if unit in {"s", "ticket"}:
        ms = duration_ms(text)
        return ms // 1000 if ms % 1000 == 0 else ms / 1000
    if unit == "ratio":
        share = _SHARE.fullmatch(text)
        if share is None or Decimal(share[1]) > 100:
            raise Unreadable(text, "no share", "Write it as 95%, from 0% to 100%")
        return float(Decimal(share[1]) / 100)
    if not _NUMBER.fullmatch(text):
        raise Unreadable(text, "no number", "Write a number from 0 on, such as 20")
    if unit == "count" and "." in text:
        raise Unreadable(text, "no whole number", "Write a whole number, such as 20")
    if unit == "points" and float(text) > _MOST_POINTS:
        raise Unreadable(text, "more than 100 points", "Write points of 100, such as 80")
    return float(text) if "." in text else int(text)


def is_crossed(limits: Limits, better: Better) -> bool:
    """Whether amber lies beyond red, so that it would never be seen, or is the same."""
    amber, red = limits
    if amber is None or red is None:
        return False
    return amber <= red if better == "more" else amber >= red
