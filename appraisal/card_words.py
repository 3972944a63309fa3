"""The small words of a scorecard: percentages, amounts in a measure's unit, goals, splits. Each raises `Unreadable`."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from appraisal.scorecard import Where
from models.measure import Better, Unit
from sla.policy.words import Unreadable, duration_ms

_NUMBER = r"\d{1,12}(?:\.\d{1,9})?"
_PLAIN = re.compile(_NUMBER, re.ASCII)
_PERCENT = re.compile(rf"({_NUMBER})\s*%", re.ASCII)
_GOAL = re.compile(r"(>=|<=|≥|≤)?\s*(.+)")
_COMPARE = re.compile(rf"(>=|<=|>|<|=)?\s*({_NUMBER})", re.ASCII)
_SIGNS = {">=": "at_least", "≥": "at_least", "<=": "at_most", "≤": "at_most"}

#: How an amount of each unit is written.
WRITTEN = {
    "ratio": "a percentage such as 95%",
    "s": "a duration such as 2h or 15m",
    "points": "a number of points such as 90",
    "count": "a number such as 5",
    "hours": "a number of hours such as 40",
    "weight": "a number such as 120",
}


def percent(text: str) -> Fraction:
    """`40%` as a fraction of 1: above 0, at most all."""
    found = _PERCENT.fullmatch(text.strip())
    share = Fraction(found[1]) / 100 if found else Fraction(0)
    if not 0 < share <= 1:
        raise Unreadable(text, "no percentage above 0% and up to 100%", "Write it as 40%")
    return share


def number(text: str) -> Fraction:
    """A plain number, not below 0."""
    if not _PLAIN.fullmatch(text.strip()):
        raise Unreadable(text, "no number", "Write a number such as 0.5, 1 or 90")
    return Fraction(text.strip())


def amount(text: str, unit: Unit) -> Fraction:
    """An amount in a measure's unit: `95%` of a ratio as 19/20, `2h` of a duration as 7200 s; 0 is 0 in each."""
    plain = text.strip()
    if plain == "0":
        return Fraction(0)
    if unit == "ratio":
        found = _PERCENT.fullmatch(plain)
        if not found:
            raise Unreadable(text, "no share: the measure is a ratio", f"Write {WRITTEN[unit]}")
        return Fraction(found[1]) / 100
    if unit == "s":
        try:
            return Fraction(duration_ms(plain), 1000)
        except Unreadable as error:
            raise Unreadable(text, "no duration: the measure is one", f"Write {WRITTEN[unit]}") from error
    if not _PLAIN.fullmatch(plain):
        raise Unreadable(text, f"no number: the measure is in {unit}", f"Write {WRITTEN[unit]}")
    return Fraction(plain)


def goal(text: str, unit: Unit, better: Better) -> tuple[str, Fraction]:
    """`>= 95%`, `<= 2h`, `0`, `>= 5` as direction and target. Without a sign the measure's own direction holds."""
    found = _GOAL.fullmatch(text.strip())
    sign, rest = (found[1], found[2]) if found else (None, text)
    own = "at_least" if better == "more" else "at_most"
    direction = _SIGNS[sign] if sign else own
    target = amount(rest, unit)
    if direction != own:
        wanted = ">=" if own == "at_least" else "<="
        fault = f"turned the wrong way: of this measure {better} is better"
        raise Unreadable(text, fault, f"Write `{wanted} {rest.strip()}`")
    if direction == "at_least" and target == 0:
        raise Unreadable(text, "reached by everybody: more than 0 is always there", "Write a target above 0")
    if unit == "points" and target > 100:
        raise Unreadable(text, "out of reach: points are of 100", "Write at most 100")
    return direction, target


def step(text: str, unit: Unit) -> Fraction:
    """`1%`, `15m` or `1`: how much each deduction is for, above 0."""
    size = amount(text, unit)
    if size <= 0:
        raise Unreadable(text, "no step: it would never end", f"Write {WRITTEN[unit]}, above 0")
    return size


def deduction(text: str) -> Fraction:
    """`0.5`: points of 100, above 0."""
    points = number(text)
    if not 0 < points <= 100:
        raise Unreadable(text, "no deduction", "Write the points that each step costs, above 0 and up to 100")
    return points


def complexity(text: str) -> Where:
    """`>= 3`, or a plain number for that complexity alone."""
    found = _COMPARE.fullmatch(text.strip())
    if not found:
        raise Unreadable(text, "no complexity", 'Write it as ">= 3"')
    sign, than = found[1] or "=", Decimal(found[2])
    label = found[2] if sign == "=" else f"{sign} {found[2]}"
    return Where("complexity", (label,), sign, than)
