"""What tickets give to months, and which late events are named for moving closed totals."""

from __future__ import annotations

import orjson
import pytest

from models.instant import parse_ms
from sla.partition import Incoming, Partition
from sla.periods.gifts import FORMAT, NewerFormatError, read_row
from sla.policy import book_from
from tests.sla.partition.feeding import give
from tests.sla.ticket.stories import BOOK, START, TICKET, book, said

DAY = 86_400_000
CREATED = said("created", 0, "e1", priority="P0", team="network")
SOLVED = said("solved", 300, "e2", resolver="bo")
LATE = said("reopened", 600, "late")
LATER = START + 60 * DAY


def closed_partition(*raw: bytes) -> Partition:
    """A partition that has said, two months later, that it was read to its end."""
    partition = Partition(book())
    give(partition, list(raw))
    partition.advance(LATER)
    partition.giving.read = LATER
    partition.giving.take_moved()
    return partition


def moved(partition: Partition) -> set[tuple[str, str, str]]:
    partition.advance(LATER)
    return {(one.period, one.subject, one.event) for one in partition.giving.take_moved()}


def month() -> str:
    partition = Partition(book())
    give(partition, [CREATED])
    partition.advance(START)
    return next(key.decode().split("/")[0] for key, _ in partition.take_gifts(1))


def test_a_late_event_is_named_for_every_subject_whose_closed_month_it_moves() -> None:
    """All, priority, team, both, and the person it is credited to; days are past their forty by then."""
    partition = closed_partition(CREATED, SOLVED)
    give(partition, [LATE])

    assert {
        (month(), subject, "late")
        for subject in ("all", "priority:P0", "team:network", "team:network|priority:P0", "agent:bo")
    } == moved(partition)
    assert set() == moved(partition)


def test_a_period_that_is_not_closed_yet_is_moved_by_anybody() -> None:
    """Before the partition has been read past the grace, and for a ticket of the present, nothing is named."""
    partition = Partition(book())
    give(partition, [CREATED, SOLVED])
    partition.advance(START + DAY)
    give(partition, [LATE])
    partition.advance(START + 2 * DAY)
    assert [] == partition.giving.take_moved()

    present = closed_partition()
    present.giving.read = START + DAY
    give(present, [CREATED])
    assert set() == moved(present)


def test_an_event_that_moves_nothing_is_not_named() -> None:
    """A field that no figure is about."""
    partition = closed_partition(CREATED, SOLVED)
    give(partition, [said("updated", 400, "late", tags=["x"])])

    assert set() == moved(partition)


def test_a_flag_of_today_may_move_a_closed_month() -> None:
    """Flagged `cross_team`, the ticket's clocks of long ago count there as well."""
    partition = closed_partition(CREATED, SOLVED)
    give(partition, [said("flagged", 59 * 24 * 60, "late", flag="cross_team")])

    assert (month(), "all", "late") in moved(partition)


def test_an_event_read_again_after_a_crash_is_named_again_and_one_sent_again_is_not() -> None:
    """The same record, or a later one: only the first may have been cut off before it was told."""
    partition = closed_partition(CREATED, SOLVED)
    give(partition, [LATE], arrived=5_000)
    first = moved(partition)
    assert first

    for arrived, expected in ((5_000, first), (9_000, set())):
        record = Incoming(9, arrived, TICKET.encode(), LATE)
        partition.commit(partition.admit([record]))
        assert expected == moved(partition)


def test_what_a_ticket_no_longer_gives_is_removed() -> None:
    """Of a month that lost everything no row stays."""
    partition = closed_partition(CREATED, SOLVED, said("rated", 50 * 24 * 60, "r", score=5, scale=5, rater_id="x"))
    before = dict(partition.take_gifts(9))
    give(partition, [said("rated", 50 * 24 * 60 - 1, "r0", score=1, scale=5, rater_id="x")])
    give(partition, [said("rated", 10, "r1", score=1, scale=5, rater_id="y")])
    partition.advance(LATER)
    assert before.keys() == dict(partition.take_gifts(9)).keys()
    partition.counters.set_aside.clear()
    del partition.held[TICKET]
    partition.giving.restored(TICKET, 1)

    assert all(value is None for _, value in partition.take_gifts(9))


def test_only_what_changed_since_it_was_written_is_written_again() -> None:
    """A successor reads up to which row the gifts were written."""
    partition = closed_partition(CREATED, SOLVED)
    assert 1 == len(partition.take_gifts(9))
    assert [] == partition.take_gifts(9)
    rows = give(Partition(book()), [CREATED, SOLVED])
    for given_to, written in ((41, 1), (42, 0)):
        heir = Partition(book())
        heir.giving.given_to = given_to
        heir.restore(rows, 42)
        heir.advance(START + DAY)
        assert written == len(heir.take_gifts(9))


def test_a_row_of_a_later_version_is_refused() -> None:
    """Its word says what to start."""
    partition = closed_partition(CREATED)
    ((_, value),) = partition.take_gifts(1)
    assert value is not None
    newer = orjson.dumps({**orjson.loads(value), "format": FORMAT + 1})

    assert (TICKET, True) == (read_row(value)[1], bool(read_row(value)[2].parts))
    with pytest.raises(NewerFormatError, match=f"format {FORMAT + 1}"):
        read_row(newer)


def test_a_day_closes_between_two_instants_or_not() -> None:
    """What is noted in the changelog is noted once a day."""
    giving = Partition(book()).giving
    noon = parse_ms("2026-11-21T12:00:00Z")

    assert not giving.closes_between(noon, noon + 60_000)
    assert giving.closes_between(noon, noon + DAY)
    assert giving.closes_between(-1, noon)


# -- another policy book ----------------------------------------------------------------------------------------------

QUICK = {"name": "quick", "calendar": "always", "targets": {"resolution": {"within": "1h"}}}
OTHER = book_from({**BOOK, "policies": [QUICK]})  # what was in time is late by it


def heir(rows: list[tuple[bytes, bytes]], read: int, given_to: int) -> Partition:
    """A partition that takes over with another book; the gifts of rows up to `given_to` of 42 are written."""
    partition = Partition(OTHER)
    partition.giving.read, partition.giving.given_to, partition.giving.other_book = read, given_to, True
    partition.restore(rows, 42)
    partition.advance(LATER)
    return partition


def taken(partition: Partition) -> dict[bytes, bytes]:
    """What is given; that nothing is given to any other month may be said as well."""
    partition.advance(LATER)
    return {key: value for key, value in partition.take_gifts(9) if value is not None}


def by_either_book(
    *raw: bytes,
) -> tuple[list[tuple[bytes, bytes]], dict[bytes, bytes], dict[bytes, bytes]]:
    """The rows of the changelog, and what they give by the first and by the other book."""
    first, other = Partition(book()), Partition(OTHER)
    rows = give(first, list(raw))
    give(other, list(raw))
    return rows, taken(first), taken(other)


def test_another_book_gives_anew_to_every_month_that_is_not_closed() -> None:
    """The running totals follow it as well; once written, they are not written again."""
    rows, by_first, by_other = by_either_book(CREATED, SOLVED)
    partition = heir(rows, START, 42)

    assert by_first != by_other
    assert by_other == taken(partition)
    assert {} == taken(partition)


def test_another_book_leaves_what_was_given_to_closed_months() -> None:
    """The published total stands, and so do the rows that add up to it; unless they had not been written yet."""
    rows, _, by_other = by_either_book(CREATED, SOLVED)

    assert {} == taken(heir(rows, LATER, 42))
    assert by_other == taken(heir(rows, LATER, 41))


@pytest.mark.parametrize("is_written", [True, False])
def test_a_late_event_gives_anew_to_the_closed_months_that_it_moves_and_to_no_other(*, is_written: bool) -> None:
    """A reopening of long ago moves its month; a rating of today does not move the month of the solution."""
    rows, *_ = by_either_book(CREATED, SOLVED)
    rated = said("rated", 59 * 24 * 60, "r", score=5, scale=5, rater_id="x")
    for event, moves in ((LATE, True), (rated, False)):
        partition = heir(rows, LATER, 42)
        if is_written:
            taken(partition)
        give(partition, [event])
        found = taken(partition)

        assert moves is (f"{month()}/{TICKET}".encode() in found)
        assert moves or ["2026-03"] == [key.decode().split("/")[0] for key in found]
