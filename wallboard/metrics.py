"""What the page's server tells Prometheus, at `/metrics` and at SLAWATCH_METRICS_PORT."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Addresses that are counted under a name of their own: no id, name or token becomes a label.
_PLACES = ("/events", "/api", "/tickets", "/ack", "/healthz", "/metrics", "/static")


class PageMetrics:
    """The figures of one server; each has a registry of its own."""

    def __init__(self, viewers: Callable[[], int], redis_away: Callable[[], bool]) -> None:
        self.registry = CollectorRegistry()
        self.answers = Counter(
            "slawatch_page_answers", "Answers of the page's server.", ["place", "status"], registry=self.registry
        )
        self.registry.register(_Standing(viewers, redis_away))


class _Standing(Collector):
    def __init__(self, viewers: Callable[[], int], redis_away: Callable[[], bool]) -> None:
        self._viewers = viewers
        self._redis_away = redis_away

    def collect(self) -> Iterable[Metric]:
        """Who is watching, and whether Redis answered when it was last asked."""
        yield GaugeMetricFamily("slawatch_viewers", "Pages that are watching.", value=self._viewers())
        yield GaugeMetricFamily(
            "slawatch_page_redis_up", "1 while Redis answers the page's server.", value=0 if self._redis_away() else 1
        )


class Counting:
    """Counts answers by place and status; plain ASGI."""

    def __init__(self, app: ASGIApp, *, metrics: PageMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        place = next((known for known in _PLACES if f"{scope['path']}/".startswith(f"{known}/")), "/")

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answers.labels(place, str(message["status"])).inc()
            await send(message)

        await self._app(scope, receive, counted)
