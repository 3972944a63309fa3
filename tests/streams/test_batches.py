"""One event for each partition and fetch, and commits that follow it."""

from __future__ import annotations

from dataclasses import dataclass

from faust.types import TP

from streams.batches import FetchBatches


@dataclass
class Raw:
    """A record as the client gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int = 7
    timestamp_type: int = 0


def test_a_fetch_is_one_batch_for_each_partition() -> None:
    """In the shape of the last record, with all records as its value; empty partitions are none."""
    first, second, empty = TP("t", 0), TP("t", 1), TP("t", 2)
    found = {first: [Raw("t", 0, 5), Raw("t", 0, 8)], second: [Raw("t", 1, 3)], empty: []}

    batches = list(FetchBatches().iterate(found))

    assert [first, second] == [tp for tp, _ in batches]
    assert [8, 3] == [batch.offset for _, batch in batches]
    assert [found[first], found[second]] == [batch.value for _, batch in batches]
