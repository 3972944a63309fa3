"""The active alerter's work: read, decide, write down, tell, show; over and over, until the lease is another's.

What is decided is in the topic before anybody is told, and Redis is told that entries are worked off only after that.
While Redis is away nothing is decided, for the lease may be another's by now; only our own troubles are told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from redis import exceptions as errors

from alerts.budgets import burning_at
from alerts.burns import FAMILY
from alerts.decider import Decider, Decision
from alerts.entry import EntryError, entry_from
from alerts.lookout import Lookout
from alerts.memory import Silence
from alerts.notice import Kind, Notice, NoticeAlert
from alerts.records import Record, request_record
from alerts.showing import alert_fields, burn_fields, group_fields, silence_fields
from models.instant import parse_ms
from sinks import keys
from sinks.alerts_redis import Looked, StreamEntry
from sinks.alerts_topic import Row

if TYPE_CHECKING:
    from alerts.alerter import Alerter

log = structlog.get_logger(__name__)

REDIS_ERRORS = (errors.RedisError, OSError, TimeoutError)
AT_ONCE = 1000
LONGEST_WAIT_MS = 250
LOOK_MS = 1000
#: Of so many clocks a notice tells the ledger; of more nobody reads it.
LEDGERS = 20
_LOOK_S, _READ_S = 3.0, 0.5


class Shift:
    """The work from a takeover to the loss of the lease."""

    def __init__(self, alerter: Alerter, epoch: int) -> None:
        self._alerter = alerter
        self._epoch = epoch
        self.decider = Decider(alerter.plan.rules, alerter.plan.book, alerter.memory)
        self.at = alerter.plan.clock()  # when it last got round
        self._lookout = Lookout()
        self._looked: Looked | None = None
        self._looked_at = 0
        self._unfinished = True
        self._told: list[Notice] = []  # written down, to be handed to the post
        self._shown_silences: dict[str, Silence] = {}

    async def run(self, until: asyncio.Event) -> None:
        """Works until told to end, or until the lease is another's."""
        for notice in self.decider.unsent():
            log.warning("sent again, for nobody wrote down whether it was", notice=notice.key, receiver=notice.receiver)
            self._told.append(notice)
        while not until.is_set() and self._alerter.mine:
            if not self._alerter.sure:
                await asyncio.sleep(0.05)
            elif not await self._turn():
                return

    async def _turn(self) -> bool:
        """Once round; False when another has taken over."""
        try:
            entries = await self._read()
            if entries or self._alerter.plan.clock() - self._looked_at >= LOOK_MS:
                await self._look()
        except REDIS_ERRORS as error:
            self._alerter.care.redis_lost(error)
            self._unfinished = True
            await asyncio.sleep(0.1)
            return True
        self._take(entries)
        extra = await self._commands()
        if extra is None:
            return False
        now = self._alerter.plan.clock()
        decision = self.decider.decide(now, caught_up=len(entries) < AT_ONCE and not self._unfinished)
        records = [*decision.records, *extra]
        if records:
            await self._alerter.topic.write(records, self._epoch)
        self._told += decision.notices
        await self._tell()
        self.at = self._alerter.plan.clock()
        try:
            await self._show(decision)
            await self._alerter.redis.finish(entries)
        except REDIS_ERRORS:
            self._looked = self._looked and self._looked._replace(shown=None)
        return True

    async def _tell(self) -> None:
        """Hands over what is written down, for as long as nobody else can be active: else it is theirs to tell."""
        while self._told and self._alerter.sure:
            notice = await self._with_ledgers(self._told[0])
            if self._alerter.sure:
                self._alerter.submit(notice)
                del self._told[0]

    async def _read(self) -> list[StreamEntry]:
        redis = self._alerter.redis
        if self._unfinished:
            entries = await redis.unfinished(AT_ONCE)
            self._unfinished = bool(entries)
            return entries
        now = self._alerter.plan.clock()
        due = self.decider.next_at(now)
        wait = LONGEST_WAIT_MS if due is None else min(LONGEST_WAIT_MS, due - now)
        return await redis.read(AT_ONCE, max(1, wait))

    def _take(self, entries: Sequence[StreamEntry]) -> None:
        now = self._alerter.plan.clock()
        found = []
        for one in entries:
            try:
                if one.stream == keys.ACKS and one.fields:
                    self._acknowledge(one.fields)
                elif one.fields:
                    found.append(entry_from(one.fields))
            except (EntryError, KeyError, ValueError) as error:
                log.error("an entry of a stream cannot be read, and is left out", stream=one.stream, id=one.id, why=str(error))  # noqa: E501, TRY400
        self.decider.take(found, now)

    def _acknowledge(self, fields: dict[str, str]) -> None:
        if not self.decider.acknowledge(fields["alert"], fields["by"], parse_ms(fields["at"])):
            log.warning("an acknowledgement of what is not known", alert=fields["alert"], by=fields["by"])

    async def _commands(self) -> list[Record] | None:
        """Takes what commands wrote; answers what is to be written for it. None: another alerter has taken over."""
        found: list[Record] = []
        for row in await self._alerter.topic.rows(0):
            if row.epoch is None:
                self._alerter.fold(row)
            elif row.epoch > self._epoch:
                self._alerter.fold(row)
                return None
            elif row.epoch < self._epoch:
                found += self._over_again(row)
        for request in list(self._alerter.memory.requests.values()):
            self.decider.acknowledge(request.alert, request.by, request.at)
            del self._alerter.memory.requests[request.id]
            found.append((request_record(request)[0], None))
        return found

    def _over_again(self, row: Row) -> list[Record]:
        """An older alerter woke and wrote over what a newer one had written: ours is written again."""
        log.warning("an older alerter wrote to sla-alerts after it had been replaced", key=row.key)
        from alerts.records import alert_record, episode_record, group_record, step_record  # noqa: PLC0415 - as rare as can be

        family, _, name = row.key.partition("/")
        memory = self._alerter.memory
        if family == "alert" and name in memory.alerts:
            return [alert_record(memory.alerts[name])]
        if family == "group" and name in memory.groups:
            return [group_record(memory.groups[name])]
        if family == "step" and name in memory.steps:
            return [step_record(memory.steps[name])]
        if family == "episode" and name in memory.episodes:
            return [episode_record(memory.episodes[name])]
        return []

    # What is looked up

    async def _look(self) -> None:
        now = self._alerter.plan.clock()
        edition = self._alerter.plan.book.edition_at(now)
        objectives = [one.name for one in edition.objectives]
        async with asyncio.timeout(_LOOK_S):
            looked = await self._alerter.redis.look(objectives)
        self._alerter.care.heard(looked.health)
        filled = any(name.startswith("partition:") for name in looked.health)
        self.decider.see(self._lookout.incidents(looked.incidents, looked.issue_keys, now, filled=filled))
        self._lookout.know(looked.budgets, objectives)
        if self._lookout.budgets:
            self.decider.burning(burning_at(self._lookout.budgets, now))
        self._looked, self._looked_at = looked, now

    async def _with_ledgers(self, notice: Notice) -> Notice:
        """The notice with the clocks' ledgers, where they can be had at once: it never waits for them."""
        if notice.kind not in (Kind.FIRING, Kind.ESCALATION, Kind.DIGEST) or not 0 < len(notice.alerts) <= LEDGERS:
            return notice
        try:
            ids = [one.ticket for one in notice.alerts]
            async with asyncio.timeout(_READ_S):
                docs = await self._alerter.redis.tickets(ids)
        except REDIS_ERRORS:
            return notice
        pairs = zip(notice.alerts, docs, strict=True)
        return replace(notice, alerts=tuple(replace(one, clock=_clock(one, doc)) for one, doc in pairs))

    # What is shown

    async def _show(self, decision: Decision) -> None:
        memory, redis = self._alerter.memory, self._alerter.redis
        names: set[str] = set(decision.shown)
        emptied = self._looked is not None and self._looked.shown != str(self._epoch)
        if emptied:
            names |= {one.id for one in memory.alerts.values() if not one.closed}
            names |= {one.id for one in memory.groups.values() if one.members}
            names |= {name for name in memory.episodes if name.startswith(FAMILY)}
            self._shown_silences = {}
        fields = {name: (alert_fields(memory.alerts[name]), memory.alerts[name].over)
                  for name in names if name in memory.alerts}  # fmt: skip
        fields |= {name: (group_fields(memory.groups[name]), not memory.groups[name].members)
                   for name in names if name in memory.groups}  # fmt: skip
        fields |= {name: (burn_fields(memory.episodes[name]), False) for name in names if name in memory.episodes}
        fields |= {name: ({"status": "ended"}, True) for name in decision.shown - memory.episodes.keys()
                   if name.startswith(FAMILY) and name not in fields}  # fmt: skip
        if fields:
            await redis.show_alerts(fields)
        now = self._alerter.plan.clock()
        for silence in memory.silences.values():
            if self._shown_silences.get(silence.id) != silence and silence.ends_at > now - 86_400_000:
                await redis.show_silence(silence_fields(silence), silence.ends_at)
                self._shown_silences[silence.id] = silence
        if emptied and self._looked is not None:
            await redis.mark_shown(self._epoch)
            self._looked = self._looked._replace(shown=str(self._epoch))


def _clock(alert: NoticeAlert, doc: dict[str, Any] | None) -> dict[str, Any] | None:
    clocks = doc.get("clocks", []) if doc else []
    return next((one for one in clocks if (one["metric"], one["cycle"]) == (alert.metric, alert.cycle)), None)
