"""An alerter from its start to its end: it stands by, following the topic, until the lease is its own; then it decides.

topic ─ rows ─→ memory            (standing by: every row; active: those of commands)
lease ─ held ─→ active ─→ Shift   (one at a time; who loses it starts anew from the topic)
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog
from aiokafka.errors import KafkaError
from redis import exceptions as errors

from alerts.links import Links
from alerts.memory import Memory
from alerts.metrics import AlertMetrics
from alerts.notice import Kind, Notice, Outcome, Post, Told
from alerts.records import apply, lease_record
from alerts.rules import Rules
from alerts.selfcare import SelfCare
from alerts.shift import Shift
from alerts.targets import open_post
from sinks.alerts_lease import ABSENT_S, LIFE_MS, TURN_S, AlerterLease, Held
from sinks.alerts_redis import AlertsRedis
from sinks.alerts_topic import TOPIC, AlertsTopic, Row, ensure_alerts_topic
from sinks.kafka import KafkaAccess
from sinks.patience import before
from sla.policy import PolicyBook

log = structlog.get_logger(__name__)

REDIS_ERRORS = (errors.RedisError, OSError, TimeoutError)
_ASK_S = 1.0
_LAST_WORDS_S = 5.0


@dataclass(frozen=True)
class Plan:
    """All that an alerter is made of."""

    name: str  # that no other living one has
    access: KafkaAccess
    redis: str
    group: str
    rules: Rules
    book: PolicyBook
    clock: Callable[[], int]
    links: Links = field(default_factory=Links)
    environment: Mapping[str, str] = field(default_factory=dict)
    metrics: AlertMetrics = field(default_factory=AlertMetrics)
    replication: int = -1


class Alerter:
    """One alerter; start several, one is active."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.topic = AlertsTopic(plan.access)
        self.redis = AlertsRedis(plan.redis, f"{plan.group}-alerts")
        self.lease = AlerterLease(self.redis.link.client, plan.name)
        self.memory = Memory()
        self.shift: Shift | None = None  # the one that works, or the last when all is being closed
        self.active = asyncio.Event()  # set while it decides; for those who wait for it
        self._mine = False
        self._sure_until = 0.0
        self._absent_since: float | None = None
        self.standing_by = False  # another one has been seen to be active
        self.care = SelfCare(self)
        self._post: Post | None = None

    async def run(self, until: asyncio.Event) -> None:
        """Runs until told to end; waits for Kafka and Redis as long as it takes.

        Raises:
            CannotTell: a receiver cannot be told as it is configured.
            UnknownFormat: a newer version has written to the topic.
        """
        self._post = self.open_post(self.care.told)
        if not await before(until, asyncio.create_task(self._open_topic())):
            return
        lease, care = asyncio.create_task(self._keep_lease()), asyncio.create_task(self.care.run())
        work = asyncio.create_task(self._work(until))
        try:
            await asyncio.wait([work, lease, care], return_when=asyncio.FIRST_COMPLETED)
            for task in (work, lease, care):
                if task.done():
                    task.result()
        finally:
            until.set()
            for task in (care, work):
                task.cancel()
            await asyncio.gather(care, work, return_exceptions=True)
            # The lease is kept meanwhile: who took over now would send again what is on its way.
            await self._post.close(_LAST_WORDS_S)
            await self.care.write_last(_LAST_WORDS_S)
            lease.cancel()
            await asyncio.gather(lease, return_exceptions=True)
            with contextlib.suppress(*REDIS_ERRORS):
                async with asyncio.timeout(_ASK_S):
                    await self.lease.release()
            await self.redis.close()
            await self.topic.stop()

    @property
    def mine(self) -> bool:
        """Whether the lease was ours when it was last asked for."""
        return self._mine

    @property
    def sure(self) -> bool:
        """Whether nobody else can have the lease now."""
        return self._mine and asyncio.get_running_loop().time() < self._sure_until

    def open_post(self, told: Told) -> Post:
        """The post to all receivers."""
        plan = self.plan
        receivers = plan.rules.receivers.values()
        return open_post(
            receivers, told, links=plan.links, clock=plan.clock, environment=plan.environment, may=self.may_tell
        )

    def may_tell(self, notice: Notice) -> bool:
        """Whether nobody else can be telling it; what is about ourselves is told without Redis, too."""
        return notice.kind in {Kind.SELF, Kind.HEARTBEAT} or self.sure

    def submit(self, notice: Notice) -> None:
        """Hands a notice to the post."""
        if self._post is not None:
            self._post.submit(notice)

    def count(self, notice: Notice, outcome: Outcome) -> None:
        """Tells Prometheus of an attempt."""
        self.plan.metrics.told(notice, outcome)

    # Roles

    async def _open_topic(self) -> None:
        await ensure_alerts_topic(self.plan.access, replication=self.plan.replication)
        await self.topic.start()

    async def _work(self, until: asyncio.Event) -> None:
        while not until.is_set():
            while not self._mine and not until.is_set():
                for row in await self.topic.rows():
                    self.fold(row)
            if until.is_set():
                return
            try:
                epoch = await self._take_over()
            except (KafkaError, TimeoutError) as error:
                log.warning("the topic cannot be read, waiting", topic=TOPIC, error=repr(error))
                epoch = None
            if epoch is None:
                await asyncio.sleep(TURN_S)
                continue
            self.shift = Shift(self, epoch)
            self.active.set()
            self.standing_by = False
            self.plan.metrics.active.set(1)
            log.info("this alerter is active", alerter=self.plan.name, takeover=epoch)
            try:
                await self.shift.run(until)
            finally:
                self.active.clear()
                self.plan.metrics.active.set(0)
            if not until.is_set():
                log.warning("the lease is lost", alerter=self.plan.name)
                await self._begin_anew()

    async def _take_over(self) -> int | None:
        """Writes the takeover down and reads all that was written before it; None where another was faster."""
        end = await self.topic.end()
        while await self.topic.position() < end:
            for row in await self.topic.rows():
                self.fold(row)
        epoch = self.memory.epoch + 1
        offset = await self.topic.write([lease_record(self.plan.name, epoch)], epoch)
        while await self.topic.position() <= offset:
            for row in await self.topic.rows():
                self.fold(row)
        if (self.memory.holder, self.memory.epoch) == (self.plan.name, epoch):
            return epoch
        return None

    async def _begin_anew(self) -> None:
        """What was decided and not written is forgotten: the topic is what holds."""
        self.shift = None
        if self._post is not None:
            await self._post.close(0)
        self._post = self.open_post(self.care.told)
        self.memory = Memory()
        self.topic.rewind()

    def fold(self, row: Row) -> bool:
        """Takes a row in, unless an older alerter wrote it after a newer one had taken over; False then."""
        if row.epoch is not None and row.epoch < self.memory.epoch:
            return False
        apply(self.memory, row.key, row.value)
        return True

    # The lease

    async def _keep_lease(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            asked = loop.time()
            try:
                # Not `wait_for`: it forgets that it was cancelled when the answer comes at just that moment.
                async with asyncio.timeout(_ASK_S):
                    held = await self._ask(asked)
            except REDIS_ERRORS as error:
                self._absent_since = None
                self.care.redis_lost(error)
            else:
                self.care.redis_heard()
                self._mine = held is Held.MINE
                if self._mine:
                    self._sure_until = asked + LIFE_MS / 1000
            await asyncio.sleep(max(0.05, TURN_S - (loop.time() - asked)))

    async def _ask(self, now: float) -> Held:
        if self._mine:
            held = await self.lease.renew()
            return await self.lease.take() if held is Held.NOBODYS else held
        held = await self.lease.renew()
        if held is not Held.NOBODYS:
            self._absent_since = None
            if not self.standing_by:
                self.standing_by = True
                log.info("this alerter stands by", alerter=self.plan.name)
            return held
        if self._absent_since is None:
            self._absent_since = now
        return await self.lease.take() if now - self._absent_since >= ABSENT_S else held
