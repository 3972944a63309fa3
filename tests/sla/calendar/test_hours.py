"""Which hours a date has: the order of strength between week, public holidays, holidays, dates and breaks."""

from __future__ import annotations

from typing import Any

import pytest

from sla.calendar import BusinessCalendar
from tests.sla.calendar.calendars import ALL_DAYS, HOUR, NIGHT_WEEK, OFFICE_WEEK, at, calendar


def hours_on(asked: BusinessCalendar, date: str, zone: str = "UTC") -> list[str]:
    """Open spans of a date as `09:00-12:00`, in whole hours from its midnight."""
    start = at(f"{date} 00:00", zone)
    clock = [[(edge - start) / HOUR for edge in span] for span in asked.spans(start, start + 24 * HOUR)]
    return [f"{int(a):02d}:{int(a % 1 * 60):02d}-{int(b):02d}:{int(b % 1 * 60):02d}" for a, b in clock]


@pytest.mark.parametrize(
    ("more", "date", "hours"),
    [
        ({}, "2026-03-05", ["09:00-12:00", "13:00-18:00"]),
        ({}, "2026-03-07", []),
        ({"holidays": ["2026-03-05"]}, "2026-03-05", []),
        ({"holidays": ["03-05"]}, "2026-03-05", []),
        ({"holidays": ["03-05"]}, "2031-03-05", []),
        ({"holidays": ["03-05"]}, "2026-03-06", ["09:00-12:00", "13:00-18:00"]),
        ({"holidays": ["02-29"]}, "2028-02-29", []),
        ({"holidays": ["02-29"]}, "2027-03-01", ["09:00-12:00", "13:00-18:00"]),
        ({"dates": {"2026-03-05": ["10:00-11:00"]}}, "2026-03-05", ["10:00-11:00"]),
        ({"dates": {"2026-03-07": ["10:00-11:00"]}}, "2026-03-07", ["10:00-11:00"]),
        ({"dates": {"2026-03-05": []}}, "2026-03-05", []),
        ({"dates": {"2026-03-05": ["10:00-11:00"]}, "holidays": ["2026-03-05"]}, "2026-03-05", ["10:00-11:00"]),
        ({"dates": {"2026-03-05": ["10:00-11:00"]}, "holidays": ["03-05"]}, "2026-03-05", ["10:00-11:00"]),
        ({"breaks": {"2026-03-05": ["11:30-14:00"]}}, "2026-03-05", ["09:00-11:30", "14:00-18:00"]),
        ({"breaks": {"2026-03-05": ["08:00-19:00"]}}, "2026-03-05", []),
        ({"breaks": {"2026-03-05": ["10:00-11:00", "10:30-18:00"]}}, "2026-03-05", ["09:00-10:00"]),
        ({"dates": {"2026-03-05": ["10:00-11:00"]}, "breaks": {"2026-03-05": ["10:30-12:00"]}},
         "2026-03-05", ["10:00-10:30"]),
    ],
)  # fmt: skip
def test_the_strongest_word_decides_a_dates_hours(more: dict[str, Any], date: str, hours: list[str]) -> None:
    """Dates beat holidays, holidays beat the week, and breaks are cut out of what is left."""
    assert hours == hours_on(calendar(OFFICE_WEEK, **more), date)


@pytest.mark.parametrize(
    ("date", "hours"),
    [
        ("2026-02-16", []),  # the eve of the Spring Festival
        ("2026-02-20", []),  # off in exchange for a Saturday
        ("2026-02-14", ["09:00-12:00", "13:00-18:00"]),  # that Saturday
        ("2026-02-28", ["09:00-12:00", "13:00-18:00"]),
        ("2026-01-04", ["09:00-12:00", "13:00-18:00"]),  # a Sunday worked
        ("2026-02-21", []),  # a Saturday like any other
        ("2026-10-01", []),
        ("2026-03-05", ["09:00-12:00", "13:00-18:00"]),
    ],
)
def test_china_rests_and_works_as_announced(date: str, hours: list[str]) -> None:
    """Public holidays are closed; make-up working days have the hours of a regular weekday."""
    asked = calendar(OFFICE_WEEK, "Asia/Shanghai", public_holidays={"country": "CN"})

    assert hours == hours_on(asked, date, "Asia/Shanghai")


def test_own_words_beat_the_countrys() -> None:
    """A desk's holiday closes a make-up day, and its dates open a public holiday."""
    asked = calendar(
        OFFICE_WEEK,
        "Asia/Shanghai",
        public_holidays={"country": "CN"},
        holidays=["2026-02-14"],
        dates={"2026-10-01": ["10:00-12:00"]},
    )

    assert hours_on(asked, "2026-02-14", "Asia/Shanghai") == []
    assert hours_on(asked, "2026-10-01", "Asia/Shanghai") == ["10:00-12:00"]


def test_a_part_of_a_country_has_its_own_holidays() -> None:
    """Corpus Christi is a holiday in Bavaria, not in Berlin."""
    bavaria, berlin = (
        calendar(OFFICE_WEEK, "Europe/Berlin", public_holidays={"country": "DE", "subdivision": part})
        for part in ("BY", "BE")
    )

    assert hours_on(bavaria, "2026-06-04", "Europe/Berlin") == []
    assert hours_on(berlin, "2026-06-04", "Europe/Berlin") == ["09:00-12:00", "13:00-18:00"]


def test_a_day_moved_over_new_year_is_seen() -> None:
    """New Year's Day 2022 fell on a Saturday and was kept in the old year, on 31 December 2021."""
    asked = calendar(OFFICE_WEEK, "America/New_York", public_holidays={"country": "US"})

    assert hours_on(asked, "2021-12-31", "America/New_York") == []


def test_a_night_shift_belongs_to_the_day_on_which_it_starts() -> None:
    """A holiday closes the night that starts on it, and leaves the one that runs into it."""
    asked = calendar(NIGHT_WEEK, holidays=["2026-03-05"])

    assert hours_on(asked, "2026-03-05") == ["00:00-06:00"]
    assert hours_on(asked, "2026-03-06") == ["08:00-12:00", "22:00-24:00"]


def test_a_break_cuts_whatever_is_open_then() -> None:
    """A break is a time of its date, also where the night before runs into it."""
    asked = calendar(NIGHT_WEEK, breaks={"2026-03-05": ["01:00-02:00", "25:00-26:00"]})

    assert hours_on(asked, "2026-03-05")[:2] == ["00:00-01:00", "02:00-06:00"]
    assert hours_on(asked, "2026-03-06")[:2] == ["00:00-01:00", "02:00-06:00"]


def test_hours_that_touch_are_one_period() -> None:
    """Where one span ends and the next starts, or midnight passes, nothing closes."""
    asked = calendar({"mon": ["09:00-12:00", "12:00-24:00"], "tue": ["00:00-10:00"]})

    assert at("2026-03-03 10:00") == asked.next_close(at("2026-03-02 10:00"))
    assert [(at("2026-03-02 09:00"), at("2026-03-03 10:00"))] == asked.periods(at("2026-03-02 00:00"), "after", 1)
    assert at("2026-03-02 12:00") == asked.previous_open(at("2026-03-02 12:00"))


def test_open_time_that_runs_over_new_year_is_one_period() -> None:
    """The axis grows by years; its seams do not show."""
    asked = calendar({key: ["00:00-24:00"] for key in ALL_DAYS}, holidays=["2025-12-30", "2027-01-02"])
    whole = (at("2025-12-31 00:00"), at("2027-01-02 00:00"))

    assert [whole] == asked.periods(at("2025-12-30 12:00"), "after", 1)
    assert [whole] == asked.periods(at("2027-01-02 12:00"), "before", 1)
    assert whole[1] == asked.next_close(at("2026-06-01 00:00"))
