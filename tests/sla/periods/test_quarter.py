"""The same quarter, in order, shuffled, twice over, with owners killed: the same bytes of totals."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from random import Random

import orjson
import pytest

from sla.figures.ledger import Ledger
from sla.periods.gifts import give, read_row
from sla.policy import PolicyBook, load_book
from sla.replay import Result, replay
from tests.sla.periods.quarter import DAY, END, LATER, Stream, event_set, totals, traffic

BOOK = Path(__file__).parents[3] / "policies"


@lru_cache
def book() -> PolicyBook:
    return load_book(BOOK)


@lru_cache
def quarter() -> tuple[bytes, ...]:
    return tuple(traffic(seed=7))


@lru_cache
def truth() -> Result:
    return replay(event_set(quarter()), book(), LATER, with_gifts=True)


def in_order(stream: Stream, raw: list[bytes]) -> None:
    for at in range(0, len(raw), 1000):
        stream.take(raw[at : at + 1000])
        stream.advance(min(END, stream.now + 5 * DAY))
        stream.publish()


def shuffled(stream: Stream, raw: list[bytes]) -> None:
    Random(1).shuffle(raw)  # noqa: S311 -- any order will do
    stream.take(raw)
    stream.advance(END)


def twice_over(stream: Stream, raw: list[bytes]) -> None:
    in_order(stream, raw)
    Random(2).shuffle(raw)  # noqa: S311 -- any order will do
    in_order(stream, raw)


def with_owners_killed(stream: Stream, raw: list[bytes]) -> None:
    Random(3).shuffle(raw)  # noqa: S311 -- any order will do
    for number, at in enumerate(range(0, len(raw), 900)):
        stream.take(raw[at : at + 900])
        stream.advance(END)
        if number % 2:
            stream.publish()
        stream.kill(number % 3)


@pytest.mark.parametrize("way", [in_order, shuffled, twice_over, with_owners_killed])
def test_the_same_quarter_gives_the_same_bytes_of_totals(way: object) -> None:
    """Days, months and the quarter of every subject are those of replay; and so is what each ticket gave."""
    stream = Stream(book())
    assert callable(way)
    way(stream, list(quarter()))
    stream.advance(LATER)
    closed, expected = stream.closed(), totals(truth().periods)

    assert ("2026-Q3", "all") in closed
    assert expected.keys() == closed.keys()
    assert expected == closed
    assert truth().gifts == stream.gifts


def test_some_tickets_come_back_and_are_charged_to_who_solved_the_one_before() -> None:
    """The quarter would prove nothing of recurrence otherwise; nobody is charged for a ticket without an issue."""
    said = {(one["period"], one["subject"]): one["measures"] for one in map(orjson.loads, truth().periods)}
    whole = said["2026-Q3", "all"]["recurrence_rate"]
    charged = [
        measures["recurrence_rate"]["numerator"]
        for (period, subject), measures in said.items()
        if period == "2026-Q3" and subject.startswith("agent:")
    ]

    assert 0 < whole["numerator"] == sum(charged)
    assert 0 < said["2026-Q3", "all"]["issue_key_share"]["value"] < 1


def test_what_tickets_gave_sums_up_to_the_figures() -> None:
    """The rows of a month, read from the topic and added up, are the month's totals of every subject."""
    months: dict[int, dict[str, Ledger]] = {}
    for row in truth().gifts.values():
        month, _, gift = read_row(row)
        give(months.setdefault(month, {}), month, gift)
    said = {
        (one["period"], one["subject"]): {"counts": one["counts"], "measures": one["measures"]}
        for one in map(orjson.loads, truth().periods)
        if len(one["period"]) == 7 and one["period"][-2:].isdigit()
    }
    summed = {
        (f"{month // 100}-{month % 100:02d}", subject): orjson.loads(orjson.dumps(ledger.result(book().promised.at(0))))
        for month, ledgers in months.items()
        for subject, ledger in ledgers.items()
    }

    assert said.keys() == summed.keys()
    for name, figures in said.items():
        for measure in figures["measures"].values():
            measure.pop("so_far", None)
        assert figures == summed[name], name


def test_what_tickets_gave_to_days_comes_to_their_months() -> None:
    """Every count of every subject; and a day on which nothing happened is not told."""
    several = 0
    for row in truth().gifts.values():
        month, _, gift = read_row(row)
        sums: dict[str, Counter[str]] = {}
        for period, own in ((month, gift), *(gift.days or {}).items()):
            ledgers: dict[str, Ledger] = {}
            give(ledgers, period, own)
            for subject, ledger in ledgers.items():
                counts = ledger.result(())["counts"]
                sums.setdefault(subject, Counter()).update(
                    {kind: number if period == month else -number for kind, number in counts.items()}
                )
        several += len(gift.days or {}) > 1
        whole = {"all", *(subject for subject in sums if subject.startswith("team:") and "|" not in subject)}

        assert all(not any(sums[subject].values()) for subject in whole & sums.keys())
        assert {day // 100 for day in gift.days or {}} == {month}
    assert several > 10


def test_settled_tickets_move_no_closed_total_and_are_still_listed() -> None:
    """Past their horizon and restored from one row each, they give what they gave; those that came back still did."""
    stream = Stream(book())
    shuffled(stream, list(quarter()))
    stream.advance(LATER)
    before = stream.closed()
    gifts = dict(stream.gifts)
    stream.advance(LATER + 90 * DAY)
    stream.settle()
    for number in range(3):
        stream.kill(number)
        assert any(held.settled is not None for held in stream.partitions[number].held.values())
    stream.publish()
    after = {name: orjson.dumps(stream.stage2.closing.first(name)) for name in before if len(name[0]) != 10}

    assert after == {name: body for name, body in before.items() if len(name[0]) != 10}
    assert gifts.items() <= stream.gifts.items()


def test_whatever_late_events_move_in_closed_totals_they_are_named_for_it() -> None:
    """A part of the quarter comes after the closing: each day and month that differs has its causes."""
    raw = list(quarter())
    Random(4).shuffle(raw)  # noqa: S311 -- any order will do
    stream = Stream(book())
    stream.take(raw[100:])
    stream.advance(LATER)
    before = stream.closed()
    for partition in stream.partitions:
        partition.giving.read = LATER
        partition.giving.take_moved()
    named: dict[tuple[str, str], set[str]] = {}
    for line in raw[:100]:
        stream.take([line])
        stream.advance(LATER)
        for partition in stream.partitions:
            for one in partition.giving.take_moved():
                named.setdefault((one.period, one.subject), set()).add(one.event)
    stream.publish()
    after = {name: orjson.dumps(stream.stage2.closing.first(name)) for name in before}
    short = {name for name in before if len(name[0]) == 10 or (len(name[0]) == 7 and name[0][-2:].isdigit())}
    changed = {name for name in short if before[name] != after[name]}

    assert changed
    assert changed <= named.keys()
    assert len(named.keys() & short) < len(short)
