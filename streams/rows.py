"""The ticket table: one row for each event, recovered in batches into whatever holds the partition.

Faust's table brings the changelog topic, its partitions and its recovery. It keeps no dictionary here: rows go
straight to a `RowStore`, which also says from which offset on it needs them. Nothing is written through the table
either: rows are sent in batches (see `sinks.kafka`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import faust
from faust.types import TP

#: Key, value (None: removed), and when it was written, in ms.
Row = tuple[bytes, bytes | None, int]


class RowStore(Protocol):
    """What holds the rows of the partitions that are assigned to this worker."""

    def known_offset(self, partition: int) -> int:
        """The changelog offset up to which the rows of a partition are known; -1 when nothing is."""

    def restore(self, partition: int, rows: Sequence[Row], last_offset: int) -> None:
        """Takes rows as they stand in the changelog, in order; None as a value is a row that was removed."""

    def assign(self, partitions: set[int]) -> None:
        """These partitions are this worker's from now on, and no others."""

    def recovered(self, partitions: set[int]) -> None:
        """All rows that stood in the changelog when recovery began have been given."""


class RowTable(faust.Table):
    """A table whose rows live in a `RowStore`."""

    #: Where rows go, and who hears of a bug: Faust swallows exceptions in recovery and would go on with half a view.
    row_store: RowStore
    on_fatal: Callable[[BaseException], None]

    def bind(self, row_store: RowStore, on_fatal: Callable[[BaseException], None]) -> None:
        """Connects the table with what holds its rows; to be called once, before the app starts."""
        self.row_store = row_store
        self.on_fatal = on_fatal

    def persisted_offset(self, tp: TP) -> int | None:
        """From where recovery has to read: the store alone knows, Faust's own memory may be of an older ownership."""
        return self.row_store.known_offset(tp.partition)

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Unpacks batches of the changelog."""
        try:
            for event in batch:
                message = event.message
                known = self.row_store.known_offset(message.partition)
                if message.generation_id != self.app.consumer_generation_id or message.value.after > known:
                    continue  # of a recovery that a rebalance has ended: what lies before it may not have been read
                rows = [(record.key, record.value, record.timestamp) for record in message.value]
                self.row_store.restore(message.partition, rows, message.offset)
        except BaseException as error:
            self.on_fatal(error)
            raise

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Lets go what is no longer ours, before recovery asks what is known."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        name = self.changelog_topic.get_topic_name()
        active = self.app.assignor.assigned_actives()
        self.row_store.assign({tp.partition for tp in assigned if tp.topic == name and tp in active})

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Tells the store that what it has is all there was."""
        await super().on_recovery_completed(active_tps, standby_tps)
        try:
            self.row_store.recovered({tp.partition for tp in active_tps})
        except BaseException as error:
            self.on_fatal(error)
            raise
