"""How far a partition may believe that it is that late."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clock import Reading, is_live, today_ms, watermark

NOW = 1_800_000_000_000


def reading(**given: object) -> Reading:
    """A partition that is in every way of the present, but for what is given."""
    facts = {
        "now": NOW,
        "fetched_at": NOW - 100,
        "at_end": True,
        "arrived_at": NOW - 500,
        "newest": NOW - 1_000,
        "was_live": False,
    }
    return Reading(**(facts | given))


@pytest.mark.parametrize(
    ("live", "given"),
    [
        (True, {}),
        (False, {"at_end": False}),  # there is more to read
        (False, {"at_end": False, "was_live": True}),
        (False, {"fetched_at": None}),  # Kafka has never answered
        (True, {"fetched_at": NOW - 2_999}),
        (False, {"fetched_at": NOW - 3_000}),  # Kafka is away: silence proves nothing
        (False, {"fetched_at": NOW - 3_000, "was_live": True}),
        (True, {"newest": NOW - 59_999}),
        (False, {"newest": NOW - 60_000}),  # a replay of the past, so far
        (True, {"newest": NOW - 60_000, "was_live": True}),  # one late event makes no past of the present
        (True, {"newest": NOW - 60_000, "arrived_at": NOW - 10_000}),  # the replay is over
        (False, {"newest": NOW - 60_000, "arrived_at": NOW - 9_999}),
        (False, {"newest": None}),  # an empty log may be about to be filled
        (True, {"newest": None, "arrived_at": NOW - 10_000}),
        (False, {"newest": None, "arrived_at": None}),
    ],
)
def test_a_partition_is_live_at_the_end_of_a_log_of_the_present(live: bool, given: dict[str, object]) -> None:
    """Live is who has read all of a log that is of now, or has been silent for a while."""
    assert live is is_live(reading(**given))


def test_a_live_partition_stands_at_the_present() -> None:
    """Silence moves a live watermark."""
    assert watermark(NOW - 50, reading(), live=True) == NOW


def test_a_partition_behind_stands_at_its_newest_event() -> None:
    """A replay of last month is in last month."""
    assert watermark(None, reading(newest=NOW - 5_000), live=False) == NOW - 5_000


def test_nothing_known_is_no_watermark() -> None:
    """Before the first event there is none."""
    assert watermark(None, reading(newest=None), live=False) is None


@given(
    st.one_of(st.none(), st.integers(0, 2 * NOW)), st.one_of(st.none(), st.integers(0, 2 * NOW)), st.booleans()
)
def test_a_watermark_never_goes_back_and_never_passes_the_clock(
    before: int | None, newest: int | None, live: bool
) -> None:
    """Whatever is read, it stays or moves on, and not beyond the machine's clock."""
    after = watermark(before, reading(newest=newest), live=live)

    if before is not None:
        assert after is not None
        assert before <= after
    assert after is None or after <= max(before or 0, NOW)


def test_today_begins_at_midnight_of_the_zone() -> None:
    """The day is cut where the book says."""
    assert today_ms(1_704_067_200_000 + 3_600_000, "UTC") == 1_704_067_200_000
    assert today_ms(1_704_067_200_000 + 3_600_000, "Asia/Shanghai") == 1_704_067_200_000 - 8 * 3_600_000
