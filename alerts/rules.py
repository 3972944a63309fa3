"""The rules of alerting as `policies/alerts.yaml` writes them: receivers, duty, routes, and when to be still.

Durations in ms. Not to be changed after construction; `alerts.reading` makes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from alerts.matchers import Labels, Matcher, all_match
from alerts.notice import Receiver

ON_DUTY = "on_duty"

GROUP_WAIT_MS = 30_000
GROUP_INTERVAL_MS = 300_000
REPEAT_INTERVAL_MS = 4 * 3_600_000
#: How close together notices of a group may lie whose route waits for nothing: what comes in a burst goes together.
BURST_MS = 500


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on duty while a calendar is open."""

    who: str
    receiver: str
    calendar: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of escalation: so long after the first notice, to whom (a receiver, or `on_duty`)."""

    after: int
    to: str


@dataclass(frozen=True, slots=True)
class Route:
    """Where alerts go that its matchers fit, unless one of `routes` fits better. All but `matchers` is inherited."""

    path: str  # "0", "0.1", …: its place in the tree
    receiver: str  # a receiver's name, or `on_duty`
    matchers: tuple[Matcher, ...] = ()
    group_by: tuple[str, ...] = ()
    group_wait: int = GROUP_WAIT_MS
    group_interval: int = GROUP_INTERVAL_MS
    repeat_interval: int | None = REPEAT_INTERVAL_MS
    always: bool = False
    escalate: tuple[Step, ...] = ()
    ack_timeout: int | None = None
    routes: tuple[Route, ...] = ()
    line: int = 0

    def find(self, labels: Labels) -> Route:
        """The route of an alert: the first child that fits, and so on down; else this one."""
        for child in self.routes:
            if all_match(child.matchers, labels):
                return child.find(labels)
        return self

    def walk(self) -> Iterator[Route]:
        """This route and all below it."""
        yield self
        for child in self.routes:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When only `always` passes: while the calendar is closed (`outside`), or while it is open."""

    calendar: str
    outside: bool = True


@dataclass(frozen=True, slots=True)
class Watchdog:
    """The sign of life, and who hears when slawatch itself is unwell."""

    every: int
    to: str
    page: str | None = None  # a receiver or `on_duty`; None: whoever is on duty, else the root's receiver


@dataclass(frozen=True, slots=True)
class Rules:
    """All of `alerts.yaml`."""

    route: Route
    receivers: Mapping[str, Receiver]
    on_duty: tuple[Shift, ...] = ()
    inhibit_major_incidents: bool = False
    quiet_hours: QuietHours | None = None
    watchdog: Watchdog | None = None
    routes: Mapping[str, Route] = field(default_factory=dict)  # by path

    def shift_of(self, who: str) -> Shift | None:
        """The first shift of that name."""
        return next((shift for shift in self.on_duty if shift.who == who), None)
