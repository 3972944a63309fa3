"""Ratings of a form, and the bonus that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from appraisal.entries import Entries, known_of
from appraisal.form import FilledForm
from appraisal.rating import rating_of
from appraisal.roster import Roster
from models.observation import RatingGiven
from tests.appraisal.desk import at, card_of, form_of, setting_of, told
from tests.appraisal.small import TWO

RATED = "ratings: {self: 30%, superior: 50%, peer: 20%}"


def rating(  # noqa: PLR0917 -- read as a table
    name: str, role: str, rater: str, dimension: str, score: float, minute: int = 0, **more: Any
) -> Any:
    """A rating of the team lead's form."""
    return {
        "type": "rating.given",
        "event_id": name,
        "occurred_at": at("2027-01-10", f"10:{minute:02d}").isoformat(),
        "period": "2026-Q4",
        "scorecard": "two",
        "subject": "agent:wang.li",
        "role": role,
        "rater": rater,
        "dimension": dimension,
        "score": score,
        **more,
    }


ALL_RATINGS = [
    rating("r1", "self", "wang.li", "甲", 90),
    rating("r2", "self", "wang.li", "Two", 80),
    rating("r3", "superior", "chen.gang", "One", 60, 1),
    rating("r4", "superior", "chen.gang", "One", 70, 2),  # thought better of it
    rating("r5", "superior", "chen.gang", "乙", 75),
    rating("r6", "peer", "li.na", "甲", 100),
    rating("r7", "peer", "li.na", "乙", 100),
    rating("r8", "peer", "zhang.wei", "甲", 50),
    rating("r9", "peer", "zhang.wei", "乙", 50),
]


def rated(ratings: Sequence[Any]) -> FilledForm:
    """The form of a person with ratings."""
    card = card_of(TWO.format(extra=RATED, csat="", proposals=""))
    return form_of(setting_of(told((), ratings), "2026-Q4", [card]), "agent:wang.li", "two")


def test_the_rating_weighs_roles_and_the_bonus_follows_half_up() -> None:
    """Self 86 at 30 %, superior 72 at 50 %, peers 100 and 50 at 20 %: 76.8, and 0.77 of the bonus."""
    filled = rated(ALL_RATINGS)

    assert [Decimal(86), Decimal(72), Decimal(75)] == [role.total for role in filled.roles]
    assert (Decimal("76.8"), Decimal("0.77"), []) == (filled.rating, filled.bonus, filled.missing_ratings)


def test_order_and_repetition_of_ratings_change_nothing() -> None:
    """The latest of one rater and dimension holds by its instant, not by its arrival."""
    assert rated(ALL_RATINGS).model_dump_json() == rated([*reversed(ALL_RATINGS), *ALL_RATINGS]).model_dump_json()


@given(st.lists(st.sampled_from(ALL_RATINGS), max_size=14), st.randoms())
@settings(max_examples=40, deadline=None)
def test_any_order_and_repetition_of_any_ratings_gives_the_same_rating(found: list[Any], random: Any) -> None:
    """However many have come in so far."""
    card = card_of(TWO.format(extra=RATED, csat="", proposals=""))
    mixed = [*found, *found[::2]]
    random.shuffle(mixed)
    first, second = (rating_of(card, card.dimensions, _ratings(one), Fraction(80), Roster()) for one in (found, mixed))

    assert first == second


def _ratings(found: list[Any]) -> Sequence[RatingGiven]:
    held = Entries()
    for one in found:
        held.read(orjson.dumps(one))
    return known_of(held.by_id.values()).ratings


def test_while_a_rating_is_missing_there_is_no_bonus_and_the_form_says_which() -> None:
    """The superior has not yet rated the second dimension; no peer has rated at all."""
    filled = rated([one for one in ALL_RATINGS if one["event_id"] not in {"r5", "r6", "r7", "r8", "r9"}])

    assert (None, None) == (filled.rating, filled.bonus)
    assert ["Superior chen.gang: Two", "Peers"] == [one.en for one in filled.missing_ratings]
    assert Decimal(86) == filled.roles[0].total


def test_a_peer_who_has_not_finished_does_not_count_yet() -> None:
    """The others' mean stands; their own line shows what they gave."""
    filled = rated([one for one in ALL_RATINGS if one["event_id"] != "r9"])
    peers = filled.roles[2]

    assert Decimal(100) == peers.total
    assert [None] == [one.total for one in peers.raters if one.rater == "zhang.wei"]
    assert filled.rating is not None


def test_ratings_of_another_form_do_not_count() -> None:
    """Another period, card, subject or dimension is another form."""
    stray = [
        rating("x1", "self", "wang.li", "甲", 1, period="2026-11"),
        rating("x2", "self", "wang.li", "甲", 1, scorecard="three"),
        rating("x3", "self", "wang.li", "甲", 1, subject="agent:li.na"),
        rating("x4", "self", "wang.li", "丙", 1),
        rating("x5", "data", "wang.li", "甲", 1) | {"role": "peer", "dimension": "丙"},
    ]

    assert rated(ALL_RATINGS).model_dump_json() == rated([*ALL_RATINGS, *stray]).model_dump_json()
