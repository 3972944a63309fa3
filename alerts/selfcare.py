"""How an alerter looks after itself: what became of notices, its own troubles, the sign of life.

It runs beside the active alerter's work, so that it can speak while that waits for Kafka or Redis.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from aiokafka.errors import KafkaError

from alerts.decider import Decider
from alerts.labels import digest
from alerts.memory import DELIVERED, FAILED, Memory
from alerts.notice import Delivered, Failed, Kind, Notice, Outcome, Severity
from alerts.places import BY_SOME_WAYS
from alerts.records import Record, mark_record
from alerts.rules import Rules
from alerts.watch import DEAD_LETTERS, Failing, Signs, Watch

if TYPE_CHECKING:
    from alerts.alerter import Alerter

log = structlog.get_logger(__name__)

LOOK_S = 1.0
KAFKA_S = 3.0
#: When the work has not got round for so long, troubles are told past it.
STUCK_MS = 2_000
#: A sign of life says that there is life: not when the work has stood still for so long without a known reason.
DEAD_MS = 60_000
#: One who stands by speaks of Redis only when the active one, who has to be dead then, did not.
STANDBY_MS = 30_000
REFRESH_MS = 60_000
#: What was heard longer ago is not judged.
FRESH_MS = 5_000


class SelfCare:
    """One for each alerter, active or not."""

    def __init__(self, alerter: Alerter) -> None:
        self._alerter = alerter
        self._watch: Watch | None = None
        self._health: dict[str, str] | None = None
        self._heard_at = 0
        self._redis_away_since: int | None = None
        self._kafka_away_since: int | None = None
        self._failing: dict[str, Failing] = {}
        self._to_write: list[Record] = []
        self._wake = asyncio.Event()
        self._beat_slot = 0
        self._refreshed_at = 0
        self._was_active = False

    # What it hears

    def redis_lost(self, error: Exception) -> None:
        """Redis did not answer, or not what was asked."""
        if self._redis_away_since is None:
            self._redis_away_since = self._alerter.plan.clock()
            log.warning("redis is away, waiting for it", redis=_address(self._alerter), reason=repr(error))

    def redis_heard(self) -> None:
        """Redis has answered."""
        if self._redis_away_since is not None:
            away_s = (self._alerter.plan.clock() - self._redis_away_since) / 1000
            log.info("redis answers again", redis=_address(self._alerter), away_s=away_s)
        self._redis_away_since = None

    def heard(self, health: dict[str, str]) -> None:
        """What `sla:health` says."""
        self._health, self._heard_at = health, self._alerter.plan.clock()

    async def told(self, notice: Notice, outcome: Outcome) -> None:
        """What came of an attempt."""
        alerter = self._alerter
        now = alerter.plan.clock()
        told_by_all = notice.kind not in BY_SOME_WAYS or not isinstance(outcome, Delivered)
        if told_by_all:
            alerter.count(notice, outcome)
        if notice.receiver not in alerter.plan.rules.receivers or not told_by_all:
            pass  # one that the rules have no more: nobody is to mend it; or perhaps none of its ways was asked
        elif isinstance(outcome, Delivered):
            if self._failing.pop(notice.receiver, None):
                log.info("a receiver takes notices again", receiver=notice.receiver)
        else:
            known = self._failing.get(notice.receiver)
            if known is None:
                log.warning("a receiver takes no notice", receiver=notice.receiver, why=outcome.reason)
            given_up = isinstance(outcome, Failed) or (known is not None and known.given_up)
            self._failing[notice.receiver] = Failing(known.since if known else now, given_up, outcome.reason)
        if alerter.shift is not None:
            self._write_soon(alerter.shift.decider.told(notice, outcome, now))

    # What it does

    async def run(self) -> None:
        """Runs until cancelled."""
        await asyncio.gather(self._write(), self._look_after(), self._ask_kafka())

    async def write_last(self, patience_s: float) -> None:
        """Writes down what came of the last notices, if that can be done in so long."""
        if self._to_write and self._alerter.memory.holder == self._alerter.plan.name:
            records, self._to_write = self._to_write, []
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await self._alerter.topic.write(records, self._alerter.memory.epoch)

    def _write_soon(self, records: list[Record]) -> None:
        self._to_write += records
        if self._to_write:
            self._wake.set()

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            records, self._to_write = self._to_write, []
            if records:
                await self._alerter.topic.write(records, self._alerter.memory.epoch)

    async def _ask_kafka(self) -> None:
        while True:
            try:
                await self._alerter.topic.end()
            except (KafkaError, OSError, TimeoutError):
                if self._kafka_away_since is None:
                    self._kafka_away_since = self._alerter.plan.clock()
            else:
                self._kafka_away_since = None
            await asyncio.sleep(KAFKA_S)

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            now = self._alerter.plan.clock()
            if self._alerter.shift is not None:
                self._as_active(now)
            else:
                self._as_standby(now)

    def _as_active(self, now: int) -> None:
        shift, plan = self._alerter.shift, self._alerter.plan
        if shift is None:
            return
        decider = shift.decider
        if self._watch is None or not self._was_active:
            self._watch, self._was_active = Watch(decider.memory.marks.get(DEAD_LETTERS)), True
            self._failing = {**failing_of(decider.memory, plan.rules), **self._failing}
        # What was heard before the work stood still, or this process did, says nothing about now.
        fresh = self._redis_away_since is None and now - self._heard_at <= FRESH_MS
        health = self._health if fresh else None
        away = (self._redis_away_since, self._kafka_away_since)
        signs = Signs(now, health, _address(self._alerter), plan.access.servers, *away, dict(self._failing))
        troubles = self._watch.look(signs)
        told = self._watch.dead_letters
        if told is not None and decider.memory.marks.get(DEAD_LETTERS) != told:
            decider.memory.marks[DEAD_LETTERS] = told
            self._write_soon([mark_record(DEAD_LETTERS, told)])
        decider.unwell(troubles, self._watch.unknown)
        # The work writes down before it tells: of a Kafka that does not answer it would tell when that answers again.
        cannot_wait = now - shift.at >= STUCK_MS or self._kafka_away_since is not None
        if cannot_wait and (self._alerter.sure or self._redis_away_since is not None):
            self._past_the_work(decider, now)
        if now - shift.at < DEAD_MS or "redis" in troubles or "kafka" in troubles:
            self._beat(decider, now)
        if now - self._refreshed_at >= REFRESH_MS and self._alerter.sure:
            self._refreshed_at = now
            for name, receiver in plan.rules.receivers.items():
                for notice in decider.refresh(name, now) if receiver.alertmanager is not None else ():
                    self._alerter.submit(notice)

    def _as_standby(self, now: int) -> None:
        """Only where the active one cannot be there to say it: Redis is away, and nobody has said so."""
        self._was_active = False
        memory, away = self._alerter.memory, self._redis_away_since
        if away is None or now - away < STANDBY_MS or "self/redis" in memory.episodes:
            return
        plan = self._alerter.plan
        decider = Decider(plan.rules, plan.book, memory)
        watch = Watch(None)
        others = {key.removeprefix("self/") for key in memory.episodes if key.startswith("self/")}
        decider.unwell(watch.look(Signs(now, None, _address(self._alerter), plan.access.servers, away)), others)
        self._past_the_work(decider, now)

    def _past_the_work(self, decider: Decider, now: int) -> None:
        decision = decider.decide_unwell(now)
        self._write_soon(decision.records)
        for notice in decision.notices:
            self._alerter.submit(notice)

    def _beat(self, decider: Decider, now: int) -> None:
        watchdog = self._alerter.plan.rules.watchdog
        if watchdog is None or now // watchdog.every == self._beat_slot:
            return
        self._beat_slot = now // watchdog.every
        person = decider.reach(watchdog.to, now)
        key = digest(person.receiver, Kind.HEARTBEAT.value, str(self._beat_slot))
        receiver = self._alerter.plan.rules.receivers[person.receiver]
        group, zone = digest(person.receiver, Kind.HEARTBEAT.value), self._alerter.plan.book.zone
        sign = Notice(key, group, person.receiver, Kind.HEARTBEAT, Severity.INFO, now, lang=receiver.lang, zone=zone)
        self._alerter.submit(replace(sign, recipient=person.recipient))


def failing_of(memory: Memory, rules: Rules) -> dict[str, Failing]:
    """The receivers whose last notice was given up, as far as is remembered."""
    found: dict[str, Failing] = {}
    for step in sorted(memory.steps.values(), key=lambda one: one.done_at or 0):
        if step.receiver in rules.receivers and step.state == FAILED:
            found[step.receiver] = Failing(step.at, given_up=True, reason=step.detail)
        elif step.state == DELIVERED:
            found.pop(step.receiver, None)
    for key, episode in memory.episodes.items():  # told to fail, and not yet heard to take anything again
        name = key.removeprefix("self/target/")
        if name != key and name in rules.receivers:
            trouble = episode.says.get("trouble", {})
            found[name] = Failing(trouble.get("since", episode.since), given_up=True, reason=trouble.get("detail", ""))
    return found


def _address(alerter: Alerter) -> str:
    return alerter.redis.link.address
