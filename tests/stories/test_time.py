"""What the hour is, and for whom: replays, silence, clocks ahead, and the instant itself."""

from __future__ import annotations

import asyncio
import random

import orjson
import pytest
from confluent_kafka import Producer

from models.instant import parse_ms
from sinks.kafka import partition_of
from tests.stories.desk import TrueDesk
from tests.stories.truth import truth_of
from tests.stories.words import (
    DAY,
    HOUR,
    MINUTE,
    QUICK_BOOK,
    SECOND,
    at_home,
    awake,
    created,
    event,
    now,
    pieces,
    replied,
    solved,
    traffic,
)

pytestmark = pytest.mark.kafka


async def test_a_file_told_slowly_breaches_nobody_who_kept_the_promise(desk: TrueDesk) -> None:
    """Last month comes in pieces, slower than it is read: nothing is said but what that month's own time says."""
    history = traffic(5, 24, 300, until=now() - 30 * DAY)
    pauses = random.Random(5)  # noqa: S311 -- a seeded one is wanted
    told = pieces(history, 40)
    await desk.send(next(told))
    desk.start()
    await desk.until(desk.beats)
    for piece in told:
        await desk.send(piece)
        await asyncio.sleep(pauses.uniform(0.2, 2.5))
    await desk.until_kept()
    newest = max(parse_ms(orjson.loads(value)["occurred_at"]) for value in desk.sent)

    told_to: list[int] = []

    async def read() -> bool:
        told_to[:] = [parse_ms(beat["watermark"]) for beat in await desk.beats() if beat["watermark"]]
        return len(told_to) == desk.partitions and max(told_to) >= newest

    await desk.until(read)

    assert newest == max(told_to)
    # Ten seconds of silence are the present: what has been said until now is read before anything slow is done.
    announced = [(e["id"], (e["change"], e["level"], e["at"])) for e in await desk.entries()]
    truth = truth_of(desk.sent, desk.book, newest)
    assert [] == [one for one in announced if one[1] not in truth.told.get(one[0], ())]
    assert len(announced) > 5
    assert {"true"} == {entry["backlog"] for entry in await desk.entries()}

    await desk.until_true()

    due = [e for e in await desk.entries() if e["change"] == "breached" and parse_ms(e["at"]) > newest]
    assert len(due) > 0


async def test_a_partition_without_any_event_is_live_and_holds_nobody_up(desk: TrueDesk) -> None:
    """One partition never gets an event: it becomes live, time moves on there, and the figures of others appear."""
    at = now() - 30 * SECOND
    tickets = [at_home(number, stem) for number in (0, 1, 3) for stem in ("a", "b", "c")]
    desk.start()
    await desk.send([created(name, at) for name in tickets])

    await desk.until_true()

    before = await desk.watermark()
    await asyncio.sleep(2.2)
    assert before + 2 * SECOND <= await desk.watermark() + 200
    assert 9 == orjson.loads((await desk.view())["sla:kpi:all"]["5m"])["created"]


async def test_an_event_ahead_of_the_present_waits_for_its_time(desk: TrueDesk) -> None:
    """A producer two hours ahead breaks nothing: its events are counted by source, and take effect in their time."""
    desk.start()
    await desk.send([created("now-1", now() - MINUTE), *awake()])
    await desk.until_true()
    effect = now() + 4 * SECOND
    await desk.send(
        [
            *[created(f"ahead-{n}", now() + 2 * HOUR, source="tower:1") for n in range(5)],
            solved("now-1", effect, source="tower:1"),
            solved("now-1", now() + 2 * HOUR, resolver="zhao", source="else"),
        ]
    )
    await desk.until_kept()
    await desk.until_true(3)

    assert now() < effect
    assert 0 == (await desk.ticket("now-1"))["counts"]["solved"]

    async def is_solved() -> bool:
        return (await desk.ticket("now-1"))["counts"]["solved"] == 1

    await desk.until(is_solved, 10)

    assert 0 <= now() - effect < SECOND
    await desk.until_true()
    health = await desk.health()
    assert (health["ahead"], health["ahead:tower%3A1"], health["ahead:else"]) == ("7", "6", "1")
    assert {} == await desk.ticket("ahead-0")


@pytest.mark.desk(rules=QUICK_BOOK)
async def test_warnings_and_breaches_appear_at_their_instant(desk: TrueDesk) -> None:
    """Half of three seconds, then three: each is in the stream within a second, whatever else goes on."""
    desk.start()
    await desk.send(awake())
    await desk.until_live()
    seen: dict[tuple[str, str], int] = {}
    delays: list[int] = []

    async def watch() -> None:
        last = "$"
        while True:
            for _, found in await desk.redis.xread({"sla:breaches": last}, block=1000) or []:
                for place, fields in found:
                    last = place
                    if fields[b"ticket"].startswith(b"quick-"):
                        seen[fields[b"ticket"].decode(), fields[b"level"].decode()] = now()
                        delays.append(now() - parse_ms(fields[b"at"].decode()))

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.1)
    for n in range(60):
        await desk.send([created(f"quick-{n}", now())])
        await asyncio.sleep(0.05)
    await desk.until(lambda: len(seen) == 120)
    watching.cancel()

    delays.sort()
    print(f"late by: median {delays[60]} ms, 99 % {delays[118]} ms, most {delays[-1]} ms")  # noqa: T201 -- shown on failure
    assert delays[0] >= 0
    assert delays[-1] < SECOND
    await desk.until_true()


@pytest.mark.desk(rules=QUICK_BOOK)
async def test_a_late_reply_takes_a_breach_back(desk: TrueDesk) -> None:
    """A breach was announced; a reply from before its due instant arrives late: it is withdrawn, and counts nowhere."""
    desk.start()
    at = now()
    await desk.send([created("late-1", at, team="net"), created("late-2", at, team="net"), *awake()])

    async def breached() -> bool:
        told = {entry["ticket"] for entry in await desk.entries() if entry["change"] == "breached"}
        return {"late-1", "late-2"} <= told

    await desk.until(breached)
    await desk.send([replied("late-1", at + 2 * SECOND, author_id="li.na")])
    await desk.until_true()

    told = [(e["change"], e["level"]) for e in await desk.entries() if e["ticket"] == "late-1"]
    assert told[:2] == [("warned", "50%"), ("breached", "breached")]
    assert "withdrawn" in [change for change, _ in told[2:]]
    kpi = orjson.loads((await desk.view())["sla:kpi:team:net"]["5m"])["first_response"]
    assert (kpi["met"], kpi["breached"]) == (1, 1)


async def test_a_producer_with_another_partitioner_changes_no_figure(desk: TrueDesk) -> None:
    """The partitioner of librdkafka puts most tickets elsewhere: each is sent home, counted once, figures are right."""
    history = [*traffic(9, 12, 300), *awake()]
    desk.start()
    producer = Producer({"bootstrap.servers": desk.kafka})
    landed: list[bool] = []
    for record in history:
        key = record.key or b""

        def delivered(error: object, message: object, home: int = partition_of(key, 4)) -> None:
            assert error is None
            landed.append(message.partition() == home)  # type: ignore[attr-defined]

        producer.produce("ticket-events", key=record.key, value=record.value, on_delivery=delivered)
    assert 0 == await asyncio.to_thread(producer.flush, 20)
    desk.sent += [record.value for record in history if record.value is not None]

    await desk.until_true()

    assert len(history) == len(landed)
    misplaced = landed.count(False)
    assert misplaced > len(history) // 3

    async def counted() -> bool:
        return (await desk.health())["misplaced"] == str(misplaced)

    await desk.until(counted, 5)


async def test_a_ticket_of_ten_thousand_events_is_a_ticket_like_any_other(desk: TrueDesk) -> None:
    """Ten thousand events of one ticket, some late, hold up neither its partition's beat nor its neighbours."""
    at = now() - 6 * HOUR
    steps = random.Random(7)  # noqa: S311 -- a seeded one is wanted
    long = [created("long", at, team="net")]
    for n in range(9_999):
        moment = at + 2 * SECOND * (n + 1)
        if n % 100 == 0:
            long.append(replied("long", moment, steps.choice(["agent", "customer"]), author_id="li.na"))
        elif n % 40 == 0:
            long.append(event("long", "status_changed", moment, status=steps.choice(["open", "on_hold"])))
        else:
            long.append(event("long", "updated", moment, category=f"c{n % 7}", tags=[str(n)]))
    for place in range(200, 9_000, 450):  # some come late
        long.insert(place + 300, long.pop(place))
    desk.start()
    await desk.send(awake())
    await desk.until_live()
    began = now()
    for piece in pieces(long, 500):
        await desk.send(piece)
        await desk.send([created(f"beside-{now()}", now())])
    await desk.until_true(60, late=True)

    assert 10_000 == (await desk.ticket("long"))["revision"]
    print(f"true after {now() - began} ms")  # noqa: T201 -- shown on failure
