"""Conversations of brands on Twitter as ticket events: the IBM customer-care corpus (times only) as JSON lines.

    python examples/care.py ibm_twitter_care.csv.gz > care.jsonl
    slawatch replay care.jsonl --policies examples/care-policies --out out

A conversation is a ticket, a brand a team, the first message of the client its creation. Nothing in it is ever solved.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

Event = dict[str, Any]


def events(log: Path) -> Iterator[Event]:
    """All events of the log in the order of their time, ties by conversation and event id."""
    yield from sorted(_unsorted(log), key=lambda e: (e["occurred_at"], e["ticket_id"], e["event_id"]))


def _unsorted(log: Path) -> Iterator[Event]:
    reading = gzip.open if log.suffix == ".gz" else open
    created: set[str] = set()
    with reading(log, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ticket = f"care-{int(row['conversation']):04d}"
            event: Event = {
                "event_id": f"{int(row['seq']):03d}",
                "type": "ticket.replied",
                "ticket_id": ticket,
                "occurred_at": f"{row['datetime_snowflake']}Z",
                "source": "ibm-twitter-care",
            }
            if row["side"] == "client" and ticket not in created:
                created.add(ticket)
                event |= {"type": "ticket.created", "priority": "P3", "team": row["company"], "channel": "twitter"}
            else:
                event |= {"author": "customer" if row["side"] == "client" else "agent"}
            yield event


def main(arguments: list[str] | None = None) -> int:
    """Write the events to standard output, one JSON object a line."""
    parser = argparse.ArgumentParser(description="The IBM customer-care conversations as ticket events, JSON lines.")
    parser.add_argument("log", type=Path, help="ibm_twitter_care.csv, plain or .gz")
    out = sys.stdout.buffer
    for event in events(parser.parse_args(arguments).log):
        out.write(orjson.dumps(event))
        out.write(b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
