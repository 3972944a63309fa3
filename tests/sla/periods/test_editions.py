"""A month in which another edition comes into force: the stream and the files alone say the same at any instant."""

from __future__ import annotations

from functools import lru_cache
from itertools import takewhile
from typing import Any
from zlib import crc32

import orjson
import pytest

from models.instant import parse_ms
from sla.policy import PolicyBook, book_from
from sla.replay import Result, replay
from sla.simulate.traffic import simulate
from tests.sla.periods.quarter import DAY, Stream, event_set, totals

SWITCH = parse_ms("2026-08-15T03:07:11.250Z")
BEGIN, LATER = parse_ms("2026-07-28T00:00:00Z"), parse_ms("2026-09-20T00:00:00Z")
INSTANTS = (SWITCH - 1, SWITCH, LATER)


def edition(name: str, since: str, promised: list[str], within: str) -> dict[str, Any]:
    """An edition with one policy; `within` is promised of every metric."""
    metrics = ("first_response", "next_response", "resolution")
    return {
        "edition": name,
        "effective_from": since,
        "zone": "Asia/Shanghai",
        "promised": promised,
        "calendars": {"always": {"timezone": "UTC", "week": "always"}},
        "policies": [
            {"name": "all", "calendar": "always", "targets": {metric: {"within": within} for metric in metrics}}
        ],
    }


OLD = edition("old", "2026-01-01T00:00:00Z", ["first_response"], "2h")
NEW = edition("new", "2026-08-15T03:07:11.250Z", ["resolution", "next_response"], "30m")


@lru_cache
def events() -> tuple[tuple[int, bytes], ...]:
    """Some tickets of the weeks around, with the instant of each event."""
    told = takewhile(lambda one: one[0] < SWITCH + 2 * DAY, simulate(11, BEGIN, 0.001, steady=True))
    return tuple((at, orjson.dumps(said)) for at, said in told if crc32(str(said["ticket_id"]).encode()) % 29 == 0)


def known_by(as_of: int) -> list[bytes]:
    return [line for at, line in events() if at <= as_of]


@lru_cache
def from_files(as_of: int, *editions: str) -> Result:
    book = book_from([one for one in (OLD, NEW) if one["edition"] in editions])
    return replay(event_set(known_by(as_of)), book, as_of)


def lives(book: PolicyBook) -> dict[int, tuple[list[object], list[bytes]]]:
    """What a stream says at each instant: its windows, and its totals."""
    stream, said, before = Stream(book), {}, 0
    for as_of in INSTANTS:
        stream.take([line for at, line in events() if before < at <= as_of])
        stream.advance(as_of)
        stream.publish()
        before = as_of
        kpis: list[object] = [one.value for one in stream.stage2.kpis()]
        said[as_of] = kpis, [orjson.dumps(one) for one in stream.stage2.periods()]
    return said


def test_the_stream_and_the_files_agree_on_both_sides_of_the_switch() -> None:
    """Every window and every total, to the byte."""
    said = lives(book_from([OLD, NEW]))
    for as_of, (kpis, periods) in said.items():
        truth = from_files(as_of, "old", "new")

        assert truth.kpis == kpis
        assert truth.periods == periods
    july, august = (measures(name) for name in ("2026-07", "2026-08"))
    assert july["first_response_attainment"]["numerator"] == july["sla_attainment"]["numerator"] > 0
    pooled = (august[name]["numerator"] for name in ("resolution_rate", "next_response_attainment"))
    assert sum(pooled) == august["sla_attainment"]["numerator"] > 0


def measures(period: str) -> dict[str, Any]:
    """The measures of a month of the whole desk, as of the second edition's instant."""
    told = map(orjson.loads, from_files(SWITCH, "old", "new").periods)
    return dict(next(one["measures"] for one in told if (one["period"], one["subject"]) == (period, "all")))


@pytest.mark.parametrize("as_of", INSTANTS)
def test_months_closed_before_the_switch_stand_as_they_closed(as_of: int) -> None:
    """July is over before the second edition holds: its totals never know of it."""
    both, old = (totals(from_files(as_of, *which).periods) for which in (("old", "new"), ("old",)))
    july = {name: body for name, body in both.items() if name[0].startswith("2026-07")}

    assert july
    assert {name: old[name] for name in july} == july
    if as_of == LATER:
        assert both["2026-08", "all"] != old["2026-08", "all"]


def test_a_closed_month_is_not_moved_by_an_edition_that_is_added_later() -> None:
    """A worker that begins with the longer book finds July's published total to be what it would publish."""
    stream = Stream(book_from([OLD]))
    stream.take(known_by(SWITCH - 1))
    stream.advance(SWITCH - 1)
    stream.now = SWITCH - 1
    before = stream.closed()
    heir = Stream(book_from([OLD, NEW]))
    heir.take(known_by(SWITCH + DAY))
    heir.advance(SWITCH + DAY)
    after = heir.closed()
    closed = {name: body for name, body in before.items() if name[0].startswith("2026-07")}

    assert ("2026-07", "all") in closed
    assert closed == {name: body for name, body in after.items() if name in closed}
