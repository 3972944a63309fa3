"""Durations, times of the day, spans, dates and levels, as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy import Level
from sla.policy import words

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("90s", 90 * SECOND),
        ("15m", 15 * MINUTE),
        ("4h", 4 * HOUR),
        ("1h30m", 90 * MINUTE),
        ("2d", 2 * DAY),
        ("1d2h3m4s", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND),
        ("21600s", 6 * HOUR),
        ("PT15M", 15 * MINUTE),
        ("PT1H30M", 90 * MINUTE),
        ("P1D", DAY),
        ("P1DT12H", 36 * HOUR),
        ("P2W", 14 * DAY),
        ("PT0.5H", 30 * MINUTE),
        ("PT1,5S", 1500),
        ("PT36H", 36 * HOUR),
        ("P0.5D", 12 * HOUR),
        ("P1,5W", 252 * HOUR),
    ],
)
def test_a_duration_is_read(text: str, ms: int) -> None:
    """Short and ISO 8601 durations are read to the millisecond; a day has 24 hours."""
    assert ms == words.duration_ms(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15",
        "m",
        "30m1h",
        "1.5h",
        "-5m",
        "+5m",
        "5 m",
        "5M",
        "PT",
        "P",
        "P1DT",
        "P1Y",
        "P1M",
        "PT1.5",
        "\u0665m",
        "0m",
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    """Anything else is refused with how to write it."""
    with pytest.raises(words.Unreadable) as raised:
        words.duration_ms(text)

    assert raised.value.mend.startswith(("Write it as 90s", "Write more than zero"))


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(1, 99))
def test_both_ways_of_writing_say_the_same(days: int, hours: int, minutes: int, seconds: int) -> None:
    """A duration in short and in ISO 8601 is one duration, the sum of its parts."""
    expected = ((days * 24 + hours) * 60 + minutes) * MINUTE + seconds * SECOND

    assert expected == words.duration_ms(f"{days}d{hours}h{minutes}m{seconds}s")
    assert expected == words.duration_ms(f"P{days}DT{hours}H{minutes}M{seconds}S")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("50%", Level("50%", "share", 500_000)),
        ("12.5%", Level("12.5%", "share", 125_000)),
        ("99.9999%", Level("99.9999%", "share", 999_999)),
        ("2m left", Level("2m left", "left", 2 * MINUTE)),
        ("10m over", Level("10m over", "over", 10 * MINUTE)),
        ("PT1H over", Level("PT1H over", "over", HOUR)),
    ],
)
def test_a_level_is_read(text: str, level: Level) -> None:
    """Shares are millionths, what is left or over is ms, and the text is kept as written."""
    assert level == words.level(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("09:00-17:30", (540, 1050)),
        ("00:00-24:00", (0, 1440)),
        ("22:00-30:00", (1320, 1800)),
        ("23:59-48:00", (1439, 2880)),
        ("09:00 - 12:00", (540, 720)),
        ("09:00-09:00", (540, 540)),
    ],
)
def test_a_span_is_read(text: str, span: tuple[int, int]) -> None:
    """A span is minutes of the day on which it starts; its end may lie on the next."""
    assert span == words.span(text)
