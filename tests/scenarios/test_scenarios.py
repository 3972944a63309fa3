"""Every case under `scenarios/` holds, and the collection itself is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sla.cases import run_case

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = sorted(SCENARIOS.glob("*.yaml"))


def cases_of(path: Path) -> list[dict[str, Any]]:
    """The cases of one file, as plain mappings."""
    cases: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return cases


CASES = [case for path in FILES for case in cases_of(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_holds(case: dict[str, Any]) -> None:
    """What the law says of a story is what the ticket's clocks say."""
    failures = run_case(case)

    assert [] == failures, case["note"]


def test_each_rule_of_the_law_has_a_file() -> None:
    """Rules 1 to 15 each have a file of their own; 10, the refusals, is no story and is tested with the policies."""
    numbered = {int(path.name[:2]) for path in FILES if path.name[:2].isdigit()}

    assert set(range(1, 16)) - {10} <= numbered


def test_a_case_has_a_name_of_its_own() -> None:
    """No two cases share an id, so a failure names its story."""
    ids = [case["id"] for case in CASES]

    assert sorted(set(ids)) == sorted(ids)


def test_a_case_says_its_law() -> None:
    """Each case carries a note, one sentence that ends like one."""
    silent = [case["id"] for case in CASES if not case.get("note", "").endswith(".")]

    assert [] == silent
