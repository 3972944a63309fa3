"""How far a partition is, and when what it leads to may wait."""

from __future__ import annotations

import pytest

from models.event import Event
from sla.partition.intake import Admission, Admitted
from streams.batches import Fetched
from streams.progress import Progress

NOW = 1_700_000_000_000
MINUTE = 60_000


def _at(offset: int, newest: int) -> Progress:
    progress = Progress()
    event = Event("ticket.created", "T", "1", newest * 1000, {})
    progress.admitted(Admission(admitted=[Admitted(event, b"", NOW)]), NOW)
    progress.done(offset, NOW)
    return progress


@pytest.mark.parametrize(
    ("newest", "end", "waiting", "expected"),
    [
        (NOW - 2 * MINUTE, 11, False, True),
        (NOW - 2 * MINUTE, 10, True, True),
        (NOW - 2 * MINUTE, 10, False, False),
        (NOW - MINUTE // 2, 99, True, False),
    ],
)
def test_what_is_old_may_wait_while_there_is_more_of_it(
    newest: int, end: int, *, waiting: bool, expected: bool
) -> None:
    """At the end of the log, or with events of the last minute, everything is told at once."""
    assert expected is _at(9, newest).behind(NOW, Fetched(NOW, end, end, end - 1), waiting=waiting)


def test_a_log_that_ends_with_a_marker_keeps_no_deadline_waiting() -> None:
    """What no batch ever reaches is nothing to wait for, once the partition is live."""
    progress = _at(9, NOW - 2 * MINUTE)
    end = Fetched(NOW + 11_000, 11, 11, 9)
    progress.look(NOW + 11_000, end, idle=True)

    assert progress.live
    assert not progress.behind(NOW + 11_000, end, waiting=False)


def test_an_event_ahead_says_nothing_about_how_late_it_is() -> None:
    """Only what has occurred moves the watermark of a log that is read."""
    progress = _at(9, NOW + MINUTE)

    assert progress.look(NOW, Fetched(NOW, 99, 10, 9), idle=False) is None


def test_a_takeover_begins_where_the_last_owner_stood() -> None:
    """The watermark never goes back, and the partition is not live before it has looked."""
    progress = _at(9, NOW - 2 * MINUTE)
    progress.taken_over(NOW, NOW - MINUTE)

    assert (NOW - MINUTE, False) == (progress.watermark, progress.live)
    assert NOW - MINUTE == progress.look(NOW, None, idle=False)


@pytest.mark.parametrize(
    ("last", "committed", "live"), [(None, 11, True), (10, 9, False), (10, None, False), (None, None, False)]
)
def test_what_has_been_read_and_is_not_done_is_no_end(last: int | None, committed: int | None, *, live: bool) -> None:
    """A new owner whose first events are on their way to it is not in the present: one may keep a deadline."""
    progress = Progress()
    progress.taken_over(NOW, NOW - 1000)

    reached = progress.look(NOW + 50, Fetched(NOW + 50, 11, 11, last, committed), idle=True)

    assert (live, NOW + 50 if live else NOW - 1000) == (progress.live, reached)


@pytest.mark.parametrize(("last", "live"), [(9, True), (10, False)])
def test_what_waits_on_its_way_is_no_silence(last: int, *, live: bool) -> None:
    """Events that were fetched an hour ago and have not come yet keep the partition in their past."""
    progress = _at(9, NOW - 2 * MINUTE)

    progress.look(NOW + 60 * MINUTE, Fetched(NOW + 60 * MINUTE, 11, 11, last), idle=True)

    assert live is progress.live
