"""How figures and texts are shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from appraisal.forms import shown
from appraisal.forms.bins import bins_of
from appraisal.forms.words import Vocabulary
from models.measure import Unit
from sla.figures.buckets import bucket_of, least_of
from tests.appraisal.forms.samples import five


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        ("84.995", "points", "85.00"),
        ("84.994999", "points", "84.99"),
        ("0.99995", "ratio", "100.00%"),  # the second place of per cent is the fourth of the fraction
        ("0.99994", "ratio", "99.99%"),
        ("9000", "s", "2:30:00"),
        ("359999.5", "s", "100:00:00"),
        ("0.4", "s", "0:00:00"),
        ("3", "count", "3"),
        ("3.5", "count", "3.5"),
        ("1000000", "count", "1000000"),
        ("100", "hours", "100"),
        ("0", "weight", "0"),
    ],
)
def test_a_value_is_rounded_half_up_to_two_places_in_its_unit(number: str, unit: Unit, said: str) -> None:
    """And a whole number has none."""
    assert said == shown.figure(Decimal(number), unit)


def test_what_is_not_there_is_a_dash() -> None:
    """In every unit."""
    units: tuple[Unit, ...] = ("s", "ratio", "points", "count", "weight", "hours")

    assert ["–"] * 6 == [shown.figure(None, unit) for unit in units]


@pytest.mark.parametrize(
    ("number", "unit", "zh", "en"),
    [
        ("0.95", "ratio", "95%", "95%"),
        ("0.005", "ratio", "0.5%", "0.5%"),
        ("7200", "s", "2 小时", "2 h"),
        ("5400", "s", "90 分钟", "90 min"),
        ("90", "s", "90 秒", "90 s"),
        ("90", "points", "90 分", "90 points"),
        ("1", "points", "1 分", "1 point"),
        ("5", "count", "5", "5"),
        ("40", "hours", "40 小时", "40 h"),
    ],
)
def test_a_target_is_said_in_words(number: str, unit: Unit, zh: str, en: str) -> None:
    """In the largest unit that it is a whole number of."""
    assert [zh, en] == [shown.amount(Decimal(number), unit, Vocabulary(one)) for one in ("zh", "en")]


def test_a_percentile_is_told_as_exactly_as_it_is_known() -> None:
    """Within one per cent, and points never pass a hundred."""
    assert ["80.2", "100", "1:59:36"] == [
        shown.about(Decimal("80.2160635"), "points"),
        shown.about(Decimal("100.1390075"), "points"),
        shown.about(Decimal("7176.2"), "s"),
    ]


def test_a_period_is_its_first_and_last_day_where_the_desk_is() -> None:
    """Not where the server's clock is: the quarter begins at 16:00 UTC of the day before."""
    form = five()[3]

    assert ("2026-10-01", "2026-12-31") == shown.days(form)
    assert "2027-01-09 00:00 (Asia/Shanghai)" == shown.instant(form.as_of, form.zone)


@pytest.mark.parametrize(
    ("minutes", "label"),
    [
        (1, "≤ 1 min"),
        (15, "> 5 min to 15 min"),
        (15.2, "> 15 min to 30 min"),
        (60, "> 30 min to 1 h"),
        (30_000, "> 336 h"),
    ],
)
def test_a_duration_on_an_edge_lies_below_it(minutes: float, label: str) -> None:
    """For targets are "at most": who answers in fifteen minutes sharp has kept to a quarter of an hour."""
    histogram = [(least_of(bucket_of(int(minutes * 60_000))), 7)]

    assert [(label, 7)] == bins_of(histogram, "s", Vocabulary("en"))


@pytest.mark.parametrize(
    ("points", "label"), [(100, "90–100"), (90, "90–100"), (80, "80–90"), (60, "60–70"), (0, "< 20")]
)
def test_a_score_on_an_edge_lies_above_it(points: int, label: str) -> None:
    """For targets are "at least"."""
    assert [(label, 1)] == bins_of([(least_of(bucket_of(points * 1_000_000)), 1)], "points", Vocabulary("en"))


def test_ranges_add_up_to_all_cases_and_have_no_empty_ends() -> None:
    """What lies between is shown, be it empty."""
    histogram = [(least_of(bucket_of(minutes * 60_000)), minutes) for minutes in (3, 200, 201)]
    found = bins_of(histogram, "s", Vocabulary("zh"))

    assert 404 == sum(one.number for one in found)
    assert (3, 401) == (found[0].number, found[-1].number)
    assert 0 in [one.number for one in found]
    assert [] == bins_of([], "s", Vocabulary("zh"))


def test_both_languages_have_every_word() -> None:
    """And neither is empty, nor the other."""
    zh, en = Vocabulary("zh"), Vocabulary("en")
    form = five()[0]

    assert [line.status for line in form.lines]
    assert all(zh.status(line.status) != en.status(line.status) for line in form.lines)
    assert "优先级 P0" == zh.split("priority", "P0")
    assert "aspect follow-up, attitude" == en.split("aspect", "follow_up,attitude")
