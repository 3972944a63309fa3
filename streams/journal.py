"""A partition's changelog as its owner writes it: rows of tickets, and the workers' own rows beside them."""

from __future__ import annotations

from collections.abc import Sequence

from sinks.kafka import Record, Written
from streams import topics, wire
from streams.aside import Aside
from streams.ground import Ground
from streams.rows import Row


class Journal:
    """What one partition's changelog is known to hold.

    `known_offset` is the offset up to which its rows are known (-1: none); `promised` the watermark, in ms, that a
    successor begins at (-1: none); `whole` the last takeover of which the view has had every ticket. `read` is up to
    when the log of events was last read to its end, in ms, `given_to` the last row whose gifts are written (-1:
    none), `given_by` the digest of the policy book by which they were.
    """

    def __init__(self, number: int, ground: Ground, aside: Aside) -> None:
        self.known_offset = -1
        self.promised = -1
        self.whole: wire.Whole | None = None
        self.read = -1
        self.given_to = -1
        self.given_by: str | None = None
        self._attempted = -1  # the offset of the latest takeover
        self._number = number
        self._ground = ground
        self._aside = aside
        self._topic = topics.changelog(ground.settings.group)

    def restore(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Reads the workers' own rows; answers those of tickets."""
        own = [row for row in rows if wire.is_own(row[0])]
        for key, value, _ in own:
            if value is None:
                continue
            if key == wire.WATERMARK:
                self.promised = max(self.promised, int(value))
            elif key == wire.WHOLE:
                self.whole = wire.Whole.read(value)
            elif key == wire.READ:
                self.read = max(self.read, int(value))
            elif key == wire.GIVEN:
                self.given_to = int(value)
            elif key == wire.GIVEN_BY:
                self.given_by = value.decode()
            elif key == wire.COUNTERS:
                self._aside.restore(value)
        return [row for row in rows if not wire.is_own(row[0])] if own else rows

    async def take_over(self, now: int) -> int | None:
        """Writes a takeover at `now` (ms); its offset is the owner's epoch.

        None when rows stand before it that are not known here: somebody else has written since the changelog was read.
        They are read in the next recovery, if they are another owner's; if they are one's who is none any more, he
        falls silent, and a second attempt finds nothing new. Before that, Kafka is to be asked which of both it is.
        """
        ground, stands_at = self._ground, max(self.known_offset, self._attempted)
        written = await self._append([Record(*wire.owner_row(ground.worker, ground.digest, now))])
        self._attempted = written.last
        return written.last if written.last == stands_at + 1 else None

    async def write(self, rows: Sequence[Record], *, promise: int) -> None:
        """Writes rows, and the promise beside them if it is a new one.

        What rows lead to is said as of a watermark: the successor must not begin before it.
        """
        if promise > self.promised:
            rows = [Record(*wire.watermark_row(promise)), *rows]
        if rows:
            await self._append(rows)
            self.promised = max(self.promised, promise)

    async def tell_whole(self, epoch: int, told: int = -1) -> None:
        """Says under which epoch the view has every ticket; -1: it may lack some, and was told all up to `told`."""
        self.whole = wire.Whole(epoch, self._ground.digest, told)
        await self._append([Record(*self.whole.row())])

    async def tell_read(self, ms: int) -> None:
        """Says up to when the log of events was read to its end."""
        await self._append([Record(wire.READ, b"%d" % ms)])
        self.read = ms

    async def tell_given(self, offset: int) -> None:
        """Says up to which row the gifts to months are written."""
        digest = self._ground.digest
        await self._append([Record(wire.GIVEN, b"%d" % offset), Record(wire.GIVEN_BY, digest.encode())])
        self.given_to, self.given_by = offset, digest

    async def _append(self, rows: Sequence[Record]) -> Written:
        written = await self._ground.writer.write(self._topic, self._number, rows)
        if written.first == self.known_offset + 1 and written.last - written.first + 1 == len(rows):
            self.known_offset = written.last  # nobody has written in between: recovery need not read it again
        return written
