"""A real desk's log as ticket events: the UCI incident event log (data set 498) as JSON lines.

    python examples/uci.py uci_incident_event_log.csv.gz > uci.jsonl
    slawatch replay uci.jsonl --policies examples/uci-policies --out out

One row of the log is the whole incident after one change. What changed between two rows becomes events; what the desk
filled in afterwards (`resolved_at`, `closed_at`, `made_sla`) is not looked at before the row that closes the incident.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import orjson

Event = dict[str, Any]

_PRIORITY = {"1 - Critical": "P1", "2 - High": "P2", "3 - Moderate": "P3", "4 - Low": "P4"}
_STATUS = {
    "New": "open",
    "Active": "open",
    "Awaiting User Info": "waiting_on_customer",
    "Awaiting Evidence": "on_hold",
    "Awaiting Problem": "on_hold",
    "Awaiting Vendor": "on_hold",
}
_SOLVED, _CLOSED = "Resolved", "Closed"
#: Column of the log → field of the ticket, for what a `ticket.updated` carries.
_UPDATED = {"priority": "priority", "category": "category", "u_symptom": "issue_key"}
#: The same for `ticket.assigned`.
_ASSIGNED = {"assignment_group": "team", "assigned_to": "assignee"}


class Row(NamedTuple):
    """One row of the log: `at` in minutes since 1970 UTC, its place in the file, and the raw columns."""

    at: int
    revision: int
    position: int
    columns: dict[str, str]


@lru_cache(maxsize=100_000)
def minute(text: str) -> int | None:
    """Minutes since 1970 of a day-first time without zone, read as UTC; None where it is missing (`?`)."""
    if text == "?":
        return None
    return int(datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC).timestamp()) // 60


@lru_cache(maxsize=100_000)
def _instant(at: int) -> str:
    return datetime.fromtimestamp(at * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _known(column: str, value: str) -> str | None:
    if value == "?":
        return None
    return _PRIORITY[value] if column == "priority" else value


def ordered(rows: Iterable[dict[str, str]]) -> list[Row]:
    """The rows of one incident in the order in which they happened.

    The first row is the creation. Where its time lies before `opened_at` (five incidents) or after the next row's
    (one), it is brought between the two: nothing happens to an incident before it is opened, or before it is created.
    """
    found = []
    for position, columns in enumerate(rows):
        at = minute(columns["sys_updated_at"])
        if at is None:
            msg = f"incident {columns['number']}: a row has no sys_updated_at; the log must have one on every row"
            raise ValueError(msg)
        found.append(Row(at, int(columns["sys_mod_count"]), position, columns))
    first, rest = found[0], sorted(found[1:])
    opened = minute(first.columns["opened_at"])
    at = first.at if opened is None else max(first.at, opened)
    return [first._replace(at=min([at, *(row.at for row in rest[:1])])), *rest]


def incident_events(rows: Iterable[dict[str, str]]) -> Iterator[Event]:
    """The events of one incident, in order; their ids sort in the order of the rows, and within a row as meant.

    Within a row: what the row reopens, then what it changes, then the first response, and last what it solves or
    closes, so that a solution is credited to the group of its own row.
    """
    history = ordered(rows)
    first = history[0].columns
    opened = minute(first["opened_at"])
    number = first["number"]
    created = {
        "priority": _PRIORITY[first["priority"]],
        "team": _known("", first["assignment_group"]),
        "channel": first["contact_type"].lower().replace(" ", "_"),
        "category": _known("", first["category"]),
        "requester_id": _known("", first["caller_id"]),
        "issue_key": _known("", first["u_symptom"]),
    }
    at = history[0].at if opened is None else opened
    yield _event(number, "000-0-created", "created", at, {k: v for k, v in created.items() if v is not None})
    before = {**first, "assigned_to": "?"}
    status, done, answered = "open", False, False
    for index, row in enumerate(history, 1):
        now, state = row.columns, row.columns["incident_state"]
        said: list[tuple[str, dict[str, Any]]] = []
        if done and state not in (_SOLVED, _CLOSED):
            said.append(("reopened", {}))
            done, status = False, "open"
        for kind, columns in (("updated", _UPDATED), ("assigned", _ASSIGNED)):
            changed = {field: _known(c, now[c]) for c, field in columns.items() if now[c] != before[c]}
            if changed:
                said.append((kind, changed))
        if _STATUS.get(state, status) != status:
            status = _STATUS[state]
            said.append(("status_changed", {"status": status}))
        if not answered and state not in ("New", _SOLVED, _CLOSED):
            said.append(("replied", {"author": "agent", "author_id": _known("", now["assigned_to"]), "stand_in": True}))
        answered = answered or state != "New"
        if state == _SOLVED:
            # A row that repeats the state says the solution again; the last one is what `resolved_at` remembers.
            said.append(("solved", {}))
        if state == _CLOSED and before["incident_state"] != _CLOSED:
            resolved = minute(now["resolved_at"])
            said.append(("closed", {} if resolved is None else {"resolved_at": _instant(resolved)}))
        done = done or state in (_SOLVED, _CLOSED)
        for place, (kind, fields) in enumerate(said):
            yield _event(number, f"{index:03d}-{place}-{kind}", kind, row.at, fields)
        before = now


def _event(number: str, event_id: str, kind: str, at: int, fields: dict[str, Any]) -> Event:
    return {
        "event_id": event_id,
        "type": f"ticket.{kind}",
        "ticket_id": number,
        "occurred_at": _instant(at),
        "source": "uci-498",
        **{name: value for name, value in fields.items() if name != "author_id" or value is not None},
    }


def events(log: Path) -> Iterator[Event]:
    """All events of the log in the order of their time, ties by incident and event id.

    Raises:
        ValueError: a row without a time, or a time that is not day-first; take the log as it was published.
    """
    yield from sorted(_unsorted(log), key=lambda e: (e["occurred_at"], e["ticket_id"], e["event_id"]))


def _unsorted(log: Path) -> Iterator[Event]:
    reading = gzip.open if log.suffix == ".gz" else open
    with reading(log, "rt", encoding="utf-8", newline="") as file:
        for _, rows in groupby(csv.DictReader(file), key=lambda row: row["number"]):
            yield from incident_events(rows)


def main(arguments: list[str] | None = None) -> int:
    """Write the events to standard output, one JSON object a line."""
    parser = argparse.ArgumentParser(description="The UCI incident event log as ticket events, JSON lines.")
    parser.add_argument("log", type=Path, help="uci_incident_event_log.csv, plain or .gz")
    out = sys.stdout.buffer
    for event in events(parser.parse_args(arguments).log):
        out.write(orjson.dumps(event))
        out.write(b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
