"""The Redis view's twin in memory: the same keys, the same answers, no server.

`shelf.keys` holds what Redis would hold. For tests, for notebooks, and as the plainest statement of what the scripts
do; the same table of laws is run against both. Its clock is the newest instant that a write told it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from models.egress import TicketWrite
from models.instant import format_ms
from models.kpi import Document
from models.scope import encode
from sinks import beat as beats
from sinks import keys
from sinks.flat import texts
from sinks.memory_ticket import RememberedTicket, TicketDesk
from sinks.redis_documents import DAY_MS, SLOTS_MS, Operation, operations
from sinks.shelf import Shelf
from sinks.view import Deadline, Fence, HealthReport, Outcome, PartitionBeat, WorkerBeat


class MemoryView:
    """Both sides of the view, writing (`View`) and reading (`Reader`), in one process."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.flush()
        self._acked: dict[int, int] = {}
        self._acked_documents: dict[str, tuple[int, int]] = {}

    def flush(self) -> None:
        """FLUSHALL: what a Redis without a disk knows after a restart."""
        self.shelf.clear()
        self._owners: dict[int, tuple[int, int]] = {}  # partition → epoch, last seq
        self._tickets: dict[str, RememberedTicket] = {}
        self._kept: dict[int, set[str]] = {}
        self._fences: dict[str, tuple[int, int]] = {}
        self._counters: dict[int, Mapping[str, int]] = {}
        self._workers: dict[str, tuple[int, WorkerBeat]] = {}

    async def take_over(self, partition: int, epoch: int, *, unless_emptied: bool = False) -> Outcome:
        """See `View.take_over`."""
        self._acked[partition] = 0
        known, _ = self._owners.get(partition, (-1, 0))
        if known > epoch:
            return Outcome.REFUSED
        if known < epoch and not (known < 0 and unless_emptied):
            self._owners[partition] = (epoch, 0)
        return Outcome.EMPTIED if known < 0 else Outcome.WRITTEN

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
        outcome = self._owned(partition, epoch)
        if not writes or outcome is not Outcome.WRITTEN:
            return outcome if writes else Outcome.WRITTEN
        self.shelf.pass_time(now_ms)
        desk = TicketDesk(self.shelf, now_ms, refilling=refilling, told_until=told_until)
        for seq, write in enumerate(writes, first_seq):
            self._write(desk, partition, epoch, seq, write)
            self._acked[partition] = max(self._acked.get(partition, 0), seq)
            for scope in {member.scope for member in write.members if member.scope}:
                self.shelf.add(keys.SCOPES, scope)
        return Outcome.WRITTEN

    async def sweep(self, partition: int, epoch: int, now_ms: int) -> Outcome:
        """See `View.sweep`."""
        outcome = self._owned(partition, epoch)
        if outcome is Outcome.WRITTEN:
            desk = TicketDesk(self.shelf, now_ms, refilling=False)
            for ticket_id in list(self._kept.get(partition, ())):
                self._write(desk, partition, epoch, 0, TicketWrite(ticket_id, None))
        return outcome

    async def write_documents(
        self, fence: Fence, documents: Iterable[Document], now_ms: int, *, whole: bool = False
    ) -> Outcome:
        """See `View.write_documents`."""
        owner, *stamp = fence
        known = self._fences.get(owner)
        if known is not None and known > tuple(stamp):
            return Outcome.REFUSED
        acked_epoch, acked = self._acked_documents.get(owner, (-1, 0))
        least = (fence.epoch, acked if acked_epoch == fence.epoch else 0)
        if not whole and (known is None or known < least):
            return Outcome.EMPTIED
        self._fences[owner] = self._acked_documents[owner] = (fence.epoch, fence.seq)
        self.shelf.pass_time(now_ms)
        for operation in operations(documents):
            self._perform(operation, now_ms)
        return Outcome.WRITTEN

    def _perform(self, operation: Operation, now_ms: int) -> None:
        """As `redis_documents.lua` does it."""
        how, key, name, value, scope = operation
        verb, _, lifetime = how.partition(":")
        text = value.decode() if isinstance(value, bytes) else value
        if verb == "hset":
            self.shelf.set_field(key, name, text)
        elif verb == "replace":
            flat = orjson.loads(text)
            self.shelf.put(key, dict(zip(flat[::2], flat[1::2], strict=True)))
        elif verb == "set":
            self.shelf.put(key, text.encode())
        elif verb == "since":
            for early in [early for early in self.shelf.keys.get(key, {}) if early < text]:
                self.shelf.drop_field(key, early)
            return
        elif verb == "announce":
            self._announce(key, name, int(lifetime), orjson.loads(text))
            return
        elif name:
            self.shelf.drop_field(key, name)
        else:
            self.shelf.drop(key)
        if lifetime:
            self.shelf.expire(key, now_ms + int(lifetime))
        if scope:
            self.shelf.add(keys.SCOPES, scope)

    def _announce(self, key: str, name: str, revision: int, flat: Sequence[str]) -> None:
        if int(self.shelf.keys.get(keys.ANNOUNCED, {}).get(name, 0)) < revision:
            self.shelf.append(key, dict(zip(flat[::2], flat[1::2], strict=True)))
            self.shelf.set_field(keys.ANNOUNCED, name, str(revision))

    async def write_health(self, beat: WorkerBeat, partitions: Sequence[PartitionBeat], now_ms: int) -> HealthReport:
        """See `View.write_health`."""
        outcomes = {one.partition: self._owned(one.partition, one.epoch) for one in partitions}
        for one in partitions:
            if outcomes[one.partition] is Outcome.WRITTEN:
                field = beats.partition_field(one, beat.worker).decode()
                self.shelf.set_field(keys.HEALTH, f"partition:{one.partition}", field)
                self._counters[one.partition] = beats.counters(one)
        for name in {name for counters in self._counters.values() for name in counters}:
            total = sum(counters.get(name, 0) for counters in self._counters.values())
            self.shelf.set_field(keys.HEALTH, name, str(total))
        self._workers[beat.worker] = (now_ms, beat)
        alive = {name: (at, one) for name, (at, one) in self._workers.items() if now_ms - at <= beats.ALIVE_MS}
        self._workers = alive
        lines = {name: beats.policies_line(one) for name, (_, one) in sorted(alive.items())}
        differing = {name: one.digest for name, (_, one) in alive.items() if one.digest != beat.digest}
        said = {"build": beat.build, "policies": orjson.dumps(lines).decode(), "policies_differ": bool(differing)}
        for name, text in texts(said).items():
            self.shelf.set_field(keys.HEALTH, name, text)
        return HealthReport(outcomes, differing)

    async def trim(self, now_ms: int, today_ms: int) -> int:
        """See `View.trim`; here all at once."""
        stays, first_slot, removed = min(now_ms - DAY_MS, today_ms), format_ms(now_ms - SLOTS_MS), 0
        for scope in list(self.shelf.keys.get(keys.SCOPES, ())):
            decided, day = keys.decided(scope), keys.day(scope)
            old = [member for member, score in self.shelf.keys.get(decided, {}).items() if score < stays]
            slots = [start for start in self.shelf.keys.get(day, {}) if start < first_slot]
            for member in old:
                self.shelf.remove(decided, member)
            for start in slots:
                self.shelf.drop_field(day, start)
            removed += len(old) + len(slots)
        return removed

    async def scopes(self) -> set[str]:
        """See `View.scopes` and `Reader.scopes`."""
        return set(self.shelf.keys.get(keys.SCOPES, ()))

    async def read_ticket(self, ticket_id: str) -> dict[str, Any] | None:
        """See `Reader.read_ticket`."""
        return self._json(keys.ticket(ticket_id))

    async def read_breach(self, breach_id: str) -> dict[str, str] | None:
        """See `Reader.read_breach`."""
        return dict(self.shelf.keys.get(keys.breach(breach_id), {})) or None

    async def read_kpis(self, scope: str) -> dict[str, dict[str, Any]]:
        """See `Reader.read_kpis`."""
        return {window: orjson.loads(text) for window, text in self.shelf.keys.get(keys.kpi(scope), {}).items()}

    async def read_live(self, scope: str) -> dict[str, str]:
        """See `Reader.read_live`."""
        return dict(self.shelf.keys.get(keys.live(scope), {}))

    async def read_day(self, scope: str) -> dict[str, dict[str, Any]]:
        """See `Reader.read_day`."""
        return {start: orjson.loads(text) for start, text in sorted(self.shelf.keys.get(keys.day(scope), {}).items())}

    async def read_period(self, period: str, subject: str) -> dict[str, Any] | None:
        """See `Reader.read_period`."""
        return self._json(keys.period(period, subject))

    async def read_tickets(self, ticket_ids: Sequence[str]) -> list[dict[str, Any] | None]:
        """See `Reader.read_tickets`."""
        return [self._json(keys.ticket(one)) for one in ticket_ids]

    async def read_due(self, scope: str, limit: int, since_ms: int = 0) -> list[Deadline]:
        """See `Reader.read_due`."""
        return [Deadline(*one) for one in self._scored(keys.due(scope)) if one[1] >= since_ms][:limit]

    async def read_overdue(self, scope: str, now_ms: int, limit: int) -> list[Deadline]:
        """See `Reader.read_overdue`."""
        past = [Deadline(*one) for one in self._scored(keys.due(scope)) if one[1] < now_ms]
        return past[::-1][:limit]

    async def read_open(self, scope: str, limit: int) -> list[tuple[str, int]]:
        """See `Reader.read_open`."""
        return self._scored(keys.open_(scope))[:limit]

    async def read_decided(self, scope: str, since_ms: int, until_ms: int) -> list[tuple[str, int]]:
        """See `Reader.read_decided`."""
        return [one for one in self._scored(keys.decided(scope)) if since_ms <= one[1] < until_ms]

    async def read_health(self) -> dict[str, str]:
        """See `Reader.read_health`."""
        return dict(self.shelf.keys.get(keys.HEALTH, {}))

    async def read_lives(self, scopes: Sequence[str]) -> list[dict[str, str]]:
        """See `Reader.read_lives`."""
        return [await self.read_live(one) for one in scopes]

    async def read_window(self, scopes: Sequence[str], window: str) -> list[dict[str, Any] | None]:
        """See `Reader.read_window`."""
        return [(await self.read_kpis(one)).get(window) for one in scopes]

    async def read_slots(self, scope: str, starts: Sequence[str]) -> list[dict[str, Any] | None]:
        """See `Reader.read_slots`."""
        slots = await self.read_day(scope)
        return [slots.get(start) for start in starts]

    async def read_active(self, since_ms: int, until_ms: int, limit: int) -> list[Deadline]:
        """See `Reader.read_active`."""
        return [Deadline(*one) for one in self._scored(keys.ACTIVE) if since_ms <= one[1] <= until_ms][:limit]

    async def read_active_of(self, breach_ids: Sequence[str]) -> list[int | None]:
        """See `Reader.read_active_of`."""
        return [self.shelf.keys.get(keys.ACTIVE, {}).get(one) for one in breach_ids]

    async def read_due_of(self, breach_ids: Sequence[str]) -> list[int | None]:
        """See `Reader.read_due_of`."""
        return [self.shelf.keys.get(keys.DUE_ALL, {}).get(one) for one in breach_ids]

    async def read_alerts(self, alert_ids: Sequence[str]) -> list[dict[str, str] | None]:
        """See `Reader.read_alerts`."""
        return [dict(self.shelf.keys.get(keys.alert(one), {})) or None for one in alert_ids]

    async def read_budgets(self, objectives: Sequence[str]) -> list[dict[str, Any] | None]:
        """See `Reader.read_budgets`."""
        return [self._json(keys.budget(one)) for one in objectives]

    def _owned(self, partition: int, epoch: int) -> Outcome:
        known, reached = self._owners.get(partition, (-1, 0))
        if known > epoch:
            return Outcome.REFUSED
        return Outcome.EMPTIED if known < epoch or reached < self._acked.get(partition, 0) else Outcome.WRITTEN

    def _write(self, desk: TicketDesk, partition: int, epoch: int, seq: int, write: TicketWrite) -> None:
        ticket = encode(write.ticket_id)
        was = self._tickets.get(ticket)
        if was is not None and (was.epoch, was.seq) >= (epoch, seq):
            return
        known, reached = self._owners[partition]
        self._owners[partition] = (known, max(reached, seq))
        if was is None and write.doc is None and not write.breaches:
            return
        self._tickets[ticket] = desk.write(write, was, epoch, seq)
        held = self._kept.setdefault(partition, set())
        if write.doc is None:
            held.discard(write.ticket_id)
        else:
            held.add(write.ticket_id)

    def _json(self, key: str) -> dict[str, Any] | None:
        raw = self.shelf.keys.get(key)
        return None if raw is None else orjson.loads(raw)

    def _scored(self, key: str) -> list[tuple[str, int]]:
        return sorted(self.shelf.keys.get(key, {}).items(), key=lambda one: (one[1], one[0]))
