"""`sla:health` says how far each partition is, what was counted, and who decides by which book."""

from __future__ import annotations

import orjson

from sinks.view import Outcome, PartitionBeat, WorkerBeat
from tests.sinks.conftest import Twin
from tests.sinks.stories import NOON, ticket

ONE = WorkerBeat("one", "0.1", ["2026-01"], "aaaa")
TWO = WorkerBeat("two", "0.1", ["2026-02"], "bbbb")


async def test_a_partition_says_how_far_it_is(twin: Twin) -> None:
    """Its lag is now minus its watermark; before the first one both are null."""
    await twin.view.take_over(0, 5)
    await twin.view.take_over(1, 6)
    beats = [PartitionBeat(0, 5, NOON - 1500, NOON), PartitionBeat(1, 6, None, NOON)]
    report = await twin.view.write_health(ONE, beats, NOON)
    health = await twin.reader.read_health()

    assert {0: Outcome.WRITTEN, 1: Outcome.WRITTEN} == report.outcomes
    assert orjson.loads(health["partition:0"]) == {
        "watermark": "2024-01-08T11:59:58.500Z",
        "lag_s": 1.5,
        "as_of": "2024-01-08T12:00:00Z",
        "worker": "one",
        "epoch": 5,
    }
    assert (None, None) == tuple(orjson.loads(health["partition:1"])[name] for name in ("watermark", "lag_s"))
    assert "0.1" == health["build"]


async def test_counters_are_sums_that_a_restart_does_not_double(twin: Twin) -> None:
    """Each partition says its sum so far; the fields are the sums over partitions."""
    await twin.view.take_over(0, 5)
    await twin.view.take_over(1, 5)
    first = PartitionBeat(0, 5, NOON, NOON, {"dead_letters": 3, "ahead": {"mail": 1, "a:b": 2}})
    other = PartitionBeat(1, 5, NOON, NOON, {"dead_letters": 4, "ahead": {"mail": 5}})
    await twin.view.write_health(ONE, [first, other], NOON)
    await twin.view.take_over(0, 9)
    again = PartitionBeat(0, 9, NOON, NOON, {"dead_letters": 2, "ahead": {"mail": 1}})
    await twin.view.write_health(TWO, [again], NOON)
    health = await twin.reader.read_health()

    assert ("6", "6", "6") == (health["dead_letters"], health["ahead"], health["ahead:mail"])


async def test_an_older_owner_says_nothing_about_its_partition(twin: Twin) -> None:
    """What a partition's field says comes from its owner alone."""
    await twin.view.take_over(0, 5)
    await twin.view.take_over(0, 9)
    await twin.view.write_health(TWO, [PartitionBeat(0, 9, NOON, NOON, {"orphans": 1})], NOON)
    report = await twin.view.write_health(ONE, [PartitionBeat(0, 5, NOON, NOON, {"orphans": 7})], NOON)
    health = await twin.reader.read_health()

    assert {0: Outcome.REFUSED} == report.outcomes
    assert ("two", "1") == (orjson.loads(health["partition:0"])["worker"], health["orphans"])


async def test_a_beat_finds_an_emptied_redis(twin: Twin) -> None:
    """Idle or not, a worker hears within a second that Redis was emptied."""
    await twin.view.take_over(0, 5)
    await twin.view.write_tickets(0, 5, 1, [ticket("T1")], NOON)
    await twin.flush()
    beat = PartitionBeat(0, 5, NOON, NOON)

    assert {0: Outcome.EMPTIED} == (await twin.view.write_health(ONE, [beat], NOON)).outcomes
    await twin.view.take_over(0, 5)
    assert {0: Outcome.WRITTEN} == (await twin.view.write_health(ONE, [beat], NOON)).outcomes


async def test_workers_with_different_books_see_each_other(twin: Twin) -> None:
    """A book that differs is in the report and in Redis, until its worker has been silent for ten seconds."""
    assert {} == (await twin.view.write_health(ONE, [], NOON)).differing
    assert {"one": "aaaa"} == (await twin.view.write_health(TWO, [], NOON + 1000)).differing
    health = await twin.reader.read_health()
    assert "true" == health["policies_differ"]
    assert {
        "one": {"editions": ["2026-01"], "digest": "aaaa"},
        "two": {"editions": ["2026-02"], "digest": "bbbb"},
    } == orjson.loads(health["policies"])

    assert {} == (await twin.view.write_health(TWO, [], NOON + 10_001)).differing
    health = await twin.reader.read_health()
    assert (["two"], "false") == (list(orjson.loads(health["policies"])), health["policies_differ"])
