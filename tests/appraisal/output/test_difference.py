"""What lies between two revisions is told, and why."""

from __future__ import annotations

from typing import Any

from appraisal.output.difference import Change, Diff, Why, difference


def share(numerator: int, denominator: int, **splits: Any) -> dict[str, Any]:
    """A measure of a document."""
    value = numerator / denominator if denominator else None
    return {"numerator": numerator, "denominator": denominator, "cases": denominator, "value": value, **splits}


def document(revision: int, solved: int, measure: dict[str, Any], *causes: tuple[str, str]) -> dict[str, Any]:
    """A revision of October for the network team."""
    told = [{"ticket": ticket, "event": event, "occurred_at": "2026-10-05T00:00:00Z"} for ticket, event in causes]
    return {
        "period": "2026-10",
        "subject": "team:network",
        "revision": revision,
        "counts": {"solved": solved, "created": 3},
        "measures": {"resolution_rate": measure},
        "causes": told,
    }


def test_counts_measures_and_splits_are_told_with_what_came_late() -> None:
    """Between revision 1 and 3 lie the causes of 2 and 3."""
    first = document(1, 2, share(1, 2, by_priority={"P0": share(1, 1)}))
    second = document(2, 3, share(2, 3, by_priority={"P0": share(1, 1), "P1": share(1, 1)}), ("T2", "e9"))
    third = document(3, 3, share(2, 4, by_priority={"P0": share(1, 2), "P1": share(1, 1)}), ("T3", "e1"))
    p0, p1 = "resolution_rate priority:P0", "resolution_rate priority:P1"

    assert Diff(
        "2026-10",
        "team:network",
        1,
        3,
        [
            Change("solved", "count", 2, 3),
            Change("resolution_rate", "numerator", 1, 2),
            Change("resolution_rate", "denominator", 2, 4),
            Change("resolution_rate", "cases", 2, 4),
            Change(p0, "denominator", 1, 2),
            Change(p0, "cases", 1, 2),
            Change(p0, "value", 1.0, 0.5),
            Change(p1, "numerator", None, 1),
            Change(p1, "denominator", None, 1),
            Change(p1, "cases", None, 1),
            Change(p1, "value", None, 1.0),
        ],
        [Why(2, "T2", "e9", "2026-10-05T00:00:00Z"), Why(3, "T3", "e1", "2026-10-05T00:00:00Z")],
    ) == difference([first, second, third])


def test_a_revision_has_no_difference_to_itself() -> None:
    """Nothing changed, and nothing caused it."""
    same = document(1, 2, share(1, 2))

    assert ([], []) == (difference([same, same]).changes, difference([same]).why)
