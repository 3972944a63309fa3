"""Who comes back, and to whom that is charged."""

from __future__ import annotations

import pytest

from models.fact import Dims
from models.instant import parse_ms
from sla.partition import Partition
from sla.periods.recurrence import LOOK_BACK_MS, Comebacks, Solution, Solutions, verdict
from sla.ticket.ticket import Ticket
from tests.sla.partition.feeding import give
from tests.sla.ticket.stories import MINUTE, START, book, said

KEY = ("C1", "printer")
DIMS = Dims("network", "P1", None, None, 1_000_000)
SOLVED = parse_ms("2026-11-01T09:00:00Z")
DAY = 86_400_000


def solved(ticket: str, at: int = SOLVED, person: str = "bo", key: tuple[str, str] = KEY) -> Solution:
    return Solution(at, ticket, f"s-{ticket}-{at}", person, DIMS, key)


def known(*found: Solution) -> Solutions:
    solutions = Solutions()
    for ticket in {one.ticket for one in found}:
        solutions.put(ticket, tuple(one for one in found if one.ticket == ticket))
    return solutions


@pytest.mark.parametrize(
    ("created_at", "came_back"),
    [
        (SOLVED, False),
        (SOLVED + 1, True),
        (SOLVED + LOOK_BACK_MS, True),
        (SOLVED + LOOK_BACK_MS + 1, False),
        (SOLVED - 1, False),
    ],
)
def test_a_ticket_came_back_within_thirty_days_of_a_solution(created_at: int, came_back: bool) -> None:
    """After it, and not later."""
    assert came_back == (verdict(known(solved("A")), KEY, created_at, "B") is not None)


def test_the_latest_solution_of_another_ticket_is_charged() -> None:
    """Not its own, and not an older one; the fact is the creation's instant under the solution's fields."""
    solutions = known(solved("A", person="an"), solved("B", SOLVED + DAY, "bo"), solved("C", SOLVED + 2 * DAY, "cy"))
    fact = verdict(solutions, KEY, SOLVED + 3 * DAY, "C")

    assert fact is not None
    assert ("recurred", SOLVED + 3 * DAY, "bo", DIMS) == (fact.kind, fact.at, fact.person, fact.dims)
    assert verdict(solutions, None, SOLVED + 3 * DAY, "D") is None
    assert verdict(solutions, ("C1", "mouse"), SOLVED + 3 * DAY, "D") is None


def test_a_solution_that_is_taken_back_charges_nobody() -> None:
    """What is known of a ticket is replaced as a whole; who asked before is to look again."""
    solutions = known(solved("A"))
    partition = Comebacks(solutions)
    partition._move("B", (KEY, SOLVED + DAY))
    partition._move("C", (KEY, SOLVED - DAY))
    assert solutions.put("A", ())
    assert not solutions.put("A", ())

    assert {"B"} == partition.asked.keys()
    assert verdict(solutions, KEY, SOLVED + DAY, "B") is None


def test_what_the_owner_says_goes_before_what_is_heard() -> None:
    """A row of an older owner changes nothing, and is written again; after the partition has gone it counts."""
    solutions = Solutions()
    owner = Comebacks(solutions)
    solutions.put("A", (solved("A"),), owner)

    assert not solutions.put("A", (solved("A", SOLVED - DAY),))
    assert (solved("A"),) == solutions.of("A")
    assert ["A"] == [ticket for ticket, _ in owner.take_told()]
    solutions.let_go("A")
    assert (solved("A"),) == solutions.of("A")
    owner.leave()
    assert solutions.put("A", (solved("A", SOLVED - DAY),))
    solutions.let_go("A")
    assert () == solutions.of("A")


def folded(partition: Partition) -> Ticket:
    """Its only ticket."""
    (held,) = partition.held.values()
    assert held.ticket is not None
    return held.ticket


def test_the_last_step_of_an_owner_who_has_left_owns_nothing() -> None:
    """It may still fold and tell; but what the next owner, who reads on, says of the same ticket counts."""
    solutions = Solutions()
    left = Partition(book(), 0, solutions=solutions)
    fields = {"priority": "P1", "requester_id": "C1", "issue_key": "printer"}
    give(left, [said("created", 0, "e1", **fields), said("solved", 60, "e2", resolver="bo")])
    left.comebacks.leave()
    left.advance(START + 600 * MINUTE)

    assert [("T1", "bo")] == [(ticket, found[0].person) for ticket, found in left.comebacks.take_told()]
    assert solutions.put("T1", (solved("T1", person="an"),))
    assert ["an"] == [one.person for one in solutions.of("T1")]
    left.comebacks.tell(folded(left), restored=True)
    assert ["an"] == [one.person for one in solutions.of("T1")]


def test_a_ticket_is_charged_whatever_comes_in_first() -> None:
    """The comeback before the solution, which another partition has; and that one's solution, corrected later."""
    solutions = Solutions()
    one, other = (Partition(book(), number, solutions=solutions) for number in range(2))
    fields = {"priority": "P1", "requester_id": "C1", "issue_key": "printer"}
    first = [said("created", 0, "e1", **fields), said("solved", 60, "e2", resolver="bo")]
    second = [said("created", 120, "e1", **fields).replace(b'"T1"', b'"T2"')]

    def charged() -> list[str | None]:
        for partition in (one, other):
            partition.advance(START + 600 * MINUTE)
        for partition in (one, other):
            partition.advance(START + 600 * MINUTE)
        found = []
        for held in other.held.values():
            found += [fact.person for fact in held.facts(book()) if fact.kind == "recurred"]
        return found

    give(other, second)
    assert [] == charged()
    give(one, first)
    assert ["bo"] == charged()
    give(one, [said("solved", 30, "e3", resolver="an")])
    assert ["an"] == charged()
    assert {"T1"} == {ticket for ticket, _ in one.comebacks.take_told()}


def test_the_issue_is_the_one_at_the_first_solution() -> None:
    """Named after the creation it counts; renamed after the solution it does not; without one nothing does."""
    partition = Partition(book())
    give(partition, [said("created", 0, "e1", priority="P1", requester_id="C1")])
    partition.advance(START + 10 * MINUTE)
    (held,) = partition.held.values()
    assert "issue_key" in held.facts(book())[0].mark.split("+")
    give(partition, [said("updated", 20, "e2", issue_key="printer"), said("solved", 30, "e3", resolver="bo")])
    give(partition, [said("updated", 40, "e4", issue_key="mouse")])
    partition.advance(START + 60 * MINUTE)

    assert "issue_key" not in held.facts(book())[0].mark.split("+")
    (told,) = partition.comebacks.solutions.of(next(iter(partition.held)))
    assert ("C1", "printer") == told.key
