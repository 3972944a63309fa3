"""The words of the decider's laws: entries of a few clocks, and a decider that may die at any instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from alerts.decider import Decider
from alerts.entry import Entry, entry_from
from alerts.memory import Memory
from alerts.notice import Delivered, Notice
from alerts.reading import load_rules, rules_from
from alerts.records import apply
from alerts.rules import Rules
from models.instant import format_ms, parse_ms
from sla.policy import PolicyBook, load_book

POLICIES = Path(__file__).parents[2] / "policies"
SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000

#: Monday in Shanghai, 10:00: the office is open.
MONDAY = parse_ms("2026-03-02T02:00:00Z")


@cache
def book() -> PolicyBook:
    """The book in the package."""
    return load_book(POLICIES)


@cache
def shipped_rules() -> Rules:
    """The rules beside it."""
    return load_rules(POLICIES, book())


def rules(route: dict[str, object] | None = None, **more: object) -> Rules:
    """Rules with receivers room, pager and lead; a route that tells room of everything."""
    plain = {
        "receivers": [{"name": "room"}, {"name": "pager"}, {"name": "lead"}],
        "route": {"receiver": "room", "group_by": ["team", "priority"], **(route or {})},
    }
    return rules_from({**plain, **more}, book())


def entry(ticket: str, change: str = "breached", at: int = MONDAY, **fields: object) -> Entry:
    """An entry; P0, first response, unless it is said otherwise."""
    told = {"ticket": ticket, "metric": "first_response", "priority": "P0", "change": change, "at": format_ms(at)}
    return entry_from({**told, **fields})


@dataclass
class Mortal:
    """A decider that lives on what it has written down, and what everybody was sent by it and those before it."""

    rules: Rules
    log: list[tuple[str, bytes | None]] = field(default_factory=list)
    sent: list[Notice] = field(default_factory=list)
    decider: Decider = field(init=False)

    def __post_init__(self) -> None:
        self.book = book()
        self.decider = Decider(self.rules, self.book, Memory())

    def take(self, entries: Sequence[Entry], now: int) -> None:
        """Entries come in."""
        self.decider.take(entries, now)

    def decide(self, now: int, *, dies: str = "") -> None:
        """Decides; may die before it has written (`before`), after that (`sending`), or after it has sent (`sent`)."""
        decision = self.decider.decide(now)
        if dies == "before":
            return
        self.log += decision.records
        if dies == "sending":
            return
        self.sent += decision.notices
        if dies == "sent":
            return
        for notice in decision.notices:
            self.log += self.decider.told(notice, Delivered(), now)

    def rise(self, now: int) -> None:
        """Another one takes over: it knows what is written, and sends again what nobody knows to have been sent."""
        memory = Memory()
        for key, value in self.log:
            apply(memory, key, value)
        self.decider = Decider(self.rules, self.book, memory)
        for notice in self.decider.unsent():
            self.sent.append(notice)
            self.log += self.decider.told(notice, Delivered(), now)

    @property
    def told(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """What was sent: kind, receiver, tickets; what was sent twice under one key stands once."""
        once = {notice.key: notice for notice in self.sent}
        return [(one.kind.value, one.receiver, tuple(a.ticket for a in one.alerts)) for one in once.values()]
