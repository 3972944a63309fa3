"""A worker's life: it runs until it is told to end, wakes partitions whose time has come, and says that it lives."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from typing import TYPE_CHECKING, Any

import structlog

from sinks.view import Outcome
from streams import topics
from streams.clock import today_ms
from streams.errors import Unusable

if TYPE_CHECKING:
    from streams.app import App

log = structlog.get_logger(__name__)

TICK_S = 0.05
BEAT_S = 1.0
TRIM_EVERY = 10  # beats
GROWN_EVERY = 5  # beats
COLLECT_EVERY = 4  # ticks: the less is new, the shorter a pause; the more often, the more of it would go by itself
#: How long one thread may keep others from Python's lock, by default 5 ms: the consumer's asks for it several times
#: between a fetch and the next one.
SWITCH_S = 0.001
PATIENCE_S = 8.0  # that a step may take when the worker is told to end


class Fatal:
    """Remembers the first error that a worker cannot live with, and tells who waits for it."""

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self.happened = asyncio.Event()

    def __call__(self, error: BaseException) -> None:
        """Tells of an error."""
        if self.error is None:
            self.error = error
            if isinstance(error, Unusable):
                log.error("the worker cannot go on", mend=str(error))
            else:
                what = "this is a bug: the worker ends, so that nothing is lost"
                log.critical(what, error=repr(error), exc_info=error)
        self.happened.set()


async def run_app(app: App, *, until: asyncio.Event, fatal: Fatal) -> None:
    """Runs a worker until it is told to end or cannot go on; then ends it in order.

    Raises:
        BaseException: whatever the worker could not live with.
    """
    gc.disable()  # see _collect
    gc.collect()
    gc.freeze()
    switch_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    loops = [asyncio.create_task(loop) for loop in (_tick(app), _beat(app), app.ground.solved.run())]
    waits = [asyncio.create_task(until.wait()), asyncio.create_task(fatal.happened.wait())]
    crashed: asyncio.Task[Any] | None = None
    try:
        await app.faust.start()
        crashed = asyncio.create_task(app.faust._crashed.wait())  # noqa: SLF001 - Faust's Worker waits for the same
        await asyncio.wait([*waits, *loops, crashed], return_when=asyncio.FIRST_COMPLETED)
        for task in loops:
            if task.done() and (error := task.exception()) is not None:
                fatal(error)
        if crashed.done() and (reason := app.faust._crash_reason) is not None:  # noqa: SLF001
            fatal(reason)
    finally:
        gc.enable()
        sys.setswitchinterval(switch_s)
        for task in (*loops, *waits, *([crashed] if crashed else [])):
            task.cancel()
        await asyncio.gather(app.tickets.close(PATIENCE_S), app.figures.close(PATIENCE_S))
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(app.faust.stop(), PATIENCE_S)
        with contextlib.suppress(OSError):
            app.faust.conf.datadir.rmdir()
    if fatal.error is not None:
        raise fatal.error


async def _tick(app: App) -> None:
    """Wakes partitions whose time has come."""
    ticks = 0
    while True:
        now = app.ground.clock()
        app.tickets.poke(now)
        app.figures.poke(now)
        ticks += 1
        if ticks % COLLECT_EVERY == 0:
            _collect(catching_up=app.tickets.is_catching_up(now))
        await asyncio.sleep(TICK_S)


def _collect(*, catching_up: bool) -> None:
    """Look for garbage among what is new since the last time, and never again at what has stayed.

    Left to itself, the collector now and then walks over every ticket, and everything waits for it: with 100,000
    tickets that is longer than a deadline may be late. So it is asked often, when little is new; how much that is it
    does not say, for its count of new objects goes down with each old one that is let go. On the way through a
    backlog nearly everything is new, and hardly any of it garbage that counting references does not find: nobody looks.
    """
    if not catching_up:
        gc.collect()
    gc.freeze()


async def _beat(app: App) -> None:
    """Says every second that this worker lives, and how far its partitions are."""
    ground = app.ground
    said: dict[str, str] = {}
    beats = 0
    while True:
        now = ground.clock()
        report = await ground.view.write_health(ground.beat, app.tickets.beats(), now)
        for number, outcome in report.outcomes.items():
            worker = app.tickets.workers.get(number)
            if worker is not None and outcome is not Outcome.WRITTEN:
                worker.told(outcome)
        differing = dict(report.differing)
        if differing != said:
            said = differing
            if differing:
                log.error(
                    "workers decide by different policy books",
                    ours=ground.digest,
                    others=differing,
                    mend="give every worker the same policies, then restart those that differ",
                )
        beats += 1
        if beats % GROWN_EVERY == 0:
            topics.check_grown(ground.writer.partitions_now(topics.EVENTS), ground.layout.events)
        if beats % TRIM_EVERY == 0 and 0 in app.figures.workers:
            await ground.view.trim(now, today_ms(now, app.zone))
        await asyncio.sleep(BEAT_S)
