"""Working time as arithmetic, held against a count minute by minute."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from models.instant import parse_ms
from sla.simulate.hours import BUSIEST, DAY, HOUR, MINUTE, after_work, at_work, busyness

MONDAY = parse_ms("2026-11-16T00:00:00Z")
MINUTES = st.integers(0, 10 * DAY // MINUTE)


@settings(max_examples=60, deadline=None)
@given(MINUTES, st.integers(1, 20 * 60), st.sampled_from([0, 8 * HOUR, -5 * HOUR]))
def test_so_many_minutes_of_work_lie_between(start: int, work: int, offset: int) -> None:
    """From an instant to the end of its work, exactly so many minutes are worked."""
    at = MONDAY + start * MINUTE
    end = after_work(at, work * MINUTE, offset)

    assert work == sum(at_work(minute, offset) for minute in range(at, end, MINUTE))


@given(MINUTES)
def test_no_work_takes_no_time_back(start: int) -> None:
    """The end of a work never lies before its beginning."""
    at = MONDAY + start * MINUTE

    assert after_work(at, 0, 8 * HOUR) >= at


@given(MINUTES)
def test_nothing_is_busier_than_the_busiest_hour(start: int) -> None:
    """The bound that arrivals are thinned by holds at every instant."""
    assert 0 < busyness(MONDAY + start * MINUTE, 8 * HOUR) <= BUSIEST


def test_a_working_day_is_busy_once_on_average() -> None:
    """Over a Tuesday the shape neither adds nor takes away."""
    tuesday = [busyness(MONDAY + DAY + minute * MINUTE, 0) for minute in range(24 * 60)]

    assert abs(sum(tuesday) / len(tuesday) - 1) < 0.02
