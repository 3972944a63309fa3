"""Appeals that were granted: beside the computed figure, never inside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.appraisal.desk import at
from tests.appraisal.small import KB, PROPOSAL, SURVEYS, form


def adjustment(name: str, measure: str, value: Any, minute: int = 0) -> Any:
    """A granted appeal."""
    return {
        "type": "adjustment.made",
        "event_id": name,
        "occurred_at": at("2027-01-12", f"10:{minute:02d}").isoformat(),
        "period": "2026-Q4",
        "scorecard": "two",
        "subject": "team:network",
        "measure": measure,
        "value": value,
        "reason": "counted in the wrong team",
        "approved_by": "chen.gang",
    }


def test_an_appeal_stands_beside_the_computed_figure_and_never_inside_it() -> None:
    """The computed total stays 71; with the last adjustment of each line it would be 77."""
    plain = form([KB, PROPOSAL, *SURVEYS])
    filled = form(
        [KB, PROPOSAL, *SURVEYS, adjustment("a1", "kb_contributions", 4), adjustment("a2", "kb_contributions", 5, 1)]
    )

    assert (plain.total, plain.dimensions) == (filled.total, filled.dimensions)
    assert Decimal(77) == filled.adjusted_total
    assert [(1, Decimal(3), Decimal(80))] * 2 == [
        (one.number, one.computed_value, one.computed_score) for one in filled.adjustments
    ]
    assert [(Decimal(4), Decimal(90), False), (Decimal(5), Decimal(100), True)] == [
        (one.value, one.score, one.holds) for one in filled.adjustments
    ]
    assert None is plain.adjusted_total


def test_an_adjustment_of_a_missing_figure_brings_its_weight_back() -> None:
    """What was reweighed counts in the adjusted total again."""
    filled = form([KB, PROPOSAL, adjustment("a1", "csat", 90)])

    assert (Decimal(68), Decimal(74)) == (filled.total, filled.adjusted_total)


def test_an_adjustment_of_a_line_that_is_not_there_is_noted() -> None:
    """It moves nothing, and nobody overlooks it."""
    filled = form([KB, PROPOSAL, adjustment("a1", "error_rate", 0)])

    assert (None, []) == (filled.adjusted_total, filled.adjustments)
    assert any("a1" in note.en for note in filled.notes)
