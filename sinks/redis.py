"""The Redis view's writer: tickets, figures and health, fenced, in batches, through scripts.

Redis is a view: whatever is in it can be written again from the log. So a write that found the server away is simply
made again, a write that an older owner makes is refused by the script, and the same write twice changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice
from time import monotonic
from typing import Any, Final

import orjson

from models.egress import TicketWrite
from models.instant import format_ms
from models.kpi import Document
from sinks import beat as beats
from sinks import keys
from sinks.redis_documents import DAY_MS, SLOTS_MS, operations
from sinks.redis_link import Command, RedisLink
from sinks.redis_tickets import arguments, scopes_of, scopes_text
from sinks.view import Fence, HealthReport, Outcome, PartitionBeat, WorkerBeat

#: Tickets sent in one go; while the server works on them, the next are made ready.
BATCH: Final = 250
#: Tickets of one call of the script: what they share is written once, and no other client waits for long.
CALL: Final = 25
#: Documents of one call of the script: large enough to be cheap, small enough not to hold the server up.
DOCUMENTS: Final = 100
#: The least time between two nudges on `sla:updates`.
NUDGE_S: Final = 0.25
#: Scopes that one call of `trim` looks at, and members that it takes from each at most.
TRIM_SCOPES: Final = 20
TRIM_MEMBERS: Final = 500

_OUTCOMES: Final = {1: Outcome.WRITTEN, -1: Outcome.REFUSED, -2: Outcome.EMPTIED}


class RedisView:
    """The writing side of the Redis view (`sinks.view.View`).

    It remembers only what Redis has acknowledged; should Redis come back with less (emptied, or restored from a
    snapshot), the next write says EMPTIED.
    """

    def __init__(self, link: RedisLink) -> None:
        self.link = link
        self._tickets = link.script("redis_tickets.lua")
        self._take_over = link.script("redis_take_over.lua")
        self._documents = link.script("redis_documents.lua")
        self._health = link.script("redis_health.lua")
        self._trim = link.script("redis_trim.lua")
        self._acked: dict[int, int] = {}
        self._listed: set[str] = set()  # scopes that Redis is known to list
        self._acked_documents: dict[str, tuple[int, int]] = {}
        self._nudged_at = 0.0
        self._trim_cursor = 0

    @classmethod
    def at(cls, url: str) -> RedisView:
        """A view in the Redis at this URL."""
        return cls(RedisLink(url))

    async def close(self) -> None:
        """Lets the connections go."""
        await self.link.close()

    async def take_over(self, partition: int, epoch: int, *, unless_emptied: bool = False) -> Outcome:
        """See `View.take_over`."""
        answer = await self._script(self._take_over.sha, partition, epoch, int(unless_emptied))
        self._acked[partition] = 0
        self._listed.clear()
        return _OUTCOMES[answer]

    async def write_tickets(
        self,
        partition: int,
        epoch: int,
        first_seq: int,
        writes: Sequence[TicketWrite],
        now_ms: int,
        *,
        refilling: bool = False,
        told_until: int | None = None,
    ) -> Outcome:
        """See `View.write_tickets`."""
        filled = "" if not refilling else "1" if told_until is None else str(told_until)
        sent: asyncio.Task[list[Any]] | None = None
        listed: set[str] = set()

        async def arrived(last_seq: int) -> int:
            """Waits for the batch on its way, the last of which has this sequence; what the worst of its calls says."""
            if sent is None:
                return 1
            worst: int = min(await sent)
            if worst > 0:
                self._listed |= listed
                self._acked[partition] = max(self._acked.get(partition, 0), last_seq)
            return worst

        try:
            for start in range(0, len(writes), BATCH):
                batch = writes[start : start + BATCH]
                scopes = scopes_of(batch) - self._listed
                head = (partition, epoch, self._acked.get(partition, 0), now_ms, filled)
                commands = await self._calls(head, scopes, batch, first_seq + start)
                if (worst := await arrived(first_seq + start - 1)) < 0:
                    return _OUTCOMES[worst]
                listed = scopes
                sent = asyncio.create_task(self.link.pipeline(commands))
            worst = await arrived(first_seq + len(writes) - 1)
        finally:
            if sent is not None and not sent.done():
                sent.cancel()
                await asyncio.wait([sent])
        await self._nudge(now_ms)
        return _OUTCOMES[worst]

    async def _calls(
        self, head: Command, scopes: set[str], batch: Sequence[TicketWrite], first_seq: int
    ) -> list[Command]:
        """The calls of the script for a batch; the first one lists the scopes."""
        commands: list[Command] = []
        for start in range(0, len(batch), CALL):
            told = scopes_text(scopes) if start == 0 else ""
            parts: list[bytes | str | int] = ["EVALSHA", self._tickets.sha, 0, *head, told]
            for seq, write in enumerate(batch[start : start + CALL], first_seq + start):
                parts += arguments(write, seq)
            commands.append(tuple(parts))
            if start + CALL < len(batch):
                await asyncio.sleep(0)  # the batch before is on its way meanwhile, and heartbeats share the loop
        return commands

    async def sweep(self, partition: int, epoch: int, now_ms: int) -> Outcome:
        """See `View.sweep`."""
        cursor = 0
        while True:
            cursor, found = await self._scan(f"{keys.KEPT}{partition}", cursor, BATCH)
            head = ("EVALSHA", self._tickets.sha, 0, partition, epoch, self._acked.get(partition, 0), now_ms, "", "")
            # Sequence 0 loses against any write under this epoch and wins against all of older ones.
            commands: list[Command] = [(*head, 0, ticket, "", "", "", "", "") for ticket in found]
            worst = min(await self.link.pipeline([head, *commands]))
            if worst < 0 or not cursor:
                return _OUTCOMES[worst]

    async def write_documents(
        self, fence: Fence, documents: Iterable[Document], now_ms: int, *, whole: bool = False
    ) -> Outcome:
        """See `View.write_documents`."""
        todo = iter(operations(documents))
        entering, asked = whole, False
        acked_epoch, acked = self._acked_documents.get(fence.owner, (-1, 0))
        head = ("EVALSHA", self._documents.sha, 0, *fence, acked if acked_epoch == fence.epoch else 0)
        while True:
            batch = list(islice(todo, DOCUMENTS))
            if asked and not batch:
                break
            parts = [part for operation in batch for part in operation]
            answer = (await self.link.pipeline([(*head, "1" if entering else "", *parts)]))[0]
            if answer < 0:
                return _OUTCOMES[answer]
            entering, asked = False, True
            self._acked_documents[fence.owner] = (fence.epoch, fence.seq)
        await self._nudge(now_ms)
        return Outcome.WRITTEN

    async def scopes(self) -> set[str]:
        """See `View.scopes`."""
        found: Any = await self.link.run(lambda client: client.smembers(keys.SCOPES))
        return {raw.decode() for raw in found}

    async def write_health(self, beat: WorkerBeat, partitions: Sequence[PartitionBeat], now_ms: int) -> HealthReport:
        """See `View.write_health`."""
        line = orjson.dumps(beats.policies_line(beat))
        parts: list[Any] = [beat.worker, beat.digest, line, beat.build, now_ms, beats.ALIVE_MS]
        for one in partitions:
            parts += (one.partition, one.epoch, self._acked.get(one.partition, 0))
            parts += (beats.partition_field(one, beat.worker), orjson.dumps(beats.counters(one)))
        commands: list[Command] = [("EVALSHA", self._health.sha, 0, *parts)]
        answer = (await self.link.pipeline(commands))[0]
        await self._nudge(now_ms)
        codes, others = answer[: len(partitions)], [raw.decode() for raw in answer[len(partitions) :]]
        return HealthReport(
            {one.partition: _OUTCOMES[code] for one, code in zip(partitions, codes, strict=True)},
            dict(zip(others[::2], others[1::2], strict=True)),
        )

    async def trim(self, now_ms: int, today_ms: int) -> int:
        """See `View.trim`."""
        self._trim_cursor, found = await self._scan(keys.SCOPES, self._trim_cursor, TRIM_SCOPES)
        stays, first_slot = min(now_ms - DAY_MS, today_ms), format_ms(now_ms - SLOTS_MS)
        commands: list[Command] = []
        for raw in found:
            scope = raw.decode()
            commands.append(
                ("EVALSHA", self._trim.sha, 0, keys.decided(scope), stays, TRIM_MEMBERS, keys.day(scope), first_slot)
            )
        return sum(await self.link.pipeline(commands))

    async def _scan(self, key: str, cursor: int, count: int) -> tuple[int, list[bytes]]:
        found: Any = await self.link.run(lambda client: client.sscan(key, cursor, count=count))
        return found[0], found[1]

    async def _script(self, sha: str, *arguments: Any) -> Any:
        return (await self.link.pipeline([("EVALSHA", sha, 0, *arguments)]))[0]

    async def _nudge(self, now_ms: int) -> None:
        """Says that something changed, unless it was said a moment ago; the beat of health says it again soon."""
        now = monotonic()
        if now - self._nudged_at >= NUDGE_S:
            self._nudged_at = now
            await self.link.pipeline([("PUBLISH", keys.UPDATES, b'{"at":"%s"}' % format_ms(now_ms).encode())])
