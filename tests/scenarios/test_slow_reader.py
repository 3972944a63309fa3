"""Any story, read slowly, says what the engine says at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from models.event import parse
from models.instant import parse_ms
from sla.cases import run_case
from sla.policy import book_from
from sla.ticket.document import document
from sla.ticket.ticket import fold
from tests.scenarios.slow_clock import STEP
from tests.scenarios.slow_reader import METRICS, Unclear, read

OFFICE = {
    "timezone": "UTC",
    "week": {day: ["09:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
}
#: Open over the night in which Berlin's clocks go forward.
BERLIN = {
    "timezone": "Europe/Berlin",
    "week": {day: ["00:30-08:00", "10:00-22:00"] for day in ("thu", "fri", "sat", "sun")},
}
#: A Thursday; the clocks change on the Sunday after it.
MORNING = datetime(2026, 3, 26, 8, 0, tzinfo=UTC)


def policy(name: str, calendar: str, hours: int, reopen: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "calendar": calendar,
        "targets": {
            "first_response": {"within": f"{hours * 10}m", "warn_at": ["50%", "5m left", "10m over"]},
            "next_response": {"within": f"{hours * 15}m"},
            "update": {"within": f"{hours * 30}m"},
            "resolution": {"within": f"{hours}h", "reopen": reopen, "warn_at": ["75%", "30m left", "20m over"]},
        },
        **more,
    }


def book(reopen: str) -> dict[str, Any]:
    urgent = policy("urgent", "always", 2, reopen, when={"priority": ["P1"]})
    urgent["targets"]["resolution"]["pause_on"] = ["on_hold"]
    berlin = policy("berlin", "berlin", 5, reopen, when={"priority": ["P2"]})
    berlin["targets"]["first_response"]["pause_on"] = ["waiting_on_customer"]
    return {
        "calendars": {"always": {"timezone": "UTC", "week": "always"}, "office": OFFICE, "berlin": BERLIN},
        "policies": [urgent, berlin, policy("office", "office", 8, reopen)],
    }


PRIORITIES = st.sampled_from(["P1", "P2", "P3"])
THINGS = st.one_of(
    st.builds(lambda p: {"type": "ticket.updated", "priority": p}, PRIORITIES),
    st.builds(
        lambda s: {"type": "ticket.status_changed", "status": s},
        st.sampled_from(["open", "waiting_on_customer", "on_hold", "in_repair"]),
    ),
    st.builds(lambda a: {"type": "ticket.replied", "author": a}, st.sampled_from(["agent", "customer", "customer"])),
    st.sampled_from([{"type": "ticket.solved"}, {"type": "ticket.closed"}]),
    st.just({"type": "ticket.reopened"}),
)
#: Mostly short, so that due instants are met to the minute; now and then a night or a weekend long.
GAPS = st.one_of(st.integers(1, 24), st.integers(1, 24), st.sampled_from([12, 24, 36, 100, 300, 700]))


@st.composite
def stories(draw: st.DrawFn) -> dict[str, Any]:
    at = MORNING + draw(st.integers(0, 500)) * STEP
    told: dict[datetime, dict[str, Any]] = {at: {"type": "ticket.created", "priority": draw(PRIORITIES)}}
    done = False
    for gap, thing in draw(st.lists(st.tuples(GAPS, THINGS), min_size=2, max_size=14)):
        at += gap * STEP
        kind = thing["type"]
        # What the law leaves open is left out: a reopening of what is open, a change of what is solved.
        if (
            done
            if kind in {"ticket.updated", "ticket.status_changed"}
            else not done
            if kind == "ticket.reopened"
            else False
        ):
            continue
        told[at] = thing
        done = kind in {"ticket.solved", "ticket.closed"} or (done and kind != "ticket.reopened")
    as_of = at + draw(GAPS) * STEP
    policies = book(draw(st.sampled_from(["continue", "restart"])))
    try:
        reader = read(policies, told, as_of)
    except Unclear:
        reject()
    events = [
        {"event_id": f"{place:02d}", "ticket_id": "T", "occurred_at": f"{when:%Y-%m-%dT%H:%M:%SZ}", **event}
        for place, (when, event) in enumerate(told.items())
    ]
    case = {"policies": policies, "events": events, "as_of": f"{as_of:%Y-%m-%dT%H:%M:%SZ}"}
    return {**case, "expect": {"clocks": reader.expectations(as_of)}, "ledgers": reader.ledgers()}


def merged(ledger: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The slices without the events that opened them: equal neighbours are one, and none is empty."""
    told: list[dict[str, Any]] = []
    for piece in ledger:
        if told and told[-1]["kind"] == piece["kind"]:
            assert told[-1]["to"] == piece["from"]
            told[-1]["to"] = piece["to"]
        else:
            told.append({name: piece[name] for name in ("from", "to", "kind")})
    return told


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(stories(), st.randoms(use_true_random=False))
def test_the_engine_says_what_the_slow_reader_says(case: dict[str, Any], rng: Any) -> None:
    """Status, instants and sums of every clock agree, in whatever order the events arrive."""
    rng.shuffle(case["events"])
    failures = run_case(case)

    assert failures == [], orjson.dumps(case).decode()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(stories())
def test_the_ledgers_are_those_of_the_slow_reader(case: dict[str, Any]) -> None:
    """The slices of every stopped clock cover its life as the slow reader saw it pass, step by step."""
    now = parse_ms(case["as_of"])
    ticket = fold([parse(orjson.dumps(event)) for event in case["events"]], book_from(case["policies"]), now)
    assert ticket is not None
    stopped = [clock for clock in document(ticket, now)["clocks"] if clock["stopped_at"] is not None]

    assert case["ledgers"] == {m: [merged(d["ledger"]) for d in stopped if d["metric"] == m] for m in METRICS}


def test_the_slow_reader_reads() -> None:
    """Two hours of waiting move a due time by two hours: the reader itself is held to a case done by hand."""
    nine = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    hour = timedelta(hours=1)
    events = {
        nine: {"type": "ticket.created", "priority": "P3"},
        nine + hour: {"type": "ticket.status_changed", "status": "on_hold"},
        nine + 5 * hour: {"type": "ticket.status_changed", "status": "open"},
    }
    resolution = read(book("continue"), events, nine + 6 * hour).expectations(nine + 6 * hour)["resolution"]

    assert [("running", "2026-01-06T14:00:00Z", 7200, 10800)] == [
        (c["status"], c["due_at"], c["counted_s"], c["paused_s"]) for c in resolution
    ]
