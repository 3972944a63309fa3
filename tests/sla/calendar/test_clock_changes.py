"""Hours at clock changes: a time that never happens, a time that happens twice, a day that was skipped."""

from __future__ import annotations

from datetime import date

import pytest

from sla.calendar import Zone
from tests.sla.calendar.calendars import ALL_DAYS, HOUR, at, calendar

AROUND_THE_CLOCK = {key: ["00:00-24:00"] for key in ALL_DAYS}


@pytest.mark.parametrize(
    ("zone", "day", "next_day", "hours"),
    [
        ("Europe/Berlin", "2016-03-27", "2016-03-28", 23),
        ("Europe/Berlin", "2016-10-30", "2016-10-31", 25),
        ("America/Sao_Paulo", "2015-10-18", "2015-10-19", 23),  # its midnight never happened
        ("America/Sao_Paulo", "2015-02-21", "2015-02-22", 25),  # its last hour happened twice
        ("Asia/Tehran", "2016-03-21", "2016-03-22", 23),  # its midnight never happened
        ("Asia/Tehran", "2016-09-20", "2016-09-21", 25),  # its last hour happened twice
        ("Australia/Lord_Howe", "2016-10-02", "2016-10-03", 23.5),
        ("Asia/Shanghai", "2016-03-27", "2016-03-28", 24),
    ],
)
def test_a_day_has_the_hours_that_really_pass(zone: str, day: str, next_day: str, hours: float) -> None:
    """A clock change neither adds nor hides time: a whole day is as long as it was."""
    start, end = at(f"{day} 00:00", zone), at(f"{next_day} 00:00", zone)

    assert hours * HOUR == end - start
    assert hours * HOUR == calendar(AROUND_THE_CLOCK, zone, holidays=["1999-01-01"]).elapsed(start, end)


def test_midnight_that_never_happened_leaves_no_gap() -> None:
    """Days around the clock stay one open period where the change falls on midnight."""
    asked = calendar(AROUND_THE_CLOCK, "America/Sao_Paulo", holidays=["2015-10-20"])
    start = at("2015-10-17 12:00", "America/Sao_Paulo")

    assert [(start, at("2015-10-20 00:00", "America/Sao_Paulo"))] == asked.periods(start, "after", 1)


@pytest.mark.parametrize(
    ("span", "opens", "closes"),
    [
        ("02:30-05:00", "2016-03-27 03:30", "2016-03-27 05:00"),
        ("01:00-02:30", "2016-03-27 01:00", "2016-03-27 03:30"),
        ("01:00-02:00", "2016-03-27 01:00", "2016-03-27 03:00"),
        ("03:00-05:00", "2016-03-27 03:00", "2016-03-27 05:00"),
    ],
)
def test_a_time_that_never_happens_is_read_with_the_offset_before(span: str, opens: str, closes: str) -> None:
    """Half past two of a spring night is the instant at which the clock shows half past three."""
    asked = calendar({"sun": [span]}, "Europe/Berlin")
    day = at("2016-03-27 00:00", "Europe/Berlin")

    assert [(at(opens, "Europe/Berlin"), at(closes, "Europe/Berlin"))] == asked.periods(day, "after", 1)


def test_hours_that_a_clock_change_swallows_whole_are_none() -> None:
    """A span that would end before it starts in real time is left out."""
    asked = calendar({"sun": ["02:30-03:15"], "mon": ["09:00-17:00"]}, "America/Los_Angeles")
    zone = "America/Los_Angeles"

    assert at("2006-04-03 09:00", zone) == asked.next_open(at("2006-04-02 00:00", zone))


@pytest.mark.parametrize(("span", "hours"), [("01:00-02:30", 1.5), ("02:30-05:00", 3.5), ("01:00-05:00", 5)])
def test_of_a_time_that_happens_twice_the_first_is_meant(span: str, hours: float) -> None:
    """Half past two of an autumn night is its first occurrence, as an opening and as a closing."""
    asked = calendar({"sun": [span]}, "Europe/Berlin")
    day = at("2016-10-30 00:00", "Europe/Berlin")

    assert hours * HOUR == asked.elapsed(day, day + 48 * HOUR)


def test_a_date_that_its_zone_skipped_has_no_hours() -> None:
    """Samoa had no 30 December 2011, a Friday: its hours do not move to the Saturday."""
    asked = calendar({"thu": ["09:00-17:00"], "fri": ["09:00-17:00"]}, "Pacific/Apia")
    thursday = at("2011-12-29 12:00", "Pacific/Apia")

    assert at("2011-12-29 17:00", "Pacific/Apia") == asked.next_close(thursday)
    assert at("2012-01-05 09:00", "Pacific/Apia") == asked.next_open(at("2011-12-29 17:00", "Pacific/Apia"))


def test_a_short_summer_time_is_seen() -> None:
    """Northern Brazil changed its clock for seven days in October 2000; hours follow the wall all the week."""
    asked = calendar({key: ["09:00-17:00"] for key in ALL_DAYS}, "America/Recife")
    days = [at(f"2000-10-{day:02d} 00:00") for day in range(6, 18)]

    assert [9 + 3 - (8 <= day <= 14) for day in range(6, 18)] == [
        (asked.next_open(midnight) - midnight) / HOUR for midnight in days
    ]


def test_rules_of_the_zone_hold_for_the_far_future() -> None:
    """In 2090 summer time is what the rules of today make it."""
    asked = calendar({"sat": ["09:00-17:00"]}, "Europe/Berlin")

    assert at("2090-07-01 07:00") == asked.next_open(at("2090-06-29 00:00"))


@pytest.mark.parametrize("zone", ["America/Recife", "Europe/Berlin", "Africa/Casablanca", "Pacific/Apia"])
@pytest.mark.parametrize("shift", range(7))
def test_offsets_of_many_days_are_those_of_each(zone: str, shift: int) -> None:
    """The quick way over a stretch of days misses no clock change, wherever the stretch begins."""
    asked = Zone(zone)
    for year in (2000, 2011, 2016):
        first = date(year, 1, 1).toordinal() + shift
        days = range(first, first + 366)

        assert [asked.offset(day) for day in days] == asked.offsets(days[0], days[-1])
