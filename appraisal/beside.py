"""What is printed beside a measure without being scored, so that one figure does not stand alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from appraisal.evidence import Evidence
from appraisal.form import Beside, Words
from appraisal.numbers import decimal, decimal_or_none
from appraisal.scorecard import Where
from sla.catalogue import CATALOGUE

#: Whoever picks easy tickets handles many: so the weighted figure stands beside the plain one, and the other way round.
BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "first_response_mean": ("first_response_attainment",),
    "first_response_attainment": ("first_response_mean",),
    "resolution_mean": ("resolution_rate",),
    "complex_handling_mean": ("resolution_mean",),
    "resolution_rate": ("solved_to_received",),
    "throughput": ("weighted_throughput",),
    "weighted_throughput": ("throughput",),
    "recurrence_rate": ("issue_key_share",),
    "escalation_rate": ("time_to_escalate",),
    "csat": ("csat_satisfied", "rated_to_solved"),
    "key_customer_csat": ("csat",),
}


def beside_of(evidence: Evidence, measure: str, where: Where | None) -> list[Beside]:
    """The figures beside a measure, over the same split where they have it."""
    found = []
    for name in BESIDE.get(measure, ()):
        known = CATALOGUE[name]
        own = None if CATALOGUE[measure].of else where
        if own and own.by == "aspect" and name == "rated_to_solved":
            continue
        tally = evidence.figure(name, own).tally
        found.append(
            Beside(
                measure=name,
                name=Words.of(known.name),
                unit=known.unit,
                numerator=decimal(tally.numerator),
                denominator=decimal(tally.denominator),
                cases=decimal(tally.cases),
                value=decimal_or_none(tally.value),
            )
        )
    return found
