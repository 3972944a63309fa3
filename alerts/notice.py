"""What is told, to whom, and what came of it: the seam between deciding and telling.

The deciding half makes a `Notice` for one receiver; the telling half (`alerts/targets`) words it and sends it.

    decide → Notice → Post.submit → Target.send (an attempt) → Outcome → Told (after each attempt) → the topic

A notice is written to the topic before it is submitted and again when its outcome is known. After a crash in between it
is submitted anew, under the same `key`, with `repeated`: a target that knows keys drops it, another one marks it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol


class Kind(Enum):
    """Why a notice is sent."""

    FIRING = "firing"  # a level was reached, by one clock or several
    ESCALATION = "escalation"  # nobody has acknowledged: a further receiver, or the same again after `ack_timeout`
    REPEAT = "repeat"  # still so after `repeat_interval`
    ALL_CLEAR = "all_clear"  # the clocks listed have stopped
    WITHDRAWN = "withdrawn"  # the facts took it back: it was a mistake
    DIGEST = "digest"  # what was held back and is still open, or what was found late and is already over
    BUDGET = "budget"  # an objective's budget burns too fast (or does no longer: `over`)
    SELF = "self"  # slawatch itself is unwell (or is well again: `over`)
    HEARTBEAT = "heartbeat"  # the watchdog's sign of life
    MOVED = "moved"  # the clocks of this group are told under another one: this one ends, though they do not
    ACKNOWLEDGED = "acknowledged"  # for PagerDuty only: all that is open of the group has been taken on
    REFRESH = "refresh"  # for Alertmanager only: what is active, again each minute; its outcome is not remembered


class Severity(Enum):
    """How loud a notice is."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Standing(Enum):
    """How a clock stands in a notice."""

    FIRING = "firing"
    PAUSED = "paused"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NoticeAlert:
    """One clock in a notice. Instants in ms since 1970, durations in ms; None where there is none.

    `labels` are those matched on: metric, level, priority, team, tier, channel, category, assignee, policy, calendar
    (`open` or `closed`); "" stands for none.
    """

    id: str  # <ticket>/<metric>/<cycle>, as in `sla:breach:<id>`
    standing: Standing
    ticket: str
    metric: str
    cycle: int
    level: str  # the last one reached: a `warn_at` as written, or `breached`
    labels: Mapping[str, str]
    edition: str | None
    started_at: int
    due_at: int | None  # None while paused
    at: int  # the instant that its latest entry speaks of: when it reached its level, stopped, …
    remaining_ms: int | None  # due_at less the notice's instant; negative when over; None while paused
    counted_ms: int
    target_ms: int | None  # None for a promise in business days
    issue_key: str | None = None
    incident: str | None = None
    flags: tuple[str, ...] = ()
    clock: Mapping[str, Any] | None = None  # the clock with its `ledger`, as `replay` writes it, where it could be read
    first_told_at: int | None = None  # by which it was alerted first
    acked_by: str | None = None


@dataclass(frozen=True, slots=True)
class BudgetBurn:
    """An objective that burns its budget: the rates that made it page."""

    objective: str
    rate: float  # the limit that was passed: 14.4 or 6
    burn: Mapping[str, float | None]  # by window
    left: float | None
    decided: int
    breached: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that slawatch noticed about itself.

    `what` is `beat`, `lag`, `redis`, `kafka`, `dead_letters` or `target`; `where` the partition, the server's address
    or the receiver; `detail` a plain English clause without secrets.
    """

    what: str
    where: str
    detail: str
    since: int  # ms


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one receiver."""

    key: str  # stable, unique to this step: what is sent again has the same
    group_key: str  # stable for all notices about the same group to this receiver: PagerDuty's dedup key
    receiver: str
    kind: Kind
    severity: Severity
    at: int  # ms: when it was decided
    alerts: tuple[NoticeAlert, ...] = ()
    group_labels: Mapping[str, str] = field(default_factory=dict)
    still_open: int = 0  # clocks of this group, as told to this receiver, that are not over: 0 resolves the group
    over: bool = False  # of BUDGET and SELF: it has ended
    repeated: bool = False  # possibly repeated: sent before a crash, perhaps
    anew: bool = False  # it has to call, though the receiver was told that all before it was acknowledged
    reason: str = ""  # why: `after 5m`, `ack_timeout`, `repeat_interval`, `quiet_hours`, `inhibited`, `backlog`; or ""
    ack_id: str = ""  # what a link acknowledges: the clock's id, or the group's; "" where there is nothing to
    recipient: str = ""  # the person on duty by the name in `on_duty`, else the receiver's name
    budget: BudgetBurn | None = None
    trouble: Trouble | None = None
    lang: str = "en"  # `en` or `zh`
    zone: str = "UTC"  # in which times are shown


@dataclass(frozen=True, slots=True)
class Webhook:
    """A signed POST. `secret_env` names the environment variable with the secret; None: unsigned."""

    url: str
    secret_env: str | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told, and by what: one or several of the ways. URLs may hold `${NAME}`, filled from the environment."""

    name: str
    apprise: tuple[str, ...] = ()
    webhook: Webhook | None = None
    alertmanager: str | None = None  # the base address
    lang: str = "en"
    line: int = field(default=0, compare=False)  # where it is written; 0: in no file


@dataclass(frozen=True, slots=True)
class Delivered:
    """The target has taken it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """The target did not take it now; it is tried again. `after_s` is what the target asked for, if it did."""

    reason: str  # without secrets
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The target will never take it, or has been tried for long enough: it is kept, and shown."""

    reason: str  # without secrets


Outcome = Delivered | Retry | Failed

#: Called after each attempt. Delivered and Failed are final; a Retry is told so that a failing target is noticed.
Told = Callable[[Notice, Outcome], Awaitable[None]]


class Target(Protocol):
    """One way to one receiver."""

    async def send(self, notice: Notice) -> Outcome:
        """One attempt, with a timeout; raises nothing that the target does to it."""


class Post(Protocol):
    """All receivers, each with a queue of its own in which notices keep their order.

    A dead target holds nobody else up. `alerts.targets.open_post(receivers, told, …)` makes one.
    """

    def submit(self, notice: Notice) -> None:
        """Queues a notice; neither blocks nor raises."""

    async def close(self, patience_s: float) -> None:
        """Lets what is queued go out for so long, then ends; what is left is told to nobody and stays open."""
