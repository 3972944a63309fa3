"""The post: nothing is lost, nothing overtakes, and a dead target holds nobody else up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from alerts.notice import Delivered, Failed, Kind, Notice, Outcome, Receiver, Retry, Webhook
from alerts.targets import AllPost, CannotTell, check_receiver, open_post
from alerts.targets.judging import Uncertain
from alerts.targets.making import NEEDS
from alerts.targets.patience import ASKED_MOST_S, MOST_S, TRIED_MS, pause_s
from alerts.targets.post import Closing, Ground
from tests.alerts.targets.notices import LINKS, MINUTE, NOW, alert, notice
from tests.alerts.targets.stations import Answer, Station, silence, station


@dataclass
class Room:
    """A world in which time passes only when somebody sleeps; it writes down what was told and slept."""

    now: int = NOW
    told: list[tuple[str, Outcome]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    chance: float = 1.0
    mine: bool = True  # whether nobody else can be telling anything

    def may(self, _: Notice) -> bool:
        """Asked before each attempt."""
        return self.mine

    async def tell(self, told: Notice, outcome: Outcome) -> None:
        """Takes an outcome down."""
        self.told.append((told.key, outcome))

    async def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.slept.append(seconds)
        self.now += round(seconds * 1000)
        await asyncio.sleep(0)

    def clock(self) -> int:
        """What time it is."""
        return self.now

    def final(self) -> list[tuple[str, Outcome]]:
        """What was told for good."""
        return [one for one in self.told if not isinstance(one[1], Retry)]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until something holds."""
        async with asyncio.timeout(60):
            while not holds():
                await asyncio.sleep(0.005)


@dataclass
class Scripted:
    """A target that answers what it is told to, then Delivered; it writes down what it got."""

    answers: list[Outcome] = field(default_factory=list)
    got: list[Notice] = field(default_factory=list)
    gate: asyncio.Event | None = None
    closed: bool = False

    async def send(self, sent: Notice) -> Outcome:
        """One attempt."""
        self.got.append(sent)
        if self.gate is not None:
            await self.gate.wait()
        return self.answers.pop(0) if self.answers else Delivered()

    async def close(self) -> None:
        """Remembers."""
        self.closed = True


def made(room: Room, **targets: Closing) -> AllPost:
    """A post with one receiver, `on-call`, and its ways."""
    ground = Ground(room.tell, room.clock, room.sleep, lambda: room.chance, room.may)
    ways = {f"on-call/{name}": target for name, target in targets.items()}
    return AllPost({"on-call": ways}, ground, NEEDS)


@asynccontextmanager
async def opened(room: Room, *receivers: Receiver, **given: str) -> AsyncIterator[AllPost]:
    """A post to real targets."""
    post = open_post(
        receivers,
        room.tell,
        links=LINKS,
        clock=room.clock,
        environment=given,
        sleep=room.sleep,
        chance=lambda: room.chance,
    )
    try:
        yield post
    finally:
        await post.close(0.0)


async def test_a_target_that_is_down_for_a_minute_gets_everything_in_order_when_it_is_back(web: Station) -> None:
    """Attempts grow apart, nothing is given up, nothing overtakes, and each attempt is told."""
    room = Room()
    web.answers = [Answer(503)] * 6
    async with opened(room, Receiver("on-call", webhook=Webhook(web.url))) as post:
        for number in range(3):
            post.submit(notice(key=f"step {number}"))
        await room.until(lambda: len(room.final()) == 3)

    assert [1.0, 2.0, 4.0, 8.0, 16.0, 30.0] == room.slept
    assert [(f"step {number}", Delivered()) for number in range(3)] == room.final()
    assert 6 == sum(isinstance(outcome, Retry) for _, outcome in room.told)
    assert ["step 0"] * 7 + ["step 1", "step 2"] == [seen.json["key"] for seen in web.seen]


async def test_a_target_that_stays_down_is_given_up_after_an_hour_and_says_why() -> None:
    """What cannot be delivered comes back with the reason; what is behind it has had its hour too."""
    room = Room()
    target = Scripted([Retry("nobody there")] * 1000)
    post = made(room, only=target)
    post.submit(notice(key="first"))
    post.submit(notice(key="second"))
    await room.until(lambda: len(room.final()) == 2)
    await post.close(0.0)

    failed = Failed("nobody there; tried for 60 minutes")
    assert [("first", failed), ("second", failed)] == room.final()
    assert TRIED_MS <= room.now - NOW <= TRIED_MS + 2 * MOST_S * 1000


async def test_what_waited_its_hour_behind_others_is_given_up_without_taking_more_time() -> None:
    """A thousand notices to a dead target do not keep the next one waiting for their thousand time-outs."""
    room = Room()
    target = Scripted([Retry("no answer")] * 10_000)
    post = made(room, only=target)
    for number in range(1000):
        post.submit(notice(key=str(number)))
    await room.until(lambda: len(room.final()) == 1000)
    target.answers.clear()
    post.submit(notice(key="new"))
    await room.until(lambda: len(room.final()) == 1001)
    await post.close(0.0)

    assert ("new", Delivered()) == room.final()[-1]
    assert len(target.got) < 200


async def test_what_waits_is_not_sent_while_another_may_be_sending_it() -> None:
    """Only what is on its way already can go twice: the rest waits until it is ours again, or is let go."""
    room, slow = Room(), Scripted(gate=asyncio.Event())
    post = made(room, web=slow)
    for key in ("one", "two"):
        post.submit(notice(key=key))
    await room.until(lambda: len(slow.got) == 1)
    room.mine = False
    assert slow.gate is not None
    slow.gate.set()
    await room.until(lambda: len(room.slept) > 10)

    assert ["one"] == [sent.key for sent in slow.got]
    room.mine = True
    await room.until(lambda: len(room.told) == 2)
    assert ["one", "two"] == [sent.key for sent in slow.got]
    await post.close(0)


async def test_what_a_target_asks_for_is_waited() -> None:
    """Retry-After counts where it is longer than our own pause, up to a bound."""
    room = Room()
    post = made(room, only=Scripted([Retry("busy", 90.0), Retry("busy", 0.1), Retry("busy", 1e9)]))
    post.submit(notice())
    await room.until(lambda: len(room.final()) == 1)
    await post.close(0.0)

    assert [90.0, 2.0, ASKED_MOST_S] == room.slept


async def test_what_is_refused_is_not_tried_again_and_holds_nothing_up() -> None:
    """One attempt, then the next notice."""
    room = Room()
    target = Scripted([Failed("wrong token")])
    post = made(room, only=target)
    post.submit(notice(key="first"))
    post.submit(notice(key="second"))
    await room.until(lambda: len(room.final()) == 2)
    await post.close(0.0)

    assert [("first", Failed("wrong token")), ("second", Delivered())] == room.told
    assert [] == room.slept


async def test_one_dead_target_holds_nobody_else_up(web: Station) -> None:
    """A receiver that hangs keeps neither another receiver nor its own other way waiting."""
    room = Room()
    with silence() as port:
        hanging = f"http://127.0.0.1:{port}"
        receivers = (
            Receiver("dead", webhook=Webhook(hanging)),
            Receiver("alive", webhook=Webhook(web.url)),
            Receiver("both", webhook=Webhook(web.url), alertmanager=hanging),
        )
        async with opened(room, *receivers) as post:
            for receiver in receivers:
                post.submit(notice(key=receiver.name, receiver=receiver.name))
            await room.until(lambda: len(web.seen) == 2 and len(room.told) > 0)

            assert [("alive", Delivered())] == room.told


async def test_a_receiver_has_been_told_when_all_its_ways_have() -> None:
    """One way of two is half told; one that refuses makes it a failure, and the other is not told again."""
    room = Room()
    slow, quick = Scripted(gate=asyncio.Event()), Scripted()
    post = made(room, slow=slow, quick=quick)
    post.submit(notice(key="both"))
    await room.until(lambda: len(quick.got) == 1)
    assert [] == room.told
    assert slow.gate is not None
    slow.gate.set()
    await room.until(lambda: len(room.told) == 1)
    slow.answers = [Failed("gone")]
    post.submit(notice(key="half"))
    await room.until(lambda: len(room.told) == 2)
    await post.close(0.0)

    assert [("both", Delivered()), ("half", Failed("gone"))] == room.told
    assert 2 == len(quick.got)


async def test_after_an_uncertain_attempt_the_next_is_marked() -> None:
    """A time-out may have been a delivery: what is sent then may be a repetition, and what is told is the notice."""
    room = Room()
    target = Scripted([Retry("refused"), Uncertain("no answer")])
    post = made(room, only=target)
    post.submit(notice())
    await room.until(lambda: len(room.final()) == 1)
    await post.close(0.0)

    assert [False, False, True] == [sent.repeated for sent in target.got]


async def test_of_signs_of_life_only_the_newest_waits() -> None:
    """An old heartbeat would say that all was well when nobody knows; nor is one tried twice."""
    room = Room()
    target = Scripted([Retry("busy")], gate=asyncio.Event())
    post = made(room, only=target)
    for number in range(5):
        post.submit(notice(Kind.HEARTBEAT, key=f"beat {number}", at=NOW + number * MINUTE))
        await asyncio.sleep(0)
    assert target.gate is not None
    target.gate.set()
    await room.until(lambda: len(room.told) == 5)
    await post.close(0.0)

    assert ["beat 0", "beat 4"] == [sent.key for sent in target.got]
    outdated = Failed("a newer one took its place")
    assert [(f"beat {number}", outdated) for number in (1, 2, 3)] == [one for one in room.told if one[1] == outdated]
    assert ("beat 0", Failed("busy")) in room.told
    assert ("beat 4", Delivered()) == room.told[-1]


async def test_what_is_active_goes_to_alertmanager_alone() -> None:
    """Nobody else is told each minute what has been told already."""
    room = Room()
    people, manager = Scripted(), Scripted()
    post = made(room, webhook=people, alertmanager=manager)
    for number in range(3):  # of one minute: so many clocks are active that one notice does not hold them
        post.submit(notice(Kind.REFRESH, key=str(number)))
    await room.until(lambda: len(room.told) == 3)
    await post.close(0.0)

    assert ([], ["0", "1", "2"]) == (people.got, [sent.key for sent in manager.got])


async def test_of_keys_only_those_hear_who_know_them() -> None:
    """That a key ends, or is taken on, is nothing to people: but the step is done."""
    room = Room()
    ways = {name: Scripted() for name in ("slack", "webhook", "alertmanager", "pagerduty", "2.pagerduty")}
    post = made(room, **ways)
    post.submit(notice(Kind.MOVED, key="moved"))
    post.submit(notice(Kind.ACKNOWLEDGED, key="taken"))
    await room.until(lambda: len(room.told) == 2)
    await post.close(0.0)

    got = {name: [sent.key for sent in way.got] for name, way in ways.items() if way.got}
    assert {"webhook": ["moved"], "pagerduty": ["moved", "taken"], "2.pagerduty": ["moved", "taken"]} == got
    assert {("moved", Delivered()), ("taken", Delivered())} == set(room.told)


async def test_a_bug_in_one_target_ends_nothing() -> None:
    """What a target should never raise is an attempt that failed; its text, which may hold an address, is not shown."""
    room = Room()

    class Broken(Scripted):
        async def send(self, sent: Notice) -> Outcome:
            await super().send(sent)
            if len(self.got) == 1:
                raise RuntimeError("https://hush-token")
            return Delivered()

    post = made(room, only=Broken())
    post.submit(notice())
    await room.until(lambda: len(room.final()) == 1)
    await post.close(0.0)

    assert [Retry("on-call/only: unexpected RuntimeError"), Delivered()] == [outcome for _, outcome in room.told]


async def test_an_outcome_that_cannot_be_taken_down_ends_nothing() -> None:
    """The next notice goes out all the same."""
    room, target = Room(), Scripted()

    async def tell(told: Notice, outcome: Outcome) -> None:
        await room.tell(told, outcome)
        if told.key == "first":
            raise RuntimeError("a bug")

    ground = Ground(tell, room.clock, room.sleep, lambda: 0.0, room.may)
    post = AllPost({"on-call": {"on-call/only": target}}, ground, {})
    post.submit(notice(key="first"))
    post.submit(notice(key="second"))
    await room.until(lambda: len(room.told) == 2)
    await post.close(0.0)

    assert 2 == len(target.got)


async def test_a_receiver_that_is_not_there_is_a_failure() -> None:
    """A step to nobody does not vanish."""
    room = Room()
    post = made(room)
    post.submit(notice(receiver="nobody"))
    await room.until(lambda: len(room.told) == 1)
    await post.close(0.0)

    assert Failed("there is no receiver 'nobody'") == room.told[0][1]


async def test_closing_lets_out_what_can_go_and_no_more() -> None:
    """What is queued goes out within the patience; what hangs is told to nobody, and stays open."""
    room, stuck = Room(), Scripted(gate=asyncio.Event())
    quick = Scripted()
    ground = Ground(room.tell, room.clock, room.sleep, lambda: 0.0, room.may)
    post = AllPost({"on-call": {"on-call/a": stuck}, "room": {"room/a": quick}}, ground, {})
    post.submit(notice(key="stuck"))
    for number in range(20):
        post.submit(notice(key=f"quick {number}", receiver="room"))
    await post.close(0.2)

    assert [f"quick {number}" for number in range(20)] == [key for key, _ in room.told]
    assert stuck.closed
    assert quick.closed


async def test_a_burst_reaches_a_healthy_target_quickly(web: Station) -> None:
    """A hundred notices go through one connection in well under a second each."""
    room = Room()
    async with opened(room, Receiver("on-call", webhook=Webhook(web.url))) as post:
        for number in range(100):
            post.submit(notice(Kind.FIRING, alert(f"T-{number}"), key=f"{number}"))
        await room.until(lambda: len(room.told) == 100)

    assert [f"{number}" for number in range(100)] == [key for key, _ in room.told]


def test_pauses_grow_to_a_bound_and_half_of_them_is_chance() -> None:
    """1, 2, 4 … 30 s, and between half of that and all of it."""
    assert [1, 2, 4, 8, 16, 30, 30] == [pause_s(failures, 1.0) for failures in range(1, 8)]
    assert [0.5, 1, 2, 4, 8, 15, 15] == [pause_s(failures, 0.0) for failures in range(1, 8)]
    assert MOST_S == pause_s(10_000, 1.0)


@pytest.mark.parametrize(
    ("receiver", "said"),
    [
        (Receiver("r", apprise=("slack://${TOKEN}",)), "TOKEN, which is not set"),
        (Receiver("r", apprise=("msteams://hush/hush/hush",)), "workflow"),
        (Receiver("r", apprise=("json://ok.example", "carrier-pigeon://hush")), "apprise[1]"),
        (Receiver("r", apprise=("pagerduty://",)), "routing key"),
        (Receiver("r", apprise=("hush and no address",)), "begins with a service"),
        (Receiver("r", apprise=("dingtalk://",)), "token"),
        (Receiver("r", webhook=Webhook("ftp://hush.example/hush")), "https://"),
        (Receiver("r", webhook=Webhook("https://room.example", "ROOM_SECRET")), "ROOM_SECRET"),
        (Receiver("r", alertmanager="am:9093"), "https://"),
        (Receiver("r", alertmanager="http://[hush"), "https://"),
        (Receiver("r", alertmanager="http://am:hush"), "https://"),
    ],
)
async def test_a_receiver_that_cannot_be_told_is_refused_at_the_start(receiver: Receiver, said: str) -> None:
    """Receiver, way and mend are named; the address is not."""
    with pytest.raises(CannotTell) as raised:
        async with opened(Room(), receiver):
            pass

    assert said in str(raised.value)
    assert "receiver r" in str(raised.value)
    assert "hush" not in str(raised.value)


async def test_addresses_are_filled_from_the_environment(web: Station) -> None:
    """The secret stands in the environment and not in the file."""
    room = Room()
    receiver = Receiver("on-call", webhook=Webhook("http://127.0.0.1:${PORT}/${ROOM_TOKEN}", "ROOM_SECRET"))
    known = {"PORT": str(web.port), "ROOM_TOKEN": "hush", "ROOM_SECRET": "shh"}
    async with opened(room, receiver, **known) as post:
        post.submit(notice())
        await room.until(lambda: len(room.told) == 1)

    assert "/hush" == web.seen[0].path
    assert "x-slawatch-signature" in web.seen[0].headers


def test_a_check_looks_at_each_way_as_far_as_it_can() -> None:
    """Each fault is named; what only the machine that alerts has in its environment is not asked for."""
    receiver = Receiver(
        "r",
        apprise=("carrier-pigeon://x", "slack://${TOKEN}", "${ROOM_URL}"),
        webhook=Webhook("room.example", "ROOM_SECRET"),
        alertmanager="am:9093",
    )
    known = {"ROOM_URL": "dingtalk://"}

    problems = check_receiver(receiver, known)

    assert ["apprise[0]", "apprise[2]", "webhook.url", "alertmanager"] == [
        next(word for word in ("apprise[0]", "apprise[2]", "webhook.url", "alertmanager") if word in problem)
        for problem in problems
    ]
    assert "no such service" in problems[0]
    assert [] == check_receiver(Receiver("r", webhook=Webhook("https://room.example", "ROOM_SECRET")), {})


async def test_a_target_that_comes_back_on_its_port_is_found_again() -> None:
    """A server that is restarted takes what waited for it."""
    room = Room()
    with station() as first:
        port = first.port
    async with opened(room, Receiver("on-call", webhook=Webhook(f"http://127.0.0.1:{port}"))) as post:
        post.submit(notice(key="early"))
        await room.until(lambda: len(room.told) > 2)
        with station(port=port) as again:
            await room.until(lambda: len(room.final()) == 1)

    assert [("early", Delivered())] == room.final()
    assert 1 == len(again.seen)
