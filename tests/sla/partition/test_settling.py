"""Settled tickets: one row stands for all their events, and no figure notices."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.instant import parse_ms
from sla.partition import Partition
from sla.partition.settling import horizon_of
from sla.ticket.settled import FORMAT, NewerFormatError
from tests.sla.partition.feeding import give, incoming, seen
from tests.sla.ticket.stories import DAY, START, TICKET, book, said, stories

#: The horizon counts from the month's end, and from the arrival.
SETTLED = parse_ms("2026-02-01T00:00:00Z") + 35 * DAY
CREATED = said("created", 0, "e1", priority="P0", assignee="ada")
SOLVED = said("solved", 60, "e2")
LATER = (SETTLED + DAY - START) / 60_000


def settle_all(partition: Partition) -> list[tuple[bytes, bytes | None]]:
    """Settle what is to be settled; answers the rows written."""
    rows: list[tuple[bytes, bytes | None]] = []
    for settlement in partition.settlements(100):
        rows += [(settlement.key, settlement.value), *((key, None) for key in settlement.tombstones)]
        partition.settled(settlement)
    return rows


def settled_with(*raw: bytes, now: int = SETTLED) -> tuple[Partition, list[tuple[bytes, bytes | None]]]:
    """A partition at `now` in which these events were settled, and all the rows that it wrote."""
    partition = Partition(book())
    rows: list[tuple[bytes, bytes | None]] = list(give(partition, raw))
    partition.advance(now)
    return partition, rows + settle_all(partition)


def test_a_ticket_that_is_done_is_settled_at_its_horizon_and_not_before() -> None:
    """35 days after the end of the month of its newest event; its document goes, its rows are removed."""
    before, _ = settled_with(CREATED, SOLVED, now=SETTLED - DAY)
    after, rows = settled_with(CREATED, SOLVED)

    assert seen(before)["writes"][TICKET][0] is not None
    assert (None, [], []) == seen(after)["writes"][TICKET]
    assert [f"{TICKET}\0e1", f"{TICKET}\0e2"] == [key.decode() for key, value in rows if value is None]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Asia/Shanghai"])
def test_the_month_of_the_newest_event_is_that_of_the_books_zone(zone: str) -> None:
    """Also of one that comes minutes after a month has begun there, in the midst of an hour elsewhere."""
    newest = datetime(2026, 2, 1, 0, 5, tzinfo=ZoneInfo(zone))
    ticket: Any = SimpleNamespace(last=(int(newest.timestamp()) * 1_000_000, "e"))
    march = int(datetime(2026, 3, 1, tzinfo=ZoneInfo(zone)).timestamp()) * 1000

    assert march + DAY == horizon_of(ticket, 0, DAY, zone)


def test_an_open_ticket_is_never_settled() -> None:
    """Nor is one that an event still waits for."""
    ahead = said("rated", LATER + 9999, "e3", score=1, scale=5)

    assert seen(settled_with(CREATED)[0])["writes"][TICKET][0] is not None
    assert seen(settled_with(CREATED, SOLVED, ahead)[0])["writes"][TICKET][0] is not None


def test_the_horizon_counts_from_the_arrival_of_what_came_late() -> None:
    """A ticket whose newest event arrived only now stays open to corrections as long as any."""
    partition = Partition(book())
    give(partition, [CREATED, SOLVED], arrived=SETTLED - DAY)
    partition.advance(SETTLED + 33 * DAY)
    assert [] == partition.settlements(9)
    partition.advance(SETTLED + 34 * DAY)

    assert [TICKET] == [settlement.ticket_id for settlement in partition.settlements(9)]


def test_an_event_from_before_a_settlement_is_too_late() -> None:
    """It is a dead letter that says so; one from after it is taken."""
    partition, _ = settled_with(CREATED, SOLVED)
    admission = partition.admit(incoming([said("reopened", 99, "e8"), said("reopened", LATER, "e9")]))

    assert [("too_late", "occurred_at")] == [(dead.reason, dead.field) for dead in admission.dead]
    assert ["e9"] == [admitted.event.event_id for admitted in admission.admitted]


def test_a_settled_ticket_that_is_reopened_begins_a_new_cycle() -> None:
    """The old one's figures stand; the new one counts from the reopening."""
    partition, _ = settled_with(CREATED, SOLVED)
    give(partition, [said("reopened", LATER, "e9")])
    partition.advance(SETTLED + 2 * DAY)
    doc = seen(partition)["writes"][TICKET][0]

    assert [("resolution", 2, "breached")] == [(c["metric"], c["cycle"], c["status"]) for c in doc["clocks"]]
    assert (1, 1, 3) == (doc["counts"]["solved"], doc["counts"]["reopened"], doc["revision"])


def test_a_settled_ticket_that_is_done_again_is_settled_again() -> None:
    """With what came later in its row."""
    partition, _ = settled_with(CREATED, SOLVED)
    give(partition, [said("reopened", LATER, "e9"), said("solved", LATER + 60, "f1")])
    partition.advance(SETTLED + 90 * DAY)
    before = seen(partition)["partials"]
    (settlement,) = partition.settlements(9)
    partition.settled(settlement)

    assert 4 == orjson.loads(settlement.value)["events"]
    assert before == seen(partition)["partials"]


def test_what_comes_in_while_a_settlement_is_written_is_not_lost() -> None:
    """Only the rows that the settlement names are gone."""
    partition = Partition(book())
    give(partition, [CREATED, SOLVED])
    partition.advance(SETTLED + DAY)
    (settlement,) = partition.settlements(9)
    give(partition, [said("rated", LATER, "e9", score=5, scale=5)])
    partition.settled(settlement)
    partition.advance(SETTLED + 2 * DAY)

    assert 3 == seen(partition)["writes"][TICKET][0]["revision"]


def test_a_settled_row_of_a_later_version_refuses_to_start() -> None:
    """Its word says which version to start."""
    _, rows = settled_with(CREATED, SOLVED)
    key, value = next((key, value) for key, value in rows if value is not None and key.endswith(b"\0"))
    newer = orjson.dumps({**orjson.loads(value), "format": FORMAT + 1})

    with pytest.raises(NewerFormatError, match=f"format {FORMAT + 1}"):
        Partition(book()).restore([(key, newer)])


@settings(max_examples=150, deadline=None)
@given(
    stories(), st.lists(st.sampled_from(["reopened", "solved", "rated", "assigned", "replied"]), max_size=4), st.data()
)
def test_settled_or_restored_from_a_settled_row_no_figure_differs(
    raw: list[bytes], kinds: list[str], data: st.DataObject
) -> None:
    """Settling moves nothing; and a partition that read the settled row goes on as the one that wrote it."""
    partition = Partition(book())
    rows: list[tuple[bytes, bytes | None]] = list(give(partition, [*raw, said("solved", 6 * 24 * 60, "z")]))
    partition.advance(SETTLED)
    before = seen(partition)["partials"]
    rows += settle_all(partition)
    assert before == seen(partition)["partials"]

    half = data.draw(st.integers(0, len(rows)))
    restored = Partition(book())
    restored.restore(rows[:half])
    if data.draw(st.booleans()):
        restored.advance(START + DAY)
    restored.restore(rows[half:])
    restored.advance(SETTLED)
    assert before == seen(restored)["partials"]

    fields = {"rated": {"score": 4, "scale": 5}, "assigned": {"assignee": "bob"}, "replied": {"author": "agent"}}
    later = [said(kind, LATER + 30 * number, f"l{number}", **fields.get(kind, {})) for number, kind in enumerate(kinds)]
    for one in (partition, restored):
        for event in data.draw(st.permutations(later)):
            give(one, [event])
            if data.draw(st.booleans()):
                one.advance(SETTLED + DAY)
        one.advance(SETTLED + 3 * DAY)
    assert seen(partition) == seen(restored)
