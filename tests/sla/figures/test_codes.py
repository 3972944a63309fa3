"""Cells as aggregates: initialize, add, retract, merge, result, as one table."""

from __future__ import annotations

from typing import Any

import pytest

from models.fact import KINDS, Fact
from models.kpi import METRICS
from sla.figures.codes import ASPECTS, FLAGS, RATERS, Cell, amounts_of, bump, merge, plan_of
from sla.figures.document import kpi_figures
from sla.figures.ledger import Ledger
from sla.figures.panes import MEASURED, raise_peaks
from tests.sla.figures.build import PROMISED, fact


def figures(facts: list[Fact]) -> dict[str, Any]:
    """The result of a cell with these facts."""
    cell: Cell = {}
    peaks: Cell = {}
    for each in facts:
        for code, amount in amounts_of(each):
            bump(cell, code, amount)
        if each.kind in MEASURED:
            raise_peaks(peaks, each.metric, each.value)
    return kpi_figures(cell, peaks, PROMISED)


def met(metric: str, value: int) -> Fact:
    return fact("met", 0, metric=metric, value=value)


AGGREGATES = [
    ("created", [fact("created", 0), fact("created", 1)], 2),
    ("first_responses", [fact("first_responses", 0)], 1),
    ("solved", [fact("solved", 0, value=1), fact("reopened", 1)], 1),
    ("reopened", [fact("solved", 0), fact("reopened", 1)], 1),
    ("escalated", [fact("escalated", 0)], 1),
    ("closed", [fact("closed", 0)], 1),
    ("cancelled", [fact("cancelled", 0)], 1),
    ("update.count", [met("update", 5), fact("late", 0, metric="update"), fact("stopped", 0, metric="update")], 3),
    ("update.count", [fact("breached", 0, metric="update")], 0),
    ("update.mean_s", [met("update", 1000), met("update", 2001)], 1.5005),
    ("update.mean_s", [met("update", 1000), met("update", 3000)], 2),
    ("update.mean_s", [met("update", 1), met("update", 1), met("update", 2)], 4 / 3000),
    ("update.p50_s", [met("update", 1000), met("update", 4000)], 2.5),
    ("update.p90_s", [met("update", 1000), met("update", 2000)], 1.9),
    ("update.p95_s", [met("update", 777_777)], 777.777),
    ("update.max_s", [met("update", 0)], 0),
    ("update.max_s", [met("update", 1000), fact("late", 0, metric="update", value=9001)], 9.001),
    ("update.max_s", [fact("breached", 0, metric="update")], None),
    ("update.attainment", [met("update", 1), fact("breached", 0, metric="update")], 0.5),
    ("update.attainment", [fact("late", 0, metric="update", value=1)], None),
    ("update.attainment", [fact("stopped", 0, metric="update", value=1)], None),
    ("sla.attainment", [met("first_response", 1), fact("breached", 0, metric="resolution")], 0.5),
    ("sla.count", [met("first_response", 1), met("resolution", 2), met("update", 3)], 2),
    ("sla.max_s", [met("first_response", 1000), met("resolution", 2000), met("update", 3000)], 2),
    ("sla.p50_s", [met("first_response", 1000), met("resolution", 2000)], 1.5),
    ("fcr_rate", [fact("solved", 0, mark="first_contact+kept"), fact("solved", 0, mark="kept")], 0.5),
    ("fcr_rate", [fact("created", 0)], None),
    ("reopen_rate", [fact("solved", 0), fact("solved", 0), fact("reopened", 0)], 0.5),
    ("reopen_rate", [fact("reopened", 0)], None),
    ("csat.count", [fact("rated", 0, metric="overall", value=90_000_000, mark="customer")], 1),
    ("csat.count", [fact("rated", 0, metric="overall", value=90_000_000, mark="colleague")], 0),
    ("csat.count", [fact("rated", 0, metric="attitude", value=90_000_000, mark="customer")], 0),
    (
        "csat.mean_pct",
        [fact("rated", 0, metric="overall", value=v, mark="customer") for v in (80_000_000, 1)],
        40.0000005,
    ),
    ("csat.satisfied_rate", [fact("rated", 0, metric="overall", value=80_000_000, mark="customer")], 1.0),
    ("csat.satisfied_rate", [fact("rated", 0, metric="overall", value=79_999_999, mark="customer")], 0.0),
    ("weighted_solved", [fact("solved", 0, value=1_000_000), fact("solved", 0, value=2_500_000)], 3.5),
    ("weighted_solved", [fact("solved", 0, value=3_000_000)], 3),
]


@pytest.mark.parametrize(("field", "facts", "expected"), AGGREGATES)
def test_an_aggregate_results_from_its_facts(field: str, facts: list[Fact], expected: Any) -> None:
    """What a field of a KPI document says about a few facts, in any order of them."""
    for order in (facts, facts[::-1]):
        found: Any = figures(order)
        for name in field.split("."):
            found = found[name]

        assert (expected, type(expected)) == (found, type(found))


@pytest.mark.parametrize(("field", "facts", "expected"), AGGREGATES)
def test_an_aggregate_is_merged_and_retracted_to_nothing(field: str, facts: list[Fact], expected: Any) -> None:
    """Cells of one fact each, merged, are the cell of all; with each taken out again nothing is left."""
    del field, expected
    whole: Cell = {}
    parts: list[Cell] = [{} for _ in facts]
    for each, part in zip(facts, parts, strict=True):
        for code, amount in amounts_of(each):
            bump(whole, code, amount)
            bump(part, code, amount)
    merged: Cell = {}
    for part in parts:
        merge(merged, part)

    assert whole == merged
    for part in parts:
        merge(merged, part, -1)
    assert not merged


def test_every_kind_of_fact_has_a_plan() -> None:
    """Whatever a ticket can say counts somewhere, and no two things count in one code."""
    said = [(kind, "-", "") for kind in KINDS if kind not in {"met", "late", "stopped", "breached", "rated", "flagged"}]
    said += [(kind, metric, "") for kind in ("met", "late", "stopped", "breached") for metric in METRICS]
    said += [("rated", aspect, rater) for aspect in ASPECTS for rater in RATERS]
    said += [("flagged", flag, "") for flag in FLAGS]

    assert len(said) == len({plan_of(*each).counts for each in said})


@pytest.mark.parametrize(
    "said", [("melted", "-", ""), ("met", "lunch", ""), ("solved", "-", "by magic"), ("rated", "-", "")]
)
def test_a_fact_that_no_figure_knows_is_refused(said: tuple[str, str, str]) -> None:
    """It does not fall out of the figures unseen."""
    with pytest.raises(ValueError, match=r"give it a code in sla/figures/codes\.py"):
        plan_of(*said)


def test_a_ledger_is_merged_and_retracted_to_nothing() -> None:
    """A quarter's ledger is its months'; with a cell taken out nothing of it stays."""
    one, other = Ledger(), Ledger()
    one.add(("P0", "vip", 1), {1: 2})
    other.add(("P0", "vip", 1), {1: 3, 2: 1})
    one.merge(other)

    assert {("P0", "vip", 1): {1: 5, 2: 1}} == one.cells
    one.retract(("P0", "vip", 1), {1: 5, 2: 1})
    assert not one.cells
