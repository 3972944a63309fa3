"""Half-open intervals as values: sorted lists of (start, end), with the three operations calendars need."""

from __future__ import annotations

from collections.abc import Iterable

Interval = tuple[int, int]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants as sorted intervals that neither overlap nor touch; empty ones are gone."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            if end > result[-1][1]:
                result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def without(intervals: list[Interval], holes: list[Interval]) -> list[Interval]:
    """`intervals` less `holes`; both merged before."""
    if not holes:
        return intervals
    result: list[Interval] = []
    first = 0
    for start, end in intervals:
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        at, index = start, first
        while index < len(holes) and holes[index][0] < end:
            hole_start, hole_end = holes[index]
            if hole_start > at:
                result.append((at, hole_start))
            at = max(at, hole_end)
            index += 1
        if at < end:
            result.append((at, end))
    return result


def clipped(intervals: list[Interval], start: int, end: int) -> list[Interval]:
    """What of `intervals`, merged before, lies between `start` and `end`."""
    inside = [interval for interval in intervals if interval[0] < end and interval[1] > start]
    if inside:  # in order, so only the first and the last can reach over
        inside[0] = (max(inside[0][0], start), inside[0][1])
        inside[-1] = (inside[-1][0], min(inside[-1][1], end))
    return inside
