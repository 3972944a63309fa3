"""The customer-care conversations as events."""

from __future__ import annotations

import os
import statistics
from pathlib import Path

import orjson
import pytest

from examples import care
from models.event import parse
from models.instant import parse_ms
from sla.policy import load_book

DATA = Path(os.environ.get("SLAWATCH_DATA", Path(__file__).parents[3] / "shared" / "data"))
LOG = DATA / "ibm_twitter_care.csv.gz"


def write_log(folder: Path) -> Path:
    log = folder / "care.csv"
    log.write_text(
        "conversation,company,seq,side,datetime_given,datetime_snowflake,note,header_duration,header_message_count\n"
        "1,Brand,1,client,,2020-04-01T17:31:32,,,\n"
        "1,Brand,2,client,,2020-04-01T17:40:00,,,\n"
        "1,Brand,3,agent,,2020-04-01T18:58:27,url_reply,,\n",
        encoding="utf-8",
    )
    return log


def test_a_conversation_is_a_ticket(tmp_path: Path) -> None:
    """The client's first message creates it, the others are replies of either side."""
    told = [(e["type"], e.get("author")) for e in care.events(write_log(tmp_path))]

    assert [("ticket.created", None), ("ticket.replied", "customer"), ("ticket.replied", "agent")] == told


def test_every_event_is_valid(tmp_path: Path) -> None:
    """What the example writes, the product takes."""
    assert 3 == len([parse(orjson.dumps(event)) for event in care.events(write_log(tmp_path))])


def test_its_policies_are_sound() -> None:
    """The policy book beside it can be loaded."""
    book = load_book(Path(care.__file__).parent / "care-policies")

    assert "2018" == book.edition_at(parse_ms("2019-08-12T08:05:14Z")).name


@pytest.mark.skipif(not LOG.exists(), reason="the log is not here: name its folder in SLAWATCH_DATA")
def test_first_responses_take_as_long_as_published() -> None:
    """Median 118.8 minutes over 1,025 conversations."""
    created: dict[str, int] = {}
    took: dict[str, float] = {}
    for event in care.events(LOG):
        at = parse_ms(event["occurred_at"])
        if event["type"] == "ticket.created":
            created[event["ticket_id"]] = at
        elif event["author"] == "agent":
            took.setdefault(event["ticket_id"], (at - created[event["ticket_id"]]) / 60_000)

    assert 1025 == len(took)
    assert 118.8 == pytest.approx(statistics.median(took.values()), abs=0.1)
