"""Live gauges and the slots of the last days."""

from __future__ import annotations

import random
from typing import Any

from models.fact import Gauge
from sla.figures.gauges import Gauges
from tests.sla.figures import oracle
from tests.sla.figures.build import DESK, NETWORK, NOW, Desk, at, fact, gauge

DAY = 86_400_000


def test_live_figures_add_up_over_partitions() -> None:
    """Open, unassigned, waiting, at risk and breached are sums; the oldest is the oldest of any partition."""
    desk = Desk(2)
    for number, (ticket, stands) in enumerate(
        [("a", gauge(at("09:00"), assignee="bo", waiting=True)), ("b", gauge(at("08:00"), at_risk=True, breached=True))]
    ):
        desk.stage1[number].replace(ticket, (), [fact("created", at("09:00"), person="bo")])
        desk.stage1[number].gauge(ticket, None, stands)
    desk.tell()
    body = desk.view["live", "all", ""]

    assert {
        "open": 2,
        "unassigned": 1,
        "waiting": 1,
        "at_risk": 1,
        "breached": 1,
        "oldest_open": "b",
        "oldest_open_at": "2026-11-21T08:00:00Z",
        "as_of": "2026-11-21T09:30:20Z",
    } == body
    assert ("a", 1) == (desk.view["live", "agent:bo", ""]["oldest_open"], desk.view["live", "agent:bo", ""]["open"])


def test_a_scope_without_open_tickets_says_so() -> None:
    """Its numbers are 0 and it names no oldest ticket."""
    desk = Desk()
    stands = gauge(at("09:00"))
    desk.stage1[0].replace("a", (), [fact("created", at("09:00"))])
    desk.stage1[0].gauge("a", None, stands)
    desk.tell()
    desk.stage1[0].gauge("a", stands, None)
    desk.tell()

    assert (0, "", "") == tuple(desk.view["live", "all", ""][key] for key in ("open", "oldest_open", "oldest_open_at"))


def test_a_ticket_that_moves_leaves_its_old_scopes() -> None:
    """From one team to another: gone from the first, and the oldest of the second if it is."""
    desk = Desk()
    here, there = gauge(at("08:00")), gauge(at("08:00"), dims=DESK)
    desk.stage1[0].replace("a", (), [fact("created", at("08:00")), fact("created", at("08:00"), dims=DESK)])
    desk.stage1[0].gauge("a", None, here)
    desk.stage1[0].gauge("b", None, gauge(at("09:00"), dims=DESK))
    desk.tell()
    desk.stage1[0].gauge("a", here, there)
    desk.tell()

    assert (0, 2, "a") == (
        desk.view["live", "team:network", ""]["open"],
        desk.view["live", "team:desk", ""]["open"],
        desk.view["live", "team:desk", ""]["oldest_open"],
    )


def test_the_oldest_is_right_after_thousands_of_moves() -> None:
    """Tickets that come, move and go by the thousand leave no trace and no growing memory."""
    rng = random.Random(3)  # noqa: S311  a seeded script
    gauges, stands = Gauges(), dict[str, Gauge]()
    for _ in range(4000):
        ticket = f"t{rng.randrange(40)}"
        new = None
        if rng.random() < 0.7:
            dims = rng.choice((NETWORK, DESK))
            new = Gauge(dims, rng.choice((None, "bo")), at("08:00") + rng.randrange(5), *[rng.random() < 0.5] * 3)
        gauges.set(ticket, stands.pop(ticket, None), new)
        if new:
            stands[ticket] = new
    expected = {scope: body["oldest_open"] for scope, body in oracle.lives(stands).items()}

    assert expected == {row.scope: _oldest(row.value) for row in gauges.rows()}
    assert max(map(len, gauges._oldest.values())) <= 2 * 40 + 64 + 1


def _oldest(value: bytes) -> Any:
    return value.decode().split('"')[1]


def test_a_slot_tells_what_stood_open_at_its_end() -> None:
    """Opened before the slots began it still stands; a late fact moves every slot after it."""
    desk = Desk()
    ancient = [fact("opened", NOW - 20 * DAY)]
    desk.stage1[0].replace("a", (), ancient)
    desk.stage1[0].replace("b", (), [fact("created", at("09:11")), fact("opened", at("09:11"))])
    desk.tell()
    slots = ("2026-11-21T09:05:00Z", "2026-11-21T09:10:00Z", "2026-11-21T09:30:00Z")
    before = [desk.view["day", "all", slot]["open"] for slot in slots]
    desk.stage1[0].replace("a", ancient, [*ancient, fact("left", at("09:07"))])
    late = {document.field for document in desk.tell() if (document.family, document.scope) == ("day", "all")}

    assert ([1, 2, 2], [0, 1, 1]) == (before, [desk.view["day", "all", slot]["open"] for slot in slots])
    assert {slot for slot in late if slot >= slots[0]} == late
    assert {"created": 1, "solved": 0, "open": 1, "met": 0, "breached": 0} == desk.view["day", "all", slots[1]]


def test_who_tells_all_says_where_slots_begin() -> None:
    """Whoever told the same scopes before may have known of slots that are none any more."""
    desk = Desk()
    desk.stage1[0].replace("a", (), [fact("created", at("09:11")), fact("opened", at("09:11"))])
    desk.stage1[0].replace("b", (), [fact("created", at("09:21"), dims=DESK)])
    told = {scope: field for family, scope, field, _ in desk.tell(whole=True) if family == "since"}
    slots = {field for family, scope, field in desk.view if (family, scope) == ("day", "all")}

    assert min(slots) == told["all"] == "2026-11-21T09:10:00Z"
    assert all("|" not in scope for scope in told)
    assert [] == [document for document in desk.tell() if document.family == "since"]


def test_a_late_fact_changes_its_slot_alone_when_nothing_opened() -> None:
    """A creation or verdict found late is told for its own slot; the newer ones stand as they were told."""
    desk = Desk()
    desk.stage1[0].replace("a", (), [fact("created", at("09:30")), fact("opened", at("09:30"))])
    desk.stage1[0].replace("c", (), [fact("created", at("09:01"))])
    desk.tell()
    desk.stage1[0].replace("b", (), [fact("created", at("09:11"))])
    told = [document.field for document in desk.tell() if (document.family, document.scope) == ("day", "all")]

    assert ["2026-11-21T09:10:00Z"] == told
    assert 1 == desk.view["day", "all", "2026-11-21T09:10:00Z"]["created"]


def test_slots_begin_with_the_first_that_says_something() -> None:
    """Before it there are none, and one that a correction makes the first is followed by all; taken back, they go."""
    desk = Desk()
    late = [fact("created", at("09:11"))]
    desk.stage1[0].replace("a", (), [fact("created", at("09:25")), fact("opened", at("09:25"))])
    first = {document.field for document in desk.tell() if (document.family, document.scope) == ("day", "all")}
    desk.stage1[0].replace("b", (), late)
    second = {document.field for document in desk.tell() if (document.family, document.scope) == ("day", "all")}
    desk.stage1[0].replace("b", late, ())
    third = {document.field for document in desk.tell() if (document.family, document.scope) == ("day", "all")}

    assert {"2026-11-21T09:25:00Z", "2026-11-21T09:30:00Z"} == first
    assert {f"2026-11-21T09:{minute}:00Z" for minute in (10, 15, 20)} == second == third
    assert first == {slot for family, scope, slot in desk.view if (family, scope) == ("day", "all")}


def test_slots_go_on_when_nothing_arrives() -> None:
    """Each five minutes have their slot, with what still stands open."""
    desk = Desk()
    desk.stage1[0].replace("a", (), [fact("opened", at("09:11"))])
    desk.tell()
    desk.advance(15 * 60_000)
    told = [document.field for document in desk.tell() if (document.family, document.scope) == ("day", "all")]

    assert {"2026-11-21T09:35:00Z", "2026-11-21T09:40:00Z", "2026-11-21T09:45:00Z"} == set(told)
    assert 1 == desk.view["day", "all", "2026-11-21T09:45:00Z"]["open"]


def test_a_slot_pools_the_promised_metrics() -> None:
    """Met and breached of a slot are those of `sla`."""
    desk = Desk()
    desk.stage1[0].replace(
        "a",
        (),
        [
            fact("met", at("09:31") - 60_000, metric="first_response"),
            fact("met", at("09:30"), metric="update"),
            fact("breached", at("09:30"), metric="resolution"),
            fact("late", at("09:30"), metric="resolution"),
        ],
    )
    desk.tell()
    slot = desk.view["day", "team:network", "2026-11-21T09:30:00Z"]

    assert (1, 1) == (slot["met"], slot["breached"])
