"""Due dates in open days: closed starts, cutoffs, openings."""

from __future__ import annotations

import pytest

from tests.sla.calendar.calendars import NIGHT_WEEK, OFFICE_WEEK, at, calendar

CUTOFF, OPENS = 17 * 60, 8 * 60 + 30


@pytest.mark.parametrize(
    ("start", "n", "cutoff", "opens", "due"),
    [
        ("2026-03-02 10:15:30", 1, None, None, "2026-03-03 10:15:30"),
        ("2026-03-02 03:00", 2, None, None, "2026-03-04 03:00"),  # before opening: keeps its time
        ("2026-03-05 10:00", 2, None, None, "2026-03-09 10:00"),  # over a weekend
        ("2026-03-07 10:00", 1, None, None, "2026-03-10 10:00"),  # Saturday rolls to Monday
        ("2026-03-02 16:59:59", 1, CUTOFF, None, "2026-03-03 16:59:59"),
        ("2026-03-02 17:00", 1, CUTOFF, None, "2026-03-04 09:00"),  # at the cutoff: Tuesday's first opening
        ("2026-03-02 17:00", 1, CUTOFF, OPENS, "2026-03-04 08:30"),
        ("2026-03-06 20:00", 1, CUTOFF, OPENS, "2026-03-10 08:30"),
        ("2026-03-07 20:00", 1, CUTOFF, OPENS, "2026-03-11 08:30"),  # rolls to Monday, then past the cutoff
        ("2026-03-07 03:00", 1, CUTOFF, OPENS, "2026-03-10 03:00"),
        ("2026-03-02 02:00", 1, CUTOFF, OPENS, "2026-03-03 02:00"),  # before `opens`: keeps its time
        ("2026-03-02 10:00", 0, CUTOFF, OPENS, "2026-03-02 10:00"),
        ("2026-03-07 10:00", 0, CUTOFF, OPENS, "2026-03-09 10:00"),
    ],
)
def test_open_days_are_counted_at_the_same_time_of_day(
    start: str, n: int, cutoff: int | None, opens: int | None, due: str
) -> None:
    """First a closed day rolls, then the cutoff, then the days are counted."""
    assert at(due) == calendar().business_days(at(start), n, cutoff, opens)


def test_holidays_and_make_up_days_count_as_what_they_are() -> None:
    """Over the Spring Festival 2026 a day is 14 February, a Saturday worked, and the next is the 24th."""
    zone = "Asia/Shanghai"
    asked = calendar(OFFICE_WEEK, zone, public_holidays={"country": "CN"})

    assert at("2026-02-14 10:00", zone) == asked.business_days(at("2026-02-13 10:00", zone), 1)
    assert at("2026-02-24 10:00", zone) == asked.business_days(at("2026-02-13 10:00", zone), 2)


def test_a_day_whose_hours_are_all_break_is_closed() -> None:
    """A day is open when any of its hours are left."""
    asked = calendar(breaks={"2026-03-03": ["00:00-24:00"], "2026-03-04": ["09:00-10:30"]})

    assert at("2026-03-04 10:00") == asked.business_days(at("2026-03-02 10:00"), 1)
    assert at("2026-03-05 10:30") == asked.business_days(at("2026-03-02 17:00"), 1, CUTOFF)


def test_the_time_of_day_is_that_of_the_wall() -> None:
    """Over a clock change the due time keeps the wall's time, not the number of hours."""
    zone = "Europe/Berlin"
    asked = calendar(NIGHT_WEEK, zone)

    assert at("2016-03-28 10:00", zone) == asked.business_days(at("2016-03-26 10:00", zone), 2)
    assert at("2016-03-27 03:30", zone) == asked.business_days(at("2016-03-26 02:30", zone), 1)


def test_milliseconds_are_kept() -> None:
    """A due time in days is exact to the millisecond."""
    assert at("2026-03-03 10:00") + 123 == calendar().business_days(at("2026-03-02 10:00") + 123, 1)


def test_days_are_not_counted_backwards() -> None:
    """A negative number of days is a mistake of the caller."""
    with pytest.raises(ValueError, match="counted forwards"):
        calendar().business_days(at("2026-03-02 10:00"), -1)
