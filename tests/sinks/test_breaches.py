"""Each change of a breach is announced once; what the facts take back is withdrawn aloud."""

from __future__ import annotations

from models.egress import BreachWrite, Member
from sinks import keys
from sinks.view import Outcome
from tests.sinks.conftest import Twin
from tests.sinks.stories import DAY, HOUR, MINUTE, NOON, breach, gone, ticket, told

ID = "T1/resolution/1"
WARNED = told(ID, "warned|75%|1", NOON)
HIGHER = told(ID, "warned|90%|1", NOON + 10)
BREACHED = told(ID, "breached", NOON + 20)


async def _write(twin: Twin, seq: int, *breaches: BreachWrite, at: int = NOON + 30, revision: int = 1) -> None:
    active = [Member("active", "", one.id, NOON) for one in breaches if one.status in {"warned", "breached"}]
    write = ticket("T1", *active, breaches=list(breaches), revision=revision, priority="P0", customer_tier="vip")
    assert Outcome.WRITTEN is await twin.view.write_tickets(0, 5, seq, [write], at)


async def test_a_change_is_announced_once_and_in_order(twin: Twin) -> None:
    """However often a ticket is written, its stream holds each change once, in the order they came."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "warned", WARNED))
    await _write(twin, 2, breach(ID, "warned", WARNED))
    await _write(twin, 3, breach(ID, "breached", WARNED, HIGHER, BREACHED))
    await _write(twin, 4, breach(ID, "breached", WARNED, HIGHER, BREACHED))

    assert ["warned 75%", "warned 90%", "breached breached"] == await twin.told()


async def test_a_new_owner_announces_nothing_again(twin: Twin) -> None:
    """A takeover announces every level anew; what Redis has is dropped."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "warned", WARNED))
    await twin.view.take_over(0, 9)
    again = ticket("T1", breaches=[breach(ID, "breached", WARNED, BREACHED)])
    await twin.view.write_tickets(0, 9, 1, [again], NOON + 30)

    assert ["warned 75%", "breached breached"] == await twin.told()


async def test_an_entry_is_text_throughout(twin: Twin) -> None:
    """Numbers are decimal, null is empty, lists are JSON, and `backlog` is added."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "warned", told(ID, "warned|75%|1", NOON, target_s=900, flags=["complaint"])))
    (entry,) = await twin.entries()

    assert entry == {
        "id": ID,
        "revision": "1",
        "change": "warned",
        "level": "75%",
        "ticket": "T1",
        "metric": "resolution",
        "cycle": "1",
        "priority": "P1",
        "team": "",
        "flags": '["complaint"]',
        "at": "2024-01-08T12:00:00Z",
        "counted_s": "1.5",
        "target_s": "900",
        "backlog": "false",
    }
    assert {"status": "warned", **entry} == await twin.reader.read_breach(ID)


async def test_old_news_is_backlog(twin: Twin) -> None:
    """Nobody is woken for what is found more than a minute late."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "warned", WARNED), at=NOON + MINUTE)
    await _write(twin, 2, breach(ID, "breached", WARNED, BREACHED), at=NOON + MINUTE + 21)

    assert ["false", "true"] == [entry["backlog"] for entry in await twin.entries()]
    assert "true" == (await twin.reader.read_breach(ID) or {})["backlog"]


async def test_all_that_refills_an_emptied_redis_is_backlog(twin: Twin) -> None:
    """What is written again is announced again, but it is no news."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "warned", WARNED))
    await twin.flush()
    await twin.view.take_over(0, 5)
    again = ticket("T1", breaches=[breach(ID, "warned", WARNED)])
    await twin.view.write_tickets(0, 5, 2, [again], NOON, refilling=True)

    assert ["true"] == [entry["backlog"] for entry in await twin.entries()]


async def test_what_was_told_to_nobody_is_news_in_an_emptied_redis_too(twin: Twin) -> None:
    """A refill that says up to when all had been told: what came after it wakes somebody."""
    assert Outcome.EMPTIED is await twin.view.take_over(0, 5)
    both = ticket("T1", breaches=[breach(ID, "breached", WARNED, BREACHED)])
    await twin.view.write_tickets(0, 5, 1, [both], NOON + 30, refilling=True, told_until=NOON + 10)

    assert [("warned", "true"), ("breached", "false")] == [
        (entry["change"], entry["backlog"]) for entry in await twin.entries()
    ]


async def test_a_breach_that_never_was_is_withdrawn(twin: Twin) -> None:
    """A late fact takes everything back: one entry with the highest level, as the ticket stands now."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "breached", WARNED, HIGHER, BREACHED))
    await _write(twin, 2, revision=7)
    entry = (await twin.entries())[-1]
    held = await twin.reader.read_breach(ID) or {}

    assert ["warned 75%", "warned 90%", "breached breached", "withdrawn breached"] == await twin.told()
    assert ("7", "P0", "vip", "2024-01-08T12:00:00.020Z") == (
        entry["revision"],
        entry["priority"],
        entry["tier"],
        entry["at"],
    )
    assert ("resolution", "withdrawn", "withdrawn") == (entry["metric"], held["status"], held["change"])
    assert keys.ACTIVE not in await twin.holds()
    left = await twin.lives_ms(keys.breach(ID), NOON + 30)
    assert left is not None
    assert 7 * DAY - MINUTE < left <= 7 * DAY


async def test_a_withdrawal_is_said_once(twin: Twin) -> None:
    """Later writes of the ticket say nothing more, and leave the withdrawn breach as it stands."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "warned", WARNED))
    await _write(twin, 2, revision=2)
    withdrawn = await twin.holds()
    await _write(twin, 3, revision=2)

    assert withdrawn == await twin.holds()


async def test_the_highest_level_taken_back_comes_first(twin: Twin) -> None:
    """A breach becomes a mere warning again, at another level: first the withdrawal, then what is new."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "breached", WARNED, HIGHER, BREACHED))
    later = told(ID, "warned|50%|2", NOON + 25, revision=2)
    await _write(twin, 2, breach(ID, "warned", WARNED, later), revision=2)

    assert ["withdrawn breached", "warned 50%"] == (await twin.told())[3:]
    assert "2" == (await twin.entries())[3]["revision"]
    assert "warned" == (await twin.reader.read_breach(ID) or {})["status"]


async def test_what_was_taken_back_may_come_again(twin: Twin) -> None:
    """A breach withdrawn and breached after all is announced anew."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "breached", BREACHED))
    await _write(twin, 2, revision=2)
    await _write(twin, 3, breach(ID, "breached", told(ID, "breached", NOON + 21, revision=3)))

    assert ["breached breached", "withdrawn breached", "breached breached"] == await twin.told()
    assert "breached" == (await twin.reader.read_breach(ID) or {})["status"]
    assert await twin.lives_ms(keys.breach(ID), NOON) is None


async def test_pauses_that_moved_are_replaced_in_silence(twin: Twin) -> None:
    """A pause found to have begun at another instant is told; that the old one was wrong is not."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "warned", WARNED, told(ID, "paused|11", NOON + 11, level="75%")))
    await _write(twin, 2, breach(ID, "warned", WARNED, told(ID, "paused|12", NOON + 12, level="75%")))

    assert ["warned 75%", "paused 75%", "paused 75%"] == await twin.told()


async def test_a_cancelled_ticket_withdraws_with_its_own_words(twin: Twin) -> None:
    """Where the ticket itself says withdrawn, nothing is added."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "breached", WARNED, BREACHED))
    withdrawn = told(ID, "withdrawn|30", NOON + 30, revision=2)
    await _write(twin, 2, breach(ID, "withdrawn", WARNED, withdrawn, ended_at=NOON + 30), revision=2)

    assert ["warned 75%", "breached breached", "withdrawn breached"] == await twin.told()
    assert "withdrawn" == (await twin.reader.read_breach(ID) or {})["status"]


async def test_an_ended_breach_lives_seven_days_from_its_end(twin: Twin) -> None:
    """It goes 7 days after its end was written; writing the ticket again does not prolong it."""
    await twin.view.take_over(0, 5)
    ended = told(ID, "ended|40", NOON + 40)
    await _write(twin, 1, breach(ID, "warned", WARNED))
    assert await twin.lives_ms(keys.breach(ID), NOON) is None

    await _write(twin, 2, breach(ID, "ended", WARNED, ended, ended_at=NOON + 40), at=NOON + HOUR)
    await _write(twin, 3, breach(ID, "ended", WARNED, ended, ended_at=NOON + 40), at=NOON + 3 * DAY)
    left = await twin.lives_ms(keys.breach(ID), NOON + 3 * DAY)
    assert left is not None
    assert 4 * DAY < left <= 4 * DAY + HOUR

    await _write(twin, 4, breach(ID, "ended", WARNED, ended, ended_at=NOON + 40), at=NOON + 8 * DAY)
    assert await twin.reader.read_breach(ID) is None


async def test_a_reopened_breach_stays_again(twin: Twin) -> None:
    """An end that was taken back no longer counts the days."""
    await twin.view.take_over(0, 5)
    ended = told(ID, "ended|40", NOON + 40)
    await _write(twin, 1, breach(ID, "ended", BREACHED, ended, ended_at=NOON + 40))
    await _write(twin, 2, breach(ID, "breached", BREACHED, ended, told(ID, "resumed|50", NOON + 50)))

    assert await twin.lives_ms(keys.breach(ID), NOON) is None
    assert ["breached breached", "ended breached", "resumed breached"] == await twin.told()


async def test_a_settled_ticket_withdraws_nothing(twin: Twin) -> None:
    """Its figures stand; its breaches live out their days and are forgotten."""
    await twin.view.take_over(0, 5)
    await _write(twin, 1, breach(ID, "breached", BREACHED))
    await twin.view.write_tickets(0, 5, 2, [gone("T1")], NOON + 40)
    holds = await twin.holds()

    assert ["breached breached"] == await twin.told()
    assert {keys.BREACHES, keys.breach(ID)} == holds.keys()
    left = await twin.lives_ms(keys.breach(ID), NOON + 40)
    assert left is not None
    assert left <= 7 * DAY

    await twin.view.write_tickets(0, 5, 3, [ticket("T1")], NOON + 50)
    assert ["breached breached"] == await twin.told()


async def test_breaches_of_one_ticket_are_told_apart(twin: Twin) -> None:
    """One is taken back, the other stands."""
    await twin.view.take_over(0, 5)
    other = "T1/first_response/1"
    standing = breach(other, "breached", told(other, "breached", NOON + 5))
    await _write(twin, 1, breach(ID, "warned", WARNED), standing)
    await _write(twin, 2, standing, revision=2)

    assert ["warned 75%", "breached breached", "withdrawn 75%"] == await twin.told()
    assert "breached" == (await twin.reader.read_breach(other) or {})["status"]
    assert {other: NOON} == (await twin.holds())[keys.ACTIVE]


async def test_no_two_entries_bear_one_name(twin: Twin) -> None:
    """A late fact may end a breach on another instant, with as many events before it: its entry has a revision free."""
    await twin.view.take_over(0, 5)
    ended = told(ID, "ended|9|e5", NOON + 30, revision=5, level="breached")
    earlier = told(ID, "ended|8|e6", NOON + 25, revision=5, level="breached")
    now_known = breach(ID, "ended", BREACHED, earlier, ended_at=NOON + 25)
    now_known.fields["revision"] = 6

    await _write(twin, 1, breach(ID, "ended", BREACHED, ended, ended_at=NOON + 30), revision=5)
    await _write(twin, 2, now_known, revision=6)

    assert [("breached", "1"), ("ended", "5"), ("ended", "6")] == [
        (entry["change"], entry["revision"]) for entry in await twin.entries()
    ]


async def test_a_breach_that_comes_back_is_told_under_another_name(twin: Twin) -> None:
    """Rules that are taken back may bring again, without a new event, what they took away: somebody is to be woken."""
    await twin.view.take_over(0, 5)
    for seq in (1, 3):
        await _write(twin, seq, breach(ID, "warned", WARNED))
        await _write(twin, seq + 1)

    names = [(entry["change"], entry["level"], entry["revision"]) for entry in await twin.entries()]
    assert ["warned", "withdrawn"] * 2 == [change for change, _, _ in names]
    assert len(names) == len(set(names))
