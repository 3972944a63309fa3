"""Redis may go away, come back, and come back with less; nothing is lost and nothing is said twice."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from redis import exceptions as errors
from structlog.testing import capture_logs

from models.kpi import Document
from sinks import keys
from sinks.redis_link import RedisLink, RedisUnreachable
from sinks.redis_reader import RedisReader
from sinks.view import Fence, Outcome
from tests.servers.redis import RedisServer, start_redis
from tests.sinks.conftest import InRedis
from tests.sinks.stories import DAY, NOON, breach, gone, is_open, ticket, told


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of one's own, to be killed."""
    server = start_redis(tmp_path)
    yield server
    server.close()


async def until(ask: Callable[[], Awaitable[object]]) -> None:
    """Asks until the answer is yes."""
    while not await ask():
        await asyncio.sleep(0.001)


async def test_a_write_waits_for_redis_and_goes_on(mortal: RedisServer) -> None:
    """A batch that meets a dead server is written when it is back: told once in the log, then once again."""
    twin = InRedis(mortal.url)
    await twin.view.take_over(0, 5)
    await twin.view.write_tickets(0, 5, 1, [ticket("T1")], NOON)
    mortal.close()
    with capture_logs() as logs:
        waiting = asyncio.create_task(twin.view.write_tickets(0, 5, 2, [ticket("T2")], NOON))
        await asyncio.sleep(0.6)
        assert not waiting.done()
        mortal.start()
        outcome = await asyncio.wait_for(waiting, 5)

    # It came back without its memory, so it wants all of it.
    assert Outcome.EMPTIED is outcome
    assert ["redis is away, waiting for it", "redis is back"] == [entry["event"] for entry in logs]
    await twin.view.take_over(0, 5)
    refill = [ticket("T1"), ticket("T2")]
    assert Outcome.WRITTEN is await twin.view.write_tickets(0, 5, 3, refill, NOON, refilling=True)
    await twin.redis.close()


async def test_a_redis_that_hangs_is_as_good_as_away(mortal: RedisServer) -> None:
    """It takes what is sent and answers nothing: what was asked is asked again, and no late answer is another's."""
    link = RedisLink(mortal.url, timeout_s=0.2)
    assert [b"PONG"] == await link.pipeline([("PING",)])
    assert mortal.process is not None
    mortal.process.send_signal(signal.SIGSTOP)
    with capture_logs() as logs:
        waiting = [asyncio.create_task(link.pipeline([("ECHO", str(n)), ("INCR", "n")])) for n in range(3)]
        await asyncio.sleep(0.5)
        assert [True, False, False, False] == [link.away, *(task.done() for task in waiting)]
        mortal.process.send_signal(signal.SIGCONT)
        answers = await asyncio.wait_for(asyncio.gather(*waiting), 5)

    assert [b"0", b"1", b"2"] == [echo for echo, _ in answers]
    assert ["redis is away, waiting for it", "redis is back"] == [entry["event"] for entry in logs]
    await link.close()


async def test_whoever_is_cancelled_ends(in_redis: InRedis) -> None:
    """At whichever moment: an answer that comes just then does not make it forgotten."""
    link = in_redis.view.link
    asks = (lambda: link.run(lambda client: client.ping()), lambda: link.pipeline([("PING",)]), link.client.ping)
    for ask in asks:
        for rounds in range(60):
            asking = asyncio.ensure_future(ask())
            for _ in range(rounds // 3):
                await asyncio.sleep(0)
            if asking.cancel():
                await asyncio.wait([asking])
                assert asking.cancelled()


async def test_scripts_forgotten_by_the_server_are_given_again(in_redis: InRedis) -> None:
    """SCRIPT FLUSH is no outage."""
    await in_redis.view.take_over(0, 5)
    await in_redis.client.script_flush()

    assert Outcome.WRITTEN is await in_redis.view.write_tickets(0, 5, 1, [ticket("T1")], NOON)


async def test_a_redis_restored_from_an_old_copy_is_filled_again(in_redis: InRedis) -> None:
    """It knows the epoch, but not the last writes that it had acknowledged: as good as emptied."""
    await in_redis.view.take_over(0, 5)
    await in_redis.view.write_tickets(0, 5, 1, [ticket("T1")], NOON)
    fence = Fence("f", 1, 1)
    await in_redis.view.write_documents(fence, [], NOON, whole=True)
    copy = {key: await in_redis.client.dump(key) for key in await in_redis.client.keys("*")}
    await in_redis.view.write_tickets(0, 5, 2, [ticket("T2")], NOON)
    await in_redis.view.write_documents(fence._replace(seq=2), [Document("kpi", "all", "5m", b"{}")], NOON)
    await in_redis.client.flushall()
    for key, value in copy.items():
        await in_redis.client.restore(key, 0, value)

    assert Outcome.EMPTIED is await in_redis.view.write_tickets(0, 5, 3, [ticket("T3")], NOON)
    assert Outcome.EMPTIED is await in_redis.view.write_documents(
        fence._replace(seq=3), [Document("kpi", "all", "5m", b"{}")], NOON
    )


async def test_cancelled_writes_can_be_made_again(in_redis: InRedis) -> None:
    """A worker that is stopped in the middle of a large write leaves a state that the same write completes."""
    writes = [
        ticket(
            f"T{n}",
            *is_open(f"T{n}", "all"),
            breaches=[breach(f"T{n}/update/1", "breached", told(f"T{n}/update/1", "breached", NOON))],
        )
        for n in range(2000)
    ]
    await in_redis.view.take_over(0, 5)
    writing = asyncio.create_task(in_redis.view.write_tickets(0, 5, 1, writes, NOON))
    await until(lambda: in_redis.client.exists(keys.BREACHES))
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert Outcome.WRITTEN is await in_redis.view.write_tickets(0, 5, 1, writes, NOON)
    holds = await in_redis.holds()

    assert 2000 == len(holds[keys.open_("all")])
    assert [f"T{n}" for n in range(2000)] == [entry["ticket"] for entry in holds[keys.BREACHES]]


async def test_a_read_only_or_full_redis_is_waited_for(mortal: RedisServer) -> None:
    """A server that is there but takes no writes is as good as away."""
    twin = InRedis(mortal.url)
    await twin.view.take_over(0, 5)
    await twin.client.config_set("maxmemory", "1")
    with capture_logs() as logs:
        waiting = asyncio.create_task(twin.view.write_tickets(0, 5, 1, [ticket("T1")], NOON))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await twin.client.config_set("maxmemory", "0")
        assert Outcome.WRITTEN is await asyncio.wait_for(waiting, 5)

    assert 2 == len(logs)
    await twin.redis.close()


async def test_a_mistake_is_not_waited_for(in_redis: InRedis) -> None:
    """What repeating would not mend is raised."""
    await in_redis.client.set(keys.open_("all"), "not a sorted set")
    await in_redis.view.take_over(0, 5)
    with pytest.raises(errors.ResponseError, match="WRONGTYPE"):
        await in_redis.view.write_tickets(0, 5, 1, [ticket("T1", *is_open("T1", "all"))], NOON)


async def test_a_dead_address_is_named_without_its_password() -> None:
    """Who asks once is told where nobody answered, and what to do."""
    link = RedisLink("redis://user:secret@127.0.0.1:1/0")
    address = r"redis://127\.0\.0\.1:1/0 cannot be reached .*SLAWATCH_REDIS"
    with pytest.raises(RedisUnreachable, match=address) as raised:
        await link.reach()
    assert "secret" not in str(raised.value)
    await link.close()


async def test_changes_are_nudged_a_few_times_a_second(in_redis: InRedis) -> None:
    """Pages hear at once that something changed, and not of every write."""
    reader = RedisReader.at(in_redis.redis.link.url)
    heard = 0

    async def listen() -> None:
        nonlocal heard
        async for _ in reader.updates():
            heard += 1

    listening = asyncio.create_task(listen())
    await until(lambda: in_redis.client.publish(keys.UPDATES, "anybody there?"))
    await in_redis.view.take_over(0, 5)
    for seq in range(1, 60):
        await in_redis.view.write_tickets(0, 5, seq, [ticket("T1", revision=seq)], NOON)
        await asyncio.sleep(0.01)
    listening.cancel()
    await asyncio.wait([listening])
    await reader.close()

    assert 2 <= heard <= 8


async def test_a_ticket_that_came_back_is_remembered_for_good(in_redis: InRedis) -> None:
    """A settled ticket is forgotten after a week; one that was reopened since is not."""
    await in_redis.view.take_over(0, 5)
    await in_redis.view.write_tickets(0, 5, 1, [ticket("T1"), gone("T1")], NOON)
    assert await in_redis.client.ttl(f"{keys.MEMORY}T1") > 0
    await in_redis.view.write_tickets(0, 5, 3, [ticket("T1")], NOON)

    assert -1 == await in_redis.client.ttl(f"{keys.MEMORY}T1")


async def test_the_stream_of_breaches_keeps_fourteen_days(in_redis: InRedis) -> None:
    """Older entries go as new ones come, a node of the stream at a time."""
    now = time.time_ns() // 1_000_000
    for age in (*[15 * DAY] * 300, *[13 * DAY] * 10):
        await in_redis.client.xadd(keys.BREACHES, {"age": age // DAY}, id=f"{now - age}-*")
    await in_redis.view.take_over(0, 5)
    fresh = breach("T1/update/1", "breached", told("T1/update/1", "breached", now))
    await in_redis.view.write_tickets(0, 5, 1, [ticket("T1", breaches=[fresh])], now)
    ages = [entry.get("age") for entry in await in_redis.entries()]

    assert 10 == ages.count("13")
    assert ages.count("15") < 100
    assert ages[-1] is None


async def test_many_connections_that_died_cost_one_attempt(mortal: RedisServer) -> None:
    """After a restart the pool is empty, and the first attempts find the server at once."""
    twin = InRedis(mortal.url)
    await twin.view.take_over(0, 5)
    await asyncio.gather(*[twin.reader.read_live("all") for _ in range(16)])
    mortal.close()
    mortal.start()
    began = time.monotonic()
    await asyncio.gather(*[twin.reader.read_live("all") for _ in range(16)])

    assert time.monotonic() - began < 1
    await twin.redis.close()
