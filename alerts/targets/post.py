"""The post: for each way to each receiver a queue of its own, tried again with growing pauses, in order.

A way is one address of a receiver. A dead one holds up neither other receivers nor the receiver's other ways. A notice
is told to be delivered once all ways of its receiver have taken it, and failed once all are done and one never took it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import structlog

from alerts.notice import Delivered, Failed, Kind, Notice, Outcome, Retry, Told
from alerts.targets.judging import Uncertain
from alerts.targets.patience import FLEETING, pause_s, tried_for

log = structlog.get_logger(__name__)

Sleep = Callable[[float], Awaitable[None]]


class Closing(Protocol):
    """A target that keeps a connection."""

    async def send(self, notice: Notice) -> Outcome:
        """One attempt."""

    async def close(self) -> None:
        """Lets it go."""


#: How often whoever may not tell just now asks again, in seconds.
ASK_AGAIN_S = 0.05


@dataclass(slots=True)
class Letter:
    """A notice on its way: where it still has to arrive, and where it never will."""

    notice: Notice
    since: int  # ms: when it was queued
    waiting: set[str]
    refusals: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the ways share. `chance` is in [0, 1)."""

    told: Told
    clock: Callable[[], int]
    sleep: Sleep
    chance: Callable[[], float]
    may: Callable[[Notice], bool]  # whether nobody else can be telling it now


class Way:
    """One address of a receiver, with its queue."""

    def __init__(self, name: str, target: Closing, ground: Ground) -> None:
        self.name: Final = name
        self._target = target
        self._ground = ground
        self._queue: deque[Letter] = deque()
        self._filled = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._failures = 0
        self._reason = ""  # of the latest failure
        self._task: asyncio.Task[None] | None = None

    def put(self, letter: Letter) -> list[Letter]:
        """Queues a letter; answers those that it makes needless."""
        notice, outdated = letter.notice, []
        if notice.kind in FLEETING:
            outdated = [one for one in list(self._queue)[1:] if _outdated(one.notice, notice)]
            for one in outdated:
                self._queue.remove(one)
        self._queue.append(letter)
        self._idle.clear()
        self._filled.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name=f"post {self.name}")
        return outdated

    async def emptied(self) -> None:
        """Waits until nothing is queued."""
        await self._idle.wait()

    async def close(self) -> None:
        """Ends at once."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._target.close()

    async def _run(self) -> None:
        while True:
            if not self._queue:
                self._idle.set()
                self._filled.clear()
                await self._filled.wait()
            # It stays at the head while it is at work, so that nothing overtakes it.
            letter = self._queue[0]
            outcome = await self._deliver(letter)
            self._queue.remove(letter)
            await arrived(letter, self.name, outcome, self._ground.told)

    async def _deliver(self, letter: Letter) -> Delivered | Failed:
        """Tries until it is taken, refused for good, or has been tried for long enough."""
        notice, ground, patience = letter.notice, self._ground, tried_for(letter.notice.kind)
        while True:
            # What has waited behind others for its whole time is not tried while they fail: each may take long.
            if self._failures and patience and ground.clock() - letter.since >= patience:
                return Failed(f"{self._reason}; tried for {patience // 60_000} minutes")
            while not ground.may(notice):  # asked last: what has waited here may be another alerter's by now
                await ground.sleep(ASK_AGAIN_S)
            outcome = await self._attempt(notice)
            if not isinstance(outcome, Retry):
                self._failures = 0
                return outcome
            self._failures, self._reason = self._failures + 1, outcome.reason
            if not patience:
                return Failed(outcome.reason)
            await tell(ground.told, letter.notice, Retry(outcome.reason, outcome.after_s))
            if isinstance(outcome, Uncertain):
                notice = replace(notice, repeated=True)
            await ground.sleep(pause_s(self._failures, ground.chance(), outcome.after_s))

    async def _attempt(self, notice: Notice) -> Outcome:
        try:
            return await self._target.send(notice)
        except Exception as error:  # noqa: BLE001 - a bug in one target must not silence the others; no text: see hiding
            log.error("a target failed in a way that it should not", way=self.name, error=type(error).__name__)  # noqa: TRY400
            return Retry(f"{self.name}: unexpected {type(error).__name__}")


async def arrived(letter: Letter, way: str, outcome: Delivered | Failed, told: Told) -> None:
    """One way is done with a letter; the last one tells what came of it."""
    letter.waiting.discard(way)
    if isinstance(outcome, Failed):
        letter.refusals.append(outcome.reason)
    if not letter.waiting:
        await tell(told, letter.notice, Failed("; ".join(letter.refusals)) if letter.refusals else Delivered())


async def tell(told: Told, notice: Notice, outcome: Outcome) -> None:
    """Tells an outcome; an error there is a bug, and must not end the post."""
    try:
        await told(notice, outcome)
    except Exception:
        log.exception("an outcome could not be taken down", notice=notice.key)


class AllPost:
    """All receivers. To be made and used inside one running loop."""

    def __init__(
        self, ways: Mapping[str, Mapping[str, Closing]], ground: Ground, needs: Mapping[Kind, tuple[str, ...]]
    ) -> None:
        """`needs` tells of some kinds of notices how the names of the ways end that take them."""
        self._ground = ground
        self._needs = needs
        self._ways = {
            receiver: [Way(name, target, ground) for name, target in targets.items()]
            for receiver, targets in ways.items()
        }
        self._errands: set[asyncio.Task[None]] = set()

    def submit(self, notice: Notice) -> None:
        """Queues a notice at every way of its receiver that is meant; neither blocks nor raises."""
        wanted = self._needs.get(notice.kind, ("",))
        ways = [way for way in self._ways.get(notice.receiver, ()) if way.name.endswith(wanted)]
        if not ways:
            known = notice.receiver in self._ways
            self._soon(notice, Delivered() if known else Failed(f"there is no receiver {notice.receiver!r}"))
            return
        letter = Letter(notice, self._ground.clock(), {way.name for way in ways})
        for way in ways:
            for outdated in way.put(letter):
                self._errand(arrived(outdated, way.name, Failed("a newer one took its place"), self._ground.told))

    async def close(self, patience_s: float) -> None:
        """Lets what is queued go out for so long, then ends; what is left is told to nobody and stays open."""
        ways = [way for several in self._ways.values() for way in several]
        waits = [asyncio.create_task(way.emptied()) for way in ways]
        if waits or self._errands:
            _, late = await asyncio.wait([*waits, *self._errands], timeout=patience_s)
            for task in late:
                task.cancel()
        for way in ways:
            await way.close()

    def _soon(self, notice: Notice, outcome: Outcome) -> None:
        self._errand(tell(self._ground.told, notice, outcome))

    def _errand(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


def _outdated(one: Notice, newer: Notice) -> bool:
    """Of one instant there may be several: what is active may take more than one notice."""
    return one.kind is newer.kind and one.group_key == newer.group_key and one.at < newer.at
