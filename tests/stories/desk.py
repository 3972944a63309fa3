"""A desk with the true parts: workers as processes, every event ever sent, and all that Redis holds."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from models.instant import parse_ms
from sinks.kafka import Record
from sla.policy import PolicyBook, load_book
from streams import topics
from tests.stories.truth import differences, truth_of
from tests.stories.words import BOOK
from tests.streams.running import Desk

ROOT = Path(__file__).parents[2]
OURS = (
    "sla:announced", "sla:epochs", "sla:memory:", "sla:kept:", "sla:fences", "sla:counters", "sla:workers",
    "sla:health",
)  # fmt: skip

View = dict[str, Any]


@dataclass
class TrueDesk(Desk):
    """Workers that decide by a policy book, and what they ought to have made of the events."""

    rules: str = BOOK
    settings: dict[str, str] = field(default_factory=dict)
    sent: list[bytes] = field(default_factory=list)
    book: PolicyBook = field(init=False)

    async def open(self) -> None:
        """Connects."""
        self.write_book()
        await super().open()
        await self.redis.aclose()
        # Stories stop servers: what asks Redis here is patient.
        patience = Retry(ExponentialBackoff(cap=0.5, base=0.05), 20)
        self.redis = Redis.from_url(self.redis_url, retry=patience, retry_on_error=[RedisConnectionError])

    def write_book(self) -> None:
        """Puts the policy book where workers read it."""
        policies = self.folder / "policies"
        policies.mkdir(exist_ok=True)
        (policies / "book.yaml").write_text(self.rules, encoding="utf-8")
        self.book = load_book(policies)

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        """One more worker."""
        with (self.folder / f"worker-{len(self.workers)}.log").open("wb") as output:
            worker = subprocess.Popen(
                [sys.executable, "-m", "streams", "worker"],
                env=os.environ
                | {
                    "PYTHONPATH": str(ROOT),
                    "SLAWATCH_KAFKA": self.kafka,
                    "SLAWATCH_REDIS": self.redis_url,
                    "SLAWATCH_GROUP": self.group,
                    "SLAWATCH_PARTITIONS": str(self.partitions),
                    "SLAWATCH_POLICIES": str(self.folder / "policies"),
                    "SLAWATCH_SESSION_TIMEOUT": "6s",
                }
                | self.settings
                | environment,
                stdout=output,
                stderr=output,
                cwd=self.folder,
            )
        self.workers.append(worker)
        return worker

    async def send(self, records: Iterable[Record]) -> None:
        """Puts events into the log, and remembers them."""
        listed = list(records)
        self.sent += [record.value for record in listed if record.value is not None]
        await super().send(listed)

    # What Redis holds

    async def view(self) -> View:
        """Everything outside that Redis holds, by key."""
        names = sorted(raw.decode() for raw in await self.redis.keys("sla:*"))
        names = [name for name in names if not name.startswith(OURS)]
        pipe = self.redis.pipeline(transaction=True)
        for name in names:
            if name.startswith(("sla:ticket:", "sla:period:", "sla:budget:")):
                pipe.get(name)
            elif name.startswith(("sla:kpi:", "sla:live:", "sla:day:", "sla:breach:")):
                pipe.hgetall(name)
            elif name in ("sla:breaches", "sla:periods"):
                pipe.xrange(name)
            elif name in ("sla:scopes", "sla:incidents"):
                pipe.smembers(name)
            else:
                pipe.zrange(name, 0, -1, withscores=True)
        answers = zip(names, await pipe.execute(), strict=True)
        return {name: _text(name, raw) for name, raw in answers if raw is not None}

    async def health(self) -> dict[str, str]:
        """`sla:health` as text."""
        return {name.decode(): value.decode() for name, value in (await self.redis.hgetall("sla:health")).items()}

    async def beats(self) -> list[dict[str, Any]]:
        """What `sla:health` says of each partition, in order; empty before all have spoken."""
        health = await self.health()
        names = [f"partition:{number}" for number in range(self.partitions)]
        return [orjson.loads(health[name]) for name in names] if all(name in health for name in names) else []

    async def live(self) -> bool:
        """Whether every partition's watermark is the present, and each has been heard of just now."""
        beats = await self.beats()
        now = time.time() * 1000
        return bool(beats) and all(
            beat["lag_s"] is not None and beat["lag_s"] < 2 and now - parse_ms(beat["as_of"]) < 3000 for beat in beats
        )

    async def watermark(self) -> int:
        """The least watermark of all partitions, in ms."""
        return min(parse_ms(beat["watermark"]) for beat in await self.beats())

    async def entries(self) -> list[dict[str, str]]:
        """The entries of `sla:breaches`, in order."""
        return _text("sla:breaches", await self.redis.xrange("sla:breaches"))

    # Whether it is the truth

    async def until_live(self, patience_s: float = 40.0) -> None:
        """Waits until every partition's present is the machine's."""
        await self.until(self.live, patience_s)

    async def until_true(
        self, patience_s: float = 40.0, settled: frozenset[str] = frozenset(), *, late: bool = False
    ) -> None:
        """Waits until Redis equals replay, line by line; fails with the differences when it does not in time."""
        deadline = time.monotonic() + patience_s
        await self.until_live(patience_s)
        while True:
            view = await self.view()
            wrong = differences(truth_of(self.sent, self.book, await self.watermark()), view, settled, late=late)
            if not wrong:
                return
            if time.monotonic() > deadline:
                logs = "\n".join(f"--- worker {n}\n{self.log(n)[-2000:]}" for n in range(len(self.workers)))
                shown = "\n".join(wrong[:40])
                msg = f"Redis is not what replay says, in {len(wrong)} places:\n{shown}\n{logs}"
                raise AssertionError(msg)
            await asyncio.sleep(0.3)

    # Those who suffer

    async def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kills a worker with -9."""
        worker.kill()
        await asyncio.to_thread(worker.wait)

    async def stop(self, worker: subprocess.Popen[bytes]) -> None:
        """Ends a worker in order."""
        worker.terminate()
        assert await asyncio.to_thread(worker.wait, 20) == 0

    async def until_kept(self, patience_s: float = 30.0) -> None:
        """Waits until the changelog has a row for every event that was sent; asks nothing of Redis."""
        wanted = {(said["ticket_id"], said["event_id"]) for said in map(orjson.loads, self.sent)}

        async def kept() -> bool:
            rows = {tuple(key.decode().split("\0")) for key, _ in await self.rows()}
            return wanted <= rows

        await self.until(kept, patience_s)

    # Other topics

    async def letters(self) -> list[Any]:
        """Every dead letter, as aiokafka's records."""
        return await self.records(topics.DEAD_LETTERS)

    async def records(self, topic: str) -> list[Any]:
        """Every record of a topic."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.kafka, auto_offset_reset="earliest", max_partition_fetch_bytes=16 * 1024 * 1024
        )
        await consumer.start()
        try:
            places = [TopicPartition(topic, number) for number in range(await self.writer.partitions(topic))]
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            found: list[Any] = []
            while any([await consumer.position(place) < ends[place] for place in places]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += records
            return found
        finally:
            await consumer.stop()


def _text(name: str, raw: Any) -> Any:
    """What Redis answered, as text."""
    if isinstance(raw, dict):
        return {key.decode(): value.decode() for key, value in raw.items()}
    if name in ("sla:breaches", "sla:periods"):
        return [{key.decode(): value.decode() for key, value in fields.items()} for _, fields in raw]
    if name == "sla:scopes":
        return {member.decode() for member in raw}
    if name == "sla:incidents":
        return {member.decode(): 0 for member in raw}
    if isinstance(raw, list):
        return {member.decode(): int(score) for member, score in raw}
    return raw


@asynccontextmanager
async def true_desk(kafka: str, redis_url: str, folder: Path, **options: Any) -> AsyncIterator[TrueDesk]:
    """A desk, closed at the end."""
    desk = TrueDesk(kafka, redis_url, f"story-{uuid.uuid4().hex[:8]}", folder, **options)
    await desk.open()
    try:
        yield desk
    finally:
        await desk.close()
