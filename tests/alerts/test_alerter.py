"""The alerter on real servers: what arrives at a target, how often, and what happens when somebody dies."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from alerts.alerter import Alerter, Plan
from models.instant import format_ms
from sinks import keys
from sinks.alerts_lease import Held
from sinks.kafka import KafkaAccess
from tests.alerts.running import AlertDesk, alert_desk
from tests.alerts.stories import book, rules
from tests.servers.kafka import KafkaServer
from tests.servers.redis import RedisServer


@pytest.fixture
async def desk(kafka_server: KafkaServer, redis_server: RedisServer, tmp_path: Path) -> AsyncIterator[AlertDesk]:
    """A desk without an alerter yet."""
    async with alert_desk(kafka_server.address, redis_server.url, tmp_path) as opened:
        yield opened


async def test_a_breach_arrives_at_once_escalates_and_ends_with_one_all_clear(desk: AlertDesk) -> None:
    """From the entry in Redis to the target it takes less than a second; each who was told is told the end."""
    await desk.start_here()
    sent = time.time()
    ident = await desk.breach("T-1")
    await desk.until(lambda: desk.target.at("pager"))
    assert desk.target.at("pager")[0].at - sent < 1.0
    await desk.until(lambda: desk.target.at("lead"))
    await desk.breach("T-1", "ended")
    await desk.until(lambda: len(desk.target.heard) == 4)
    await asyncio.sleep(1)
    kinds = [(one.path, one.body["kind"]) for one in desk.target.heard]
    assert [("/pager", "firing"), ("/lead", "escalation")] == kinds[:2]
    assert {("/pager", "all_clear"), ("/lead", "all_clear")} == set(kinds[2:])
    assert len(desk.target.keys) == len(set(desk.target.keys))
    shown = await desk.redis.hgetall(f"sla:alert:{ident}")
    assert b"ended" == shown[b"status"]


async def test_an_alerter_killed_between_sending_and_writing_it_down_sends_again_under_the_same_key(
    desk: AlertDesk,
) -> None:
    """So a target that knows keys drops the second; a third time there is none."""
    first = desk.start()
    await desk.until_active()

    async def die(_: object) -> int:
        desk.target.answer = None
        first.kill()
        first.wait()
        return 200

    desk.target.answer = die
    await desk.breach("T-1")
    await desk.until(lambda: desk.target.at("pager"))
    await desk.start_here()
    await desk.until(lambda: len(desk.target.at("pager")) == 2)
    one, again = desk.target.at("pager")
    assert one.key == again.key
    await desk.until(lambda: desk.target.at("lead"))
    await asyncio.sleep(1)
    assert 2 == len(desk.target.at("pager"))


async def test_of_two_alerters_the_other_goes_on_within_five_seconds_and_nothing_is_told_twice(desk: AlertDesk) -> None:
    """What the first told stays told, and what comes after its death is told by the second."""
    first = desk.start()
    await desk.until_active()
    other = await desk.start_here()
    await desk.breach("T-1")
    await desk.until(lambda: desk.target.at("pager"))
    await desk.until(lambda: other.standing_by)
    assert not other.mine
    first.kill()
    first.wait()
    killed = time.time()
    await desk.breach("T-2")
    await desk.until(lambda: len(desk.target.at("pager")) == 2)
    assert desk.target.at("pager")[1].at - killed < 5.0
    assert ["T-2"] == [one["ticket"] for one in desk.target.at("pager")[1].body["alerts"]]
    await desk.until(lambda: {"T-1", "T-2"} == set(desk.target.tickets("lead")))
    assert len(desk.target.keys) == len(set(desk.target.keys))


async def test_an_emptied_redis_pages_nobody_again(desk: AlertDesk) -> None:
    """Workers write the same entries again; what has been told is known from the topic, and is shown again."""
    await desk.start_here()
    at = int(time.time() * 1000)
    ident = await desk.breach("T-1", at=at, revision=7)
    await desk.until(lambda: desk.target.at("lead"))
    await desk.redis.flushall()
    await desk.breach("T-1", at=at, revision=7, backlog="true")

    async def shown() -> bool:
        return bool(await desk.redis.hget(f"sla:alert:{ident}", "status") == b"firing")

    await desk.until(shown)
    await desk.breach("T-2")
    await desk.until(lambda: len(desk.target.at("pager")) == 2)
    await asyncio.sleep(2.5)
    assert ["T-1", "T-2"] == desk.target.tickets("pager")


async def test_a_thousand_breaches_in_a_second_are_few_messages(desk: AlertDesk) -> None:
    """All of them are told, each to each receiver once, in at most a handful of messages."""
    await desk.start_here()
    for at in range(0, 1000, 100):
        await asyncio.gather(*(desk.breach(f"T-{number}") for number in range(at, at + 100)))
    await desk.until(lambda: len(desk.target.tickets("pager")) >= 1000, 30)
    assert sorted({f"T-{number}" for number in range(1000)}) == sorted(desk.target.tickets("pager"))
    assert len(desk.target.at("pager")) <= 6


async def test_an_acknowledgement_by_a_link_stops_the_escalation_and_is_shown(desk: AlertDesk) -> None:
    """The page writes it to a stream, and reads where it is shown whether it has been written down."""
    await desk.start_here()
    ident = await desk.breach("T-1", team="甲")
    await desk.breach("T-2", team="乙")
    await desk.until(lambda: len(desk.target.at("pager")) == 2)
    await desk.redis.xadd("sla:acks", {"alert": ident, "by": "李娜", "at": format_ms(time.time_ns() // 1_000_000)})

    async def shown() -> bool:
        return bool(await desk.redis.hget(f"sla:alert:{ident}", "acknowledged_by"))

    await desk.until(shown)
    await desk.until(lambda: desk.target.at("lead"))
    await asyncio.sleep(0.5)
    assert ["T-2"] == desk.target.tickets("lead")
    written = [row["ack"] for key, row in await desk.records() if key == f"alert/{ident}" and row]
    assert "李娜" == written[-1][0]


async def test_a_budget_that_burns_is_shown_acknowledged_and_told_no_more(desk: AlertDesk) -> None:
    """Through the stream of acknowledgements, like any other alert; a number that nobody counts pages nobody."""
    alerter = await desk.start_here()
    burn, key = "budget/answered/14.4", keys.alert("budget/answered/14.4")
    windows = ("5m", "30m", "1h", "6h")
    doc = {
        "metric": "first_response", "when": {"priority": ["P0"]}, "minimum": 20, "left": -1, "decided": 40,
        "breached": 30, "burn": dict.fromkeys(windows, 15), "windows": {name: {"decided": 40} for name in windows},
        "as_of": format_ms(int(time.time() * 1000) - 360_000),
    }  # fmt: skip
    await desk.redis.set(keys.budget("answered"), orjson.dumps(doc))
    await asyncio.sleep(1.5)
    assert [] == desk.target.heard
    await desk.redis.set(keys.budget("answered"), orjson.dumps(doc | {"as_of": format_ms(int(time.time() * 1000))}))
    await desk.until(lambda: desk.target.at("pager"))
    told = desk.target.at("pager")[0].body
    assert ("budget", "answered", 14.4) == (told["kind"], told["budget"]["objective"], told["budget"]["rate"])

    await desk.redis.xadd(keys.ACKS, {"alert": burn, "by": "李娜", "at": format_ms(int(time.time() * 1000))})

    async def shown() -> bool:
        return bool(await desk.redis.hget(key, "acknowledged_by") == "李娜".encode())

    await desk.until(shown)
    await asyncio.sleep(2)
    assert [] == desk.target.at("lead")  # two seconds after the first notice, had nobody acknowledged
    ack = alerter.memory.episodes[burn].ack
    assert ack is not None
    assert "李娜" == ack.by


async def test_who_is_stopped_in_order_waits_for_what_is_on_its_way_and_writes_it_down(desk: AlertDesk) -> None:
    """The next one sends nothing again, and takes over at once."""
    await desk.start_here()

    async def slowly(_: object) -> int:
        await asyncio.sleep(1)
        return 200

    desk.target.answer = slowly
    await desk.breach("T-1")
    await desk.until(lambda: desk.target.at("pager"))
    task, ends = desk.here.pop()
    ends.set()
    await task
    desk.target.answer = None
    await desk.start_here()
    await desk.until(lambda: desk.target.at("lead"))
    assert 1 == len(desk.target.at("pager"))


async def test_who_is_stopped_in_order_keeps_the_lease_until_all_is_told(desk: AlertDesk) -> None:
    """However slow the target is, the one that stands by waits, and sends nothing again."""
    await desk.start_here()
    other = await desk.start_here()
    await desk.until(lambda: other.standing_by)

    async def slowly(_: object) -> int:
        await asyncio.sleep(3.5)  # longer than a lease lives
        return 200

    desk.target.answer = slowly
    await desk.breach("T-1")
    await desk.until(lambda: desk.target.at("pager"))
    task, ends = desk.here.pop(0)
    ends.set()
    await task
    desk.target.answer = None
    await desk.until(lambda: other.mine)
    await desk.until(lambda: desk.target.at("lead"))
    assert 1 == len(desk.target.at("pager"))


async def test_a_breach_that_the_alerter_slept_through_pages_if_it_is_still_open(desk: AlertDesk) -> None:
    """What was over in the meantime is in one digest; what came before the last turn is not told again."""
    ago = int(time.time() * 1000) - 3_600_000
    for number in range(3):
        await desk.breach(f"T-{number}", at=ago + number)
    await desk.breach("T-1", "ended", at=ago + 60_000)
    await desk.breach("T-2", "ended", at=ago + 60_000)
    await desk.start_here()
    await desk.until(lambda: desk.target.tickets("pager") == ["T-0", "T-1", "T-2"], 20)
    assert ["firing", "digest"] == [one.body["kind"] for one in desk.target.at("pager")]


async def test_an_alerter_that_wakes_after_another_took_over_tells_nobody_anything(desk: AlertDesk) -> None:
    """Frozen with an escalation to come: the other one takes it, once, and the sleeper stands by."""
    sleeper = desk.start()
    await desk.until_active()
    other = await desk.start_here()
    await desk.until(lambda: other.standing_by)
    await desk.breach("T-1")
    await desk.until(lambda: desk.target.at("pager"))
    sleeper.send_signal(signal.SIGSTOP)
    await desk.breach("T-2")
    await desk.until(lambda: desk.target.tickets("pager") == ["T-1", "T-2"])
    await desk.until(lambda: set(desk.target.tickets("lead")) == {"T-1", "T-2"})
    sleeper.send_signal(signal.SIGCONT)
    await desk.until(lambda: "the lease is lost" in desk.log(0))
    await asyncio.sleep(1)
    assert other.mine
    assert len(desk.target.keys) == len(set(desk.target.keys))
    assert 2 == len(desk.target.at("pager"))


async def test_what_is_told_to_end_ends_though_an_answer_comes_just_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """An alerter that forgot it would never let go of anything."""
    plan = Plan(
        name="one", access=KafkaAccess("127.0.0.1:1"), redis="redis://127.0.0.1:1/0", group="desk", rules=rules(),
        book=book(), clock=lambda: 0,
    )  # fmt: skip
    alerter, asked = Alerter(plan), asyncio.Event()
    answer: asyncio.Future[Held] = asyncio.get_running_loop().create_future()

    async def renew() -> Held:
        asked.set()
        return await answer

    monkeypatch.setattr(alerter.lease, "renew", renew)
    keeping = asyncio.create_task(alerter._keep_lease())
    await asked.wait()
    answer.set_result(Held.ANOTHERS)
    await asyncio.sleep(0)  # the answer is there, and has not been heard yet
    keeping.cancel()
    done, _ = await asyncio.wait([keeping], timeout=3)
    keeping.cancel()
    await alerter.redis.close()
    assert {keeping} == done
