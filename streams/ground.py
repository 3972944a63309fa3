"""What every part of a worker stands on: its name, its settings, its way to Kafka and to the view."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sinks.kafka import KafkaWriter, partition_of
from sinks.totals import Totals
from sinks.view import View, WorkerBeat
from streams.batches import Fetched
from streams.metrics import Metrics
from streams.settings import Settings
from streams.solutions import SolutionsIn
from streams.topics import Layout
from streams.turns import Turns


@dataclass(frozen=True)
class Ground:
    """Shared by all partitions of a worker."""

    settings: Settings
    layout: Layout
    worker: str  # unique among living workers
    beat: WorkerBeat  # its build and its policy book
    writer: KafkaWriter
    view: View
    clock: Callable[[], int]
    fetched: Callable[[str, int], Fetched | None]  # by topic and partition
    is_ours: Callable[[str, int], bool]  # as far as this worker has heard
    is_member: Callable[[], Awaitable[bool]]  # asks Kafka whether it has heard all
    on_fatal: Callable[[BaseException], None]
    metrics: Metrics
    totals: Totals
    solved: SolutionsIn
    on_emptied: Callable[[], None]  # the view has been emptied
    partition_of_scope: dict[str, int] = field(default_factory=dict)
    turns: Turns = field(default_factory=Turns)

    @property
    def digest(self) -> str:
        """Of the policy book."""
        return self.beat.digest

    def home_of(self, scope: str) -> int:
        """The partition of the partials that a scope's rows are in."""
        number = self.partition_of_scope.get(scope)
        if number is None:
            number = self.partition_of_scope[scope] = partition_of(scope.encode(), self.layout.partials)
        return number
