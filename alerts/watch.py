"""What slawatch notices about itself. Pure; it remembers what it saw, and is told the time.

Troubles of several partitions are one trouble, so that a worker that died pages once and not eight times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from alerts.notice import Trouble
from models.instant import format_ms, parse_ms

#: A partition whose beat or lag is over this is unwell.
LIMIT_MS = 30_000
#: A server that has not answered for so long is away.
AWAY_MS = 10_000
#: A target that has taken nothing for so long is failing.
FAILING_MS = 30_000
#: After Redis was away or empty, workers have so long to be heard again.
BACK_MS = 15_000
#: No more dead letters for so long: it is over.
CALM_MS = 600_000

DEAD_LETTERS = "dead_letters"


@dataclass(frozen=True, slots=True)
class Failing:
    """A receiver that takes nothing: since when (ms), whether something was given up, and the last reason."""

    since: int
    given_up: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Signs:
    """What can be seen at an instant (ms). `health` None: Redis could not be asked."""

    now: int
    health: Mapping[str, str] | None
    redis: str = ""  # addresses, for the text
    kafka: str = ""
    redis_away_since: int | None = None
    kafka_away_since: int | None = None
    failing: Mapping[str, Failing] = field(default_factory=dict)


class Watch:
    """Turns signs into troubles."""

    def __init__(self, dead_letters: int | None) -> None:
        """`dead_letters` is the number that has been told of; None: nobody has looked yet."""
        self.dead_letters = dead_letters
        self._seen = -1
        self._grown_at = 0
        self._heard_at: int | None = None  # since when health can be judged
        self._since: dict[str, int] = {}
        self.unknown: frozenset[str] = frozenset()  # troubles of which nothing can be said just now

    def look(self, signs: Signs) -> dict[str, Trouble]:
        """The troubles there are, by name."""
        found: dict[str, Trouble] = {}
        if signs.redis_away_since is not None and signs.now - signs.redis_away_since >= AWAY_MS:
            detail = "Redis does not answer: nobody knows what slips"
            found["redis"] = Trouble("redis", signs.redis, detail, signs.redis_away_since)
        if signs.kafka_away_since is not None and signs.now - signs.kafka_away_since >= AWAY_MS:
            detail = "Kafka does not answer: no event comes in, and nothing can be written down"
            found["kafka"] = Trouble("kafka", signs.kafka, detail, signs.kafka_away_since)
        self.unknown = frozenset()
        if signs.health is None:
            self._heard_at = None
            self.unknown = frozenset(("beat", "lag", DEAD_LETTERS))
        else:
            self._heard_at = signs.now if self._heard_at is None else self._heard_at
            if signs.now - self._heard_at >= BACK_MS:
                self._partitions(signs.health, signs.now, found)
            else:
                self.unknown = frozenset(("beat", "lag"))
            self._letters(signs.health, signs.now, found)
        for receiver, failing in signs.failing.items():
            if failing.given_up or signs.now - failing.since >= FAILING_MS:
                found[f"target/{receiver}"] = Trouble("target", receiver, failing.reason, failing.since)
        return found

    def _partitions(self, health: Mapping[str, str], now: int, found: dict[str, Trouble]) -> None:
        beats = {
            name.partition(":")[2]: orjson.loads(text) for name, text in health.items() if name.startswith("partition:")
        }
        silent = [number for number, beat in beats.items() if now - parse_ms(beat["as_of"]) > LIMIT_MS]
        late = [number for number in beats if number not in silent and _lag_ms(beats[number]) > LIMIT_MS]
        if silent:
            oldest = min(parse_ms(beats[number]["as_of"]) for number in silent)
            detail = f"no beat since {format_ms(oldest)}: is its worker alive?"
            found["beat"] = Trouble("beat", _listed(silent), detail, self._first("beat", now))
        elif not beats:
            since = self._first("beat", now)
            if now - since > LIMIT_MS:
                found["beat"] = Trouble("beat", "all", "no worker has been heard: does one run?", since)
        else:
            self._since.pop("beat", None)
        if late:
            worst = max(_lag_ms(beats[number]) for number in late)
            detail = f"{worst // 1000} s behind: what slips now is told late"
            found["lag"] = Trouble("lag", _listed(late), detail, self._first("lag", now))
        else:
            self._since.pop("lag", None)

    def _letters(self, health: Mapping[str, str], now: int, found: dict[str, Trouble]) -> None:
        if DEAD_LETTERS not in health:
            return
        count = int(health[DEAD_LETTERS])
        if self.dead_letters is None:
            self.dead_letters = count  # those before our time are old news
        if count != self._seen:
            self._seen, self._grown_at = count, now
        if count != self.dead_letters and now - self._grown_at >= CALM_MS:
            self.dead_letters = count
        if count > self.dead_letters:
            detail = f"{count - self.dead_letters} more than before, {count} in all: see the topic of dead letters"
            since = self._first(DEAD_LETTERS, now)
            found[DEAD_LETTERS] = Trouble(DEAD_LETTERS, "ticket-events", detail, since)
        else:
            self._since.pop(DEAD_LETTERS, None)

    def _first(self, name: str, now: int) -> int:
        return self._since.setdefault(name, now)


def _lag_ms(beat: Mapping[str, Any]) -> int:
    return int((beat.get("lag_s") or 0) * 1000)


def _listed(numbers: list[str]) -> str:
    return ", ".join(sorted(numbers, key=int))
