"""The arithmetic of a card, as tables and as laws."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.numbers import decimal, exact_half_up, half_up
from appraisal.scorecard import Goal
from appraisal.scoring import reweigh, score_of

AT_LEAST_95 = Goal("at_least", Fraction(95, 100), ">= 95%", Fraction(1, 2), Fraction(1, 100), "1%")
AT_MOST_2H = Goal("at_most", Fraction(7200), "<= 2h", Fraction(1), Fraction(900), "15m")
NONE = Goal("at_most", Fraction(0), "0", Fraction(5), Fraction(1), "1")


@pytest.mark.parametrize(
    ("value", "goal", "whole", "score"),
    [
        (Fraction(95, 100), AT_LEAST_95, False, 100),
        (Fraction(1), AT_LEAST_95, False, 100),  # more than asked for earns no more
        (Fraction(945, 1000), AT_LEAST_95, False, Fraction("99.75")),
        (Fraction(945, 1000), AT_LEAST_95, True, 100),  # half a step is no whole one
        (Fraction(94, 100), AT_LEAST_95, True, Fraction("99.5")),
        (Fraction(2, 3), AT_LEAST_95, True, 86),  # 28⅓ steps
        (Fraction(0), AT_LEAST_95, False, Fraction("52.5")),
        (Fraction(7200), AT_MOST_2H, False, 100),
        (Fraction(7201), AT_MOST_2H, True, 100),
        (Fraction(9000), AT_MOST_2H, False, 98),
        (Fraction(1_000_000), AT_MOST_2H, False, 0),  # never below 0
        (Fraction(0), NONE, False, 100),
        (Fraction(1), NONE, False, 95),
        (Fraction(21), NONE, True, 0),
    ],
)
def test_a_value_loses_what_it_falls_short_by(value: Fraction, goal: Goal, whole: bool, score: Fraction) -> None:
    """Full marks at the target, less the deduction for each step, floored where only whole steps count."""
    assert score == score_of(value, goal, whole=whole).score


def test_a_step_that_is_just_reached_counts_as_whole() -> None:
    """0.95 less 0.94 is exactly one per cent, which no binary number is."""
    assert 1 == score_of(Fraction("0.94"), AT_LEAST_95, whole=True).steps


shares = st.lists(st.tuples(st.fractions(Fraction(1, 100), 1), st.booleans()), min_size=1, max_size=6)
dimensions = st.lists(st.tuples(st.fractions(Fraction(1, 100), 1), shares), min_size=1, max_size=5)


@given(dimensions)
def test_weights_after_reweighing_add_up_to_the_whole(
    dealt: list[tuple[Fraction, list[tuple[Fraction, bool]]]],
) -> None:
    """Whatever is left out, what stays carries everything; of nothing there is nothing."""
    weighed = reweigh(dealt)
    anything = any(stays for _, measures in dealt for _, stays in measures)

    assert Fraction(1 if anything else 0) == sum(one.weight * share for one in weighed for share in one.shares)


@given(dimensions)
def test_reweighing_keeps_proportions_and_leaves_out_what_is_missing(
    dealt: list[tuple[Fraction, list[tuple[Fraction, bool]]]],
) -> None:
    """Two measures of one dimension that stay keep their ratio; one that is left out has no weight."""
    for (_, measures), one in zip(dealt, reweigh(dealt), strict=True):
        kept = [(share, new) for (share, stays), new in zip(measures, one.shares, strict=True) if stays]

        assert not any(new for (_, stays), new in zip(measures, one.shares, strict=True) if not stays)
        assert len({new / share for share, new in kept}) <= 1


@pytest.mark.parametrize(
    ("number", "text"),
    [("84.995", "85.00"), ("84.994", "84.99"), ("0.005", "0.01"), ("99.999", "100.00"), ("3", "3.00")],
)
def test_what_is_shown_is_rounded_half_up(number: str, text: str) -> None:
    """As a cashier rounds, not as a computer does."""
    assert text == str(half_up(Decimal(number)))
    assert text == str(exact_half_up(Fraction(number)))


def test_thirds_of_a_weight_reach_the_mark_exactly() -> None:
    """Three thirds of 85 are 85, not a hair less."""
    assert Fraction(85) == sum((Fraction(85) * Fraction(1, 3) for _ in range(3)), Fraction(0))
    assert Decimal("0." + "3" * 28) == decimal(Fraction(1, 3))
