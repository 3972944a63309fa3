"""A clock read slowly, in steps of five minutes; see `slow_reader`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

STEP = timedelta(minutes=5)
DEFAULT_PAUSES: dict[str, tuple[str, ...]] = {
    "first_response": (),
    "next_response": (),
    "update": ("waiting_on_customer", "on_hold"),
    "resolution": ("waiting_on_customer", "on_hold"),
}


@dataclass
class Clock:
    """One clock, in steps of five minutes."""

    metric: str
    started: datetime
    policy: dict[str, Any]
    counted: int = 0
    paused: int = 0
    solved: bool = False  # stopped by a solution, and may be continued
    stopped: datetime | None = None
    due: datetime | None = None
    breached: datetime | None = None
    warned: list[dict[str, Any]] = field(default_factory=list)
    slices: list[dict[str, Any]] = field(default_factory=list)

    @property
    def target(self) -> dict[str, Any]:
        """What the clock's policy promises for its metric now."""
        found: dict[str, Any] = self.policy["targets"][self.metric]
        return found

    @property
    def steps(self) -> int:
        """The target in steps."""
        amount, unit = int(self.target["within"][:-1]), self.target["within"][-1]
        return amount * {"m": 1, "h": 60}[unit] // 5

    def levels(self) -> list[tuple[str, int]]:
        """Each level of `warn_at`, and the counted steps at which it is reached."""
        found = []
        for level in self.target.get("warn_at", []):
            if level.endswith("%"):
                found.append((level, self.steps * int(level[:-1]) // 100))
            else:
                minutes, word = level.split("m ")
                found.append((level, self.steps + (1 if word == "over" else -1) * int(minutes) // 5))
        return found

    def passed(self) -> list[str]:
        """The levels reached by what has counted."""
        return [level for level, steps in self.levels() if self.counted >= steps]

    def slice(self, kind: str, at: datetime) -> None:
        """A step of this kind begins at `at`; equal neighbours are one slice."""
        if not self.slices or self.slices[-1]["kind"] != kind:
            self.slices.append({"from": text(at), "to": "", "kind": kind})
        self.slices[-1]["to"] = text(at + STEP)

    def ledger(self) -> list[dict[str, Any]]:
        """The slices up to the stop; solved time after it is none of them."""
        return self.slices[:-1] if self.slices and self.slices[-1]["kind"] == "solved" else self.slices

    def is_paused(self, status: str) -> bool:
        """Whether the clock pauses in this status."""
        return status in self.target.get("pause_on", DEFAULT_PAUSES[self.metric])


def text(at: datetime | None) -> str | None:
    """The instant as a case writes it."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"
