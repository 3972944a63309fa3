"""A coroutine that is begun at once, and needs a task only if it has to wait.

To make a task of something lets the loop come round before it begins. Python has this itself from 3.12 on.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Done(NamedTuple, Generic[T]):
    """What a coroutine came to without having to wait."""

    result: T


def begin(whole: Coroutine[Any, Any, T]) -> Done[T] | Coroutine[Any, Any, T]:
    """Runs a coroutine until it has to wait: what it came to, or what is left of it, to be awaited as it would be.

    Raises:
        BaseException: whatever it raises before that.
    """
    try:
        waits_for = whole.send(None)
    except StopIteration as end:
        return Done(end.value)
    return _rest(whole, waits_for)


async def _rest(begun: Coroutine[Any, Any, T], waits_for: Any) -> T:
    return await _going_on(begun, waits_for)


@coroutine
def _going_on(begun: Coroutine[Any, Any, T], waits_for: Any) -> Generator[Any, Any, T]:
    while True:
        try:
            step = partial(begun.send, (yield waits_for))
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the coroutine's to deal with
            step = partial(begun.throw, error)
        try:
            waits_for = step()
        except StopIteration as end:
            result: T = end.value
            return result
