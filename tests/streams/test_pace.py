"""How often figures are told."""

from __future__ import annotations

import pytest

from streams.pace import LONGEST_MS, Beat, pause, totals_due


@pytest.mark.parametrize(
    ("took", "behind", "expected"),
    [
        (0, False, 500),
        (100, False, 400),
        (400, False, 400),
        (3_000, False, 500),
        (0, True, 500),
        (100, True, 2_000),
        (9_000, True, LONGEST_MS),
    ],
)
def test_the_past_takes_a_small_part_of_the_time_and_the_present_waits_for_no_more_than_a_beat(
    took: int, expected: int, *, behind: bool
) -> None:
    """Beats keep their distance; a slow one is not made up for, and nothing waits for longer than a minute."""
    assert expected == pause(took, 500, behind=behind)


@pytest.mark.parametrize(
    ("passed", "behind", "expected"),
    [(2_999, False, False), (3_000, False, True), (59_999, True, False), (60_000, True, True)],
)
def test_totals_go_with_every_sixth_beat_and_hardly_one_of_the_past(
    passed: int, *, behind: bool, expected: bool
) -> None:
    """They are the largest documents, and nobody watches them by the second."""
    assert expected is totals_due(5, 5 + passed, behind=behind)


def test_the_end_of_a_backlog_ends_the_pause_that_was_begun_in_it() -> None:
    """Whether figures are of the past is asked anew each time."""
    beat = Beat(500)
    beat.done(1_000, 1_400)

    assert not beat.is_due(2_500, lambda _: True)
    assert beat.is_due(2_500, lambda _: False)
    assert [False, True] == [beat.is_due(1_400 + passed, lambda _: True) for passed in (7_999, 8_000)]
    assert [False, True] == [beat.is_due(1_400 + passed, lambda _: False) for passed in (399, 400)]
