"""The story of a ticket's clocks in parts: what `explain` prints as lines, and a page sets out as a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from models.instant import parse_ms
from sla.story_words import COUNTS, KINDS, METRICS, SENTENCES, UNITS, WEEKDAYS

#: Metrics with a cycle for each round: there the first one is numbered, too.
_ROUNDS = frozenset({"next_response", "update"})


class Slice(NamedTuple):
    """A slice of a clock's ledger in words; `kind` is the ledger's own."""

    start: str
    end: str
    length: str
    kind: str
    told: str
    event: str


class ClockStory(NamedTuple):
    """One clock: its name, its verdict, then what led to it."""

    metric: str
    cycle: int
    status: str
    title: str
    verdict: str
    policy: str
    started: str
    warnings: tuple[str, ...]
    slices: tuple[Slice, ...]
    together: str


class Story(NamedTuple):
    """A ticket: who and what it is, what happened to it, its clocks; `no_clocks` where it has none."""

    head: str
    created: str
    handovers: tuple[str, ...]
    clocks: tuple[ClockStory, ...]
    no_clocks: str


class Teller:
    """Tells in a language, with the instants of a zone."""

    def __init__(self, zone: str, lang: str = "en") -> None:
        self.zone = zone
        self.lang = lang
        self._place = ZoneInfo(zone)
        self._words = SENTENCES[lang]

    def story(self, ticket: Mapping[str, Any], as_of: int) -> Story:
        """The story of a document as `replay` writes it, as of an instant in ms."""
        say, team, who = self._words, ticket["team"], ticket["assignee"]
        return Story(
            head=say["ticket"].format(
                id=ticket["ticket_id"],
                priority=ticket["priority"],
                status=ticket["status"],
                team=say["in_team"].format(team=team) if team else "",
                who=say["of"].format(who=who) if who else say["of_nobody"],
                at=self.at(as_of),
                zone=self.zone,
            ),
            created=self._created(ticket),
            handovers=tuple(
                say["handover"].format(
                    by=mark["from"],
                    to=mark["to"] or say["nobody"],
                    at=self.at(mark["at"]),
                    used=mark["used_pct"],
                    metric=METRICS[self.lang][mark["metric"]],
                )
                for mark in ticket["handovers"]
            ),
            clocks=tuple(self.clock(clock) for clock in ticket["clocks"]),
            no_clocks="" if ticket["clocks"] else say["no_clocks"],
        )

    def clock(self, clock: Mapping[str, Any]) -> ClockStory:
        """The story of one clock of a document."""
        say, metric, cycle = self._words, clock["metric"], clock["cycle"]
        numbered = say["cycle"].format(cycle=cycle) if cycle > 1 or metric in _ROUNDS else ""
        edition = say["edition"].format(edition=clock["edition"]) if clock["edition"] else ""
        started = say["started_due" if clock["due_at"] else "started"]
        together = say["together_paused" if clock["paused_s"] else "together"]
        return ClockStory(
            metric=metric,
            cycle=cycle,
            status=clock["status"],
            title=METRICS[self.lang][metric] + numbered,
            verdict=self.verdict(clock),
            policy=say["policy"].format(policy=clock["policy"], edition=edition, promise=self._promise(clock)),
            started=started.format(at=self.at(clock["started_at"]), due=self._at_or_not(clock["due_at"])),
            warnings=tuple(say["warned"].format(level=one["level"], at=self.at(one["at"])) for one in clock["warned"]),
            slices=tuple(self._slice(one) for one in clock["ledger"]),
            together=together.format(counted=self.length(clock["counted_s"]), paused=self.length(clock["paused_s"])),
        )

    def verdict(self, clock: Mapping[str, Any]) -> str:
        """How a clock stands, in a sentence."""
        say, status, remaining = self._words, clock["status"], clock["remaining_s"]
        facts = {
            "at": self._at_or_not(clock["breached_at"]),
            "stopped": say["stopped_at"].format(at=self.at(clock["stopped_at"]))
            if clock["stopped_at"]
            else say["still_open"],
            "left": self.length(remaining) if remaining is not None else "",
            "over": self.length(-remaining) if remaining is not None else "",
        }
        name = status
        if status == "breached" and remaining is not None and remaining < 0:
            name = "breached_over"
        elif status in {"paused", "running"} and remaining is not None:
            name = f"{status}_left"
        return say[name].format(**facts)

    def at(self, instant: str | int) -> str:
        """An instant, RFC 3339 or ms, as a clock face in the zone."""
        ms = instant if isinstance(instant, int) else parse_ms(instant)
        local = datetime.fromtimestamp(ms / 1000, self._place)
        precise = local.strftime(".%f")[:4] if ms % 1000 else ""
        face = local.strftime("%H:%M:%S") + precise
        if self.lang == "zh":
            return f"{local:%Y-%m-%d} {WEEKDAYS[local.weekday()]} {face}"
        return f"{local:%a %Y-%m-%d} {face}"

    def length(self, seconds: float) -> str:
        """Seconds as a person writes them: `1h 30m`, `2d 4h`, `45s`; units that are 0 are left out."""
        return duration(seconds, self.lang)

    def _created(self, ticket: Mapping[str, Any]) -> str:
        counted = [(name, count) for name, count in ticket["counts"].items() if count and name != "created"]
        if self.lang == "zh":
            told = [f"{COUNTS.get(name, name)} {count}" for name, count in counted]
        else:
            told = [f"{name.replace('_', ' ')} {count}" for name, count in counted]
        sentence = self._words["created_and" if told else "created"]
        return sentence.format(at=self.at(ticket["created_at"]), counts=self._words["comma"].join(told))

    def _promise(self, clock: Mapping[str, Any]) -> str:
        if clock["target_s"] is not None:
            return self._words["allows"].format(target=self.length(clock["target_s"]))
        return self._words["allows_days" if clock["due_at"] else "promises_nothing"]

    def _slice(self, found: Mapping[str, Any]) -> Slice:
        length = (parse_ms(found["to"]) - parse_ms(found["from"])) / 1000
        kind = found["kind"]
        return Slice(
            self.at(found["from"]),
            self.at(found["to"]),
            self.length(length),
            kind,
            KINDS[self.lang][kind],
            found["event"],
        )

    def _at_or_not(self, instant: str | None) -> str:
        return self.at(instant) if instant else ""


def duration(seconds: float, lang: str = "en") -> str:
    """Seconds as a person writes them: `1h 30m`, `2d 4h`, `45s`; units that are 0 are left out."""
    units = UNITS[lang]
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(f"{int(amount)}{units[unit]}")
    if rest or not parts:
        parts.append((f"{rest:g}" if rest != int(rest) else f"{int(rest)}") + units["s"])
    return sign + " ".join(parts)
