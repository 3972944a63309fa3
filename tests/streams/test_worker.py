"""Workers on a real Kafka and a real Redis: nothing is lost, nothing is doubled, whoever dies."""

from __future__ import annotations

import asyncio
import signal
import time
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from sinks.kafka import Record, partition_of
from streams import topics
from tests.servers.kafka import KafkaServer
from tests.servers.needs import free_port
from tests.servers.redis import RedisServer
from tests.streams.running import Desk, desk_at, event

pytestmark = pytest.mark.kafka


@pytest.fixture
async def desk(kafka_server: KafkaServer, redis_server: RedisServer, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of its own on the shared servers."""
    async with desk_at(kafka_server.address, redis_server.url, tmp_path) as opened:
        yield opened


def expected(count: int, tickets: int) -> dict[str, list[str]]:
    """The events of each ticket."""
    return {f"T{t}": sorted(f"e{n}" for n in range(t, count, tickets)) for t in range(tickets)}


async def exact(desk: Desk, count: int, tickets: int) -> None:
    """Every event is in the changelog, in Redis' tickets and in the sum of stage 2, none missing and none foreign."""
    await desk.until_total(count, 60)

    rows = await desk.rows()

    assert {b"T%d\0e%d" % (n % tickets, n) for n in range(count)} == {key for key, _ in rows}
    assert expected(count, tickets) == await desk.tickets(tickets)


async def test_a_worker_counts_each_event_once(desk: Desk) -> None:
    """Events sent twice are rows once, tickets once and figures once."""
    desk.start()
    await desk.send(event(n, 50) for n in range(2000))
    await desk.send(event(n, 50) for n in range(2000))

    await exact(desk, 2000, 50)

    assert 2000 == len(await desk.rows())


async def test_a_killed_worker_loses_nothing(desk: Desk) -> None:
    """One of two workers is killed with -9 in mid-stream; the other goes on, and all is exact."""
    first = desk.start()
    desk.start()
    await desk.send(event(n, 300) for n in range(3000))
    await desk.until(lambda: all("taken over" in desk.log(number) for number in range(2)))
    await desk.until_total(3000)
    await desk.send(event(n, 300) for n in range(3000, 20_000))
    first.kill()
    first.wait()
    await desk.send(event(n, 300) for n in range(20_000, 24_000))

    await exact(desk, 24_000, 300)


async def test_a_worker_killed_while_it_joins_loses_nothing(desk: Desk) -> None:
    """A second worker dies before it has read its rows back: two rebalances meet a flood, and all is exact."""
    desk.start()
    await desk.send(event(n, 300) for n in range(3000))
    await desk.until_total(3000)
    joining = desk.start()
    await desk.until(lambda: "RowTable" in desk.log(1))
    await desk.send(event(n, 300) for n in range(3000, 20_000))
    await asyncio.sleep(0.6)
    joining.kill()
    joining.wait()
    await desk.send(event(n, 300) for n in range(20_000, 24_000))

    await exact(desk, 24_000, 300)


async def test_a_frozen_worker_that_wakes_changes_nothing(desk: Desk) -> None:
    """A worker is frozen past its session and wakes with batches in its hands; Redis and the figures stay exact."""
    frozen = desk.start()
    await desk.send(event(n, 100) for n in range(1000))
    await desk.until_total(1000)
    await desk.send(event(n, 100) for n in range(1000, 30_000))
    frozen.send_signal(signal.SIGSTOP)
    desk.start()
    await desk.until_total(30_000, 60)
    frozen.send_signal(signal.SIGCONT)
    await desk.send(event(n, 100) for n in range(30_000, 32_000))

    await exact(desk, 32_000, 100)


async def test_a_stopped_worker_goes_on_where_it_was(desk: Desk) -> None:
    """SIGTERM ends a worker cleanly; the next one reads only what has come since, and knows what was."""
    first = desk.start()
    await desk.send(event(n, 50) for n in range(1000))
    await desk.until_total(1000)
    first.terminate()

    assert 0 == first.wait(timeout=15)

    await desk.send(event(n, 50) for n in range(1000, 1500))
    desk.start()

    await exact(desk, 1500, 50)
    assert 1500 == len(await desk.rows())


async def test_an_emptied_redis_is_filled_again(desk: Desk) -> None:
    """After FLUSHALL the running worker writes tickets and figures again, without any event."""
    desk.start()
    await desk.send(event(n, 50) for n in range(1000))
    await desk.until_total(1000)
    await desk.redis.flushdb()

    await exact(desk, 1000, 50)


async def test_a_deadline_is_announced_within_a_tenth_of_a_second(desk: Desk) -> None:
    """A ticket that nobody touches falls due on time."""
    desk.start()
    await desk.send([event(n, 50) for n in range(50)])
    await desk.until_total(50)
    due = int(time.time() * 1000) + 1500
    await desk.send([Record(b"T1", b'{"id":"last","at":%d,"due":%d}' % (due - 1500, due))])

    async def late() -> bool:
        return bool((await desk.ticket("T1")).get("late"))

    await desk.until(late)

    assert -5 <= time.time() * 1000 - due < 250  # this test looks every 50 ms, on a busy machine


async def test_what_is_no_event_goes_to_the_dead_letters(desk: Desk) -> None:
    """Unreadable bytes and null values are kept as they came, with their place; the stream goes on."""
    desk.start()
    await desk.send([Record(b"T0", b"broken"), Record(b"T0", None), event(0, 1)])
    await desk.until_total(1)

    assert [(b"T0", b"broken"), (b"T0", None)] == await desk.rows(topics.DEAD_LETTERS)

    async def counted() -> bool:
        return await desk.redis.hget("sla:health", "dead_letters") == b"2"

    await desk.until(counted)


async def test_a_misplaced_event_is_sent_home(desk: Desk) -> None:
    """An event in a partition that is not its key's reaches its ticket all the same."""
    desk.start()
    record = event(0, 1)
    await desk.writer.write(topics.EVENTS, (partition_of(b"T0", 4) + 1) % 4, [record])

    await exact(desk, 1, 1)

    async def counted() -> bool:
        return await desk.redis.hget("sla:health", "misplaced") == b"1"

    await desk.until(counted)


async def test_a_topic_that_grows_under_a_worker_ends_it_with_the_mend(desk: Desk) -> None:
    """Events in the new partitions would be read by nobody; those sent home meanwhile do not go round for ever."""
    worker = desk.start()
    await desk.send([event(0, 1)])
    await desk.until_total(1)
    admin = AIOKafkaAdminClient(bootstrap_servers=desk.kafka)
    await admin.start()
    await admin.create_partitions({topics.EVENTS: NewPartitions(total_count=6)})
    await admin.close()
    for number in range(1, 25):
        key = b"T%d" % number
        await desk.writer.write(topics.EVENTS, (partition_of(key, 4) + 1) % 4, [event(number, 25)])

    assert 0 != await asyncio.to_thread(worker.wait, 30)
    assert "has been given 6 partitions" in desk.log(0)
    assert int(await desk.redis.hget("sla:health", "misplaced") or 0) <= 24


async def test_a_bug_ends_the_worker_before_the_acknowledgement(desk: Desk) -> None:
    """An exception that nobody foresaw ends the process with 1, and the batch is still there to be read."""
    worker = desk.start()
    await desk.send([event(n, 10) for n in range(10)])
    await desk.until_total(10)
    await desk.send([Record(b"T0", b"bug")])

    assert 1 == worker.wait(timeout=20)
    assert "a bug" in desk.log(0)

    again = desk.start()

    assert 1 == again.wait(timeout=20)


async def test_workers_with_different_books_say_so(desk: Desk) -> None:
    """Two workers that decide by different policies are named in the log."""
    desk.start(DIGEST="one")
    desk.start(DIGEST="two")

    await desk.until(lambda: "different policy books" in desk.log(0) and "different policy books" in desk.log(1))


async def restarted(desk: Desk, **environment: str) -> None:
    """The only worker ends and another one takes over, until it has written what it thinks it must."""
    desk.workers[-1].terminate()
    desk.workers[-1].wait(timeout=15)
    number = len(desk.workers)
    await desk.redis.set("sla:ticket:T0", b'{"events":["somebody else was here"]}')
    desk.start(**environment)
    await desk.until(lambda: desk.log(number).count("partition taken over") == desk.partitions)


async def test_a_restart_writes_only_what_stands_open(desk: Desk) -> None:
    """A Redis that has everything, by the same policies, is left as it is; under other policies all is written anew."""
    desk.start()
    await desk.send(event(n, 50) for n in range(1000))
    await exact(desk, 1000, 50)
    await asyncio.sleep(1)  # for its word that all is written

    await restarted(desk)
    await desk.send([event(1000, 1001)])  # of another ticket; what is written for it comes after the takeover
    await desk.until_total(1001)

    assert {"events": ["somebody else was here"]} == await desk.ticket("T0")

    await restarted(desk, DIGEST="two")

    await desk.until(lambda: tickets_are(desk, expected(1000, 50)))


async def tickets_are(desk: Desk, wanted: dict[str, list[str]]) -> bool:
    """Whether Redis has these tickets."""
    return await desk.tickets(len(wanted)) == wanted


async def test_a_redis_emptied_while_nobody_ran_is_filled(desk: Desk) -> None:
    """The next worker finds that its predecessor's tickets are gone, and writes them all."""
    desk.start()
    await desk.send(event(n, 50) for n in range(1000))
    await exact(desk, 1000, 50)
    desk.workers[0].terminate()
    desk.workers[0].wait(timeout=15)
    await desk.redis.flushdb()
    desk.start()

    await exact(desk, 1000, 50)


async def test_prometheus_is_told(desk: Desk) -> None:
    """Events by type, dead letters by reason, the lag of each partition, the lateness of deadlines."""
    port = free_port()
    desk.start(SLAWATCH_METRICS_PORT=str(port), SLAWATCH_METRICS_HOST="127.0.0.1")
    await desk.send([*(event(n, 10) for n in range(10)), Record(b"T0", b"broken")])
    await desk.until_total(10)
    await desk.send([event(10, 10, due=int(time.time() * 1000) + 300)])
    page = ""

    def told() -> bool:
        nonlocal page
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=3) as answer:
            page = answer.read().decode()
        return "slawatch_deadline_lateness_seconds_count 1.0" in page

    await desk.until(told)

    assert 'slawatch_events_total{type="counted"} 11.0' in page
    assert 'slawatch_dead_letters_total{reason="unreadable"} 1.0' in page
    assert all(f'slawatch_lag_seconds{{partition="{number}"}}' in page for number in range(4))
