"""Histograms gathered into a few ranges that people think in."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from appraisal.forms.words import Vocabulary
from models.measure import Unit

_MINUTE_MS: Final = 60_000
_DURATIONS: Final = tuple(
    minutes * _MINUTE_MS for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 1440, 2880, 5760, 10_080, 20_160)
)
_POINT: Final = 1_000_000
_POINTS: Final = tuple(points * _POINT for points in (20, 40, 60, 70, 80, 90))
_EXACT_BELOW: Final = 128


class Bin(NamedTuple):
    """A range with the number of cases in it."""

    label: str
    number: int


def bins_of(histogram: Sequence[tuple[int, int]], unit: Unit, words: Vocabulary) -> list[Bin]:
    """The steps of a histogram, ms or millionths of a point, as ranges without the empty ones at both ends.

    A duration that is exactly an edge lies below it, for targets are "at most"; a score lies above, for theirs are "at
    least". A step is up to 1.6 % wide, so that what lies so near an edge may be told on its other side.
    """
    durations = unit == "s"
    edges = _DURATIONS if durations else _POINTS
    counts = [0] * (len(edges) + 1)
    for least, number in histogram:
        place = (
            sum(1 for edge in edges if least > edge)
            if durations
            else sum(1 for edge in edges if _greatest(least) >= edge)
        )
        counts[place] += number
    labels = _durations(words) if durations else _points(words)
    filled = [place for place, number in enumerate(counts) if number]
    if not filled:
        return []
    return [Bin(labels[place], counts[place]) for place in range(filled[0], filled[-1] + 1)]


def _greatest(least: int) -> int:
    """The greatest number in the step that begins here."""
    return least if least < _EXACT_BELOW else least + (1 << (least.bit_length() - 7)) - 1


def _durations(words: Vocabulary) -> list[str]:
    names = [_time(edge, words) for edge in _DURATIONS]
    between = [words("between", low=low, high=high) for low, high in pairwise(names)]
    return [words("up_to", edge=names[0]), *between, words("over", edge=names[-1])]


def _time(edge: int, words: Vocabulary) -> str:
    minutes = Decimal(edge // _MINUTE_MS)
    return words("minutes", n=minutes) if minutes < 60 else words("hours", n=minutes / 60)


def _points(words: Vocabulary) -> list[str]:
    names = [str(edge // _POINT) for edge in _POINTS] + ["100"]
    between = [words("from", low=low, high=high) for low, high in pairwise(names)]
    return [words("under", edge=names[0]), *between]
