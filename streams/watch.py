"""An eye on one partition: what is counted for Prometheus, and tickets that cannot be folded, said once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import structlog

from models.egress import BreachWrite, TicketWrite
from models.instant import parse_ms
from streams.engine import Admission, Engine
from streams.metrics import Metrics

log = structlog.get_logger(__name__)

DAY_MS = 86_400_000
FALLING = frozenset({"warned", "breached"})
SAID_AT_MOST = 20  # tickets set aside, of one partition; the rest is counted in `sla:health`


class Watch:
    """Counts what passes; `now` is in ms."""

    def __init__(self, number: int, engine: Engine, metrics: Metrics, now: int) -> None:
        self._number = number
        self._engine = engine
        self._metrics = metrics
        self._began = now
        self._said: set[str] = set()
        self._breached: dict[str, int] = {}  # id → instant, of the last day
        self._falling: tuple[int, int] | None = None  # instants after the first, up to the second, are being written
        self._observed: set[tuple[str, str]] = set()  # of these

    def admitted(self, admission: Admission) -> None:
        """New events, and what was set aside."""
        for kind, count in Counter(new.event.type for new in admission.admitted).items():
            self._metrics.events.labels(kind).inc(count)
        for reason, count in Counter(letter.reason for letter in admission.dead).items():
            self._metrics.dead_letters.labels(reason).inc(count)

    def written(self, writes: Iterable[TicketWrite], now: int) -> None:
        """Tickets that go to the view: a clock that has fallen due since we began counts once."""
        since = max(self._began, now - DAY_MS)
        for write in writes:
            for breach in write.breaches:
                if self._falling is not None:
                    self._observe(breach, self._falling, now)
                if breach.id in self._breached:
                    continue
                for transition in breach.transitions:
                    entry = transition.entry
                    if entry["change"] == "breached" and (at := parse_ms(entry["at"])) >= since:
                        self._breached[breach.id] = at
                        self._metrics.breaches.labels(entry["metric"], entry["priority"]).inc()

    def falling(self, after: int, until: int) -> None:
        """The watermark has moved: what fell due on the way is about to be written, if need be after a refill."""
        self._falling = (after if self._falling is None else self._falling[0], until)

    def fallen(self) -> None:
        """All of it has been written."""
        self._falling = None
        self._observed.clear()

    def _observe(self, breach: BreachWrite, falling: tuple[int, int], now: int) -> None:
        """How late each instant of a clock was written, once for each."""
        for transition in breach.transitions:
            entry = transition.entry
            if entry["change"] not in FALLING or (breach.id, transition.name) in self._observed:
                continue
            at = parse_ms(entry["at"])
            if falling[0] < at <= falling[1]:
                self._observed.add((breach.id, transition.name))
                self._metrics.lateness.observe(max(now - at, 0) / 1000)

    def look(self, now: int) -> None:
        """Names tickets that have been set aside, and forgets breaches of the day before."""
        for ticket_id, reason in self._engine.set_aside().items():
            if ticket_id not in self._said and len(self._said) < SAID_AT_MOST:
                self._said.add(ticket_id)
                log.error(
                    "a ticket cannot be folded and is in no figure",
                    partition=self._number,
                    ticket=ticket_id,
                    reason=reason,
                    mend="report this; its events are kept, and it is folded again after the mend",
                )
        if len(self._breached) > 10_000:
            self._breached = {name: at for name, at in self._breached.items() if at >= now - DAY_MS}
