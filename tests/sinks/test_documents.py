"""Figures have one writer, and a newer one at a time."""

from __future__ import annotations

import orjson
import pytest

from models.kpi import Document
from sinks import keys
from sinks.view import Fence, Outcome
from tests.sinks.conftest import Twin
from tests.sinks.stories import DAY, NOON

KPI = Document("kpi", "team:A", "5m", b'{"created":1}')


async def test_an_unknown_owner_is_asked_for_everything(twin: Twin) -> None:
    """Figures enter Redis as a whole, or they would be a part of nobody knows what."""
    assert Outcome.EMPTIED is await twin.view.write_documents(Fence("f", 1, 1), [KPI], NOON)
    assert {} == await twin.holds()
    assert Outcome.WRITTEN is await twin.view.write_documents(Fence("f", 1, 1), [KPI], NOON, whole=True)
    assert {"5m": {"created": 1}} == await twin.reader.read_kpis("team:A")
    assert {"team:A"} == await twin.reader.scopes()


async def test_nothing_is_enough_to_enter(twin: Twin) -> None:
    """An owner without figures yet is known all the same."""
    assert Outcome.WRITTEN is await twin.view.write_documents(Fence("f", 1, 1), [], NOON, whole=True)
    assert Outcome.WRITTEN is await twin.view.write_documents(Fence("f", 1, 2), [KPI], NOON)


async def test_an_older_writer_is_refused(twin: Twin) -> None:
    """Neither an older epoch nor an older write of the same epoch gets through, whole or not."""
    await twin.view.write_documents(Fence("f", 4, 1), [KPI], NOON, whole=True)
    await twin.view.write_documents(Fence("f", 4, 3), [KPI], NOON)
    before = await twin.holds()
    other = KPI._replace(value=b"{}")

    assert Outcome.REFUSED is await twin.view.write_documents(Fence("f", 3, 9), [other], NOON, whole=True)
    assert Outcome.REFUSED is await twin.view.write_documents(Fence("f", 4, 2), [other], NOON)
    assert before == await twin.holds()


async def test_owners_are_fenced_apart(twin: Twin) -> None:
    """Each partition of the figures has its own fence."""
    await twin.view.write_documents(Fence("f:0", 9, 1), [], NOON, whole=True)

    assert Outcome.WRITTEN is await twin.view.write_documents(Fence("f:1", 2, 1), [KPI], NOON, whole=True)


async def test_a_newer_epoch_begins_with_everything(twin: Twin) -> None:
    """A new owner that writes a part first is asked for the whole."""
    await twin.view.write_documents(Fence("f", 1, 7), [KPI], NOON, whole=True)

    assert Outcome.EMPTIED is await twin.view.write_documents(Fence("f", 2, 1), [KPI], NOON)
    assert Outcome.WRITTEN is await twin.view.write_documents(Fence("f", 2, 1), [KPI], NOON, whole=True)


async def test_an_emptied_redis_asks_for_everything(twin: Twin) -> None:
    """After FLUSHALL a part is not enough."""
    await twin.view.write_documents(Fence("f", 1, 1), [KPI], NOON, whole=True)
    await twin.flush()

    assert Outcome.EMPTIED is await twin.view.write_documents(Fence("f", 1, 2), [KPI], NOON)


async def test_live_figures_are_replaced_as_a_whole(twin: Twin) -> None:
    """A field that is no longer said is gone; values are text, null is empty."""
    first = Document("live", "all", "", {"open": 3, "oldest_open": "T1", "as_of": "2024-01-08T12:00:00Z"})
    await twin.view.write_documents(Fence("f", 1, 1), [first], NOON, whole=True)
    then = Document("live", "all", "", {"open": 0, "oldest_open": None})
    await twin.view.write_documents(Fence("f", 1, 2), [then], NOON)

    assert {"open": "0", "oldest_open": ""} == await twin.reader.read_live("all")


async def test_slots_are_kept_eight_days(twin: Twin) -> None:
    """Slots that begin more than 8 days ago are trimmed; the hash itself goes when nothing comes any more."""
    starts = ["2023-12-31T11:55:00Z", "2023-12-31T12:00:00Z", "2024-01-08T12:00:00Z"]
    slots = [Document("day", "all", start, b'{"open":%d}' % n) for n, start in enumerate(starts)]
    await twin.view.write_documents(Fence("f", 1, 1), slots, NOON, whole=True)

    assert 1 == await twin.view.trim(NOON, NOON)
    assert {starts[1]: {"open": 1}, starts[2]: {"open": 2}} == await twin.reader.read_day("all")
    left = await twin.lives_ms(keys.day("all"), NOON)
    assert left is not None
    assert 8 * DAY - 60_000 < left <= 8 * DAY


async def test_slots_that_are_none_any_more_go(twin: Twin) -> None:
    """A new owner says where a scope's slots begin, or that there are none: what an older one told of before goes."""
    starts = [f"2024-01-08T0{hour}:00:00Z" for hour in range(4)]
    slots = [Document("day", "team:A", start, b'{"open":1}') for start in starts]
    await twin.view.write_documents(Fence("f", 1, 1), slots, NOON, whole=True)

    begin = Document("since", "team:A", starts[2], None)
    await twin.view.write_documents(Fence("f", 2, 1), [*slots[2:], begin], NOON, whole=True)
    assert {starts[2]: {"open": 1}, starts[3]: {"open": 1}} == await twin.reader.read_day("team:A")

    none = Document("since", "team:A", "2024-01-08T12:05:00Z", None)
    await twin.view.write_documents(Fence("f", 3, 1), [none], NOON, whole=True)
    assert {} == await twin.reader.read_day("team:A")


@pytest.mark.parametrize(("days", "period"), [(40, "2024-01-08"), (None, "2024-01"), (None, "2024-Q1"), (None, "2024")])
async def test_totals_of_a_day_live_forty_days(twin: Twin, days: int | None, period: str) -> None:
    """Longer periods stay."""
    total = Document("period", "team:A", period, b'{"final":false}')
    await twin.view.write_documents(Fence("f", 1, 1), [total], NOON, whole=True)
    left = await twin.lives_ms(keys.period(period, "team:A"), NOON)

    assert {"final": False} == await twin.reader.read_period(period, "team:A")
    assert days == (None if left is None else round(left / DAY))


async def test_a_budget_lives_eight_days_after_it_was_last_told(twin: Twin) -> None:
    """That of an objective which is in the book no more goes by itself."""
    key = keys.budget("answered in time")
    told = [Document("budget", "answered in time", "", b'{"left":1}')]
    await twin.view.write_documents(Fence("f", 1, 1), told, NOON, whole=True)
    left = await twin.lives_ms(key, NOON)

    assert [{"left": 1}, None] == await twin.reader.read_budgets(["answered in time", "another"])
    assert left is not None
    assert 8 == round(left / DAY)


async def test_a_figure_without_a_value_is_taken_away(twin: Twin) -> None:
    """A field, or the key where the figure is all that it holds."""
    budget = Document("budget", "P0 in time, 95%", "", b"{}")
    live = Document("live", "all", "", {"open": 1})
    told = [KPI, KPI._replace(field="1h"), live, budget]
    await twin.view.write_documents(Fence("f", 1, 1), told, NOON, whole=True)
    removed = [one._replace(value=None) for one in (KPI, live, budget)]
    await twin.view.write_documents(Fence("f", 1, 2), removed, NOON)

    assert {keys.kpi("team:A"): {"1h": '{"created":1}'}, keys.SCOPES: {"team:A", "all"}} == await twin.holds()


async def test_many_figures_arrive_whole(twin: Twin) -> None:
    """More documents than one call of the script takes, of a realistic size."""
    many = [Document("kpi", f"team:{n}", "1h", orjson.dumps({"n": n, "pad": "x" * 900})) for n in range(350)]
    await twin.view.write_documents(Fence("f", 1, 1), many, NOON, whole=True)

    assert {f"team:{n}" for n in range(350)} == await twin.reader.scopes()
    assert 349 == (await twin.reader.read_kpis("team:349"))["1h"]["n"]


async def test_an_unknown_family_is_an_error(twin: Twin) -> None:
    """A misspelt family is named."""
    with pytest.raises(ValueError, match="unknown family of documents 'kpis'"):
        await twin.view.write_documents(Fence("f", 1, 1), [KPI._replace(family="kpis")], NOON, whole=True)


def closed(revision: int) -> Document:
    """A revision of a month's total."""
    said = {"period": "2026-10", "revision": revision, "as_of": f"2026-11-0{7 + revision}T16:00:00Z"}
    return Document("final", "team:A", "2026-10", orjson.dumps(said))


async def test_each_revision_of_a_closed_total_is_announced_once(twin: Twin) -> None:
    """Written again by the same or by the next owner it is no news; a later revision is."""
    await twin.view.write_documents(Fence("f", 1, 1), [closed(1)], NOON, whole=True)
    await twin.view.write_documents(Fence("f", 1, 2), [closed(1)], NOON)
    await twin.view.write_documents(Fence("f", 2, 1), [closed(1), closed(2)], NOON, whole=True)
    entries = (await twin.holds())["sla:periods"]

    assert [
        {"period": "2026-10", "subject": "team:A", "revision": "1", "as_of": "2026-11-08T16:00:00Z"},
        {"period": "2026-10", "subject": "team:A", "revision": "2", "as_of": "2026-11-09T16:00:00Z"},
    ] == entries
    assert 2 == (await twin.reader.read_period("2026-10", "team:A") or {})["revision"]


async def test_an_emptied_redis_hears_of_all_revisions_again(twin: Twin) -> None:
    """The earlier ones only by name, and none of them twice; what is kept no longer leaves nothing behind."""
    earlier = Document("announced", "team:A", "2026-10", {"revision": 1, "as_of": "2026-11-08T16:00:00Z"})
    await twin.view.write_documents(Fence("f", 1, 1), [earlier, closed(2)], NOON, whole=True)
    await twin.view.write_documents(Fence("f", 1, 2), [earlier, closed(2)], NOON)

    assert ["1", "2"] == [entry["revision"] for entry in (await twin.holds())["sla:periods"]]
    await twin.view.write_documents(Fence("f", 1, 3), [closed(2)._replace(value=None)], NOON)
    assert await twin.reader.read_period("2026-10", "team:A") is None
    assert not (await twin.holds()).get("sla:announced")
