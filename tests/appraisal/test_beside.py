"""What stands beside a score: distributions, rows of totals, the quality of the data, what is so far."""

from __future__ import annotations

from decimal import Decimal

import pytest

from appraisal.form import FilledForm
from appraisal.numbers import half_up
from appraisal.whole import appraise
from tests.appraisal.desk import Ticket, at, card_of, form_of, setting_of, told
from tests.appraisal.small import KB, LED, TICKETS


def test_a_look_ahead_is_so_far_until_its_time_has_passed() -> None:
    """First contact may still be lost for seven days after the period's end."""
    card = card_of(
        "title: x\nperiods: [month]\ndimensions: [{name: x, weight: 100%, measures: ["
        '{measure: first_contact_resolution, full_at: ">= 80%", deduct: 1, per: 1%}]}]'
    )
    early = setting_of(told(TICKETS), "2026-11", [card], as_of="2026-12-03T00:00:00Z")
    late = setting_of(told(TICKETS), "2026-11", [card], as_of="2026-12-20T00:00:00Z")

    assert ("so_far", Decimal(100)) == _status(form_of(early, "team:network", "card"))
    assert ("ok", Decimal(100)) == _status(form_of(late, "team:network", "card"))


def _status(filled: FilledForm) -> tuple[str, Decimal | None]:
    line = next(filled.lines)
    return line.status, line.score


def test_means_stand_beside_their_distribution_and_plain_figures_beside_weighted_ones() -> None:
    """Median, percentiles, cases and splits; easy tickets are no way to a high figure."""
    card = card_of(LED.replace("led_teams", "self"))
    tickets = [
        Ticket(f"T{n}", at("2026-11-02"), team="network", complexity=1 + n % 2, customer_tier="vip").solved(
            10 * (n + 1)
        )
        for n in range(10)
    ]
    throughput, _, resolution = form_of(setting_of(told(tickets), "2026-Q4", [card]), "team:network", "led").lines

    assert ("weighted_throughput", Decimal(15)) == (throughput.beside[0].measure, throughput.beside[0].value)
    assert resolution.p50 is not None
    assert 55 * 60 == pytest.approx(float(resolution.p50), rel=0.01)
    assert resolution.histogram is not None
    assert 10 == sum(number for _, number in resolution.histogram)
    assert {("priority", "P1"), ("tier", "vip"), ("complexity", "1"), ("complexity", "2")} == {
        (part.by, part.label) for part in resolution.splits
    }


def test_rows_of_totals_carry_the_score_of_exactly_their_figure() -> None:
    """The plain row of a scored measure, and the part that a line is about; of persons only who was asked for."""
    card = card_of(LED.replace("led_teams", "self").replace(
        "resolution_mean,", "resolution_mean, where: {customer_tier: [vip]},"))  # fmt: skip
    setting = setting_of(told(TICKETS, [KB]), "2026-Q4", [card])
    rows = appraise(setting, ["team:network"], ["led"]).totals
    scored = {(row.measure, row.split): half_up(row.score) for row in rows if row.score is not None}

    assert {
        ("throughput", ""): Decimal("96.00"),
        ("kb_contributions", ""): Decimal("80.00"),
        ("resolution_mean", "tier:vip"): Decimal("100.00"),
    } == scored
    assert {"team:network"} == {row.subject for row in rows}
    everybody = appraise(setting)
    assert {"all", "team:network"} == {row.subject for row in everybody.totals}
    assert "all" == everybody.totals[0].subject


def test_the_quality_of_the_data_is_told_where_the_card_asks() -> None:
    """Orphans, and tickets without the fields that figures rest on."""
    card = card_of(LED.replace("over: led_teams", "data_quality: true"))
    orphan = Ticket("O", at("2026-11-02")).replied(5)
    del orphan.events[0]
    filled = form_of(setting_of(told([*TICKETS, orphan]), "2026-Q4", [card]), "team:network", "led")
    sheet = {line.id: (line.count, line.of) for line in filled.data_quality}

    assert (1, None) == sheet["orphans"]
    assert (0, 6) == sheet["missing_team"]
    assert (6, 6) == sheet["missing_issue_key"]
    assert "missing_customer_tier" in sheet
