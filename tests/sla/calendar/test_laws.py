"""Laws that hold for every calendar, at every instant."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import BusinessCalendar, NeverCloses
from tests.sla.calendar.calendars import HOUR, MINUTE, NIGHT_WEEK, OFFICE_WEEK, at, calendar

CALENDARS = {
    "office": calendar(),
    "always": calendar("always"),
    "Berlin nights": calendar(NIGHT_WEEK, "Europe/Berlin"),
    "São Paulo around the clock, less holidays": calendar(
        {key: ["00:00-24:00"] for key in NIGHT_WEEK}, "America/Sao_Paulo", holidays=["12-25", "2015-10-20"]
    ),
    "Tehran": calendar({"sat": ["00:00-24:00"], "sun": ["00:00-12:00", "12:00-20:00"]}, "Asia/Tehran"),
    "Lord Howe": calendar(NIGHT_WEEK, "Australia/Lord_Howe"),
    "Samoa": calendar(NIGHT_WEEK, "Pacific/Apia"),
    "China": calendar(OFFICE_WEEK, "Asia/Shanghai", public_holidays={"country": "CN"}),
    "breaks": calendar(
        OFFICE_WEEK,
        "America/New_York",
        dates={"2016-03-13": ["00:00-24:00"], "2016-11-05": ["20:00-48:00"]},
        breaks={"2016-03-13": ["01:30-04:00"], "2016-11-06": ["00:30-01:30"]},
    ),
}
EACH = pytest.mark.parametrize("asked", CALENDARS.values(), ids=CALENDARS.keys())
INSTANTS = st.one_of(
    st.integers(at("2011-12-20 00:00"), at("2012-01-10 00:00")),
    st.integers(at("2015-01-01 00:00"), at("2016-12-31 00:00")),
    st.sampled_from([at(f"2016-03-{day:02d} {hour:02d}:00") for day in range(11, 16) for hour in range(24)]),
)
AMOUNTS = st.one_of(st.integers(1, 400 * HOUR), st.integers(1, 400).map(lambda hours: hours * HOUR))


@EACH
@given(start=INSTANTS, ms=AMOUNTS)
def test_what_is_added_has_elapsed(asked: BusinessCalendar, start: int, ms: int) -> None:
    """Between an instant and the one that an amount of open time leads to lies exactly that amount."""
    due = asked.add(start, ms)

    assert ms == asked.elapsed(start, due)
    assert ms - 1 == asked.elapsed(start, due - 1)


@EACH
@given(start=INSTANTS, ms=AMOUNTS)
def test_what_is_taken_back_has_elapsed(asked: BusinessCalendar, start: int, ms: int) -> None:
    """Counting backwards passes over exactly the amount, and ends on open time."""
    begun = asked.add(start, -ms)

    assert ms == asked.elapsed(begun, start)
    assert asked.is_open(begun)


@EACH
@given(start=INSTANTS)
def test_adding_nothing_stays_or_waits_for_the_opening(asked: BusinessCalendar, start: int) -> None:
    """Of 0 ms it is the start if open or a closing, else the next opening."""
    closing = asked.previous_open(start) == start

    assert (start if closing or asked.is_open(start) else asked.next_open(start)) == asked.add(start, 0)


@EACH
@given(start=INSTANTS, amounts=st.lists(AMOUNTS, max_size=4))
def test_several_amounts_lead_where_each_does(asked: BusinessCalendar, start: int, amounts: list[int]) -> None:
    """A due time and its warnings asked for together are those asked for one by one."""
    assert [asked.add(start, ms) for ms in amounts] == asked.add_each(start, amounts)


@EACH
@given(a=INSTANTS, b=INSTANTS, c=INSTANTS)
def test_elapsed_time_adds_up(asked: BusinessCalendar, a: int, b: int, c: int) -> None:
    """The way over a stop is as long as the way; backwards it is nothing."""
    a, b, c = sorted((a, b, c))

    assert asked.elapsed(a, c) == asked.elapsed(a, b) + asked.elapsed(b, c)
    assert asked.elapsed(c, a) == 0


@EACH
@given(a=INSTANTS, b=INSTANTS)
def test_the_open_spans_are_the_elapsed_time(asked: BusinessCalendar, a: int, b: int) -> None:
    """Spans lie in order between the two instants, never touch, and sum up to the elapsed time."""
    a, b = sorted((a, b))
    spans = asked.spans(a, b)

    assert asked.elapsed(a, b) == sum(end - start for start, end in spans)
    assert all(one[1] < two[0] for one, two in pairwise(spans))
    assert all(a <= start < end <= b for start, end in spans)


@EACH
@given(start=INSTANTS)
def test_openings_and_closings_agree_with_open(asked: BusinessCalendar, start: int) -> None:
    """The next opening is open and nothing before it is; a closing is closed, and just before it is open."""
    opening = asked.next_open(start)

    assert asked.is_open(opening)
    assert asked.elapsed(start, opening) == 0
    assert asked.is_open(asked.previous_open(start) - 1)
    assert asked.elapsed(asked.previous_open(start), start) == 0
    try:
        closing = asked.next_close(start)
    except NeverCloses:
        assert asked.spec.week == calendar("always").spec.week
    else:
        assert not asked.is_open(closing)
        assert asked.is_open(closing - 1)
        assert asked.elapsed(start, closing) == closing - max(start, opening)


@EACH
@given(start=INSTANTS, count=st.integers(0, 5))
def test_periods_are_the_open_spans_one_after_another(asked: BusinessCalendar, start: int, count: int) -> None:
    """Periods after an instant are the spans from it on, those before it the spans up to it, latest first."""
    after = asked.periods(start, "after", count)
    before = asked.periods(start, "before", count)

    assert after == asked.spans(start, after[-1][1] if after else start)
    assert before[::-1] == asked.spans(before[-1][0] if before else start, start)


@EACH
def test_the_order_of_questions_changes_no_answer(asked: BusinessCalendar) -> None:
    """The axis grows forwards and backwards in any order, and counts the same."""
    instants = [at(f"{year}-06-15 10:00") for year in (2016, 1985, 2040, 2012, 1990)]
    grown = [asked.elapsed(instants[0], instant) - asked.elapsed(instant, instants[0]) for instant in instants]
    fresh = []
    for instant in instants:
        new = type(asked)(asked.spec)
        fresh.append(new.elapsed(instants[0], instant) - new.elapsed(instant, instants[0]))

    assert fresh == grown


@pytest.mark.parametrize(
    ("zone", "first", "days"),
    [
        ("Europe/Berlin", "2016-03-26", 3),
        ("Europe/Berlin", "2016-10-29", 3),
        ("America/New_York", "2026-03-07", 3),
        ("America/New_York", "2026-10-31", 3),
        ("America/Sao_Paulo", "2015-10-17", 3),
        ("America/Sao_Paulo", "2015-02-20", 4),
        ("Asia/Tehran", "2016-03-20", 3),
        ("Asia/Tehran", "2016-09-19", 3),
        ("Australia/Lord_Howe", "2016-04-02", 3),
        ("Asia/Kathmandu", "2016-04-02", 2),
        ("Africa/Casablanca", "2016-06-04", 3),
        ("Pacific/Apia", "2011-12-28", 5),
    ],
)
def test_open_time_is_what_the_clock_on_the_wall_says(zone: str, first: str, days: int) -> None:
    """Minute by minute, an instant is open when the wall shows an open hour, clock changes and all."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    week = {key: ["08:00-12:00", "12:00-12:30", "21:00-29:30"] for key in NIGHT_WEEK}
    asked = calendar(week, zone)
    start = at(f"{first} 00:00")
    counted = 0
    for instant in range(start, start + days * 24 * HOUR, MINUTE):
        wall = datetime.fromtimestamp(instant // 1000, UTC).astimezone(ZoneInfo(zone))
        minute = wall.hour * 60 + wall.minute
        is_open = 8 * 60 <= minute < 12 * 60 + 30 or minute >= 21 * 60 or minute < 5 * 60 + 30

        assert is_open is asked.is_open(instant), wall
        counted += MINUTE * is_open

    assert counted == asked.elapsed(start, start + days * 24 * HOUR)
