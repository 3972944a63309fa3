"""Selection of policies and the proof that each can be reached, held against trying every ticket."""

# ruff: noqa: E501 - a table is read by its columns

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.policy import book_from
from sla.policy.matching import is_reached, is_shadowed

ALWAYS = {"always": {"timezone": "UTC", "week": "always"}}


def edition(*whens: dict[str, Any] | None) -> Any:
    policies = [
        {"name": str(i), "targets": {}} | ({"when": when} if when is not None else {}) for i, when in enumerate(whens)
    ]
    return book_from({"calendars": ALWAYS, "policies": policies}).edition_at(0)


@pytest.mark.parametrize(
    ("when", "fields", "matches"),
    [
        ({"priority": ["P0"]}, {"priority": "P0"}, True),
        ({"priority": ["P0"]}, {"priority": "P1"}, False),
        ({"priority": "P0"}, {"priority": "P0"}, True),  # a single value is a list of one
        ({"priority": ["P0"], "team": ["a", "b"]}, {"priority": "P0", "team": "b"}, True),
        ({"priority": ["P0"], "team": ["a", "b"]}, {"priority": "P0", "team": None}, False),
        ({"priority": ["P0"], "team": ["a", "b"]}, {"priority": "P0"}, False),
        ({"tags": ["vip", "press"]}, {"tags": ["old", "press"]}, True),
        ({"tags": ["vip", "press"]}, {"tags": ("old",)}, False),
        ({"tags": ["vip", "press"]}, {"tags": None}, False),
        ({"tags": "vip"}, {"tags": ["vip"]}, True),
        ({"complexity": [2, 3.5]}, {"complexity": 2.0}, True),
        ({"complexity": [2, 3.5]}, {"complexity": 3}, False),
        ({"team": [7]}, {"team": "7"}, True),  # a plain number is the text it is written as
        ({"status": "on_hold", "incident": "I-1"}, {"status": "on_hold", "incident": "I-1"}, True),
        ({"assignee": "an", "channel": "mail", "category": "c"}, {"assignee": "an", "channel": "mail", "category": "c"}, True),
        ({"requester_id": "r", "customer_tier": "vip", "issue_key": "k"}, {"requester_id": "r", "customer_tier": "vip"}, False),
        ({}, {}, True),
        (None, {"priority": "P4"}, True),
    ],
)  # fmt: skip
def test_every_field_named_must_hold_one_of_its_values(
    when: dict[str, Any] | None, fields: dict[str, Any], matches: bool
) -> None:
    """A ticket meets a policy when each of its conditions holds; asked twice, the answer is the same."""
    asked = edition(when)

    assert matches is (asked.select(fields) is not None)
    assert matches is (asked.select(fields) is not None)


def test_the_first_match_wins() -> None:
    """Policies are tried in the order in which they stand."""
    asked = edition({"team": "a"}, {"priority": "P0"}, {})

    assert [
        asked.select(fields).name
        for fields in (
            {"priority": "P0", "team": "a"},
            {"priority": "P1", "team": "a"},
            {"priority": "P0", "team": "b"},
            {"priority": "P1", "team": "b"},
        )
    ] == ["0", "0", "1", "2"]


def test_no_policy_is_an_answer() -> None:
    """A ticket that nothing matches has no policy, and so has every ticket of an edition without policies."""
    assert edition({"priority": "P0"}).select({"priority": "P1"}) is None
    assert edition().select({"priority": "P1"}) is None


def test_an_edition_tells_the_fields_it_asks_for() -> None:
    """Only a change of one of these can change the policy."""
    assert {"priority", "team", "tags"} == edition({"priority": "P0", "team": "a"}, {"tags": ["x"]}).fields


def test_values_that_nobody_names_take_no_room() -> None:
    """Ten thousand requesters that no policy names are one case to remember."""
    asked = edition({"requester_id": ["r1"]}, {})
    names = {asked.select({"requester_id": f"r{number}"}).name for number in range(10_000)}

    assert {"0", "1"} == names
    assert len(asked._selected) == 2


PRIORITIES = ("P0", "P1", "P2", "P3", "P4")
WHENS = st.fixed_dictionaries(
    {},
    optional={
        "priority": st.frozensets(st.sampled_from(PRIORITIES), min_size=1),
        "team": st.frozensets(st.sampled_from(["a", "b"]), min_size=1),
        "tags": st.frozensets(st.sampled_from(["x", "y"]), min_size=1),
    },
)
#: Every ticket that could make a difference; "other" stands for a value that nobody names.
TICKETS = [
    {"priority": priority, "team": team, "tags": tags}
    for priority, team, tags in product(PRIORITIES, ["a", "b", "other"], [(), ("x",), ("y",), ("x", "y")])
]


def meets(when: dict[str, Any], ticket: dict[str, Any]) -> bool:
    return all(
        bool(wanted & set(ticket[field])) if field == "tags" else ticket[field] in wanted
        for field, wanted in when.items()
    )


@given(WHENS, st.lists(WHENS, max_size=5))
def test_a_policy_is_shadowed_when_no_ticket_reaches_it(when: dict[str, Any], earlier: list[dict[str, Any]]) -> None:
    """The proof by cutting boxes finds what trying every ticket finds."""
    reached = any(meets(when, ticket) and not any(meets(one, ticket) for one in earlier) for ticket in TICKETS)

    assert reached is not is_shadowed(when, earlier)


@given(
    WHENS.map(lambda when: {field: when[field] for field in when if field != "tags"}),
    WHENS,
    st.lists(WHENS, max_size=4),
)
def test_what_is_asked_for_reaches_a_policy_when_a_ticket_does(
    asked: dict[str, Any], when: dict[str, Any], earlier: list[dict[str, Any]]
) -> None:
    """Of priorities and teams, as objectives ask for them: the proof finds what trying every ticket finds."""
    reached = any(
        meets(asked, ticket) and meets(when, ticket) and not any(meets(one, ticket) for one in earlier)
        for ticket in TICKETS
    )

    assert reached is is_reached(asked, when, earlier)


@given(st.lists(WHENS, max_size=5))
def test_selection_is_the_first_that_meets(whens: list[dict[str, Any]]) -> None:
    """For every ticket the policy selected is the first whose conditions hold, remembered or not."""
    kept = [when for index, when in enumerate(whens) if not is_shadowed(when, whens[:index])]
    asked = edition(*[{field: sorted(values) for field, values in when.items()} for when in kept])
    for ticket in TICKETS * 2:
        expected = next((str(index) for index, when in enumerate(kept) if meets(when, ticket)), None)
        selected = asked.select(ticket)

        assert expected == (selected.name if selected else None)
