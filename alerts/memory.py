"""What alerting remembers: alerts, groups, steps sent, silences, duty. The fold of the records of `sla-alerts`.

Everything here is a record of the compacted topic under a key of its own (`alerts/records.py`), so that a standby that
reads the topic knows what the active alerter knows, and an emptied Redis takes nothing away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from alerts.entry import Entry
from alerts.matchers import Labels, Matcher, all_match
from alerts.notice import Standing

#: So many names of entries are remembered of one clock.
NAMES_KEPT = 400

SENDING, DELIVERED, FAILED = "sending", "delivered", "failed"
QUIET, INHIBITED, SILENCED = "quiet_hours", "inhibited", "silenced"


@dataclass(frozen=True, slots=True)
class Ack:
    """Who has acknowledged, and when (ms)."""

    by: str
    at: int


@dataclass(slots=True)
class Told:
    """What a receiver was told last of an alert."""

    name: str  # of the entry
    group: str  # the group (or digest) in which it was told
    key: str  # the group's key at the receiver
    cleared: bool = False  # it has been told that it is over
    taken_on: bool = False  # it has been told that somebody acknowledged it


@dataclass(slots=True)
class Track:
    """What one route has told of an alert, and is to tell: a higher level may go another way, and this one goes on."""

    route: str  # its path
    news: str = ""  # the newest entry that is to be told
    news_at: int = 0  # when it became known here
    late: bool = False  # it was found late
    flushed: str = ""  # the news that has been told, or is not to be told any more
    held: str = ""  # why something is held back
    base_at: int | None = None  # since when escalation runs
    last_at: int | None = None  # when it was last told as firing
    steps: list[int] = field(default_factory=list)  # of the route's escalation, already taken

    @property
    def pending(self) -> bool:
        """Whether there is news to be told."""
        return self.news != self.flushed

    def drop(self) -> None:
        """Nothing is to be told any more."""
        self.flushed, self.held = self.news, ""


@dataclass(slots=True)
class Alert:
    """A clock that was warned or breached, and what has been told of it. Instants in ms."""

    entry: Entry  # the newest that counts
    standing: Standing
    labels: dict[str, str] = field(default_factory=dict)  # as they were when its latest news came
    seen: list[str] = field(default_factory=list)  # names of all entries taken in
    breached: bool = False
    first_told_at: int | None = None
    rounds: int = 0  # repeats and lapsed acknowledgements, so that each has a key of its own
    ack: Ack | None = None
    tracks: dict[str, Track] = field(default_factory=dict)  # by group
    told: dict[str, Told] = field(default_factory=dict)  # by receiver
    digest: bool = False  # over before it could be told, and found late: it waits for a digest

    @property
    def id(self) -> str:
        """The breach's id."""
        return self.entry.id

    @property
    def over(self) -> bool:
        """Whether the clock has stopped, or never should have been."""
        return self.standing is Standing.ENDED or self.standing is Standing.WITHDRAWN

    @property
    def pending(self) -> bool:
        """Whether there is news to be told by some route."""
        return any(track.pending for track in self.tracks.values())

    @property
    def held(self) -> str:
        """Why something is held back; "" when nothing is."""
        return next((track.held for track in self.tracks.values() if track.held), "")

    @property
    def tellable(self) -> bool:
        """Whether news may be told now: a warning waits while the clock waits, a breach does not."""
        return self.standing is Standing.FIRING or self.breached

    @property
    def uncleared(self) -> dict[str, Told]:
        """Those who still believe that it fires."""
        return {name: told for name, told in self.told.items() if not told.cleared}

    @property
    def groups(self) -> set[str]:
        """The groups in which something may have to be said of it."""
        return {*(() if self.over else self.tracks), *(told.group for told in self.uncleared.values())}

    @property
    def closed(self) -> bool:
        """Whether nothing more is to be said of it."""
        return self.over and not self.uncleared and not self.digest

    def saw(self, name: str) -> None:
        """Remembers that an entry was taken in."""
        self.seen.append(name)
        del self.seen[:-NAMES_KEPT]


@dataclass(slots=True)
class Group:
    """Alerts of one route with the same labels. `members` follow from the alerts."""

    id: str
    route: str
    labels: dict[str, str]
    flushed_at: int | None = None
    ack: Ack | None = None
    members: dict[str, Alert] = field(default_factory=dict)
    next_at: int | None = None  # when it next has something to do, as far as is known


@dataclass(slots=True)
class Sent:
    """A step: one notice to one receiver. While it is being sent it holds all that is needed to send it again."""

    key: str
    receiver: str
    kind: str
    at: int
    state: str = SENDING
    detail: str = ""
    done_at: int | None = None
    count: int = 0  # of alerts
    ids: list[str] = field(default_factory=list)
    says: dict[str, Any] = field(default_factory=dict)  # the notice's other fields


@dataclass(frozen=True, slots=True)
class Silence:
    """While it holds, what meets all its matchers is not told."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: int
    ends_at: int
    by: str
    comment: str

    def holds(self, labels: Labels, now: int) -> bool:
        """Whether it mutes these labels now."""
        return self.starts_at <= now < self.ends_at and all_match(self.matchers, labels)


@dataclass(frozen=True, slots=True)
class DutyOverride:
    """Somebody is on duty out of turn, until an instant."""

    who: str
    until: int
    at: int


@dataclass(frozen=True, slots=True)
class AckRequest:
    """An acknowledgement that a command wrote; the alerter carries it out."""

    id: str  # of the request
    alert: str
    by: str
    at: int


@dataclass(slots=True)
class Episode:
    """Something that pages for itself and ends: a budget that burns, a trouble of our own."""

    key: str  # budget/<objective>/<rate>, self/<what>/<where>
    since: int
    told_at: int | None = None
    told: dict[str, str] = field(default_factory=dict)  # receiver → whom it stood for
    quiet_since: int | None = None  # since when its condition does not hold any more
    says: dict[str, Any] = field(default_factory=dict)
    ack: Ack | None = None
    taken_on: bool = False  # those who keep incidents have been told of the acknowledgement
    steps: list[int] = field(default_factory=list)  # of the route's escalation, already taken
    last_at: int | None = None  # when it was last told
    rounds: int = 0  # repeats and lapsed acknowledgements


@dataclass(slots=True)
class Memory:
    """All that is remembered."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    steps: dict[str, Sent] = field(default_factory=dict)
    silences: dict[str, Silence] = field(default_factory=dict)
    duty: DutyOverride | None = None
    requests: dict[str, AckRequest] = field(default_factory=dict)
    episodes: dict[str, Episode] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)  # such as how many dead letters have been told of
    epoch: int = 0  # of the newest takeover
    holder: str = ""

    def unsent(self) -> list[Sent]:
        """Steps whose outcome is not known, oldest first."""
        return sorted((one for one in self.steps.values() if one.state == SENDING), key=lambda one: one.at)
