"""Instants: read in any offset, held as whole numbers, written in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.instant import format_ms, parse_ms, parse_us, seconds

US = st.integers(315_532_800_000_000, 4_102_444_800_000_000 - 1)
OFFSETS = st.integers(-1439, 1439)


@given(US, OFFSETS, st.sampled_from([0, 3, 6]))
def test_an_instant_means_the_same_in_every_offset(us: int, offset: int, digits: int) -> None:
    """Whatever was read before, and at whatever offset the same minute was read."""
    us = us // 10 ** (6 - digits) * 10 ** (6 - digits)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
    local = at.astimezone(timezone(timedelta(minutes=offset)))
    text = local.strftime("%Y-%m-%dT%H:%M:%S") + (f".{us % 1_000_000:06d}"[: digits + 1] if digits else "")
    sign, minutes = ("-" if offset < 0 else "+"), abs(offset)

    assert us == parse_us(f"{text}{sign}{minutes // 60:02d}:{minutes % 60:02d}")
    if offset == 0:
        assert us == parse_us(f"{text}Z")


@given(US)
def test_a_written_instant_is_read_back(us: int) -> None:
    """To the millisecond; whole seconds are written without a fraction."""
    ms = us // 1000

    assert ms == parse_ms(format_ms(ms))
    assert ("." in format_ms(ms)) == bool(ms % 1000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z",
        "2026-01-01",
        "2026-01-01T00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T24:00:01Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+8:00",
        "2026-01-01T00:00:60Z",
        "\uff12026-01-01T00:00:00Z",
        "2026-01-01T00:00:0\u0663Z",
        "2026-01-01T00:00:00.12\u0663Z",
        "1979-12-31T23:59:59.999999Z",
        "2100-01-01T00:00:00Z",
        "1980-01-01T00:00:00+00:01",
        "2099-12-31T23:59:59-00:01",
        "2026-01-01T00:00:00Z ",
        "2026-01-01T00:00:00+99:00",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    """Also after the minute that it pretends to lie in has been read."""
    parse_us("2026-01-01T00:00:00Z")
    parse_us("1980-01-02T00:00:00Z")

    with pytest.raises(ValueError, match=r"instant|outside|must be|out of range|isoformat|offset"):
        parse_us(text)


def test_a_minute_read_at_one_offset_does_not_hide_the_bounds_at_another() -> None:
    """What is remembered of a minute is used only well inside the years that are taken."""
    for text in ("1980-01-02T12:00:00+12:00", "2099-12-30T12:00:00-12:00"):
        parse_us(text)
    with pytest.raises(ValueError, match="outside"):
        parse_us("1980-01-01T00:00:00+14:00")


def test_durations_are_seconds_and_whole_ones_integers() -> None:
    """So that JSON says 3600, not 3600.0."""
    assert (3600, 0.5, -90, -0.001) == (seconds(3_600_000), seconds(500), seconds(-90_000), seconds(-1))
    assert isinstance(seconds(3_600_000), int)
