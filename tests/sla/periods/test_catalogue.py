"""The catalogue names each measure once, and what is computed is what it names."""

from __future__ import annotations

import re

from models.fact import ASKED_FIELDS
from models.kpi import METRICS
from sla.catalogue import CATALOGUE
from sla.figures.measures import DERIVED, measures_of

#: The ids of the catalogue's table, in its order.
IDS = [
    "first_response_mean",
    "first_response_attainment",
    "resolution_mean",
    "complex_handling_mean",
    "sla_attainment",
    "resolution_rate",
    "first_contact_resolution",
    "throughput",
    "weighted_throughput",
    "reopen_rate",
    "recurrence_rate",
    "escalation_rate",
    "cross_team_resolution",
    "update_timeliness",
    "workaround_effectiveness",
    "self_service_rate",
    "csat",
    "key_customer_csat",
    "follow_up_satisfaction",
    "collaboration_satisfaction",
    "complaint_rate",
    "complaint_resolution_rate",
    "commendation_rate",
    "error_rate",
    "major_incidents",
    "follow_up_coverage",
    "record_completeness",
    "kb_contributions",
    "training_completion",
    "training_coverage",
    "training_hours",
    "sharing_sessions",
    "improvements_done",
    "proposals_made",
    "proposal_adoption",
    "feedback_adoption",
    "new_tool_adoption",
    "new_tech_count",
    "cost_saving",
    "customer_retention",
    "customer_churn",
    "staff_turnover",
    "promotion_rate",
    "staff_satisfaction",
    "team_attainment",
    "qa_score",
    "mystery_shopper_score",
    "process_audit_score",
]
#: What is shown beside a measure, and judges nobody.
BESIDE = [
    "solved_to_received",
    "next_response_mean",
    "assignment_mean",
    "update_mean",
    "issue_key_share",
    "time_to_escalate",
    "csat_satisfied",
    "rated_to_solved",
]


def test_every_row_of_the_catalogue_is_a_measure() -> None:
    """None is missing, and those that are only shown beside another are not scored."""
    assert set(IDS) <= CATALOGUE.keys()
    assert set(BESIDE) | {f"missing_{field}" for field in ASKED_FIELDS} == {
        measure.id for measure in CATALOGUE.values() if not measure.scored
    }
    assert {f"{metric}_mean" for metric in METRICS} <= CATALOGUE.keys()


def test_what_is_computed_is_what_is_named() -> None:
    """Each measure that follows from events is in a document, in the unit that the catalogue says."""
    computed = measures_of(("first_response", "resolution"))
    named = {measure.id: measure.unit for measure in CATALOGUE.values() if measure.source != "observed"}

    assert named == {name: measure.unit for name, measure in computed.items()} | {
        name: computed[derived.of].unit for name, derived in DERIVED.items()
    }


def test_each_measure_is_told_in_both_languages() -> None:
    """A name and a formula in Chinese, and in English without any."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for measure in CATALOGUE.values():
        for text in (measure.name, measure.formula):
            assert chinese.search(text.zh), measure.id
            assert text.en, measure.id
            assert not chinese.search(text.en), measure.id
        assert (measure.formula.zh, measure.formula.en) == (
            measure.formula.in_language("zh"),
            measure.formula.in_language("en"),
        )


def test_what_is_observed_has_an_aggregation_and_what_is_not_has_none() -> None:
    """A rate or mean asks for five cases unless money is its denominator; counts are never too few."""
    for measure in CATALOGUE.values():
        assert (measure.aggregation is None) == (measure.source == "events"), measure.id
        if measure.unit in {"count", "weight", "hours"} or measure.id == "cost_saving":
            assert 0 == measure.minimum, measure.id
        else:
            assert 5 == measure.minimum, measure.id


def test_only_four_measures_look_ahead() -> None:
    """First contact, workarounds, follow-ups and complaints wait seven days."""
    ahead = {measure.id: measure.look_ahead_days for measure in CATALOGUE.values() if measure.look_ahead_days}

    assert (
        dict.fromkeys(
            ("first_contact_resolution", "workaround_effectiveness", "follow_up_coverage", "complaint_resolution_rate"),
            7,
        )
        == ahead
    )
