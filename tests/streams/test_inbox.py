"""What waits for a partition's task is bounded, and what a rebalance lets go stays gone."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from streams.inbox import Inbox


def batch(*records: int) -> Any:
    """An event as Faust hands it over."""
    return SimpleNamespace(message=SimpleNamespace(value=list(records)))


async def test_what_waits_is_taken_in_order() -> None:
    """Batches come out as they went in, all at once."""
    inbox, first, second = Inbox(10), batch(1, 2), batch(3)

    assert await inbox.put(first)
    assert await inbox.put(second)

    assert [first, second] == inbox.take()
    assert not inbox


async def test_a_full_inbox_makes_whoever_brings_more_wait() -> None:
    """The next batch is taken in once there is room again."""
    inbox, late = Inbox(2), batch(3)
    await inbox.put(batch(1, 2))
    waiting = asyncio.create_task(inbox.put(late))
    await asyncio.sleep(0.01)

    assert not waiting.done()

    inbox.take()
    assert await waiting
    assert [late] == inbox.take()


async def test_a_batch_that_waits_is_let_go_with_those_before_it() -> None:
    """Were it kept, it would be worked off ahead of the records before it, which come again."""
    inbox, again = Inbox(2), batch(1, 2)
    await inbox.put(batch(1, 2))
    waiting = asyncio.create_task(inbox.put(batch(3)))
    await asyncio.sleep(0.01)

    inbox.empty()

    assert not await waiting
    assert await inbox.put(again)
    assert [again] == inbox.take()


async def test_a_closed_inbox_takes_nothing() -> None:
    """Neither what waits before it nor what comes later is taken in."""
    inbox = Inbox(2)
    await inbox.put(batch(1, 2))
    waiting = asyncio.create_task(inbox.put(batch(3)))
    await asyncio.sleep(0.01)

    inbox.close()

    assert not await waiting
    assert not await inbox.put(batch(4))
    assert [] == inbox.take()
