"""What an alerter tells Prometheus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from alerts.notice import Delivered, Failed, Notice, Outcome, Retry

#: `retry` counts attempts, the other two notices.
WORDS: Final[dict[type[Outcome], str]] = {Delivered: "delivered", Retry: "retry", Failed: "failed"}


class AlertMetrics:
    """The counters of one alerter, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.alerts = Counter(
            "slawatch_alerts", "Attempts to tell a notice.", ["receiver", "outcome"], registry=self.registry
        )
        self.active = Gauge("slawatch_alerter_active", "1 while this alerter holds the lease.", registry=self.registry)

    def expect(self, receivers: Iterable[str]) -> None:
        """Begins every receiver with zeros.

        A series that appears with its first failure would hide that failure, since Prometheus sees growth only between
        two looks.
        """
        for receiver in receivers:
            for word in WORDS.values():
                self.alerts.labels(receiver, word)

    def told(self, notice: Notice, outcome: Outcome) -> None:
        """Counts an attempt: `delivered`, `retry` or `failed`."""
        word = next(word for kind, word in WORDS.items() if isinstance(outcome, kind))
        self.alerts.labels(notice.receiver, word).inc()
