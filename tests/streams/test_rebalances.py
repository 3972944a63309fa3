"""What a rebalance overtakes: acknowledgements, rows and takeovers of an ownership that is over count for nothing."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import faust
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from sinks.kafka import KafkaAccess, KafkaWriter, Record
from sinks.view import Outcome
from streams import topics, wire
from streams.aside import Aside
from streams.batches import BatchConsumer, BatchTransport, Records
from streams.figures import ScopeWorker
from streams.ground import Ground
from streams.journal import Journal
from streams.rows import Row, RowTable
from streams.stages import Stage
from streams.telling import Telling
from streams.tickets import TicketsOut
from streams.turns import Turns
from tests.servers.kafka import KafkaServer


def faust_app() -> faust.App:
    """An app that is never started."""
    app = faust.App(
        "rebalances", broker="kafka://127.0.0.1:1", store="memory://", web_enabled=False, topic_allow_declare=False
    )
    app.transport = BatchTransport(app.conf.broker_consumer, app)
    app.consumer_generation_id = 1
    return app


def message(tp: TP, offset: int, generation: int, value: Any = None) -> ConsumerMessage:
    """A batch whose last record stands at an offset."""
    return ConsumerMessage(
        tp.topic, tp.partition, offset, 0.0, 0, (), None, value, None, tp=tp, generation_id=generation
    )


def batch(tp: TP, offset: int, *, generation: int = 1, after: int, records: Sequence[Any] = ()) -> Any:
    """The event that Faust makes of a batch, which came after some offset."""
    return SimpleNamespace(message=message(tp, offset, generation, Records(records, after)))


async def test_what_is_done_of_an_older_assignment_commits_nothing_that_is_not_done() -> None:
    """A batch read before a rebalance ends inside one read after it: to acknowledge it says nothing of the latter."""
    app, tp = faust_app(), TP("ticket-events", 0)
    app.topics._acking_topics.add(tp.topic)
    consumer = cast("BatchConsumer", app.consumer)
    consumer.resume_flow()  # as recovery does
    before = message(tp, 499, 1)
    consumer.track_message(before)

    app.consumer_generation_id = 2
    consumer._committed_offset[tp] = 100
    await consumer._add_gap(tp, 101, 1999)  # one batch, of which nothing is done yet
    consumer.ack(before)

    assert {} == consumer._filter_committable_offsets([tp])
    assert set() == set(consumer.unacked)

    consumer.ack(message(tp, 1999, 2))
    assert {tp: 2000} == consumer._filter_committable_offsets([tp])


async def test_what_a_batch_skips_is_counted_once_though_it_is_read_twice() -> None:
    """Offsets behind each other, the last of them read again in other bounds: all are done with the last batch."""
    app, tp = faust_app(), TP("ticket-events", 0)
    app.topics._acking_topics.add(tp.topic)
    consumer = cast("BatchConsumer", app.consumer)
    consumer.resume_flow()
    consumer._committed_offset[tp] = 100
    for first, last in ((101, 199), (200, 299), (250, 299), (300, 300)):
        await consumer._add_gap(tp, first, last)
    for offset in (199, 299, 300):
        done = message(tp, offset, 1)
        consumer.track_message(done)
        consumer.ack(done)

    assert {tp: 301} == consumer._filter_committable_offsets([tp])


async def test_rows_of_a_recovery_that_a_rebalance_ended_are_not_taken() -> None:
    """They would hide that what stands before them has not been read."""
    app = faust_app()
    taken: list[int] = []

    class Store:
        def known_offset(self, partition: int) -> int:
            return -1

        def restore(self, partition: int, rows: Sequence[Row], last_offset: int) -> None:
            taken.append(last_offset)

        def assign(self, partitions: set[int]) -> None: ...

        def recovered(self, partitions: set[int]) -> None: ...

    table = RowTable(app, name="tickets", key_type=bytes, value_type=bytes, partitions=1)
    table.bind(Store(), lambda _: None)
    tp = TP("rebalances-tickets-changelog", 0)
    app.consumer_generation_id = 2

    table.apply_changelog_batch([batch(tp, 177, generation=1, after=-1) for _ in range(2)])
    table.apply_changelog_batch([batch(tp, 188, generation=2, after=177)])
    table.apply_changelog_batch([batch(tp, 99, generation=2, after=-1)])

    assert [99] == taken


async def test_a_stage_that_has_been_closed_begins_nothing() -> None:
    """A rebalance that ends while the worker does finds nobody who would wait for what it begins."""

    class Task:
        number, closed = 0, False

        async def run(self) -> None:
            await asyncio.Event().wait()

        async def offer(self, event: Any) -> None: ...

        def poke(self, now: int) -> None: ...

        def close(self) -> None: ...

    stage: Stage[Task] = Stage(lambda _: Task(), lambda _: None)
    stage.assign({0, 1})
    assert {0, 1} == set(stage.workers)
    await stage.close(0.1)

    stage.assign({0, 1, 2})
    assert {0, 1} == set(stage.workers)


async def test_what_is_being_told_does_not_outlive_its_partition() -> None:
    """A worker ends while Kafka is away: its patience ends too, and with it what waits for an answer."""
    ground: Any = SimpleNamespace(
        clock=lambda: 0,
        layout=SimpleNamespace(events=1),
        settings=SimpleNamespace(group="g"),
        on_fatal=lambda error: pytest.fail(repr(error)),
    )
    telling = Telling(0, cast("Any", None), ground, lambda _: False)
    ended: list[str] = []

    async def publish(*_: Any, **__: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("told")

    telling._partials = cast("Any", SimpleNamespace(publish=publish))
    telling.begin(1, None, None)
    await asyncio.sleep(0)
    ending = asyncio.create_task(telling.end())
    await asyncio.sleep(0)

    ending.cancel()
    await asyncio.wait([ending])
    assert ["told"] == ended


@pytest.mark.kafka
async def test_a_takeover_counts_once_all_that_stands_before_it_is_known(kafka_server: KafkaServer) -> None:
    """Another owner wrote a row that was not read: the first attempt says so, and hides nothing from the next one."""
    group = f"rebalances-{uuid.uuid4().hex[:8]}"
    name = topics.changelog(group)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server.address)
    await admin.start()
    await admin.create_topics([NewTopic(name, 1, 1)])
    await admin.close()
    writer = KafkaWriter(KafkaAccess(kafka_server.address))
    await writer.start()
    ground: Any = SimpleNamespace(settings=SimpleNamespace(group=group), writer=writer, worker="w", digest="d")
    journal = Journal(0, cast("Ground", ground), Aside(0, cast("Ground", ground)))
    try:
        assert 0 == await journal.take_over(1)
        await writer.write(name, 0, [Record(b"T1\0e1", b"another owner's")])

        assert await journal.take_over(2) is None
        assert 0 == journal.known_offset  # recovery will read from there
        assert 3 == await journal.take_over(3)
        assert 0 == journal.known_offset
    finally:
        await writer.stop()


async def test_that_redis_was_emptied_is_kept_before_anybody_enters_it() -> None:
    """Whoever dies in between leaves a Redis without an owner, or a row that says what is no news in it."""
    done: list[object] = []

    async def tell_whole(epoch: int, told: int) -> None:
        done.append(("kept", epoch, told))

    async def owner_row(_: int) -> int:
        return 7

    async def take_over(_: int, epoch: int, *, unless_emptied: bool = False) -> Outcome:
        done.append(("asked" if unless_emptied else "entered", epoch))
        return Outcome.EMPTIED

    journal: Any = SimpleNamespace(take_over=owner_row, tell_whole=tell_whole, whole=None, promised=5)
    ground: Any = SimpleNamespace(clock=lambda: 9, view=SimpleNamespace(take_over=take_over))
    unused: Any = None
    tickets = TicketsOut(0, unused, ground, journal=journal, aside=unused, watch=unused)

    assert 7 == await tickets.enter()
    assert [("asked", 7), ("kept", -1, 5), ("entered", 7)] == done


async def test_figures_that_are_closed_while_they_begin_end_at_once() -> None:
    """Whoever closes them wakes them once; they must not go to sleep after that."""
    announced = asyncio.Event()

    async def write(*_: Any) -> Any:
        await announced.wait()
        return SimpleNamespace(last=0)

    ground: Any = SimpleNamespace(
        settings=SimpleNamespace(group="g"), writer=SimpleNamespace(write=write), worker="w", clock=lambda: 0
    )
    worker = ScopeWorker(0, cast("Any", SimpleNamespace(closing=None)), ground)
    task = asyncio.create_task(worker.run())
    await asyncio.sleep(0)
    worker.close()
    announced.set()

    _, hanging = await asyncio.wait([task], timeout=2)
    assert set() == hanging


async def test_figures_do_not_skip_what_a_rebalance_has_let_go() -> None:
    """A batch may slip through while those before it are let go; the log comes again, and is read as it stands."""
    known: list[int] = []
    ground: Any = SimpleNamespace(
        settings=SimpleNamespace(group="g"), worker="w", clock=lambda: 0, turns=Turns(), home_of=lambda _: 0
    )
    figures: Any = SimpleNamespace(closing=None, watermark=lambda _, ms: known.append(ms))
    worker = ScopeWorker(0, figures, ground)
    worker._announced = True
    rows = [wire.progress_row(0, 1, at, 2) for at in range(1, 8)]
    log = [SimpleNamespace(offset=at, key=key, value=value) for at, (key, value) in enumerate(rows, 1)]
    task = asyncio.create_task(worker.run())
    tp = TP("partials", 0)

    async def come(first: int, last: int, after: int) -> list[int]:
        known.clear()
        await worker.offer(batch(tp, last, after=after, records=log[first - 1 : last]))
        await asyncio.sleep(0.05)
        return list(known)

    try:
        assert [1, 2] == await come(1, 2, -1)
        assert [] == await come(6, 7, 5)
        assert [3, 4, 5] == await come(1, 5, -1)
        assert [6, 7] == await come(6, 7, 5)
    finally:
        worker.close()
        await task
