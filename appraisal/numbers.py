"""Exact numbers inside, decimals outside, two places for the eye.

What is computed stays a fraction to the end: thirds of a weight add up to the whole, and a score that is exactly the
pass mark reaches it. Binary floating point takes no part in it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

#: Digits of a decimal that goes into a form: far beyond what anybody prints, so that rounding happens once.
_CONTEXT = Context(prec=28)
_CENT = Decimal("0.01")


def decimal(number: Fraction | int) -> Decimal:
    """A number as a decimal of at most 28 digits, without needless zeros: 1/3 as 0.3333… with 28 threes."""
    if number.denominator == 1:
        return Decimal(number.numerator)
    return _CONTEXT.divide(Decimal(number.numerator), Decimal(number.denominator))


def decimal_or_none(number: Fraction | int | None) -> Decimal | None:
    """The same of a number that may be missing."""
    return None if number is None else decimal(number)


def half_up(number: Decimal, places: Decimal = _CENT) -> Decimal:
    """Rounded as HR does it: 84.995 is 85.00."""
    return number.quantize(places, ROUND_HALF_UP)


def exact_half_up(number: Fraction) -> Decimal:
    """A fraction rounded half up to two places, without rounding on the way."""
    doubled = abs(number) * 200 + 1
    cents = doubled.numerator // (doubled.denominator * 2)
    return (Decimal(cents) / 100 if number >= 0 else -Decimal(cents) / 100).quantize(_CENT)
