"""What objectives are about, and which are in force."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.instant import parse_ms
from models.objective import Aim
from sla.policy import book_from
from sla.policy.aims import aims_of, in_force

names = st.frozensets(st.text(alphabet="ab/|:%,", min_size=1, max_size=3), min_size=1, max_size=3)
aims = st.builds(
    Aim,
    st.frozensets(st.sampled_from(("update", "resolution", "assignment")), min_size=1),
    st.none() | names,
    st.none() | names,
)


@given(aims, aims)
def test_two_aims_have_one_subject_only_if_they_are_one(one: Aim, other: Aim) -> None:
    """Whatever divides names in a subject may also be in a name."""
    assert (one == other) is (one.subject == other.subject)


def test_a_subject_is_readable() -> None:
    """Names in order, so that every worker finds the same one."""
    aim = Aim(frozenset({"resolution", "first_response"}), frozenset({"P1", "P0"}), frozenset({"网络/核心"}))

    assert "objective:first_response/resolution|priority:P0/P1|team:网络%2F核心" == aim.subject
    assert "objective:update" == Aim(frozenset({"update"})).subject


def test_objectives_are_those_of_the_edition_in_force() -> None:
    """And the aims are those of all editions, so that what comes is counted before."""
    told: list[dict[str, Any]] = [
        {
            "edition": name,
            "effective_from": since,
            "promised": promised,
            "calendars": {"always": {"timezone": "UTC", "week": "always"}},
            "policies": [
                {"name": "all", "calendar": "always", "targets": {metric: {"within": "1h"} for metric in promised}}
            ],
            "objectives": [
                {"name": "kept", "metric": "sla", "attainment": "90%", "period": "month"},
                {"name": name, "metric": "resolution", "when": {"team": "a"}, "attainment": "9%", "period": "day"},
            ],
        }
        for name, since, promised in (
            ("old", "2026-01-01T00:00:00Z", ["first_response", "resolution"]),
            ("new", "2026-07-01T00:00:00Z", ["resolution"]),
        )
    ]
    book = book_from(told)
    both, one = Aim(frozenset({"first_response", "resolution"})), Aim(frozenset({"resolution"}))
    team = Aim(frozenset({"resolution"}), None, frozenset({"a"}))

    def at(instant: str) -> list[tuple[str, Aim]]:
        return [(aimed.objective.name, aimed.aim) for aimed in in_force(book, parse_ms(instant))]

    assert {both, one, team} == aims_of(book)
    assert [("kept", both), ("old", team)] == at("2026-06-30T23:59:59Z") == at("2020-01-01T00:00:00Z")
    assert [("kept", one), ("new", team)] == at("2026-07-01T00:00:00Z")
