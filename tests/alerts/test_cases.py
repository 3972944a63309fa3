"""The cases in `scenarios/alerts/` hold for the rules in the package, and a case that does not hold says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.cases import AlertCaseError, run_alert_case
from streams.commands.console import cases_of
from tests.alerts.stories import book, shipped_rules

FOLDER = Path(__file__).parents[2] / "scenarios" / "alerts"
CASES = [case for file in sorted(FOLDER.glob("*.yaml")) for _, case in cases_of(file)]

CASE = {
    "entries": [{"at": "2026-03-02T02:15:00Z", "change": "breached", "ticket": "T-1", "metric": "first_response",
                 "priority": "P0"}],
    "until": "2026-03-02T02:16:00Z",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_shipped_case_holds(case: dict[str, object]) -> None:
    """Each story leads to exactly the notices that it says."""
    assert [] == run_alert_case(case, shipped_rules(), book())


@pytest.mark.parametrize(
    ("expect", "failure"),
    [
        ([{"receiver": "lead"}, {}], "notice 1: receiver: expected 'lead', got 'room'"),
        ([{}], "one notice too many: 2026-03-02T02:15:00Z  firing  → on-call (day shift): T-1/first"),
        ([{}, {}, {"kind": "repeat"}], "expected one more notice: {'kind': 'repeat'}"),
        ([{"ids": ["T-2/first_response/1"]}, {}], "notice 1: ids: expected ['T-2/first_response/1'], got"),
        ([{"at": "2026-03-02T02:15:01Z"}, {}], "notice 1: at: expected '2026-03-02T02:15:01Z'"),
    ],
)
def test_a_case_that_does_not_hold_says_what_differs(expect: list[dict[str, object]], failure: str) -> None:
    """Another receiver, one too many, one missing, another alert, another instant."""
    failures = run_alert_case({**CASE, "expect": expect}, shipped_rules(), book())
    assert len(failures) == 1
    assert failures[0].startswith(failure)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"expect": [{"reciever": "room"}]}, "a notice has no such field"),
        ({"expect": [], "entires": []}, "unknown field 'entires'"),
        ({"expect": [], "until": "soon"}, "'soon' is not an RFC 3339 instant"),
        ({"expect": [], "entries": [{"ticket": "T-1", "metric": "first_response", "at": "2026-03-02T02:15:00Z"}]},
         "field change is missing"),
        ({"expect": [], "silences": [{"at": "2026-03-02T02:15:00Z", "until": "2026-03-02T03:15:00Z",
                                      "matchers": ["tean=x"]}]}, "a label that no alert has"),
        ({"expect": [], "alerts": {"receivers": [], "route": {"receiver": "nobody"}}}, "a receiver that is not there"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_run_says_which_field(change: dict[str, object], says: str) -> None:
    """A slip of the pen never passes as a case that holds."""
    with pytest.raises(AlertCaseError, match=says):
        run_alert_case({**CASE, **change}, shipped_rules(), book())
