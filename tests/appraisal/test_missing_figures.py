"""What a form says when figures are missing, and what cannot be appraised at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from appraisal.appraise import CannotAppraise
from appraisal.whole import appraise
from tests.appraisal.desk import at, card_of, observed, setting_of, told
from tests.appraisal.small import DAY, KB, PROPOSAL, SURVEYS, TICKETS, TWO, form


def test_everything_there_needs_no_reweighing() -> None:
    """80 and 90 share 60 per cent, 50 has the rest."""
    filled = form([KB, PROPOSAL, *SURVEYS])

    assert [Decimal(80), Decimal(90), Decimal(50)] == [line.score for line in filled.lines]
    assert (Decimal(71), 3, 3) == (filled.total, filled.measured, filled.of)
    assert [Decimal(24), Decimal(27), Decimal(20)] == [line.points for line in filled.lines]


def test_what_was_not_reported_leaves_its_weight_to_its_dimension() -> None:
    """By default; the form says how many measures were there, and 0 is a value."""
    filled = form([KB, PROPOSAL])
    csat = list(filled.lines)[1]

    assert ("no_cases", "reweigh", None, Decimal(0)) == (csat.status, csat.treatment, csat.score, csat.effective_weight)
    assert (Decimal(68), 2, 3) == (filled.total, filled.measured, filled.of)
    assert Decimal("0.6") == next(filled.lines).effective_weight


def test_an_empty_dimension_leaves_its_weight_to_the_others() -> None:
    """Nobody reported proposals: the first dimension is the whole form."""
    filled = form([KB, *SURVEYS])

    assert "not_reported" == list(filled.lines)[2].status
    assert [Decimal(1), Decimal(0)] == [dimension.effective_weight for dimension in filled.dimensions]
    assert (Decimal(85), 2) == (filled.total, filled.measured)


def test_too_few_cases_are_shown_and_not_scored() -> None:
    """Four ratings say little about anybody; five may be scored, or four where the card says so."""
    few = form([KB, PROPOSAL, *SURVEYS[:4]])
    line = list(few.lines)[1]

    assert ("too_few", Decimal(80), Decimal(4), None) == (line.status, line.value, line.cases, line.score)
    assert "ok" == list(form([KB, PROPOSAL, *SURVEYS[:4]], csat=", minimum: 4").lines)[1].status


@pytest.mark.parametrize(("treatment", "total"), [("full", 74), ("zero", 44), ("reweigh", 68)])
def test_the_card_says_what_to_do_about_what_is_missing(treatment: str, total: int) -> None:
    """Full marks, none, or the weight for the others; it does not count as measured."""
    filled = form([KB, PROPOSAL], csat=f", no_cases: {treatment}")

    assert (Decimal(total), 2) == (filled.total, filled.measured)
    assert treatment == list(filled.lines)[1].treatment


def test_a_blocked_form_has_no_total_and_says_which_line_blocks_it() -> None:
    """Nothing is put in its place in silence."""
    filled = form([KB, PROPOSAL], csat=", no_cases: block", extra="ratings: {data: 100%}")

    assert (None, [2], None) == (filled.total, filled.blocked_by, filled.passed)
    assert (None, None) == (filled.rating, filled.bonus)
    assert all(line.effective_weight is None for line in filled.lines)


def test_a_form_of_nothing_has_no_total() -> None:
    """Neither 0 nor 100: there was nothing to score."""
    filled = form([observed("h", DAY, "training_hours", "team:network", 8)])

    assert (None, 0, 3) == (filled.total, filled.measured, filled.of)


def test_a_period_of_its_own_kind_only_and_a_card_that_is_there() -> None:
    """What cannot be appraised is refused with the mend."""
    card = card_of(TWO.format(extra="", csat="", proposals=""))
    setting = setting_of(told(TICKETS), "2026", [card])
    with pytest.raises(CannotAppraise, match="ask for another period"):
        appraise(setting, ["team:network"], ["two"])
    with pytest.raises(CannotAppraise, match="no scorecard 'three'"):
        appraise(setting, ["team:network"], ["three"])
    with pytest.raises(CannotAppraise, match="name one with --scorecard"):
        appraise(setting, ["agent:nobody"])
    quarter = setting_of(told(TICKETS), "2026-Q4", [card])
    with pytest.raises(CannotAppraise, match="nothing is known of team:netwrok"):
        appraise(quarter, ["team:netwrok"], ["two"])


def test_a_day_has_totals_of_teams_and_none_of_persons() -> None:
    """A person's day would look like one of idleness."""
    card = card_of(TWO.format(extra="", csat="", proposals="").replace("[month, quarter]", "[day]"))
    setting = setting_of(told(TICKETS), "2026-11-02", [card], as_of="2026-11-20T00:00:00Z")

    assert ("day", 1) == (
        appraise(setting, ["team:network"], ["two"]).kind,
        len(appraise(setting, ["all"], ["two"]).forms),
    )
    with pytest.raises(CannotAppraise, match="days have totals of the desk and of teams only"):
        appraise(setting, ["agent:li.na"], ["two"])


def test_what_is_told_of_other_periods_changes_no_byte() -> None:
    """Not the digest of what it was computed from either; what is told of this one does."""
    card = card_of(TWO.format(extra="", csat="", proposals=""))
    entries = [KB, PROPOSAL, *SURVEYS]
    other = observed("later", at("2027-01-02"), "kb_contributions", "team:network", 7)
    mine = observed("mine", DAY, "training_hours", "team:network", 7)
    made, same, another = (
        appraise(setting_of(told(TICKETS, found), "2026-Q4", [card]), ["team:network"], ["two"])
        for found in (entries, [*entries, other], [*entries, mine])
    )

    assert made.model_dump_json() == same.model_dump_json()
    assert made.inputs != another.inputs
