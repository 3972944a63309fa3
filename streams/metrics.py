"""What a worker tells Prometheus, at `/metrics` of SLAWATCH_METRICS_PORT; and how any part serves what it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Protocol, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.core import Metric as Series
from prometheus_client.registry import Collector

from models.breach import Metric
from streams.errors import Unusable

REASONS = (
    *("conflict", "encoding", "invalid", "json", "key", "missing"),
    *("null_key", "null_value", "too_large", "too_late", "unknown_type"),
)
PRIORITIES = ("P0", "P1", "P2", "P3", "P4")
LATENESS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)


class Metrics:
    """The counters of one worker; each worker has a registry of its own.

    What is known to come begins with zeros: a series that appears with its first dead letter or breach would hide that
    one, since Prometheus sees growth only between two looks.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter("slawatch_events", "New events taken in.", ["type"], registry=self.registry)
        self.dead_letters = Counter(
            "slawatch_dead_letters", "Records sent to the dead letters.", ["reason"], registry=self.registry
        )
        for reason in REASONS:
            self.dead_letters.labels(reason)
        self.breaches = Counter(
            "slawatch_breaches", "Clocks that fell due.", ["metric", "priority"], registry=self.registry
        )
        for metric, priority in product(get_args(Metric), PRIORITIES):
            self.breaches.labels(metric, priority)
        self.lateness = Histogram(
            "slawatch_deadline_lateness_seconds",
            "From the instant of a deadline to its being written.",
            buckets=LATENESS_S,
            registry=self.registry,
        )


class Standing(Protocol):
    """How a partition stands now."""

    @property
    def number(self) -> int:
        """The partition's."""

    @property
    def watermark(self) -> int | None:
        """In ms."""

    @property
    def open_by_priority(self) -> dict[str, int]:
        """Open tickets."""


class Standings(Collector):
    """Gauges, read from the partitions when they are asked for."""

    def __init__(self, partitions: Callable[[], Iterable[Standing]], clock: Callable[[], int]) -> None:
        self._partitions = partitions
        self._clock = clock

    def collect(self) -> Iterable[Series]:
        """The lag of each partition that this worker has, and their open tickets."""
        lag = GaugeMetricFamily("slawatch_lag_seconds", "Now less the watermark.", labels=["partition"])
        opened = GaugeMetricFamily("slawatch_open_tickets", "Open tickets.", labels=["priority"])
        now = self._clock()
        sums: dict[str, int] = {}
        for partition in self._partitions():
            if partition.watermark is not None:
                lag.add_metric([str(partition.number)], (now - partition.watermark) / 1000)
            for priority, count in partition.open_by_priority.items():
                sums[priority] = sums.get(priority, 0) + count
        for priority, count in sorted(sums.items()):
            opened.add_metric([priority], count)
        return lag, opened


@contextmanager
def serve_metrics(metrics: Metrics, standings: Standings, *, port: int | None, host: str) -> Iterator[None]:
    """Serves a worker's while it runs; does nothing without a port.

    Raises:
        Unusable: the port cannot be had.
    """
    if port is not None:
        metrics.registry.register(standings)
    with serve_registry(metrics.registry, port=port, host=host):
        yield


@contextmanager
def serve_registry(registry: CollectorRegistry, *, port: int | None, host: str) -> Iterator[None]:
    """Serves what a part tells, at `/metrics`; does nothing without a port.

    Raises:
        Unusable: the port cannot be had.
    """
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        msg = f"SLAWATCH_METRICS_PORT {port} cannot be had ({error}): choose another"
        raise Unusable(msg) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=2)
