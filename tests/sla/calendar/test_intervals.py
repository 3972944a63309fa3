"""The algebra of half-open intervals, held against sets of points."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sla.calendar.intervals import Interval, clipped, merged, without

INTERVALS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def points(intervals: list[Interval]) -> set[int]:
    return {point for start, end in intervals for point in range(start, end)}


@given(INTERVALS)
def test_merging_keeps_the_points_and_leaves_gaps(intervals: list[Interval]) -> None:
    """Merged intervals hold the same points, are in order, and neither overlap nor touch."""
    result = merged(intervals)

    assert points(intervals) == points(result)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(result))
    assert all(start < end for start, end in result)


@given(INTERVALS, INTERVALS)
def test_what_is_taken_out_is_gone_and_nothing_else(intervals: list[Interval], holes: list[Interval]) -> None:
    """Intervals less holes hold the points of the one that are not points of the other."""
    result = without(merged(intervals), merged(holes))

    assert points(intervals) - points(holes) == points(result)
    assert result == merged(result)


@given(INTERVALS, st.integers(0, 40), st.integers(0, 40))
def test_clipping_keeps_what_lies_between(intervals: list[Interval], start: int, end: int) -> None:
    """Clipped intervals hold the points between the two bounds."""
    assert points(intervals) & set(range(start, end)) == points(clipped(merged(intervals), start, end))
