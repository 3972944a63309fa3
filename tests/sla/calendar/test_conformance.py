"""Questions that other systems' own tests ask of their calendars."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sla.calendar.question import agrees, answer

_CASES = Path(__file__).parents[2] / "data" / "conformance" / "calendar.jsonl"
CASES = [json.loads(line) for line in _CASES.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_question_is_answered_as_expected(case: dict[str, Any]) -> None:
    """Every question of the table has the answer that stands beside it."""
    got = answer(case)

    assert agrees(case["expect"], got), f"{case['note']}: expected {case['expect']}, got {got}"


def test_the_whole_table_is_asked() -> None:
    """No line of the table was lost on the way here."""
    assert len(CASES) == 97


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T08:00:00+08:00", True),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", False),
        ([["2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"]], [], False),
        (1, True, False),
        (True, 1, False),
        (True, True, True),
        (7200, 7200.0, True),
        (7200, "2026-01-01T00:00:00Z", False),
    ],
)
def test_instants_agree_however_they_are_written(expected: Any, got: Any, same: bool) -> None:
    """Instants are compared as instants, numbers as numbers, and a truth is no number."""
    assert agrees(expected, got) is same


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        ({"ask": "elapsed", "from": "2026-01-01T00:00:00Z"}, "needs the field 'to'"),
        ({"ask": "closes"}, "unknown ask 'closes'"),
        ({"ask": "periods", "at": "2026-01-01T00:00:00Z", "direction": "up", "count": 1}, "write `after` or `before`"),
        ({"ask": "is_open", "at": "yesterday"}, "no RFC 3339 instant|not an RFC 3339 instant"),
    ],
)
def test_a_question_that_cannot_be_read_says_why(case: dict[str, Any], fault: str) -> None:
    """The writer of a case learns what is missing or misspelt."""
    with pytest.raises(ValueError, match=fault):
        answer({"calendar": {"timezone": "UTC", "week": {"mon": ["09:00-17:00"]}}, **case})
