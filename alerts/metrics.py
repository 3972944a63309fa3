"""What an alerter tells Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

from alerts.notice import Delivered, Notice, Outcome, Retry


class AlertMetrics:
    """The counters of one alerter."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.alerts = Counter(
            "slawatch_alerts", "Attempts to tell a notice.", ["receiver", "outcome"], registry=self.registry
        )
        self.active = Gauge("slawatch_alerter_active", "1 while this alerter holds the lease.", registry=self.registry)

    def told(self, notice: Notice, outcome: Outcome) -> None:
        """Counts an attempt: `delivered`, `retry` or `failed`."""
        word = "delivered" if isinstance(outcome, Delivered) else "retry" if isinstance(outcome, Retry) else "failed"
        self.alerts.labels(notice.receiver, word).inc()
