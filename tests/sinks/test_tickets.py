"""A ticket is written as a whole, by its newest owner, once."""

from __future__ import annotations

import pytest

from models import scope
from models.egress import Member, TicketWrite
from sinks import keys
from sinks.view import Outcome
from tests.sinks.conftest import Twin
from tests.sinks.stories import DAY, NOON, gone, is_due, is_open, places, ticket


async def test_an_epoch_is_entered_before_anything_is_written(twin: Twin) -> None:
    """A write under an epoch that Redis has never heard of says that Redis is empty, and leaves nothing."""
    outcome = await twin.view.write_tickets(0, 5, 1, [ticket("T1")], NOON)

    assert Outcome.EMPTIED is outcome
    assert {} == await twin.holds()


async def test_the_same_again_changes_nothing(twin: Twin) -> None:
    """A batch whose acknowledgement was lost is written again, and nobody can tell."""
    await twin.view.take_over(0, 5)
    writes = [ticket("T1", *is_open("T1", "all")), ticket("T2", *is_open("T2", "all"))]
    assert Outcome.WRITTEN is await twin.view.write_tickets(0, 5, 1, writes, NOON)
    once = await twin.holds()

    assert Outcome.WRITTEN is await twin.view.write_tickets(0, 5, 1, writes, NOON)
    assert once == await twin.holds()


async def test_an_older_write_of_the_same_owner_changes_nothing(twin: Twin) -> None:
    """What a slow retry brings late does not overwrite what is newer."""
    await twin.view.take_over(0, 5)
    await twin.view.write_tickets(0, 5, 5, [ticket("T0", *is_open("T0", "team:A"))], NOON)
    await twin.view.write_tickets(0, 5, 7, [ticket("T1", *is_open("T1", "team:B"), revision=2)], NOON)
    newer = await twin.holds()
    await twin.view.write_tickets(0, 5, 6, [ticket("T1", *is_open("T1", "team:A"), revision=1)], NOON)

    assert newer == await twin.holds()


async def test_an_older_owner_is_refused(twin: Twin) -> None:
    """A worker that froze past its session and wakes with old state changes nothing."""
    await twin.view.take_over(0, 5)
    await twin.view.write_tickets(0, 5, 1, [ticket("T1", revision=1)], NOON)
    await twin.view.take_over(0, 9)
    await twin.view.write_tickets(0, 9, 1, [ticket("T1", revision=2)], NOON)
    newer = await twin.holds()

    assert Outcome.REFUSED is await twin.view.write_tickets(0, 5, 2, [ticket("T1", revision=1)], NOON)
    assert Outcome.REFUSED is await twin.view.take_over(0, 5)
    assert newer == await twin.holds()


async def test_a_newer_owner_wins_with_a_smaller_sequence(twin: Twin) -> None:
    """Sequences begin anew under each epoch."""
    await twin.view.take_over(0, 5)
    await twin.view.write_tickets(0, 5, 900, [ticket("T1", revision=1)], NOON)
    await twin.view.take_over(0, 9)
    await twin.view.write_tickets(0, 9, 1, [ticket("T1", revision=2)], NOON)

    assert (await twin.reader.read_ticket("T1") or {})["revision"] == 2


async def test_partitions_are_fenced_apart(twin: Twin) -> None:
    """A new owner of one partition takes nothing from the owner of another."""
    await twin.view.take_over(0, 5)
    await twin.view.take_over(1, 900)

    assert Outcome.WRITTEN is await twin.view.write_tickets(0, 5, 1, [ticket("T1")], NOON)


async def test_a_ticket_leaves_where_it_no_longer_belongs(twin: Twin) -> None:
    """A ticket moved from one team to another is gone from the first."""
    await twin.view.take_over(0, 5)
    first = [*is_open("T1", "all", "team:A"), *is_due("T1/resolution/1", NOON, "all", "team:A")]
    await twin.view.write_tickets(0, 5, 1, [ticket("T1", *first)], NOON)
    then = [*is_open("T1", "all", "team:B"), *is_due("T1/resolution/1", NOON + 5, "all", "team:B")]
    await twin.view.write_tickets(0, 5, 2, [ticket("T1", *then)], NOON)
    holds = await twin.holds()

    assert {"T1": NOON} == holds[keys.open_("team:B")]
    assert {"T1/resolution/1": NOON + 5} == holds[keys.due("all")] == holds[keys.due()]
    assert not {keys.open_("team:A"), keys.due("team:A")} & holds.keys()


async def test_what_counts_anew_is_added_to_what_counted(twin: Twin) -> None:
    """Facts come one by one, fall out of the list at its beginning, and change their places."""
    await twin.view.take_over(0, 5)
    members = [Member("decided", name, f"e{n}", NOON + n) for n in range(4) for name in ("all", "team:A")]
    for seq, part in enumerate((members[:2], members[:6], members[2:], members[2:4]), 1):
        await twin.view.write_tickets(0, 5, seq, [ticket("T1", *part)], NOON)
        expected = [(one.member, one.score) for one in part[::2]]
        assert expected == await twin.reader.read_decided("all", 0, 2 * NOON)
        assert expected == await twin.reader.read_decided("team:A", 0, 2 * NOON)


async def test_the_next_owner_takes_out_what_a_dead_one_put_in(twin: Twin) -> None:
    """The worker died between two teams: its successor knows nothing of the first, and still it is gone."""
    await twin.view.take_over(0, 5)
    await twin.view.write_tickets(0, 5, 1, [ticket("T1", *is_open("T1", "team:A"))], NOON)
    await twin.view.take_over(0, 9)
    await twin.view.write_tickets(0, 9, 1, [ticket("T1", *is_open("T1", "team:B"))], NOON)
    holds = await twin.holds()

    assert keys.open_("team:A") not in holds
    assert {"T1": NOON} == holds[keys.open_("team:B")]


async def test_a_crash_in_the_middle_of_a_batch_leaves_no_trace(twin: Twin) -> None:
    """Half a batch, then all of it: the same as all of it once."""
    writes = [ticket(f"T{n}", *is_open(f"T{n}", "all", f"team:{n % 3}")) for n in range(60)]
    await twin.view.take_over(0, 5)
    await twin.view.write_tickets(0, 5, 1, writes, NOON)
    whole = await twin.holds()
    await twin.flush()
    await twin.view.take_over(0, 5)
    await twin.view.write_tickets(0, 5, 1, writes[:31], NOON)
    await twin.view.write_tickets(0, 5, 1, writes, NOON)

    assert whole == await twin.holds()


async def test_the_latest_of_two_writes_in_one_batch_holds(twin: Twin) -> None:
    """A ticket may be written twice in one go; order counts."""
    await twin.view.take_over(0, 5)
    writes = [ticket("T1", *is_open("T1", "team:A")), gone("T1"), ticket("T1", *is_open("T1", "team:B"), revision=3)]
    await twin.view.write_tickets(0, 5, 1, writes, NOON)
    holds = await twin.holds()

    assert {keys.SCOPES, keys.open_("team:B"), keys.ticket("T1")} == holds.keys()


async def test_a_settled_ticket_leaves_nothing(twin: Twin) -> None:
    """Without a document all of a ticket goes."""
    await twin.view.take_over(0, 5)
    incident = Member("incidents", "", "T1", 0)
    await twin.view.write_tickets(0, 5, 1, [ticket("T1", *is_open("T1", "all"), incident)], NOON)
    assert {"T1"} == (await twin.holds())[keys.INCIDENTS]
    await twin.view.write_tickets(0, 5, 2, [gone("T1")], NOON)

    assert {keys.SCOPES: {"all"}} == await twin.holds()
    assert await twin.reader.read_ticket("T1") is None


async def test_a_takeover_ends_with_the_tickets_that_there_are(twin: Twin) -> None:
    """Tickets that only an older owner knew are swept out; those of other partitions stay."""
    await twin.view.take_over(0, 5)
    await twin.view.take_over(1, 5)
    await twin.view.write_tickets(0, 5, 1, [ticket("kept", *is_open("kept", "all")), ticket("lost")], NOON)
    await twin.view.write_tickets(1, 5, 1, [ticket("other")], NOON)
    await twin.view.take_over(0, 9)
    await twin.view.write_tickets(0, 9, 0, [ticket("kept", *is_open("kept", "all"))], NOON)

    assert Outcome.WRITTEN is await twin.view.sweep(0, 9, NOON)
    assert await twin.reader.read_ticket("lost") is None
    assert await twin.reader.read_ticket("kept") is not None
    assert await twin.reader.read_ticket("other") is not None
    assert [("kept", NOON)] == await twin.reader.read_open("all", 9)
    assert Outcome.REFUSED is await twin.view.sweep(0, 5, NOON)


async def test_an_emptied_redis_says_so_and_is_filled_to_the_same(twin: Twin) -> None:
    """After FLUSHALL the next write asks for a refill, and the refill leaves what was there."""
    writes = [ticket(f"T{n}", *is_open(f"T{n}", "all", f"team:{n}")) for n in range(5)]
    await twin.view.take_over(0, 5)
    await twin.view.write_tickets(0, 5, 1, writes, NOON)
    before = await twin.holds()
    await twin.flush()

    assert Outcome.EMPTIED is await twin.view.write_tickets(0, 5, 6, writes[:1], NOON)
    assert Outcome.EMPTIED is await twin.view.take_over(0, 5, unless_emptied=True)
    assert Outcome.EMPTIED is await twin.view.take_over(0, 5)
    assert Outcome.WRITTEN is await twin.view.take_over(0, 5)
    assert Outcome.WRITTEN is await twin.view.write_tickets(0, 5, 7, writes, NOON, refilling=True)
    assert before == await twin.holds()


async def test_every_scope_with_data_is_listed(twin: Twin) -> None:
    """Scopes of open tickets, deadlines and decisions stand in one set."""
    await twin.view.take_over(0, 5)
    decided = Member("decided", "tier:vip", "solved/T1/-/-/e1", NOON)
    await twin.view.write_tickets(0, 5, 1, [ticket("T1", *is_open("T1", "all"), decided)], NOON)

    assert {"all", "tier:vip"} == await twin.reader.scopes()


NAMES = ["100%", "a:b", "net|core", "x/y", "网络 运维", "tab\there", "%3A", "é", "'\"{}"]


@pytest.mark.parametrize("name", NAMES)
async def test_any_name_finds_its_key_again(twin: Twin, name: str) -> None:
    """A name with separators, control or Chinese characters is encoded once, and decoded to itself."""
    await twin.view.take_over(0, 5)
    team = scope.team(name)
    ident = scope.breach_id(name, "resolution", 1)
    members = [Member("open", team, "T1", NOON), *is_due(ident, NOON, scope.team_priority(name, "P0"))]
    await twin.view.write_tickets(0, 5, 1, [TicketWrite(name, b'{"ticket_id":1}', places(members))], NOON)

    assert {"ticket_id": 1} == await twin.reader.read_ticket(name)
    assert [(ident, NOON)] == await twin.reader.read_due(scope.team_priority(name, "P0"), 9)
    assert {name} == {scope.parts(found)["team"] for found in await twin.reader.scopes()}


async def test_a_member_with_a_control_character_is_an_error(twin: Twin) -> None:
    """Intake refuses such ids; were one to slip through, it must not be taken for two."""
    await twin.view.take_over(0, 5)
    if hasattr(twin, "redis"):
        with pytest.raises(ValueError, match="control character"):
            await twin.view.write_tickets(0, 5, 1, [ticket("T", *is_open("a\x1eb", "all"))], NOON)
    with pytest.raises(ValueError, match="unknown family"):
        await twin.view.write_tickets(0, 5, 1, [ticket("T", Member("opened", "all", "T", 1))], NOON)


async def test_what_was_decided_is_trimmed_after_a_day(twin: Twin) -> None:
    """What counted stays for 24 hours and for all of today, whichever is longer."""
    await twin.view.take_over(0, 5)
    instants = {"old": NOON - DAY - 1, "a day ago": NOON - DAY, "now": NOON}
    members = [Member("decided", "all", name, at) for name, at in instants.items()]
    await twin.view.write_tickets(0, 5, 1, [ticket("T1", *members)], NOON)

    assert 0 == await twin.view.trim(NOON, NOON - DAY - 1)
    assert 1 == await twin.view.trim(NOON, NOON - 3 * DAY // 4)
    assert [("a day ago", NOON - DAY), ("now", NOON)] == await twin.reader.read_decided("all", 0, NOON + 1)
    assert [("a day ago", NOON - DAY)] == await twin.reader.read_decided("all", 0, NOON)


async def test_deadlines_ahead_and_behind_are_read_apart(twin: Twin) -> None:
    """What is due from now on comes soonest first, what is overdue latest first."""
    await twin.view.take_over(0, 5)
    writes = [ticket(f"T{n}", *is_due(f"T{n}/update/1", NOON + n, "all")) for n in range(-3, 3)]
    await twin.view.write_tickets(0, 5, 1, writes, NOON)

    assert [NOON, NOON + 1] == [one.due_at for one in await twin.reader.read_due("all", 2, NOON)]
    assert [NOON - 1, NOON - 2] == [one.due_at for one in await twin.reader.read_overdue("all", NOON, 2)]
    assert [NOON - 3] == [one.due_at for one in await twin.reader.read_due("", 1)]
    assert ["T2", None] == [one and one["ticket_id"] for one in await twin.reader.read_tickets(["T2", "T9"])]
