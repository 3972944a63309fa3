"""Laws of one ticket, whatever its story."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models.event import parse
from models.instant import format_ms, parse_ms, seconds
from sla.ticket.breaches import breaches
from sla.ticket.document import document
from sla.ticket.tally import standing
from sla.ticket.ticket import Ticket, fold, order_of
from tests.sla.ticket.stories import DAY, MINUTE, START, book, stories

ENDS = st.integers(0, 9 * 24 * 4).map(lambda quarter: START + quarter * 15 * MINUTE)
END = START + 9 * DAY


def all_of(ticket: Ticket | None, now: int) -> Any:
    """All that can be seen of a ticket."""
    if ticket is None:
        return None
    facts = sorted(standing(ticket), key=repr)
    return document(ticket, now), facts, ticket.gauge(), breaches(ticket), ticket.next_instant


@settings(max_examples=300, deadline=None)
@given(stories(), st.lists(ENDS, max_size=6), ENDS)
def test_time_that_passes_between_events_changes_nothing(raw: list[bytes], stops: list[int], now: int) -> None:
    """Letting time pass in many steps, between events and after them, ends where one step ends."""
    events = sorted((event for event in map(parse, raw) if event.occurred_at // 1000 <= now), key=order_of)
    creation = next((event for event in events if event.type == "ticket.created"), None)
    expected = all_of(fold(events, book(), now), now)
    if creation is None:
        assert expected is None
        return

    ticket = Ticket(creation, book())
    for event in events:
        for stop in sorted(stops):
            if ticket.last[0] // 1000 <= stop < event.occurred_at // 1000:
                ticket.advance(stop)
                document(ticket, stop)
                breaches(ticket)
        if event is not creation:
            ticket.extend(event)
    for stop in sorted(stop for stop in stops if ticket.last[0] // 1000 <= stop <= now):
        ticket.advance(stop)
        document(ticket, stop)
    ticket.advance(now)

    assert expected == all_of(ticket, now)


@settings(max_examples=300, deadline=None)
@given(stories(), ENDS)
def test_a_ledger_covers_its_clock_without_gap_or_overlap(raw: list[bytes], now: int) -> None:
    """Slices reach from start to stop (or to now); those counted and paused sum to what the clock says."""
    ticket = fold(map(parse, raw), book(), now)
    for clock in document(ticket, now)["clocks"] if ticket is not None else ():
        end = clock["stopped_at"] or format_ms(now)
        edges = [clock["started_at"], *(slice_["to"] for slice_ in clock["ledger"])]
        assert edges[:-1] == [slice_["from"] for slice_ in clock["ledger"]]
        assert edges[-1] == end
        for kind, field in (("counted", "counted_s"), ("paused", "paused_s")):
            lengths = (
                parse_ms(slice_["to"]) - parse_ms(slice_["from"])
                for slice_ in clock["ledger"]
                if slice_["kind"] == kind
            )
            assert seconds(sum(lengths)) == clock[field]


@settings(max_examples=300, deadline=None)
@given(stories(), ENDS)
def test_a_clocks_fields_agree_with_each_other(raw: list[bytes], now: int) -> None:
    """Status, due time, verdict, and what counts of it say the same."""
    ticket = fold(map(parse, raw), book(), now)
    if ticket is None:
        return
    facts = standing(ticket)
    for clock in document(ticket, now)["clocks"]:
        own = [fact.kind for fact in facts if fact.cycle == clock["cycle"] and fact.metric == clock["metric"]]
        due, stopped = clock["due_at"], clock["stopped_at"]
        match clock["status"]:
            case "breached":
                assert clock["breached_at"] == due
                assert ["breached", "late"] == sorted(own) if stopped else ["breached"] == own
                assert parse_ms(due) <= now
                assert stopped is None or parse_ms(stopped) > parse_ms(due)
            case "met":
                assert ["met"] == own
                assert clock["breached_at"] is None
                assert parse_ms(stopped) <= parse_ms(due)
            case "stopped":
                assert ["stopped"] == own
                assert due is clock["target_s"] is clock["remaining_s"] is None
            case "cancelled":
                assert [] == own
                assert clock["breached_at"] is None
            case "paused":
                assert [] == own
                assert due is stopped is None
            case "running":
                assert [] == own
                assert due is None or parse_ms(due) > now
        if clock["target_s"] is not None:
            assert clock["remaining_s"] == seconds(round((clock["target_s"] - clock["counted_s"]) * 1000))


@settings(max_examples=300, deadline=None)
@given(stories(), ENDS)
def test_what_is_left_of_a_running_clock_ends_at_its_due_time(raw: list[bytes], now: int) -> None:
    """Counted on from any instant, the calendar gives the same due time; and nothing was warned after it was due."""
    ticket = fold(map(parse, raw), book(), now)
    for clock in ticket.running if ticket is not None else ():
        if clock.breached_at is None and clock.due_at is not None and clock.target.within_ms is not None:
            left = clock.remaining(now)
            assert left is not None
            assert left > 0
            assert clock.target.calendar.add(now, left) == clock.due_at
        early = [moment.at for moment in clock.story if moment.change in {"warned", "breached"}]
        assert sorted(early) == early


@settings(max_examples=300, deadline=None)
@given(stories(), ENDS)
def test_counts_are_what_the_facts_sum_to(raw: list[bytes], now: int) -> None:
    """Each count of the document is the number of facts of that kind; who entered and left the board is open or not."""
    ticket = fold(map(parse, raw), book(), now)
    if ticket is None:
        return
    kinds = [fact.kind for fact in standing(ticket)]
    for kind, count in document(ticket, now)["counts"].items():
        assert count == kinds.count(kind), kind
    assert kinds.count("opened") - kinds.count("left") == (1 if ticket.gauge() is not None else 0)


@settings(max_examples=300, deadline=None)
@given(stories(), ENDS)
def test_a_breachs_story_is_told_in_order_and_each_part_once(raw: list[bytes], now: int) -> None:
    """Changes of a breach have names of their own, follow each other, and end in what its status says."""
    ticket = fold(map(parse, raw), book(), now)
    if ticket is None:
        return
    for breach in breaches(ticket):
        names = [transition.name for transition in breach.transitions]
        changes = [transition.entry["change"] for transition in breach.transitions]
        keys = {(t.entry["revision"], t.entry["change"], t.entry["level"]) for t in breach.transitions}
        assert len(names) == len(set(names)) == len(keys)
        assert changes[0] in {"warned", "breached"}
        assert changes.count("breached") <= 1
        last = {"withdrawn": "withdrawn", "ended": "ended"}.get(breach.status)
        assert (changes[-1] == last) if last else changes[-1] not in {"withdrawn", "ended"}
        assert (breach.ended_at is not None) == (breach.status in {"withdrawn", "ended"})
        open_again = True
        for change in changes:
            if change in {"ended", "withdrawn"}:
                assert open_again or change == "withdrawn"
                open_again = False
            elif not open_again:
                assert change in {"resumed", "warned", "breached"}
                open_again = True
