"""The book a desk starts with."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from models.instant import parse_ms
from models.policy import METRICS
from sla.policy import PolicyBook, load_book


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    """The default book, as found inside the package."""
    return load_book(Path(str(resources.files("policies"))))


def test_a_p0_is_promised_an_answer_within_a_quarter_of_an_hour_around_the_clock(book: PolicyBook) -> None:
    """On a Sunday night of the National Day week a P0 is due fifteen minutes later."""
    policy = book.edition_at(parse_ms("2026-10-04T18:00:00Z")).select({"priority": "P0"})
    assert policy is not None
    target = policy.targets["first_response"]

    assert target.within_ms == 15 * 60_000
    assert parse_ms("2026-10-04T18:15:00Z") == target.calendar.add(parse_ms("2026-10-04T18:00:00Z"), target.within_ms)
    assert [level.text for level in target.levels] == ["50%", "75%", "90%", "2m left", "10m over"]


@pytest.mark.parametrize("team", ["europe", "beijing", None])
@pytest.mark.parametrize("priority", ["P0", "P1", "P2", "P3", "P4"])
def test_every_ticket_has_a_policy_that_promises_an_answer_and_a_solution(
    book: PolicyBook, priority: str, team: str | None
) -> None:
    """No ticket falls through the book."""
    policy = book.edition_at(0).select({"priority": priority, "team": team})

    assert policy is not None
    assert {"first_response", "resolution"} <= set(policy.targets) <= set(METRICS)


def test_the_office_in_china_works_on_make_up_days(book: PolicyBook) -> None:
    """10 October 2026, a Saturday, is worked for a day of the National Day week."""
    office = book.edition_at(0).calendars["office"]

    assert office.is_open(parse_ms("2026-10-10T10:00:00+08:00"))
    assert not office.is_open(parse_ms("2026-10-07T10:00:00+08:00"))


def test_the_office_in_europe_keeps_its_own_hours(book: PolicyBook) -> None:
    """Easter Monday is closed, and a Friday ends early."""
    europe = book.edition_at(0).calendars["office-europe"]

    assert not europe.is_open(parse_ms("2026-04-06T10:00:00+02:00"))
    assert parse_ms("2026-04-10T16:00:00+02:00") == europe.next_close(parse_ms("2026-04-10T10:00:00+02:00"))
