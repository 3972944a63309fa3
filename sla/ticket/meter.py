"""How much time a clock has counted, and what the rest of its time was: the slices of its ledger, and their sums.

Times are ms since 1970, durations ms. What lies before `anchor` is booked; what has gone on since then is worked out
when somebody asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sla.ticket.moments import COUNTED, PAUSED, Segment

if TYPE_CHECKING:
    from models.policy import Target

_new: Any = tuple.__new__  # a named tuple's own constructor costs three times as much


class Meter:
    """The time of one clock, by kind; it counts by the calendar of its target."""

    __slots__ = ("anchor", "before", "mode", "paused_before", "segments", "started_at", "stopped_at", "target")

    def __init__(self, target: Target, at: int, mode: str, event_id: str) -> None:
        """One that begins at `at` in `mode`."""
        self.target = target
        self.started_at = self.anchor = at
        self.mode = mode
        self.segments = [_new(Segment, (at, mode, target.calendar, event_id))]
        self.before = self.paused_before = 0
        self.stopped_at: int | None = None

    def counted(self, now: int) -> int:
        """Counted time in ms up to `now`, or up to the stop."""
        if self.stopped_at is None and self.mode is COUNTED:
            return self.before + self.target.calendar.elapsed(self.anchor, now)
        return self.before

    def paused(self, now: int) -> int:
        """Paused time in ms (that would have counted) up to `now`, or up to the stop."""
        if self.stopped_at is None and self.mode is PAUSED:
            return self.paused_before + self.target.calendar.elapsed(self.anchor, now)
        return self.paused_before

    def _book(self, at: int) -> None:
        """Book the time since the anchor."""
        if at > self.anchor:
            if self.mode is COUNTED:
                self.before += self.target.calendar.elapsed(self.anchor, at)
            elif self.mode is PAUSED:
                self.paused_before += self.target.calendar.elapsed(self.anchor, at)
            self.anchor = at

    def _enter(self, mode: str, event_id: str) -> None:
        """Begin a slice at the anchor; a target in business days knows no pause."""
        self.mode = COUNTED if self.target.business_days is not None and mode is PAUSED else mode
        self.segments.append(_new(Segment, (self.anchor, self.mode, self.target.calendar, event_id)))
