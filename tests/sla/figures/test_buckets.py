"""Histograms: whole-number steps, percentiles within 1 %."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.figures.buckets import STEPS, bucket_of, least_of, quantiles, twice_middle
from tests.sla.figures.oracle import quantile

numbers = st.integers(0, 100 * 366 * 86_400_000)


@pytest.mark.parametrize(
    ("number", "bucket"),
    [(0, 0), (1, 1), (127, 127), (128, 128), (129, 128), (130, 129), (255, 191), (256, 192), (259, 192), (260, 193)],
)
def test_a_number_has_its_step(number: int, bucket: int) -> None:
    """Numbers under 128 have a step each, from there a power of two has 64."""
    assert bucket == bucket_of(number)


@given(numbers)
def test_a_step_holds_its_numbers_within_one_percent(number: int) -> None:
    """A number lies in its step, and the step's middle is within 1 % of it."""
    bucket = bucket_of(number)

    assert bucket < STEPS
    assert least_of(bucket) <= number < least_of(bucket + 1)
    assert abs(twice_middle(bucket) / 2 - number) <= 0.01 * number


@given(st.integers(0, 2500))
def test_the_least_number_of_a_step_names_it(bucket: int) -> None:
    """A step written down by its least number can be read again."""
    assert bucket == bucket_of(least_of(bucket))


@given(st.lists(numbers, min_size=1, max_size=60))
def test_quantiles_are_those_of_the_numbers_within_one_percent(values: list[int]) -> None:
    """Interpolated between ranks, never outside the numbers, whatever they are."""
    steps: dict[int, int] = {}
    for value in values:
        steps[bucket_of(value)] = steps.get(bucket_of(value), 0) + 1
    found = quantiles(sorted(steps.items()), len(values), (0, 50, 90, 95, 100), min(values), max(values))

    for percent, value in zip((0, 50, 90, 95, 100), found, strict=True):
        assert math.isclose(quantile(values, percent), value, rel_tol=0.01)
        assert min(values) <= value <= max(values)
    assert sorted(found) == found
    assert [min(values), max(values)] == [found[0], found[-1]]


def test_two_numbers_give_exact_quantiles() -> None:
    """With the ends known, what lies between two numbers is exact."""
    low, high = 118_801, 3_165_000
    steps = [(bucket_of(low), 1), (bucket_of(high), 1)]

    assert [(low + high) / 2, low + (high - low) * 0.9] == quantiles(steps, 2, (50, 90), low, high)
