"""A document brought up to the present is the one that would be written then."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.event import parse
from models.instant import format_ms
from models.policy import Target
from sla.present import at_present
from sla.ticket.document import document
from sla.ticket.ticket import fold
from tests.sla.ticket.stories import HOUR, MINUTE, START, book, stories, told


def target_of(edition: str | None, policy: str, metric: str) -> Target | None:
    found = next((one for one in book().editions if one.name == edition), None)
    return next((one.targets.get(metric) for one in found.policies if one.name == policy), None) if found else None


def written(story: list[bytes], at: int) -> dict[str, object] | None:
    """The document of a story as of an instant."""
    events = [event for event in map(parse, story) if event.occurred_at // 1000 <= at]
    ticket = fold(events, book(), at) if events else None
    return None if ticket is None else {**document(ticket, at), "as_of": format_ms(at)}


@settings(max_examples=150, deadline=None)
@given(stories(), st.integers(0, 4 * 24 * 60), st.integers(1, 30 * HOUR))
def test_time_alone_is_told_as_it_would_be_written(story: list[bytes], minute: int, passed: int) -> None:
    """Whatever has happened before: counted, paused and closed time, what is left, and each slice of the ledger."""
    at = START + minute * MINUTE + 1
    before = written(story, at)
    assume(before is not None and before["clocks"])
    assume(not any(at < parse(line).occurred_at // 1000 <= at + passed for line in story))
    after = written(story, at + passed)
    assert before is not None
    assert after is not None
    steps = [[(c["metric"], c["warned"], c["breached_at"]) for c in one["clocks"]] for one in (before, after)]  # type: ignore[attr-defined]
    assume(steps[0] == steps[1])

    assert after == at_present(before, at + passed, target_of)


def test_what_would_have_fallen_due_is_left_as_it_was_written() -> None:
    """A worker writes it at that instant; until then nobody says what it decides."""
    ticket = told(("created", 0, {"priority": "P0"}), until=5)
    at = START + 5 * MINUTE
    before = {**document(ticket, at), "as_of": format_ms(at)}
    after = at_present(before, START + 20 * MINUTE, target_of)
    clocks = {clock["metric"]: (clock, old) for clock, old in zip(after["clocks"], before["clocks"], strict=True)}

    assert clocks["first_response"][0] == clocks["first_response"][1]
    assert 20 * 60 == clocks["resolution"][0]["counted_s"]
    assert before == at_present(before, at - MINUTE, target_of)


def test_a_policy_that_is_not_known_moves_nothing() -> None:
    """The page may have another book than the worker."""
    ticket = told(("created", 0, {"priority": "P0"}), until=5)
    before = {**document(ticket, START), "as_of": format_ms(START)}

    assert before["clocks"] == at_present(before, START + MINUTE, lambda *_: None)["clocks"]
