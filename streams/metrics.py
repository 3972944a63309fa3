"""What a worker tells Prometheus, at `/metrics` of SLAWATCH_METRICS_PORT."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from streams.app import App
from streams.errors import Unusable


class WorkerCollector:
    """Reads the figures of a worker's partitions when they are asked for."""

    def __init__(self, app: App) -> None:
        self._app = app

    def collect(self) -> Iterable[Metric]:
        """The metrics of the partitions that this worker has."""
        lag = GaugeMetricFamily("slawatch_watermark_lag_seconds", "Now less the watermark.", labels=["partition"])
        events = CounterMetricFamily("slawatch_events", "Events processed by this worker.", labels=["partition"])
        aside = CounterMetricFamily("slawatch_set_aside", "What a partition did not take in.", labels=["kind"])
        open_tickets = GaugeMetricFamily("slawatch_open_tickets", "Open tickets.", labels=["priority"])
        now = self._app.ground.clock()
        sums: dict[str, int] = {}
        opened: dict[str, int] = {}
        for worker in list(self._app.tickets.workers.values()):
            number = str(worker.number)
            if worker.watermark is not None:
                lag.add_metric([number], (now - worker.watermark) / 1000)
            events.add_metric([number], worker.events)
            beat = worker.beat(now)
            for name, count in (beat.counters if beat is not None else {}).items():
                sums[name] = sums.get(name, 0) + (count if isinstance(count, int) else sum(count.values()))
            for priority, count in worker.open_by_priority().items():
                opened[priority] = opened.get(priority, 0) + count
        for name, count in sums.items():
            aside.add_metric([name], count)
        for priority, count in opened.items():
            open_tickets.add_metric([priority], count)
        return lag, events, aside, open_tickets


@contextmanager
def serve_metrics(app: App) -> Iterator[None]:
    """Serves them while the worker runs; does nothing without a port.

    Raises:
        Unusable: the port cannot be had.
    """
    settings = app.ground.settings
    if settings.metrics_port is None:
        yield
        return
    registry = CollectorRegistry()
    registry.register(WorkerCollector(app))
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        msg = f"SLAWATCH_METRICS_PORT {settings.metrics_port} cannot be had ({error}): choose another"
        raise Unusable(msg) from error
    try:
        yield
    finally:
        server.shutdown()
        thread.join(timeout=2)
