"""What waits for a partition's task is bounded, and what a rebalance lets go stays gone."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from streams.batches import Records
from streams.inbox import Inbox


def batch(*offsets: int, after: int = -1) -> Any:
    """An event as Faust hands it over: records of these offsets, and what was fetched before them."""
    return SimpleNamespace(message=SimpleNamespace(value=Records(offsets, after), offset=offsets[-1]))


async def test_what_waits_is_taken_in_order() -> None:
    """Batches come out as they went in, all at once."""
    inbox, first, second = Inbox(10), batch(1, 2), batch(3)

    assert await inbox.put(first)
    assert await inbox.put(second)

    assert [first, second] == inbox.take(-1)
    assert not inbox


async def test_a_full_inbox_makes_whoever_brings_more_wait() -> None:
    """The next batch is taken in once there is room again."""
    inbox, late = Inbox(2), batch(3)
    await inbox.put(batch(1, 2))
    waiting = asyncio.create_task(inbox.put(late))
    await asyncio.sleep(0.01)

    assert not waiting.done()

    inbox.take(-1)
    assert await waiting
    assert [late] == inbox.take(-1)


async def test_a_batch_that_waits_is_let_go_with_those_before_it() -> None:
    """Were it kept, it would be worked off ahead of the records before it, which come again."""
    inbox, again = Inbox(2), batch(1, 2)
    await inbox.put(batch(1, 2))
    waiting = asyncio.create_task(inbox.put(batch(3)))
    await asyncio.sleep(0.01)

    inbox.empty()

    assert not await waiting
    assert await inbox.put(again)
    assert [again] == inbox.take(-1)


async def test_a_closed_inbox_takes_nothing() -> None:
    """Neither what waits before it nor what comes later is taken in."""
    inbox = Inbox(2)
    await inbox.put(batch(1, 2))
    waiting = asyncio.create_task(inbox.put(batch(3)))
    await asyncio.sleep(0.01)

    inbox.close()

    assert not await waiting
    assert not await inbox.put(batch(4))
    assert [] == inbox.take(-1)


async def test_what_comes_after_something_that_was_let_go_is_left_out() -> None:
    """A batch may slip in behind a rebalance, without those before it; all of them come again, from any offset."""
    inbox = Inbox(100)
    first, slipped, begun_anew, second, third = (
        batch(1, 2),
        batch(8, 9, after=7),
        batch(1, 2, 3),
        batch(4, 7, after=3),
        batch(8, 9, after=7),
    )
    for one in (first, slipped, begun_anew, second, third):
        await inbox.put(one)

    assert [first, begun_anew, second, third] == inbox.take(-1)

    await inbox.put(slipped)
    assert [] == inbox.take(6)
