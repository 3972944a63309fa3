"""Alerters as processes, a target that takes down what it is told, and breaches put straight into Redis."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from alerts.alerter import Alerter, Plan
from alerts.reading import load_rules
from models.instant import format_ms
from sinks.alerts_topic import TOPIC
from sinks.kafka import KafkaAccess
from sla.policy import load_book

ROOT = Path(__file__).parents[2]

BOOK = """\
edition: alerts
effective_from: 2020-01-01T00:00:00Z
zone: Asia/Shanghai
calendars:
  always: {timezone: UTC, week: always}
objectives:
  - {name: answered, metric: first_response, when: {priority: [P0]}, attainment: 95%, period: month, minimum: 20}
policies:
  - name: all
    calendar: always
    targets:
      first_response: {within: 15m, warn_at: [50%, 75%, 90%]}
      resolution: {within: 4h, warn_at: [75%]}
"""

RULES = """\
receivers:
  - {name: room, webhook: {url: "%(url)s/room"}}
  - {name: pager, webhook: {url: "%(url)s/pager"}}
  - {name: lead, webhook: {url: "%(url)s/lead"}}
on_duty:
  - {who: day, receiver: pager, calendar: always}
route:
  receiver: room
  group_by: [team, priority]
  group_wait: 1s
  group_interval: 2s
  routes:
    - matchers: [priority="P0"]
      receiver: on_duty
      escalate: [{after: 2s, to: lead}]
      ack_timeout: 1h
"""


@dataclass
class Heard:
    """A POST that arrived."""

    at: float
    path: str
    key: str
    body: Any


@dataclass
class TargetServer:
    """An HTTP target on the loopback; `answer` decides what it answers."""

    heard: list[Heard] = field(default_factory=list)
    answer: Callable[[Heard], Awaitable[int]] | None = None
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        """Takes one POST down."""
        raw = await request.read()
        one = Heard(time.time(), request.path, request.headers.get("Idempotency-Key", ""), orjson.loads(raw))
        self.heard.append(one)
        return web.Response(status=200 if self.answer is None else await self.answer(one))

    def at(self, path: str) -> list[Heard]:
        """What arrived at a receiver."""
        return [one for one in self.heard if one.path == f"/{path}"]

    def tickets(self, path: str) -> list[str]:
        """The tickets that a receiver was told of, in order, each as often as it was."""
        return [alert["ticket"] for one in self.at(path) for alert in one.body["alerts"]]

    @property
    def keys(self) -> list[str]:
        """The keys of all that arrived."""
        return [one.key for one in self.heard]


@dataclass
class AlertDesk:
    """Real Kafka and Redis, a target, alerters."""

    kafka: str
    redis_url: str
    folder: Path
    target: TargetServer
    rules: str = RULES
    group: str = field(default_factory=lambda: f"desk-{uuid.uuid4().hex[:6]}")
    alerters: list[subprocess.Popen[bytes]] = field(default_factory=list)
    here: list[tuple[asyncio.Task[None], asyncio.Event]] = field(default_factory=list)
    redis: Any = None
    sent: int = 0

    def environment(self) -> dict[str, str]:
        """What a command finds."""
        return os.environ | {
            "PYTHONPATH": str(ROOT),
            "SLAWATCH_KAFKA": self.kafka,
            "SLAWATCH_REDIS": self.redis_url,
            "SLAWATCH_GROUP": self.group,
            "SLAWATCH_POLICIES": str(self.folder / "policies"),
        }

    def write_rules(self) -> None:
        """Puts book and rules where alerters read them."""
        policies = self.folder / "policies"
        policies.mkdir(exist_ok=True)
        (policies / "book.yaml").write_text(BOOK, encoding="utf-8")
        (policies / "alerts.yaml").write_text(self.rules % {"url": self.target.url}, encoding="utf-8")

    def start(self) -> subprocess.Popen[bytes]:
        """One more alerter."""
        with (self.folder / f"alerter-{len(self.alerters)}.log").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "streams", "alerts"],
                env=self.environment(), stdout=output, stderr=output, cwd=self.folder,
            )  # fmt: skip
        self.alerters.append(process)
        return process

    async def start_here(self) -> Alerter:
        """An alerter in this process, which starts sooner; active when this returns."""
        policies = self.folder / "policies"
        book = load_book(policies)
        plan = Plan(
            name=f"here-{len(self.here)}",
            access=KafkaAccess(self.kafka),
            redis=self.redis_url,
            group=self.group,
            rules=load_rules(policies, book),
            book=book,
            clock=lambda: time.time_ns() // 1_000_000,
        )
        alerter, ends = Alerter(plan), asyncio.Event()
        self.here.append((asyncio.create_task(alerter.run(ends)), ends))
        await self.until_active()
        return alerter

    def log(self, number: int) -> str:
        """What an alerter said."""
        return (self.folder / f"alerter-{number}.log").read_text()

    async def breach(
        self, ticket: str, change: str = "breached", level: str = "", at: int | None = None, **more: Any
    ) -> str:
        """An entry of `sla:breaches`, as a worker writes it; answers the breach's id."""
        now = int(time.time() * 1000) if at is None else at
        self.sent += 1
        metric = more.pop("metric", "first_response")
        ident = f"{ticket}/{metric}/1"
        fields = {
            "id": ident, "revision": self.sent, "change": change,
            "level": level or "breached", "ticket": ticket, "metric": metric, "cycle": 1, "policy": "all",
            "edition": "alerts", "priority": "P0", "team": "", "assignee": "", "tier": "", "channel": "",
            "category": "", "issue_key": "", "incident": "", "flags": "[]", "started_at": format_ms(now - 900_000),
            "due_at": format_ms(now), "at": format_ms(now), "counted_s": 900, "target_s": 900, "backlog": "false",
        } | more  # fmt: skip
        await self.redis.xadd("sla:breaches", fields)
        return ident

    async def until(self, holds: Callable[[], Any], patience_s: float = 15.0) -> None:
        """Waits until something holds; fails when it does not in time."""
        deadline = time.monotonic() + patience_s
        while True:
            answer = holds()
            if asyncio.iscoroutine(answer):
                answer = await answer
            if answer:
                return
            if time.monotonic() > deadline:
                logs = "\n".join(f"--- alerter {n}\n{self.log(n)[-3000:]}" for n in range(len(self.alerters)))
                heard = [(one.path, one.body["kind"], one.body["reason"]) for one in self.target.heard]
                raise AssertionError(f"it did not come to hold; heard: {heard}\n{logs}")
            await asyncio.sleep(0.02)

    async def until_active(self) -> None:
        """Waits until some alerter is active and has shown what it knows."""

        async def holds() -> bool:
            return bool(await self.redis.get("sla:alerts-shown")) and bool(await self.redis.get("sla:alerter"))

        await self.until(holds, 40)

    async def records(self) -> list[tuple[str, Any]]:
        """Every record of the topic."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, auto_offset_reset="earliest")
        await consumer.start()
        try:
            place = TopicPartition(TOPIC, 0)
            consumer.assign([place])
            end = (await consumer.end_offsets([place]))[place]
            found: list[tuple[str, Any]] = []
            while await consumer.position(place) < end:
                for rows in (await consumer.getmany(timeout_ms=300)).values():
                    found += [(row.key.decode(), orjson.loads(row.value) if row.value else None) for row in rows]
            return found
        finally:
            await consumer.stop()

    async def close(self) -> None:
        """Ends every alerter, and removes the topic."""
        for task, ends in self.here:
            ends.set()
            await task
        for process in self.alerters:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()
        await self.redis.aclose()
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        await admin.start()
        await admin.delete_topics([TOPIC])
        await admin.close()
        await asyncio.sleep(0.3)


@asynccontextmanager
async def alert_desk(kafka: str, redis_url: str, folder: Path, rules: str = RULES) -> AsyncIterator[AlertDesk]:
    """A desk with a target, closed at the end."""
    target = TargetServer()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/{name}", target.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    target.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    desk = AlertDesk(kafka, redis_url, folder, target, rules)
    # Stories stop servers: what asks Redis here is patient.
    patience = Retry(ExponentialBackoff(cap=0.5, base=0.05), 20)
    desk.redis = Redis.from_url(redis_url, retry=patience, retry_on_error=[RedisConnectionError])
    await desk.redis.flushdb()
    desk.write_rules()
    try:
        yield desk
    finally:
        await desk.close()
        await runner.cleanup()
