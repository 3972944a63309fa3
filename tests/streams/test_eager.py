"""What need not wait is done at once; what must is the same as if it had been awaited from the start."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from streams.eager import Done, begin


async def after(*waits: Any) -> list[Any]:
    """What each of these came to."""
    return [await one for one in waits]


def left(begun: Done[Any] | Coroutine[Any, Any, Any]) -> Coroutine[Any, Any, Any]:
    """What is left of a coroutine that has to wait."""
    assert not isinstance(begun, Done)
    return begun


def test_what_need_not_wait_needs_no_loop() -> None:
    """Not even one that runs."""
    assert Done([]) == begin(after())


def test_what_fails_at_once_fails_at_once() -> None:
    """Whoever begins it hears of it."""

    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        begin(fail())


async def test_what_waits_goes_on_where_it_was() -> None:
    """Several times, in a task or awaited."""
    loop = asyncio.get_running_loop()
    first, second = loop.create_future(), loop.create_future()
    in_task = asyncio.create_task(left(begin(after(first, asyncio.sleep(0, "slept"), second))))
    loop.call_later(0.01, first.set_result, 1)
    loop.call_later(0.02, second.set_result, 2)

    assert [1, "slept", 2] == await in_task
    assert [1, 2] == await left(begin(after(asyncio.sleep(0.001, 1), asyncio.sleep(0, 2))))


async def test_what_has_come_before_it_is_awaited_is_not_waited_for() -> None:
    """The future that it waits for may be done by then."""
    future = asyncio.get_running_loop().create_future()
    rest = left(begin(after(future)))
    future.set_result("early")
    await asyncio.sleep(0)

    assert ["early"] == await rest


async def test_errors_and_cancellation_reach_it_while_it_waits() -> None:
    """It may catch them, as any coroutine may."""
    heard: list[str] = []

    async def hear(wait: asyncio.Future[None]) -> str:
        try:
            await wait
        except ValueError:
            heard.append("error")
        try:
            await asyncio.sleep(60)
        finally:
            heard.append("let go")
        return "never"

    future = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(left(begin(hear(future))))
    future.set_exception(ValueError("no"))
    while not heard:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert ["error", "let go"] == heard
