"""The period of a kind that an instant lies in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.instant import format_ms, parse_ms
from models.objective import OBJECTIVE_PERIODS
from sla.figures.days import Days, months_of
from sla.figures.spans import first_day, span_of

ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("kind", "at", "period"),
    [
        ("day", "2026-11-21T09:00:00Z", ("2026-11-21", "2026-11-20T16:00:00Z", "2026-11-21T16:00:00Z", 1)),
        ("month", "2026-11-21T09:00:00Z", ("2026-11", "2026-10-31T16:00:00Z", "2026-11-30T16:00:00Z", 21)),
        ("quarter", "2026-11-21T09:00:00Z", ("2026-Q4", "2026-09-30T16:00:00Z", "2026-12-31T16:00:00Z", 52)),
        ("half", "2026-06-30T15:59:59Z", ("2026-H1", "2025-12-31T16:00:00Z", "2026-06-30T16:00:00Z", 181)),
        ("half", "2026-06-30T16:00:00Z", ("2026-H2", "2026-06-30T16:00:00Z", "2026-12-31T16:00:00Z", 1)),
        ("year", "2024-12-31T15:59:59Z", ("2024", "2023-12-31T16:00:00Z", "2024-12-31T16:00:00Z", 366)),
        ("year", "2024-12-31T16:00:00Z", ("2025", "2024-12-31T16:00:00Z", "2025-12-31T16:00:00Z", 1)),
    ],
)
def test_a_period_is_cut_in_the_books_zone(kind: str, at: str, period: tuple[str, str, str, int]) -> None:
    """At midnight in Shanghai, eight hours before that of UTC."""
    span = span_of(Days("Asia/Shanghai"), kind, parse_ms(at))

    assert period == (span.name, format_ms(span.begin), format_ms(span.end), len(span.days))


@given(st.sampled_from(ZONES), st.sampled_from(OBJECTIVE_PERIODS), st.integers(315_532_800_000, 4_102_444_799_999))
def test_an_instant_lies_in_its_period_and_its_day_is_the_last_one(zone: str, kind: str, at: int) -> None:
    """And the days are all there are from the period's first, the months those that its name says."""
    days = Days(zone)
    span = span_of(days, kind, at)

    assert span.begin <= at < span.end
    assert days.day_of(at) == span.days[-1]
    assert days.bounds(span.days[0])[0] == span.begin
    assert all(days.bounds(one)[1] == days.bounds(two)[0] for one, two in zip(span.days, span.days[1:], strict=False))
    assert first_day(days, at) <= span.days[0]
    if kind != "day":
        months = months_of(span.name)
        assert (days.bounds(months[0])[0], days.bounds(months[-1])[1]) == (span.begin, span.end)
