"""Workers as processes, the traffic they are given, and what came of it: the words of the tests on real servers."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from redis.asyncio import Redis

from sinks.kafka import KafkaAccess, KafkaWriter, Record
from streams import topics

SCRIPT = Path(__file__).with_name("worker_process.py")


def event(number: int, tickets: int, *, at: int | None = None, due: int | None = None) -> Record:
    """The `number`th event, of one of so many tickets."""
    body: dict[str, object] = {"id": f"e{number}", "at": at if at is not None else int(time.time() * 1000)}
    if due is not None:
        body["due"] = due
    return Record(b"T%d" % (number % tickets), orjson.dumps(body))


@dataclass
class Desk:
    """A group of workers on real servers, with topics and a Redis of its own."""

    kafka: str
    redis_url: str
    group: str
    folder: Path
    partitions: int = 4
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    writer: KafkaWriter = field(init=False)
    redis: Redis = field(init=False)

    async def open(self) -> None:
        """Connects."""
        access = KafkaAccess(self.kafka)
        await topics.prepare_topics(access, self.group, partitions=self.partitions, patience_s=30)
        self.writer = KafkaWriter(access)
        await self.writer.start()
        self.redis = Redis.from_url(self.redis_url)
        await self.redis.flushdb()

    async def close(self) -> None:
        """Ends every worker, and removes the topics."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
                worker.wait()
        await self.writer.stop()
        await self.redis.aclose()
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        await admin.start()
        names = [topics.EVENTS, topics.DEAD_LETTERS, topics.TOTALS, topics.FACTS]
        names += [topics.changelog(self.group), topics.partials(self.group), topics.solutions(self.group)]
        await admin.delete_topics(names)
        await admin.close()
        await asyncio.sleep(0.5)

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        """One more worker."""
        with (self.folder / f"worker-{len(self.workers)}.log").open("wb") as output:
            worker = subprocess.Popen(
                [sys.executable, SCRIPT],
                env=os.environ
                | {
                    "SLAWATCH_KAFKA": self.kafka,
                    "SLAWATCH_REDIS": self.redis_url,
                    "SLAWATCH_GROUP": self.group,
                    "SLAWATCH_PARTITIONS": str(self.partitions),
                    "SLAWATCH_SESSION_TIMEOUT": "6s",
                }
                | environment,
                stdout=output,
                stderr=output,
                cwd=self.folder,
            )
        self.workers.append(worker)
        return worker

    def log(self, number: int) -> str:
        """What a worker said."""
        return (self.folder / f"worker-{number}.log").read_text()

    async def send(self, records: Iterable[Record]) -> None:
        """Puts events into the log."""
        await self.writer.write_keyed(topics.EVENTS, records)

    async def rows(self, topic: str | None = None) -> list[tuple[bytes, bytes | None]]:
        """Every row of the changelog (or another topic) that is not the workers' own."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, auto_offset_reset="earliest")
        await consumer.start()
        try:
            name = topic or topics.changelog(self.group)
            places = [TopicPartition(name, number) for number in range(await self.writer.partitions(name))]
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            found: list[tuple[bytes, bytes | None]] = []
            while any([await consumer.position(place) < ends[place] for place in places]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += [(record.key, record.value) for record in records if record.key[:1] != b"\0"]
            return found
        finally:
            await consumer.stop()

    async def ticket(self, name: str) -> dict[str, object]:
        """A ticket as Redis has it; empty where there is none."""
        raw = await self.redis.get(f"sla:ticket:{name}")
        return orjson.loads(raw) if raw else {}

    async def tickets(self, count: int) -> dict[str, list[str]]:
        """The events of each of the tickets T0 …, as Redis has them."""
        raw = await self.redis.mget([f"sla:ticket:T{number}" for number in range(count)])
        return {f"T{number}": orjson.loads(doc)["events"] for number, doc in enumerate(raw) if doc}

    async def total(self) -> int | None:
        """The number of all events, as stage 2 has it."""
        raw = await self.redis.hget("sla:kpi:all", "today")
        return int(orjson.loads(raw)["count"]) if raw else None

    async def until(self, holds: Callable[[], object], patience_s: float = 30.0) -> None:
        """Waits until something holds; fails when it does not in time."""
        deadline = time.monotonic() + patience_s
        while True:
            answer = holds()
            if asyncio.iscoroutine(answer):
                answer = await answer
            if answer:
                return
            if time.monotonic() > deadline:
                numbers = range(len(self.workers))
                logs = "\n".join(f"--- worker {number}\n{self.log(number)[-3000:]}" for number in numbers)
                raise AssertionError(f"it did not come to hold within {patience_s} s\n{logs}")
            await asyncio.sleep(0.05)

    async def until_total(self, count: int, patience_s: float = 30.0) -> None:
        """Waits until stage 2 counts so many events."""

        async def holds() -> bool:
            return await self.total() == count

        await self.until(holds, patience_s)


@asynccontextmanager
async def desk_at(kafka: str, redis_url: str, folder: Path, **options: int) -> AsyncIterator[Desk]:
    """A desk, closed at the end."""
    desk = Desk(kafka, redis_url, f"desk-{uuid.uuid4().hex[:8]}", folder, **options)
    await desk.open()
    try:
        yield desk
    finally:
        await desk.close()
