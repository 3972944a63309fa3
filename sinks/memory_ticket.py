"""One ticket's write in memory, as `redis_tickets.lua` does it in Redis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import orjson

from models.egress import BreachWrite, Member, TicketWrite
from sinks import keys
from sinks.flat import text_of, texts
from sinks.redis_tickets import end_of, instant_of, rank_of
from sinks.shelf import Shelf

WEEK_MS: Final = 7 * 86_400_000
LATE_MS: Final = 60_000
_NOW_SO: Final = ("revision", "priority", "team", "assignee", "channel", "category", "issue_key", "incident")


class Told(NamedTuple):
    """An announced change: `level` only of those that are taken back aloud."""

    name: str
    level: str
    at: int
    at_text: str


@dataclass(slots=True)
class RememberedBreach:
    """What was announced of a breach, and since when its end is written; `used` are the names of its entries."""

    told: list[Told] = field(default_factory=list)
    backlog: str = "false"
    ended: str = ""
    since: int = 0
    used: set[tuple[str, str, str]] = field(default_factory=set)  # revision, change, level


@dataclass(slots=True)
class RememberedTicket:
    """What a ticket left behind."""

    epoch: int
    seq: int
    members: frozenset[tuple[str, str]] = frozenset()
    breaches: dict[str, RememberedBreach] = field(default_factory=dict)


class TicketDesk:
    """Writes one ticket onto a shelf; `refilling` and the present instant hold for all of them."""

    def __init__(self, shelf: Shelf, now_ms: int, *, refilling: bool, told_until: int | None = None) -> None:
        self._shelf = shelf
        self._now = now_ms
        self._refilling = refilling
        self._told_until = (float("inf") if told_until is None else told_until) if refilling else float("-inf")

    def write(self, write: TicketWrite, was: RememberedTicket | None, epoch: int, seq: int) -> RememberedTicket:
        """Writes a ticket that is newer than what is remembered; answers what to remember now."""
        old = was or RememberedTicket(epoch, seq)
        members = self._place(list(write.members), old.members)
        breaches = {breach.id: self._tell(breach, old.breaches.get(breach.id)) for breach in write.breaches}
        gone = [(name, held) for name, held in sorted(old.breaches.items()) if name not in breaches]
        if write.doc is None:
            for name, held in (*gone, *breaches.items()):
                if not held.ended:
                    self._shelf.expire(keys.breach(name), self._now + WEEK_MS)
            self._shelf.drop(keys.ticket(write.ticket_id))
            return RememberedTicket(epoch, seq)
        for name, held in gone:
            self._take_back(name, held, write.doc)
            if held.used:
                breaches[name] = held
        self._shelf.put(keys.ticket(write.ticket_id), write.doc)
        return RememberedTicket(epoch, seq, members, breaches)

    def _place(self, members: Sequence[Member], had: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        have = set()
        for family, scope, member, score in members:
            key = keys.member(family, scope)
            have.add((key, member))
            self._shelf.add(key, member, None if key == keys.INCIDENTS else score)
        for key, member in had - have:
            self._shelf.remove(key, member)
        return frozenset(have)

    def _tell(self, breach: BreachWrite, was: RememberedBreach | None) -> RememberedBreach:
        old = was or RememberedBreach()
        known = {told.name for told in old.told}
        new = [one for one in breach.transitions if one.name not in known]
        told = [
            Told(name, text_of(entry["level"]) if rank_of(entry) == 1 else "", instant_of(entry), entry["at"])
            for name, entry in breach.transitions
        ]
        fields, status, ended, backlog = texts(breach.fields), breach.status, end_of(breach), old.backlog
        fields.pop("status", None)
        known_events = fields.get("revision", "")
        lost = _taken_back(old.told, {one.name for one in told})
        if lost is not None and not any(rank_of(one.entry) == 2 for one in new):
            backlog = self._announce({**fields, **self._withdrawal(breach.id, lost)}, lost.at, old.used, known_events)
        for one in new:
            backlog = self._announce(texts(one.entry), instant_of(one.entry), old.used, known_events)
        fields["backlog"] = backlog
        if not told and lost is not None:
            fields |= self._withdrawal(breach.id, lost)
            status = ended = "withdrawn"
        since = old.since if old.ended == ended else self._now
        self._store(breach.id, status, fields, since + WEEK_MS if ended else None)
        return RememberedBreach(told, backlog, ended, since, old.used)

    def _take_back(self, name: str, was: RememberedBreach, document: bytes) -> None:
        """A breach that the ticket no longer speaks of."""
        key = keys.breach(name)
        lost = _taken_back(was.told, frozenset())
        if lost is None:
            if was.ended != "withdrawn":
                self._shelf.drop(key)
                was.ended = "withdrawn"
            return
        now_so = orjson.loads(document)
        present = {one: text_of(now_so.get(one)) for one in _NOW_SO}
        present |= {"tier": text_of(now_so.get("customer_tier")), "flags": text_of(now_so.get("flags") or [])}
        entry = {**self._shelf.keys.get(key, {}), **present, **self._withdrawal(name, lost)}
        entry.pop("status", None)
        self._announce(entry, lost.at, was.used, entry.get("revision", ""))
        self._store(name, "withdrawn", entry, self._now + WEEK_MS)
        was.told, was.ended, was.since = [], "withdrawn", self._now

    def _withdrawal(self, name: str, lost: Told) -> dict[str, str]:
        change = {"id": name, "change": "withdrawn", "level": lost.level, "at": lost.at_text}
        return {**change, "backlog": self._late(lost.at)}

    def _announce(self, entry: Mapping[str, str], at: int, used: set[tuple[str, str, str]], known_events: str) -> str:
        backlog = self._late(at)
        self._shelf.append(keys.BREACHES, {**_named(entry, used, known_events), "backlog": backlog})
        return backlog

    def _store(self, name: str, status: str, fields: dict[str, str], until: int | None) -> None:
        key = keys.breach(name)
        self._shelf.put(key, {"status": status, **fields})
        if until is not None:
            self._shelf.expire(key, until)
            self._shelf.pass_time(self._now)

    def _late(self, at: int) -> str:
        return "true" if at <= self._told_until or self._now - at > LATE_MS else "false"


def _named(entry: Mapping[str, str], used: set[tuple[str, str, str]], known_events: str) -> Mapping[str, str]:
    """An entry whose name is free: one that a late fact brings may find its revision taken."""
    if "revision" not in entry:
        return entry
    revision, rest = entry["revision"], (entry["change"], entry["level"])
    if (revision, *rest) in used:
        revision = known_events
        while (revision, *rest) in used:
            revision = str(int(revision) + 1)
    used.add((revision, *rest))
    return {**entry, "revision": revision}


def _taken_back(told: Sequence[Told], names: frozenset[str] | set[str]) -> Told | None:
    """The highest announced level that is not among the names: the one that lies latest; of equals, the last told."""
    lost = [one for one in told if one.level and one.name not in names]
    return max(reversed(lost), key=_instant) if lost else None


def _instant(told: Told) -> int:
    return told.at

