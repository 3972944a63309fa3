"""The edges of open time, and the ends of calendars."""

from __future__ import annotations

import time

import pytest

from sla.calendar import AlwaysOpen, NeverCloses, NoOpenTime
from sla.calendar.axis import EARLIEST, LATEST
from tests.sla.calendar.calendars import ALL_DAYS, HOUR, MINUTE, at, calendar

OFFICE = calendar()
MONDAY, FRIDAY = "2026-03-02", "2026-03-06"


@pytest.mark.parametrize(
    ("start", "ms", "due"),
    [
        ("2026-03-02 09:00", 3 * HOUR, "2026-03-02 12:00"),  # used up at closing: due at closing
        ("2026-03-02 09:00", 3 * HOUR + 1000, "2026-03-02 13:00:01"),
        ("2026-03-06 17:00", HOUR, "2026-03-06 18:00"),
        ("2026-03-06 17:00", 2 * HOUR, "2026-03-09 10:00"),
        ("2026-03-07 12:00", HOUR, "2026-03-09 10:00"),
        ("2026-03-02 09:00", 8 * HOUR, "2026-03-02 18:00"),
        ("2026-03-02 12:00", 0, "2026-03-02 12:00"),  # a closing
        ("2026-03-02 12:01", 0, "2026-03-02 13:00"),
        ("2026-03-07 12:00", 0, "2026-03-09 09:00"),
        ("2026-03-02 10:00", 0, "2026-03-02 10:00"),
        ("2026-03-02 10:00", -HOUR, "2026-03-02 09:00"),  # used up at opening: that opening
        ("2026-03-02 10:00", -HOUR - 1000, "2026-02-27 17:59:59"),
        ("2026-03-07 12:00", -HOUR, "2026-03-06 17:00"),
        ("2026-03-02 09:00", -MINUTE, "2026-02-27 17:59"),
    ],
)
def test_time_is_used_up_at_the_edge_it_reaches_first(start: str, ms: int, due: str) -> None:
    """Forwards an amount ends at a closing, backwards at an opening; nothing waits where it stands or opens next."""
    assert at(due) == OFFICE.add(at(start), ms)


def test_a_closing_at_the_turn_of_a_year_is_one() -> None:
    """Whatever the calendar was asked before: years are laid out when they are first asked for."""
    nights = calendar(week={"mon": ["18:00-24:00"]})
    turn = at("2019-01-01 00:00")

    assert turn == nights.add(turn, 0)
    assert EARLIEST == calendar(week={key: ["00:00-24:00"] for key in ALL_DAYS}).add(EARLIEST, 0)


@pytest.mark.parametrize(
    ("instant", "is_open", "next_open", "next_close", "previous_open"),
    [
        ("2026-03-02 08:59", False, "2026-03-02 09:00", "2026-03-02 12:00", "2026-02-27 18:00"),
        ("2026-03-02 09:00", True, "2026-03-02 09:00", "2026-03-02 12:00", "2026-02-27 18:00"),
        ("2026-03-02 11:59", True, "2026-03-02 11:59", "2026-03-02 12:00", "2026-03-02 11:59"),
        ("2026-03-02 12:00", False, "2026-03-02 13:00", "2026-03-02 18:00", "2026-03-02 12:00"),
        ("2026-03-06 18:00", False, "2026-03-09 09:00", "2026-03-09 12:00", "2026-03-06 18:00"),
    ],
)
def test_an_opening_is_open_and_a_closing_is_closed(
    instant: str, is_open: bool, next_open: str, next_close: str, previous_open: str
) -> None:
    """Open time is half-open, and what comes next and before follows from that."""
    asked = at(instant)

    assert is_open is OFFICE.is_open(asked)
    assert at(next_open) == OFFICE.next_open(asked)
    assert at(next_close) == OFFICE.next_close(asked)
    assert at(previous_open) == OFFICE.previous_open(asked)


def test_a_calendar_always_open_counts_everything() -> None:
    """The short way gives the answers of the long one."""
    always = calendar("always", "Asia/Shanghai")
    start = at("2026-03-02 09:00")

    assert isinstance(always, AlwaysOpen)
    assert isinstance(calendar({key: ["00:00-24:00"] for key in ALL_DAYS}), AlwaysOpen)
    assert not isinstance(calendar("always", holidays=["12-25"]), AlwaysOpen)
    assert always.elapsed(start, start + 5) == 5
    assert always.elapsed(start + 5, start) == 0
    assert always.add(start, -7) == start - 7
    assert always.is_open(start)
    assert always.next_open(start) == always.previous_open(start) == start
    assert always.spans(start, start + 5) == [(start, start + 5)]
    assert always.spans(start, start) == []
    assert always.periods(start, "after", 3) == [(start, LATEST)]
    assert always.periods(start, "before", 3) == [(EARLIEST, start)]
    assert always.business_days(start, 2) == start + 48 * HOUR
    with pytest.raises(NeverCloses, match="always open"):
        always.next_close(start)


def test_a_calendar_that_opens_for_good_has_a_last_period_without_an_end() -> None:
    """After its last closing such a calendar never closes, and says so."""
    asked = calendar("always", breaks={"2026-03-02": ["12:00-13:00"]})
    resumed = at("2026-03-02 13:00")

    assert [(at("2026-03-02 11:00"), at("2026-03-02 12:00")), (resumed, LATEST)] == asked.periods(
        at("2026-03-02 11:00"), "after", 5
    )
    assert [(EARLIEST, at("2026-03-02 12:00"))] == asked.periods(at("2026-03-02 12:30"), "before", 5)
    with pytest.raises(NeverCloses, match="open without an end"):
        asked.next_close(resumed)


def test_open_time_far_away_is_found() -> None:
    """A single open hour decades ahead is due time like any other."""
    asked = calendar({}, dates={"2061-07-04": ["09:00-10:00"], "1985-07-04": ["09:00-10:00"]})

    assert at("2061-07-04 09:30") == asked.add(at("2026-01-01 00:00"), HOUR // 2)
    assert at("1985-07-04 09:30") == asked.add(at("2026-01-01 00:00"), -HOUR // 2)
    assert asked.elapsed(at("1980-01-01 00:00"), at("2099-12-31 00:00")) == HOUR * 2


@pytest.mark.parametrize(
    "ask",
    [
        lambda asked: asked.add(at("2026-01-01 00:00"), 1),
        lambda asked: asked.add(at("1984-01-01 00:00"), -1),
        lambda asked: asked.next_open(at("2026-01-01 00:00")),
        lambda asked: asked.next_close(at("2026-01-01 00:00")),
        lambda asked: asked.previous_open(at("1984-01-01 00:00")),
        lambda asked: asked.business_days(at("2026-01-01 00:00"), 1),
        lambda asked: asked.elapsed(at("2026-01-01 00:00"), LATEST + 1),
    ],
)
def test_a_calendar_that_has_ended_says_so(ask: object) -> None:
    """No open time is left: the question has no answer, and the error tells the mend."""
    asked = calendar({}, dates={"1985-07-04": ["09:00-10:00"]})

    with pytest.raises(NoOpenTime, match=r"weekly hours|for the years"):
        ask(asked)  # type: ignore[operator]


def test_a_calendar_of_single_dates_has_only_so_many_periods() -> None:
    """Asked for more periods than there are, it gives those."""
    asked = calendar({}, dates={"2026-07-04": ["09:00-10:00"], "2026-07-05": ["09:00-10:00"]})

    assert len(asked.periods(at("2026-01-01 00:00"), "after", 5)) == 2
    assert len(asked.periods(at("2026-07-05 09:30"), "before", 5)) == 2


@pytest.mark.parametrize(
    ("week", "more", "some"),
    [
        ({"mon": ["09:00-17:00"]}, {}, True),
        ({}, {}, False),
        ({"mon": ["09:00-09:00"]}, {}, False),
        ({}, {"dates": {"2061-07-04": ["09:00-10:00"]}}, True),
        ({}, {"dates": {"2061-07-04": ["09:00-10:00"]}, "breaks": {"2061-07-04": ["08:00-10:00"]}}, False),
        ("always", {}, True),
    ],
)
def test_whether_there_is_open_time_at_all(week: object, more: dict[str, object], some: bool) -> None:
    """A calendar without a single open instant is known as such."""
    assert some is calendar(week, **more).has_open_time()


def test_a_year_nobody_asks_about_is_not_built() -> None:
    """A question about one week in 2026 leaves the axis at that year."""
    asked = calendar()
    asked.elapsed(at(f"{MONDAY} 00:00"), at(f"{FRIDAY} 00:00"))

    assert at("2026-01-01 00:00") == asked._axis.low
    assert at("2027-01-01 00:00") == asked._axis.high


def test_questions_in_steady_use_take_microseconds() -> None:
    """Ten thousand questions of an office calendar in a zone with clock changes take less than half a second."""
    asked = calendar(timezone="Europe/Berlin")
    start, end = at("2026-03-02 09:30"), at("2026-03-05 10:30")
    asked.elapsed(start, end)
    begun = time.perf_counter()
    for shift in range(10_000):
        asked.elapsed(start, end + shift)

    assert time.perf_counter() - begun < 0.5
