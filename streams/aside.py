"""Events that a partition does not take in: dead letters, and those that another partition is responsible for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import structlog

from sinks.kafka import Record, TooLarge
from streams import topics, wire
from streams.engine import Admission, DeadLetter
from streams.ground import Ground

log = structlog.get_logger(__name__)

LARGEST = 8 * 1024 * 1024
HEAD = 64 * 1024  # what is kept of a larger value


def dead_letter(letter: DeadLetter, partition: int, *, largest: int = LARGEST) -> Record:
    """A dead letter as it is sent: the key and the bytes as they came, and as headers where from and why. Pure.

    Of a value of more than `largest` bytes the head is kept, its size and its hash.
    """
    headers = [
        ("topic", topics.EVENTS.encode()),
        ("partition", b"%d" % partition),
        ("offset", b"%d" % letter.offset),
        ("reason", letter.reason.encode()),
    ]
    if letter.field:
        headers.append(("field", letter.field.encode()))
    value = letter.value
    if value is not None and len(value) > largest:
        headers += [("size", b"%d" % len(value)), ("sha256", hashlib.sha256(value).hexdigest().encode())]
        value = value[:HEAD]
    return Record(letter.key, value, headers)


class Aside:
    """Sends such events where they belong, and counts each once, whatever is read again."""

    def __init__(self, number: int, ground: Ground) -> None:
        self._number = number
        self._ground = ground
        self._counted = wire.SetAside()

    def restore(self, value: bytes) -> None:
        """The counters as they stood in the changelog."""
        found = wire.SetAside.read(value)
        if found.to > self._counted.to:
            self._counted = found

    def counters(self) -> dict[str, int]:
        """Sums since the beginning of the partition."""
        counted = self._counted
        return {"dead_letters": counted.dead_letters, "misplaced": counted.misplaced, "too_late": counted.too_late}

    async def _bury(self, dead: Sequence[DeadLetter]) -> None:
        writer = self._ground.writer
        place = self._number % await writer.partitions(topics.DEAD_LETTERS)
        try:
            await writer.write(topics.DEAD_LETTERS, place, [dead_letter(letter, self._number) for letter in dead])
        except TooLarge as error:
            log.warning("a dead letter is kept in part only", error=str(error))
            for letter in dead:
                await writer.write(topics.DEAD_LETTERS, place, [dead_letter(letter, self._number, largest=HEAD)])

    async def send(self, admission: Admission) -> Sequence[Record]:
        """Sends what an admission sets aside; the row with the new counters, if there are any."""
        writer = self._ground.writer
        if admission.dead:
            await self._bury(admission.dead)
        if admission.misplaced:
            await writer.write_keyed(
                topics.EVENTS,
                [Record(found.key, found.value, found.headers, found.timestamp_ms) for found in admission.misplaced],
                # As `at_home` counts them: of a topic that has grown meanwhile, the event would come back for ever.
                partitions=self._ground.layout.events,
            )
        counted = self._counted
        # By offset: after a rebalance, what waits may hold a record twice.
        dead = {letter.offset: letter for letter in admission.dead if letter.offset >= counted.to}
        misplaced = {found.offset for found in admission.misplaced if found.offset >= counted.to}
        if not dead and not misplaced:
            return ()
        self._counted = wire.SetAside(
            to=1 + max(dead.keys() | misplaced),
            dead_letters=counted.dead_letters + len(dead),
            misplaced=counted.misplaced + len(misplaced),
            too_late=counted.too_late + sum(letter.reason == "too_late" for letter in dead.values()),
        )
        return (Record(*self._counted.row()),)
