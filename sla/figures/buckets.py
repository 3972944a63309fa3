"""Histograms of whole numbers whose percentiles hold within 1 %.

A step is a power of two divided into 64 equal parts; numbers under 128 have a step each. The middle of a step is
then at most 1/128 away from anything in it. Steps follow from the bits of the number alone: no logarithm, whose
last digit differs between machines, decides a figure, and a step can be counted down as well as up.
"""

from __future__ import annotations

from collections.abc import Sequence

#: More than the step of any duration of a hundred years in ms.
STEPS = 4096


def bucket_of(value: int) -> int:
    """The step of a number not below 0."""
    shift = value.bit_length() - 7
    return value if shift <= 0 else (shift << 6) + (value >> shift)


def least_of(bucket: int) -> int:
    """The least number in a step."""
    shift = (bucket >> 6) - 1
    return bucket if shift <= 0 else (bucket - (shift << 6)) << shift


def twice_middle(bucket: int) -> int:
    """Twice the middle of a step: whole, so that quantiles stay exact fractions until the end."""
    shift = (bucket >> 6) - 1
    return 2 * bucket if shift <= 0 else (((bucket - (shift << 6)) << shift) * 2) + (1 << shift) - 1


#: By step: its least number, and twice its middle.
LEAST = tuple(least_of(bucket) for bucket in range(STEPS))
TWICE_MIDDLE = tuple(twice_middle(bucket) for bucket in range(STEPS))


def quantiles(
    steps: Sequence[tuple[int, int]],
    count: int,
    percents: Sequence[int],
    low: int | None = None,
    high: int | None = None,
) -> list[float]:
    """Quantiles by linear interpolation between ranks (numpy's default), in the unit of the numbers.

    `steps` are (bucket, number in it) in order, `count` their sum, above 0. `low` and `high` are the least and greatest
    number where they are known exactly: the ends of the ranks are then these, and nothing lies outside them.
    """
    ranks = []
    for percent in percents:
        rank, part = divmod((count - 1) * percent, 100)
        ranks.append((rank, part))
    twice_low = 2 * low if low is not None else None
    twice_high = 2 * high if high is not None else None

    wanted = sorted({r for rank, part in ranks for r in ((rank, rank + 1) if part else (rank,))})
    found: dict[int, int] = {}
    seen = 0
    place = 0
    for bucket, number in steps:
        seen += number
        while place < len(wanted) and wanted[place] < seen:
            rank = wanted[place]
            twice = TWICE_MIDDLE[bucket]
            if twice_low is not None and (rank == 0 or twice < twice_low):
                twice = twice_low
            if twice_high is not None and (rank == count - 1 or twice > twice_high):
                twice = twice_high
            found[rank] = twice
            place += 1
        if place == len(wanted):
            break
    return [
        (found[rank] * (100 - part) + found[rank + 1] * part) / 200 if part else found[rank] / 2 for rank, part in ranks
    ]
