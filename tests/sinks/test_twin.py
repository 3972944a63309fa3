"""Redis and its twin in memory hold the same, whatever is written in whatever order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.egress import BreachWrite, Member, TicketWrite
from models.kpi import Document
from sinks.view import Fence, PartitionBeat, WorkerBeat
from tests.servers.redis import RedisServer
from tests.sinks.conftest import InMemory, InRedis, Twin
from tests.sinks.stories import DAY, NOON, breach, gone, ticket, told

SCOPES = ("all", "team:A", "team:A%7CB|priority:P0")
NAMES = ("warned|50%|1", "warned|75%|1", "breached", "paused|7", "withdrawn|9", "ended|11")


@st.composite
def breaches(draw: st.DrawFn, ticket_id: str) -> list[BreachWrite]:
    """Breaches in any state, sensible or not."""
    found = []
    for metric in draw(st.sets(st.sampled_from(("update", "resolution")))):
        ident = f"{ticket_id}/{metric}/1"
        names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
        transitions = [told(ident, name, NOON - draw(st.sampled_from((0, 10, 90_000))), level="x") for name in names]
        status = draw(st.sampled_from(("warned", "breached", "withdrawn", "ended")))
        found.append(breach(ident, status, *transitions, ended_at=NOON if status == "ended" else None))
    return found


@st.composite
def tickets(draw: st.DrawFn) -> TicketWrite:
    """A ticket in any places."""
    ticket_id = draw(st.sampled_from(("T1", "T:2", "网络")))
    if draw(st.integers(0, 4)) == 0:
        return gone(ticket_id)
    members = [
        Member(family, scope, member, score)
        for family, scope, member, score in draw(
            st.sets(
                st.tuples(
                    st.sampled_from(("open", "due", "decided")),
                    st.sampled_from(SCOPES),
                    st.sampled_from((ticket_id, f"{ticket_id}/x")),
                    st.sampled_from((NOON, NOON - 2 * DAY, 0)),
                ),
                max_size=5,
            )
        )
    ]
    by_place = {(one.family, one.scope, one.member): one for one in members}
    families = draw(st.sets(st.sampled_from(("active", "incidents", "due"))))
    plain = [Member(family, "", ticket_id, 0) for family in families]
    found = draw(breaches(ticket_id.replace(":", "%3A")))
    return ticket(ticket_id, *by_place.values(), *plain, breaches=found, revision=draw(st.integers(1, 9)))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any figure, or its removal."""
    family = draw(st.sampled_from(("kpi", "live", "day", "period", "budget")))
    value: Any = {"open": draw(st.integers(0, 9)), "oldest_open": None} if family == "live" else b'{"x":1}'
    if draw(st.integers(0, 3)) == 0:
        value = None
    field = {"kpi": "5m", "day": "2024-01-08T12:00:00Z", "period": "2024-01-08"}.get(family, "")
    return Document(family, draw(st.sampled_from(SCOPES)), field, value)


epochs, partitions = st.integers(1, 3), st.integers(0, 1)
steps = st.one_of(
    st.tuples(st.just("take_over"), partitions, epochs, st.booleans()),
    st.tuples(
        st.just("write"), partitions, epochs, st.integers(0, 12), st.lists(tickets(), max_size=4), st.booleans()
    ),
    st.tuples(st.just("sweep"), partitions, epochs),
    st.tuples(st.just("flush")),
    st.tuples(st.just("trim")),
    st.tuples(st.just("documents"), epochs, st.integers(1, 4), st.lists(documents(), max_size=3), st.booleans()),
    st.tuples(st.just("health"), partitions, epochs, st.integers(0, 9)),
)


async def _do(twin: Twin, step: tuple[Any, ...]) -> Any:  # noqa: PLR0911 -- a table
    view = twin.view
    match step:
        case ("take_over", partition, epoch, unless_emptied):
            return await view.take_over(partition, epoch, unless_emptied=unless_emptied)
        case ("write", partition, epoch, seq, writes, refilling):
            return await view.write_tickets(partition, epoch, seq, writes, NOON, refilling=refilling)
        case ("sweep", partition, epoch):
            return await view.sweep(partition, epoch, NOON)
        case ("trim",):
            return await view.trim(NOON, NOON)
        case ("documents", epoch, seq, found, whole):
            return await view.write_documents(Fence("f", epoch, seq), found, NOON, whole=whole)
        case ("health", partition, epoch, count):
            beat = PartitionBeat(partition, epoch, NOON, NOON, {"orphans": count, "ahead": {"x": count}})
            return await view.write_health(WorkerBeat(f"w{epoch}", "1", ["e"], f"d{epoch}"), [beat], NOON)
        case _:
            return await twin.flush()


@pytest.fixture(scope="module")
def runner() -> Any:
    """One loop for all examples."""
    with asyncio.Runner() as found:
        yield found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(steps, max_size=12))
def test_redis_and_its_twin_never_differ(runner: asyncio.Runner, redis_server: RedisServer, plan: list[Any]) -> None:
    """Every answer and every key of the outside is the same, after each step."""

    async def compare() -> None:
        real, twin = InRedis(redis_server.url), InMemory()
        await real.flush()
        for partition in (0, 1):
            await _do(real, ("take_over", partition, 1, False))
            await _do(twin, ("take_over", partition, 1, False))
        for step in plan:
            assert await _do(twin, step) == await _do(real, step), step
            assert await twin.holds() == await real.holds(), step
        await real.redis.close()

    runner.run(compare())
