"""Whether a rating or an adjustment fits the cards and the people that it speaks of."""

from __future__ import annotations

from collections.abc import Mapping

from appraisal.adjusting import line_index
from appraisal.intake import NotTaken
from appraisal.period import kind_of
from appraisal.rating import dimension_index
from appraisal.roster import Roster
from appraisal.scorecard import Scorecard
from models import scope
from models.observation import AdjustmentMade, RatingGiven


def check(entry: RatingGiven | AdjustmentMade, cards: Mapping[str, Scorecard], roster: Roster) -> None:
    """Judges an entry.

    Raises:
        NotTaken: its card, period, subject, dimension, role or measure is not one that a form would have.
    """
    card = cards.get(entry.scorecard)
    if card is None:
        msg = f"there is no scorecard {entry.scorecard!r}: known are {', '.join(cards) or 'none'}"
        raise NotTaken(msg, "scorecard")
    kind = kind_of(entry.period)
    if kind not in card.kinds:
        msg = f"{entry.period} is a {kind}, and {card.id} is for {', '.join(card.kinds)}"
        raise NotTaken(msg, "period")
    person = scope.parts(entry.subject).get("agent")
    if person is not None and person not in roster.people:
        msg = f"{person!r} is not in people.yaml: write their entry, or mend the id"
        raise NotTaken(msg, "subject")
    if isinstance(entry, RatingGiven):
        _check_rating(entry, card, person)
        return
    lines = [line for dimension in card.of_kind(kind) for line in dimension.measures]
    if line_index(lines, entry.measure) is None:
        name = entry.measure.partition(" ")[0]
        own = [f"{name} {line.where.label}" for line in lines if line.measure == name and line.where]
        known = ", ".join(own) or ", ".join(line.measure for line in lines)
        msg = f"{entry.measure!r} is no line of {card.id} in a {kind}: write one of {known}"
        raise NotTaken(msg, "measure")


def _check_rating(entry: RatingGiven, card: Scorecard, person: str | None) -> None:
    roles = [role for role in card.ratings if role != "data"]
    if entry.role not in roles:
        msg = f"{card.id} asks for no rating by {entry.role}: it asks for {', '.join(roles) or 'none at all'}"
        raise NotTaken(msg, "role")
    if entry.role == "self" and entry.rater != person:
        msg = f"a self rating is given by {person or 'the subject'}, not by {entry.rater}"
        raise NotTaken(msg, "rater")
    if entry.role != "self" and entry.rater == person:
        msg = f"{entry.rater} cannot rate themselves as {entry.role}: write the role self"
        raise NotTaken(msg, "rater")
    dimensions = card.of_kind(kind_of(entry.period))
    if dimension_index(dimensions, entry.dimension) is None:
        known = ", ".join(f"{one.name.zh} ({one.name.en})" for one in dimensions)
        msg = f"{entry.dimension!r} is no dimension of {card.id}: write one of {known}"
        raise NotTaken(msg, "dimension")
