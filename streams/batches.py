"""Batches through Faust: one event for each partition and fetch, whose value is the list of raw records.

Faust's price is paid for each message, so messages are made large: what its consumer's thread hands over is, for each
partition that a fetch brought something of, a single record that stands at the last offset of the fetch. The offsets
that it skips are known to Faust's bookkeeping of gaps, once that is mended.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from inspect import iscoroutine
from typing import Any, NamedTuple, cast

from aiokafka import AIOKafkaConsumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP, ConsumerMessage, Message
from mode.services import WaitResults

from streams.eager import Done, begin

#: How long events may gather at the broker before it answers a fetch, unless there are so many bytes sooner: what a
#: batch costs is shared by all of its events. They gather there, and not between a fetch and whoever takes what it
#: brought: what came meanwhile would wait for the next one.
FETCH_WAIT_MS = 60
FETCH_MIN_BYTES = 64 * 1024


class Fetched(NamedTuple):
    """What the consumer knows of a partition: when Kafka last answered, the log's end, the next offset to be read.

    `last` is the offset of the last record that was fetched before that one, -1 for none; both of one instant.
    `committed`: all before it had been done when the partition became ours, or has been since.
    """

    at_ms: int | None
    end: int | None
    position: int | None
    last: int | None
    committed: int | None = None


class Records(list[Any]):
    """aiokafka's records of one partition that one fetch brought, by offset.

    `after` is the offset of the record that was fetched before them under the same assignment, -1 for none: whoever has
    not had that one has missed something, which comes again.
    """

    def __init__(self, records: Sequence[Any], after: int) -> None:
        super().__init__(records)
        self.after = after


class Batch(NamedTuple):
    """Records of one partition, in the shape that Faust expects of a record."""

    topic: str
    partition: int
    offset: int  # of the last record
    timestamp: int
    timestamp_type: int
    key: None
    value: Records
    checksum: None
    serialized_key_size: int
    serialized_value_size: int
    headers: tuple[()]


def batch_of(records: Sequence[Any], after: int) -> Batch:
    """One batch of the records of one partition; there is at least one."""
    last, value = records[-1], Records(records, after)
    return Batch(
        last.topic, last.partition, last.offset, last.timestamp, last.timestamp_type, None, value, None, 0, 0, ()
    )


class BatchConsumerThread(AIOKafkaConsumerThread):
    """Faust's consumer thread, whose fetches let events gather for a moment, and which loses nothing it has fetched.

    Faust throws away what a fetch brought when the flow has been stopped meanwhile, or the partition paused, and reads
    on behind it. It goes back to what has been committed after a rebalance; of the partials nothing ever is, and of new
    partitions nothing yet. So whatever was fetched is owed until it has been handed over, and read again if it was not.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owed: dict[TP, Batch] = {}
        self._fetched: dict[TP, int] = {}  # the last offsets
        self._read: dict[TP, tuple[int, int]] = {}  # see `read`
        self._assignment: Any = None  # that both are of

    def handed_over(self, tp: TP) -> None:
        """Faust takes what the last fetch brought of this partition."""
        self._owed.pop(tp, None)

    def read(self, tp: TP) -> tuple[int, int] | None:
        """The next offset to be read, and that of the last record before it that was fetched, -1 for none.

        Of the last fetch that ended, under one assignment; None before the first. For any thread.
        """
        return self._read.get(tp)

    async def is_member(self) -> bool:
        """Whether the group knows this member in the generation that it has heard of last; asks Kafka."""
        coordinator = self._ensure_consumer()._coordinator  # noqa: SLF001 - no public way
        # Not through Faust's queue: fetches would wait behind it while Kafka is away.
        beat = asyncio.run_coroutine_threadsafe(coordinator._do_heartbeat(), self.thread_loop)  # noqa: SLF001
        return bool(await asyncio.wrap_future(beat))

    async def on_thread_stop(self) -> None:
        """Lets the consumer go.

        Where Kafka is away, aiokafka raises what it has cancelled itself: nobody would hear that the thread has ended,
        and the worker would wait a minute for it.
        """
        with contextlib.suppress(asyncio.CancelledError):
            await super().on_thread_stop()

    def _create_consumer(self, loop: asyncio.AbstractEventLoop) -> AIOKafkaConsumer:
        consumer = super()._create_consumer(loop)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001 - Faust has no setting for it
        consumer._fetch_min_bytes = FETCH_MIN_BYTES  # noqa: SLF001 - nor for this
        return consumer

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active_partitions: set[TP] | None,
        timeout: float | None = None,  # noqa: ASYNC109 - Faust's signature
        max_records: int | None = None,
    ) -> Mapping[TP, list[Batch]]:
        # The set of partitions is the caller's own, which it changes meanwhile: hence the copy. When it has been
        # emptied on the way here nothing is wanted, and not all partitions, as aiokafka would have it.
        wanted = None if active_partitions is None else frozenset(active_partitions)
        self._put_back(consumer)
        if wanted is not None and not wanted:
            return {}
        before = _assignment(consumer)
        found = await super()._fetch_records(consumer, wanted, timeout, max_records)
        self._forget_other_than(_assignment(consumer))
        for tp, records in found.items():
            # Before them may also be what was fetched long ago: Faust goes back to what has been committed.
            batch = batch_of(records, min(self._fetched.get(tp, -1), records[0].offset - 1))
            self._owed[tp], self._fetched[tp] = batch, batch.offset
        if self._assignment is before:
            self._note_read(wanted or found.keys())
            return {tp: [self._owed[tp]] for tp in found}
        # A fetch that a rebalance overtakes goes on, in aiokafka, with the first records of the new assignment. Faust
        # counts them among the old one.
        self._put_back(consumer)
        return {}

    def _note_read(self, tps: Iterable[TP]) -> None:
        for tp in tps:
            state = self._assignment.state_value(tp) if self._assignment is not None else None
            if state is not None and state.has_valid_position:
                self._read[tp] = state.position, self._fetched.get(tp, -1)

    def _put_back(self, consumer: AIOKafkaConsumer) -> None:
        """Goes back to what has not been handed over; a new assignment begins at positions of its own."""
        self._forget_other_than(_assignment(consumer))
        owed, self._owed = self._owed, {}
        for tp, batch in owed.items():
            state, first = self._assignment.state_value(tp), batch.value[0].offset
            if state.has_valid_position and state.position > first:
                consumer.seek(tp, first)
            self._fetched[tp] = batch.value.after

    def _forget_other_than(self, assignment: Any) -> None:
        if assignment is not self._assignment:
            self._assignment = assignment
            self._owed, self._fetched, self._read = {}, {}, {}


def _assignment(consumer: AIOKafkaConsumer) -> Any:
    """What aiokafka makes anew with each rebalance; None before the first."""
    subscription = consumer._subscription.subscription  # noqa: SLF001 - no public way
    return None if subscription is None else subscription.assignment


class BatchConsumer(Consumer):
    """Faust's consumer, with its bookkeeping of skipped offsets and of rebalances mended."""

    _thread: BatchConsumerThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stop_flow()  # nothing is to be fetched before the first recovery: see on_partitions_assigned

    async def wait_first(
        self,
        *waited: Any,
        timeout: Any = None,  # noqa: ASYNC109 - Faust's signature
    ) -> WaitResults:
        """Waits for the first of several; what need not wait is done at once.

        By this Faust hands over its messages, one after the other, with four tasks for each: the loop came round three
        times before the next had its turn, and all partitions' before anything was fetched again.
        """
        first, *others = waited
        if timeout is None and iscoroutine(first):
            try:
                begun = begin(first)
            except BaseException:
                _close(others)
                raise
            if isinstance(begun, Done):
                _close(others)
                return WaitResults([first], [begun.result], stopped=False)
            first = begun
        return cast("WaitResults", await super().wait_first(first, *others, timeout=timeout))

    def fetched(self, tp: TP) -> Fetched | None:
        """What is known of a partition; None while it is not ours."""
        consumer = self._thread._consumer  # noqa: SLF001 - no public way
        assignment = _assignment(consumer) if consumer is not None else None
        state = assignment.state_value(tp) if assignment is not None else None
        if state is None:
            return None
        position, last = self._thread.read(tp) or (None, None)
        return Fetched(state.timestamp, state.highwater, position, last, self._committed_offset.get(tp))

    async def is_member(self) -> bool:
        """Whether Kafka says that what we have heard of the group is the latest; not while a rebalance is at work."""
        return not self.app.rebalancing and await self._thread.is_member() and not self.app.rebalancing

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """A rebalance has ended: what was read before is no measure any more of what may be read.

        Faust stops its flow when partitions are taken away, and so not where there were none. It calls all active for
        a moment then, and throws away what is fetched meanwhile: of the partials, for good. Recovery resumes the flow.
        """
        self.stop_flow()
        self._read_offset.update(dict.fromkeys(assigned))
        for tp in assigned:
            for kept in (self._gap, self._acked, self._acked_index):
                kept.pop(tp, None)
        await super().on_partitions_assigned(assigned, generation_id)

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:
        self._thread.handed_over(tp)
        # A batch that a rebalance cut off on its way may be noted as read only after it. Faust would drop what comes
        # again before that offset, though it has never arrived; that something comes twice changes nothing here.
        read = self._read_offset[tp]
        if read is not None and record.offset < read:
            self._read_offset[tp] = self._committed_offset.get(tp)
        return super()._to_message(tp, record)

    def ack(self, message: Message) -> bool:
        """Notes that a batch has been done; not, where a rebalance has overtaken it.

        It comes again, in batches of other bounds: its offset would lie inside one of them, and what lies behind it
        there would be committed before it is done. Faust also acknowledges what it skips in a rebalance.
        """
        if self.flow_active and message.generation_id == self.app.consumer_generation_id:
            return bool(super().ack(message))
        message.acked = True
        self._unacked_messages.discard(message)
        return False

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        # Faust passes the offset of the message itself as the end of the gap and counts it in: the message would be
        # acknowledged twice over, and commits would crawl along one batch behind the other. It also sorts all gaps anew
        # for each batch, though they lie one behind the other unless a rebalance has come in between.
        gaps, committed = self._gap[tp], self._committed_offset[tp]
        first = offset_from if committed is None else max(offset_from, committed + 1)
        if first >= offset_to:
            return
        known = gaps.overlaps(first, offset_to)
        gaps.addi(first, offset_to)
        if known:
            gaps.merge_overlaps()


def _close(never_begun: Iterable[Any]) -> None:
    """Lets go what nobody will wait for."""
    for one in never_begun:
        if iscoroutine(one):
            one.close()


class BatchTransport(Transport):
    """Faust's transport over Kafka, with that consumer."""

    Consumer = BatchConsumer
