"""What the commands of alerting share: what the topic remembers, and how a command writes into it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Column, Table

from alerts.memory import Memory
from alerts.records import Record, apply
from models.instant import parse_ms
from sinks.alerts_topic import AlertsTopic, ensure_alerts_topic
from sla.policy.words import Unreadable, duration_ms
from streams.access import access_to
from streams.commands.console import out
from streams.errors import Unreachable, Unusable
from streams.settings import Settings

T = TypeVar("T")

#: So long a command waits for Kafka.
PATIENCE_S = 5.0
#: Characters in a line that nobody looks at.
PIPE = 1000


class Notebook:
    """The topic `sla-alerts` as a command sees it: all that is remembered, and a way to add to it."""

    def __init__(self, topic: AlertsTopic) -> None:
        self.topic = topic
        self.memory = Memory()

    async def read(self) -> None:
        """Reads on to the present end."""
        async for row in self.topic.all_rows():
            if row.epoch is None or row.epoch >= self.memory.epoch:
                apply(self.memory, row.key, row.value)

    async def write(self, record: Record) -> None:
        """Writes one record."""
        await asyncio.wait_for(self.topic.write([record]), PATIENCE_S)

    async def until(self, holds: Callable[[], bool], patience_s: float) -> bool:
        """Reads on until something holds; False when it does not in so long."""
        deadline = asyncio.get_running_loop().time() + patience_s
        while not holds():
            if asyncio.get_running_loop().time() > deadline:
                return False
            await self.read()
            await asyncio.sleep(0.1)
        return True


@contextlib.asynccontextmanager
async def notebook(settings: Settings) -> AsyncIterator[Notebook]:
    """The notebook, read to its end.

    Raises:
        Unreachable: Kafka does not answer.
    """
    access = access_to(settings)
    topic = AlertsTopic(access)
    try:
        await ensure_alerts_topic(access, replication=settings.replication, patience_s=PATIENCE_S)
        await asyncio.wait_for(topic.start(), 2 * PATIENCE_S)
        opened = Notebook(topic)
        await opened.read()
        yield opened
    except (KafkaError, OSError, TimeoutError) as error:
        msg = f"kafka at {settings.kafka} does not answer: start it, or correct SLAWATCH_KAFKA ({error!r})"
        raise Unreachable(msg) from error
    finally:
        await topic.stop()


def with_notebook(settings: Settings, ask: Callable[[Notebook], Awaitable[T]]) -> T:
    """What is answered from the notebook."""

    async def run() -> T:
        async with notebook(settings) as opened:
            return await ask(opened)

    return asyncio.run(run())


def whole(title: str, texts: Iterable[str]) -> Column:
    """A column that is as wide as its longest text, however narrow the screen: an id that is cut names nothing."""
    return Column(title, no_wrap=True, min_width=max(map(len, texts), default=0))


def show(table: Table) -> None:
    """Prints a table; a pipe, which has no width, is told everything in full."""
    (out if out.is_terminal else Console(highlight=False, width=PIPE)).print(table)


def said(text: str, option: str) -> str:
    """What an option says, in one line.

    Raises:
        Unusable: it says nothing.
    """
    words = " ".join(text.split())
    if not words:
        msg = f"{option}: nothing is said; the log of alerts wants to know"
        raise Unusable(msg)
    return words


def length_ms(text: str, option: str) -> int:
    """A duration of the command line; raises `Unusable`."""
    try:
        return duration_ms(text)
    except Unreadable as error:
        msg = f"{option}: {error}. {error.mend}"
        raise Unusable(msg) from error


def until_ms(text: str, now: int) -> int:
    """An instant of the command line, or a duration from now; raises `Unusable`."""
    try:
        return now + duration_ms(text)
    except Unreadable:
        pass
    try:
        return parse_ms(text)
    except ValueError as error:
        msg = f"--until: {text!r} is neither an instant such as 2026-11-21T18:00:00+08:00 nor a duration such as 4h"
        raise Unusable(msg) from error


def clock_face(ms: int | None, zone: str) -> str:
    """An instant as people of the desk read it."""
    if ms is None:
        return "-"
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


