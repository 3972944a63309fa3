"""Figures take turns, and tickets come in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from streams import turns as module
from streams.turns import PIECE_S, Turns


class Time:
    """Seconds that go on by work alone, however busy the machine is."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The clock."""
        return self.now

    def work(self, pieces: int) -> Iterator[int]:
        """Numbers that take a piece each."""
        for number in range(pieces):
            self.now += PIECE_S
            yield number


def _noted(order: list[str], name: str, pieces: int) -> Iterator[int]:
    for number in range(pieces):
        until = monotonic() + PIECE_S
        while monotonic() < until:
            pass
        order.append(name)
        yield number


def _until_last(order: list[str], name: str) -> list[str]:
    return order[: len(order) - order[::-1].index(name)]


async def test_all_is_drawn_in_order_and_no_more_than_was_asked_for() -> None:
    """Fewer than the limit only at the end."""
    turns, found = Turns(), iter(range(5))

    assert [[0, 1, 2], [3, 4], []] == [await turns.collect(found, 3) for _ in range(3)]


async def test_what_is_ready_goes_on_between_any_two_pieces() -> None:
    """However many have figures to make, a ticket that waits for one round of the loop waits for one piece."""
    time, rounds = Time(), 0
    turns = Turns(time)
    working = [asyncio.create_task(turns.collect(time.work(5))) for _ in range(4)]
    while not all(task.done() for task in working):
        rounds += 1
        await asyncio.sleep(0)

    assert 20 <= rounds
    assert [list(range(5))] * 4 == [task.result() for task in working]


async def test_what_can_wait_lets_others_go_first_and_is_not_forgotten() -> None:
    """While somebody makes figures that are watched, totals have a piece every few milliseconds; then all."""
    turns, order = Turns(), list[str]()
    watched = asyncio.create_task(turns.collect(_noted(order, "watched", 60)))
    await asyncio.sleep(0)
    await asyncio.gather(
        watched, turns.collect(_noted(order, "later", 150), later=True), turns.collect(_noted(order, "watched", 60))
    )
    while_watched = _until_last(order, "watched")

    assert 120 == while_watched.count("watched")
    assert 2 <= while_watched.count("later") <= 40  # 60, were they all alike
    assert 150 == order.count("later")


async def test_however_many_can_wait_they_have_one_turn_between_them() -> None:
    """Eight partitions' totals take no more of those who make what is watched than one partition's."""
    turns, order = Turns(), list[str]()
    watched = asyncio.create_task(turns.collect(_noted(order, "watched", 60)))
    await asyncio.sleep(0)
    await asyncio.gather(watched, *(turns.collect(_noted(order, "later", 30), later=True) for _ in range(8)))
    while_watched = _until_last(order, "watched")

    assert while_watched.count("later") <= 40  # some 220, had each its turn
    assert 240 == order.count("later")


class Others:
    """What keeps the loop busy: so many ms in each of its rounds."""

    def __init__(self, time: Time, ms: int) -> None:
        self.rounds = 0
        self._time = time
        self._round_s = ms / 1000
        self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while True:
            self._time.now += self._round_s
            self.rounds += 1
            await asyncio.sleep(0)

    async def end(self) -> int:
        """Stops; how many rounds there were."""
        self._task.cancel()
        await asyncio.wait([self._task])
        return self.rounds


async def test_a_loop_that_others_keep_busy_leaves_figures_their_part() -> None:
    """With rounds of 12 ms, pieces of one leave figures a twelfth of the time: they grow to a quarter of the round."""
    time = Time()
    others = Others(time, ms=12)

    assert list(range(60)) == await Turns(time).collect(time.work(60))
    assert 10 <= await others.end() <= 30  # 60, were a piece a millisecond whatever the others take


async def test_whoever_has_been_at_it_for_long_has_longer_pieces() -> None:
    """Figures that fall behind take more of a busy loop, until they have caught up."""
    time = Time()
    others = Others(time, ms=5)

    assert list(range(400)) == await Turns(time).collect(time.work(400))
    assert await others.end() <= 140  # some 190, were a piece a quarter of the round to the end


async def test_whoever_gives_up_holds_nobody_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that is cancelled in the midst of its figures no longer asks for turns."""
    monkeypatch.setattr(module, "YIELDS_S", 3600)  # whoever let it go first would wait for good
    time = Time()
    turns = Turns(time)
    given_up = asyncio.create_task(turns.collect(time.work(1000)))
    await _until(lambda: time.now > 0)
    given_up.cancel()
    async with asyncio.timeout(30):
        await turns.collect(time.work(100), later=True)

    assert given_up.cancelled()
    assert time.now < 200 * PIECE_S


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0)


async def test_a_step_is_repeated_until_it_says_that_nothing_is_left() -> None:
    """As often as it says True, and once more."""
    left = [3]

    def step() -> bool:
        left[0] -= 1
        return left[0] > 0

    await Turns().repeat(step)

    assert [0] == left


async def test_an_error_in_a_piece_leaves_the_turn_to_others() -> None:
    """What one cannot make stops nobody else."""
    turns = Turns()

    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("no")

    outcomes = await asyncio.gather(turns.collect(broken()), turns.collect([2]), return_exceptions=True)

    assert isinstance(outcomes[0], ValueError)
    assert [2] == outcomes[1]
