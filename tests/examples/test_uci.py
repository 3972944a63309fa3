"""The UCI log as events: nothing is lost, nothing is foretold, and the counts are those of the log itself."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest

from examples import uci
from models.event import parse
from models.instant import parse_ms
from sla.policy import load_book
from sla.ticket.ticket import fold

EXTRACT = Path(__file__).parents[1] / "data" / "uci" / "incidents.csv.gz"
POLICIES = Path(uci.__file__).parent / "uci-policies"
DATA = Path(os.environ.get("SLAWATCH_DATA", Path(__file__).parents[3] / "shared" / "data"))
LOG = DATA / "uci_incident_event_log.csv.gz"

Event = dict[str, Any]


def rows_of(log: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(log, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["number"]].append(row)
    return found


def solved_by_month_and_group(events: Iterable[Event]) -> Counter[tuple[str, str]]:
    """Of each incident whose closing remembers a solution: the month of its last one, and the group it was in then."""
    group: dict[str, str] = {}
    last: dict[str, tuple[str, str]] = {}
    counted: Counter[tuple[str, str]] = Counter()
    booked: set[str] = set()
    for event in events:
        ticket = event["ticket_id"]
        if event["type"] in {"ticket.created", "ticket.assigned"} and ("team" in event or ticket not in group):
            group[ticket] = event.get("team") or "?"
        if event["type"] == "ticket.solved":
            last[ticket] = (event["occurred_at"], group[ticket])
        if event["type"] == "ticket.closed" and "resolved_at" in event and ticket not in booked:
            booked.add(ticket)
    for ticket in booked:
        at, team = last[ticket]
        counted[at[:7], team] += 1
    return counted


def count(events: Iterable[Event], kind: str, field: str | None = None) -> int:
    return sum(e["type"] == f"ticket.{kind}" and (field is None or field in e) for e in events)


@pytest.fixture(scope="module")
def extract() -> list[Event]:
    return list(uci.events(EXTRACT))


@pytest.fixture(scope="module")
def whole() -> list[Event]:
    if not LOG.exists():
        pytest.skip(f"the log is not here: put it at {LOG.name} in the folder that SLAWATCH_DATA names")
    return list(uci.events(LOG))


def test_every_event_is_valid(extract: list[Event]) -> None:
    """What the example writes, the product takes."""
    assert len(extract) == len([parse(orjson.dumps(event)) for event in extract])


def test_an_event_id_is_unique_within_its_incident(extract: list[Event]) -> None:
    """No two events of an incident share an id."""
    ids = Counter((event["ticket_id"], event["event_id"]) for event in extract)

    assert [] == [known for known, times in ids.items() if times > 1]


def test_ids_tell_the_order_within_an_incident(extract: list[Event]) -> None:
    """Sorting by time and id is sorting by id alone: no row overtakes another within its minute."""
    told = defaultdict(list)
    for event in extract:
        told[event["ticket_id"]].append(event["event_id"])

    assert {ticket: sorted(ids) for ticket, ids in told.items()} == told


def test_time_never_goes_back(extract: list[Event]) -> None:
    """The file can be produced as it is: its instants only grow."""
    instants = [event["occurred_at"] for event in extract]

    assert sorted(instants) == instants


def test_the_same_log_gives_the_same_bytes(extract: list[Event]) -> None:
    """A second reading is the first one."""
    assert [orjson.dumps(event) for event in extract] == [orjson.dumps(event) for event in uci.events(EXTRACT)]


def test_nothing_is_told_before_the_closing() -> None:
    """What was filled in afterwards cannot change a word before the closing."""
    rows = next(rows for rows in rows_of(EXTRACT).values() if len(rows) > 5)
    blank = [{**row, "resolved_at": "?", "closed_at": "?"} for row in rows]
    before = [e for e in uci.incident_events(rows) if e["type"] != "ticket.closed"]

    assert before == [e for e in uci.incident_events(blank) if e["type"] != "ticket.closed"]


def test_the_extract_counts_as_its_rows_do(extract: list[Event]) -> None:
    """Reopenings, changes of priority and solutions by month and group are those of the rows."""
    reopened = priorities = 0
    solved: Counter[tuple[str, str]] = Counter()
    for number, rows in rows_of(EXTRACT).items():
        done = ("Resolved", "Closed")
        pairs = list(pairwise(rows))
        reopened += sum(a["incident_state"] in done and b["incident_state"] not in done for a, b in pairs)
        priorities += sum(a["priority"] != b["priority"] for a, b in pairs)
        if rows[-1]["resolved_at"] != "?":
            _, month, year = rows[-1]["resolved_at"].split(" ")[0].split("/")
            solved[f"{year}-{int(month):02d}", rows[-1]["assignment_group"]] += 1
        assert number == rows[0]["number"]

    assert reopened == count(extract, "reopened")
    assert priorities == count(extract, "updated", "priority")
    assert solved == solved_by_month_and_group(extract)


def test_the_whole_log_counts_as_the_oracle_does(whole: list[Event]) -> None:
    """24,918 incidents, 331 reopenings, 436 changes of priority, and 454 figures by month and group."""
    with (DATA / "oracle_uci_monthly_by_group.csv").open(encoding="utf-8") as file:
        monthly = {(row["month"], row["assignment_group"]): int(row["resolved"]) for row in csv.DictReader(file)}
    oracle = json.loads((DATA / "oracle_uci.json").read_text(encoding="utf-8"))

    assert oracle["incidents"] == count(whole, "created")
    assert 331 == count(whole, "reopened")
    assert oracle["priority_changes"]["rows"] == count(whole, "updated", "priority")
    assert monthly == dict(solved_by_month_and_group(whole))


def test_the_first_response_stands_in_as_the_oracle_measured_it(whole: list[Event]) -> None:
    """The first state other than New, or the solution: its mean is the oracle's, the five mended rows apart."""
    oracle = json.loads((DATA / "oracle_uci.json").read_text(encoding="utf-8"))
    expected = oracle["first_response_proxies_from_opened_at"]["A first row whose state is not New"]["hours"]
    created: dict[str, int] = {}
    took: dict[str, int] = {}
    for event in whole:
        ticket, at = event["ticket_id"], parse_ms(event["occurred_at"])
        if event["type"] == "ticket.created":
            created[ticket] = at
        elif event["type"] in {"ticket.replied", "ticket.solved", "ticket.closed"}:
            took.setdefault(ticket, at - created[ticket])

    assert expected["n"] == len(took)
    # Two responses lie up to 2.45 h before the opening in the log; here they take no time.
    assert expected["mean"] == pytest.approx(sum(took.values()) / len(took) / 3_600_000, abs=5 / len(took))


def test_the_engine_agrees_with_the_extract(extract: list[Event]) -> None:
    """Folded into tickets, the events give as many reopenings and changes of priority as they tell."""
    book = load_book(POLICIES)
    by_ticket: dict[str, list[Any]] = defaultdict(list)
    for event in extract:
        by_ticket[event["ticket_id"]].append(parse(orjson.dumps(event)))
    now = parse_ms(extract[-1]["occurred_at"])
    kinds: Counter[str] = Counter()
    for events in by_ticket.values():
        ticket = fold(events, book, now)
        assert ticket is not None
        kinds.update(fact.kind for fact in ticket.facts)

    assert count(extract, "created") == kinds["created"]
    assert count(extract, "reopened") == kinds["reopened"]
    assert count(extract, "updated", "priority") == kinds["priority_changes"]
    assert kinds["created"] + kinds["reopened"] == kinds["solved"]
