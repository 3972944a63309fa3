"""How scopes and ids are written, and read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import scope


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        ("team:网络 运维", scope.team("网络 运维")),
        ("team:A%3AB%7CC%2FD%25", scope.team("A:B|C/D%")),
        ("team:A|priority:P0", scope.team_priority("A", "P0")),
        ("priority:P0", scope.priority("P0")),
        ("channel:e-mail", scope.channel("e-mail")),
        ("tier:vip", scope.tier("vip")),
        ("agent:wang.li%09%C2%85%7F", scope.agent("wang.li\t\x85\x7f")),
        ("T%2F1/next_response/2", scope.breach_id("T/1", "next_response", 2)),
        ("breached/T%2F1/resolution/1/-", scope.decided_member("breached", "T/1", "resolution", 1, None)),
        ("created/T1/-/-/e%3A1", scope.decided_member("created", "T1", None, 0, "e:1")),
    ],
)
def test_names_are_encoded_where_they_are_put_together(expected: str, written: str) -> None:
    """Separators and control characters of a name are percent-encoded as UTF-8; nothing else is."""
    assert expected == written


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_scope_tells_its_names(team: str, priority: str) -> None:
    """No name, however odd, can be taken for another one, or for a separator."""
    assert {"team": team, "priority": priority} == scope.parts(scope.team_priority(team, priority))
    assert {"agent": team} == scope.parts(scope.agent(team))
    assert {} == scope.parts(scope.ALL)


def test_a_ticket_without_a_team_has_the_scopes_that_remain() -> None:
    """Absent fields make no scope."""
    assert ("all", "priority:P1") == scope.of_board(None, "P1", None)
    assert ("all", "priority:P1", "team:A", "team:A|priority:P1", "agent:li") == scope.of_board("A", "P1", "li")
    assert ("all", "priority:P1", "channel:mail", "tier:vip") == scope.of_figures(None, "P1", "mail", "vip", None)
