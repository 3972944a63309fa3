"""Keys are what the contract says."""

from __future__ import annotations

import pytest

from models import scope
from sinks import keys

BOTH = scope.team_priority("A|B", "P0")


@pytest.mark.parametrize(
    ("expected", "key"),
    [
        ("sla:kpi:all", keys.kpi("all")),
        ("sla:kpi:team:A%7CB|priority:P0", keys.kpi(BOTH)),
        ("sla:live:agent:li", keys.live(scope.agent("li"))),
        ("sla:open:team:A%7CB|priority:P0", keys.open_(BOTH)),
        ("sla:due", keys.due()),
        ("sla:due:all", keys.due("all")),
        ("sla:ticket:T%3A1", keys.ticket("T:1")),
        ("sla:breach:T%3A1/resolution/1", keys.breach(scope.breach_id("T:1", "resolution", 1))),
        ("sla:decided:tier:vip", keys.decided(scope.tier("vip"))),
        ("sla:day:all", keys.day("all")),
        ("sla:period:2026-11:team:A", keys.period("2026-11", scope.team("A"))),
        ("sla:budget:P0 in time, 95%25", keys.budget("P0 in time, 95%")),
        ("sla:active", keys.member("active", "")),
        ("sla:due:all", keys.member("due", "all")),
    ],
)
def test_a_key_is_written_in_one_way(expected: str, key: str) -> None:
    """Prefix, family, then the scope as it is."""
    assert expected == key


def test_an_unknown_family_is_named() -> None:
    """A misspelt family is an error that tells the known ones."""
    with pytest.raises(ValueError, match=r"'opened'.*open, due, decided, active, incidents"):
        keys.member("opened", "all")
