"""What a partition tells about itself and its tickets."""

from __future__ import annotations

import orjson
import pytest

from sla.partition import Partition
from sla.ticket.happenings import HAPPENINGS
from tests.sla.partition.feeding import give, incoming, seen
from tests.sla.ticket.stories import DAY, MINUTE, START, TICKET, book, said

CREATED = said("created", 0, "e1", priority="P0", team="desk", assignee="ada")


def at(minute: float, *raw: bytes) -> Partition:
    """A partition with these events, so many minutes after the start."""
    partition = Partition(book())
    give(partition, raw)
    partition.advance(START + round(minute * MINUTE))
    return partition


def members(partition: Partition, family: str) -> set[tuple[str, str, float]]:
    """`(scope, member, score in minutes)` of a family."""
    return {
        (member.scope, member.member, (member.score - START) / MINUTE if member.score else 0)
        for write in partition.all_writes()
        for member in write.members
        if member.family == family
    }


# -- places in shared lists -------------------------------------------------------------------------------------------


def test_an_open_ticket_is_on_the_board_of_its_scopes() -> None:
    """By its creation; solved it is on none."""
    scopes = {"all", "priority:P0", "team:desk", "team:desk|priority:P0", "agent:ada"}

    assert {(scope, TICKET, 0) for scope in scopes} == members(at(1, CREATED), "open")
    assert set() == members(at(3, CREATED, said("solved", 2, "e2")), "open")


def test_every_clock_that_runs_and_has_a_due_time_is_listed_as_due() -> None:
    """Overdue ones too; stopped and paused ones are not."""
    partition = at(20, CREATED, said("updated", 16, "e2", status="on_hold"))

    assert {("first_response", 15)} == {
        (member.split("/")[1], score) for scope, member, score in members(partition, "due") if not scope
    }
    assert {"", "all", "priority:P0", "team:desk", "team:desk|priority:P0", "agent:ada"} == {
        scope for scope, _, _ in members(partition, "due")
    }


def test_a_clock_without_a_promise_is_not_due() -> None:
    """It is only measured."""
    partition = at(1, said("created", 0, "e1", priority="P2"))

    assert {"first_response", "update", "resolution"} == {
        member.split("/")[1] for _, member, _ in members(partition, "due")
    }


def test_a_breach_that_is_not_over_is_active_by_the_due_time_it_has_or_last_had() -> None:
    """A paused clock keeps the place it had; a stopped one has none."""
    warned = at(130, CREATED, said("replied", 1, "e2", author="agent"))
    paused = at(150, CREATED, said("replied", 1, "e2", author="agent"), said("updated", 140, "e3", status="on_hold"))
    solved = at(150, CREATED, said("replied", 1, "e2", author="agent"), said("solved", 140, "e3"))

    assert ("", f"{TICKET}/resolution/1", 240) in members(warned, "active")
    assert ("", f"{TICKET}/resolution/1", 240) in members(paused, "active")
    assert set() == members(solved, "active")


def test_an_open_ticket_flagged_as_a_major_incident_is_an_incident() -> None:
    """Solved, or with the flag withdrawn, it is none."""
    flag = said("flagged", 1, "e2", flag="major_incident")

    assert {("", TICKET, 0)} == members(at(5, CREATED, flag), "incidents")
    assert set() == members(at(5, CREATED, flag, said("solved", 2, "e3")), "incidents")
    assert set() == members(
        at(5, CREATED, flag, said("flagged", 2, "e3", flag="major_incident", withdrawn=True)), "incidents"
    )


def test_what_was_decided_is_listed_for_24_hours_and_today_at_least() -> None:
    """Under kind, ticket, metric, cycle and event, in the scopes that were credited."""
    solved = said("solved", 5, "e/2", resolver="bob")
    found = {member for scope, member, _ in members(at(1000, CREATED, solved), "decided") if scope == "agent:bob"}

    assert {
        f"solved/{TICKET}/-/-/e%2F2",
        f"first_responses/{TICKET}/-/-/e%2F2",
        f"met/{TICKET}/first_response/1/e%2F2",
        f"met/{TICKET}/resolution/1/e%2F2",
        f"met/{TICKET}/update/1/e%2F2",
    } == found
    assert set() == members(at(3 * 24 * 60, CREATED, solved), "decided")


# -- time -------------------------------------------------------------------------------------------------------------


def test_a_ticket_is_written_again_when_time_brings_something() -> None:
    """A warning, the due instant, an event that was ahead; and at no other time."""
    partition = at(1, CREATED, said("status_changed", 20, "e2", status="on_hold"))
    partition.take_writes(9)
    told = []
    while (instant := partition.next_instant) is not None:
        partition.advance(instant - 1)
        assert [] == partition.take_writes(9)
        partition.advance(instant)
        (write,) = partition.take_writes(9)
        assert orjson.loads(write.doc or b"")["as_of"]
        told.append((instant - START) / MINUTE)

    assert [7.5, 10, 11.25, 15, 20, 25] == told


def test_time_never_goes_back() -> None:
    """An earlier watermark changes nothing."""
    partition = at(20, CREATED)
    before = seen(partition)
    partition.advance(START)

    assert before == seen(partition)


def test_a_limit_lets_others_breathe_and_says_that_there_is_more() -> None:
    """Three tickets in steps of one."""
    partition = Partition(book())
    give(partition, [CREATED.replace(b'"T1"', f'"T{number}"'.encode()) for number in range(3)])

    assert partition.advance(START + DAY, 1)
    assert 1 == len(partition.take_writes(9))
    while partition.advance(START + DAY, 1):
        pass
    assert 2 == len(partition.take_writes(9))


def test_each_touched_ticket_is_written_once_however_often_it_was_touched() -> None:
    """And no more than asked for at a time."""
    partition = at(1, CREATED, said("replied", 0.5, "e2", author="agent"), CREATED.replace(b'"T1"', b'"T2"'))
    give(partition, [said("replied", 0.7, "e3", author="agent")])
    partition.advance(START + MINUTE)

    assert (1, 1, 0) == (len(partition.take_writes(1)), len(partition.take_writes(9)), len(partition.take_writes(9)))


# -- health -----------------------------------------------------------------------------------------------------------


def test_a_ticket_without_its_creation_is_an_orphan_until_that_arrives() -> None:
    """It is written nowhere, and counted nowhere else."""
    partition = at(5, said("solved", 1, "e2"))
    assert (1, {}) == (partition.health()["orphans"], seen(partition)["writes"])
    give(partition, [CREATED])
    partition.advance(START + 6 * MINUTE)

    assert 0 == partition.health()["orphans"]
    assert "solved" == seen(partition)["writes"][TICKET][0]["status"]


def test_an_event_ahead_of_the_present_is_counted_once_and_takes_effect_in_its_time() -> None:
    """By source."""
    ahead = said("solved", 30, "e2", source="crm")
    partition = at(1, CREATED, ahead)
    give(partition, [said("replied", 0.5, "e3", author="agent")])
    partition.advance(START + 2 * MINUTE)
    assert ({"crm": 1}, "open") == (partition.health()["ahead"], seen(partition)["writes"][TICKET][0]["status"])
    partition.advance(START + 30 * MINUTE)

    assert ({"crm": 1}, "solved") == (partition.health()["ahead"], seen(partition)["writes"][TICKET][0]["status"])


def test_a_creation_ahead_of_the_present_is_no_orphan() -> None:
    """Nothing is missing, it only has not come."""
    assert 0 == at(-5, CREATED).health()["orphans"]


def test_a_ticket_that_cannot_be_folded_is_set_aside_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows stay, the others go on, health counts it; the next event folds it anew."""

    def broken(*_: object) -> None:
        msg = "not to be borne"
        raise ArithmeticError(msg)

    other = CREATED.replace(b'"T1"', b'"T2"')
    partition = at(1, CREATED, other)
    with monkeypatch.context() as patch:
        patch.setitem(HAPPENINGS, "ticket.solved", broken)
        give(partition, [said("solved", 2, "e2")])
        partition.advance(START + 3 * MINUTE)
        aside = seen(partition)
    assert (1, (None, [], [])) == (aside["set aside"], aside["writes"][TICKET])
    assert {"P0": 1} == aside["open"]
    assert "ArithmeticError: not to be borne" == partition.counters.set_aside[TICKET]

    give(partition, [said("rated", 2, "e3", score=5, scale=5)])
    partition.advance(START + 4 * MINUTE)
    assert seen(at(4, CREATED, other, said("solved", 2, "e2"), said("rated", 2, "e3", score=5, scale=5))) == (
        seen(partition)
    )


# -- intake -----------------------------------------------------------------------------------------------------------


def test_a_repeat_writes_no_row_but_its_ticket_again() -> None:
    """What it led to may have been lost between the changelog and the view."""
    partition = at(1, CREATED)
    partition.take_writes(9)

    assert [] == give(partition, [CREATED, CREATED.replace(b":", b": ")])
    assert [TICKET] == [write.ticket_id for write in partition.take_writes(9)]


def test_of_two_bodies_under_one_id_the_first_in_the_log_holds() -> None:
    """The other is a dead letter, in the same batch and in a later one."""
    other = CREATED.replace(b'"P0"', b'"P1"')
    partition = Partition(book())
    first = partition.admit(incoming([CREATED, other]))
    partition.commit(first)
    second = partition.admit(incoming([other]))
    partition.advance(START)

    assert [("conflict", "event_id", other)] == [(dead.reason, dead.field, dead.value) for dead in first.dead]
    assert ["conflict"] == [dead.reason for dead in second.dead]
    assert "P0" == seen(partition)["writes"][TICKET][0]["priority"]


def test_naming_a_field_with_null_is_another_body_than_not_naming_it() -> None:
    """One takes the team away, the other leaves it."""
    partition = at(1, CREATED, said("updated", 1, "e2", assignee="bob"))

    assert ["conflict"] == [
        dead.reason for dead in partition.admit(incoming([said("updated", 1, "e2", assignee="bob", team=None)])).dead
    ]


def test_what_is_no_event_of_this_partition_says_where_it_goes() -> None:
    """Nulls, foreign keys and misplaced records are told apart."""
    partition = Partition(book(), at_home=lambda key: key != b"T2")
    (record,) = incoming([CREATED])
    found = partition.admit(
        [
            record._replace(value=None),
            record._replace(key=None),
            record._replace(key=b"T9"),
            record._replace(value=b"{"),
            *incoming([CREATED.replace(b'"T1"', b'"T2"')]),
        ]
    )

    assert ["null_value", "null_key", "key", "json"] == [dead.reason for dead in found.dead]
    assert [b"T2"] == [record.key for record in found.misplaced]
    assert [] == found.rows


def test_rows_that_were_all_removed_leave_nothing_behind() -> None:
    """Not an orphan, and no write."""
    partition = Partition(book())
    key = f"{TICKET}\0e1".encode()
    partition.restore([(key, CREATED), (key, None), (f"{TICKET}\0".encode(), None)])
    partition.advance(START)

    assert ({}, 0) == (seen(partition)["writes"], partition.health()["orphans"])
    assert {} == partition.held


def test_a_ticket_whose_rows_are_gone_may_come_back() -> None:
    """With the very deadlines that it had before."""
    partition = at(1, CREATED)
    partition.restore([(f"{TICKET}\0e1".encode(), None)])
    partition.advance(START + MINUTE)
    assert {} == partition.held
    give(partition, [CREATED])
    partition.advance(START + 8 * MINUTE)

    assert seen(at(8, CREATED)) == seen(partition)
