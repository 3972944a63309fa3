"""How far one partition is in its log and in time: what has been done, whether that is the present, how late it is."""

from __future__ import annotations

from streams.batches import Fetched
from streams.clock import Reading, is_live, watermark
from streams.engine import Admission

BEHIND_MS = 60_000  # a watermark so late, with more to read, is on its way through the past


class Progress:
    """All instants in ms. `live` and `watermark` are those of the last `look` and `reach`."""

    def __init__(self) -> None:
        self.watermark: int | None = None
        self.live = False
        self._newest: int | None = None
        self._next_offset: int | None = None  # of the events, all before it are done
        self._arrived_at: int | None = None

    @property
    def had(self) -> int:
        """The offset up to which all events have taken effect; -1 for none."""
        return -1 if self._next_offset is None else self._next_offset - 1

    def taken_over(self, now: int, promised: int) -> None:
        """A new ownership begins; `promised` is the watermark that the last owner may have spoken of, -1 for none."""
        self._arrived_at, self.live = now, False
        if promised >= 0:
            self.watermark = max(self.watermark or 0, promised)
            self._newest = max(self._newest or 0, promised)

    def admitted(self, admission: Admission, now: int) -> None:
        """Events have been looked at; those ahead of the present say nothing about how late it is."""
        newest = max((at for new in admission.admitted if (at := new.event.occurred_at // 1000) <= now), default=None)
        if newest is not None and (self._newest is None or newest > self._newest):
            self._newest = newest

    def done(self, offset: int, now: int) -> None:
        """All events up to this offset have taken effect."""
        self._next_offset = max(self._next_offset or 0, offset + 1)
        self._arrived_at = now

    def promise(self, now: int) -> int:
        """The watermark that what has been admitted may lead to."""
        return max(self.watermark or 0, self._newest or 0, now if self.live else 0)

    def behind(self, now: int, fetched: Fetched | None, *, waiting: bool) -> bool:
        """Whether there is more to read, and it is of the past: nobody watches what this one leads to.

        `waiting` says that some of it has arrived already.
        """
        more = waiting or (
            fetched is not None
            and fetched.end is not None
            and self._next_offset is not None
            and self._next_offset < fetched.end
        )
        return more and self.is_past(now)

    def is_past(self, now: int) -> bool:
        """Whether what it is at work on is of the past; traffic of the present may for moments not be live, either."""
        return not self.live and (self._newest is None or now - self._newest > BEHIND_MS)

    def look(self, now: int, fetched: Fetched | None, *, idle: bool) -> int | None:
        """Whether it is live now; answers the watermark that it may go to, None before anything is known.

        `idle` says that all that has arrived is folded and published.
        """
        at_end = False
        if fetched is not None and fetched.end is not None and idle:
            # What has been fetched may still be on its way here: only what was committed is known to be done.
            done = self._next_offset if self._next_offset is not None else fetched.committed
            at_end = done is not None and done >= fetched.end
            # The end of a log may be a marker of a transaction, which no batch ever reaches.
            if fetched.position is not None and fetched.last is not None and fetched.position >= fetched.end:
                at_end = at_end or fetched.last <= self.had
        reading = Reading(
            now=now,
            fetched_at=fetched.at_ms if fetched is not None else None,
            at_end=at_end,
            arrived_at=self._arrived_at,
            newest=self._newest,
            was_live=self.live,
        )
        self.live = is_live(reading)
        return watermark(self.watermark, reading, live=self.live)
