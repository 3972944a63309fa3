"""What each objective of a book is about, and which of them are in force."""

from __future__ import annotations

from functools import lru_cache

from models.objective import SLA, Aim, Aimed, Objective
from sla.policy.book import PolicyBook
from sla.policy.edition import Edition


def aims_of(book: PolicyBook) -> frozenset[Aim]:
    """What the objectives of all editions are about, those to come included: another edition needs no counting anew."""
    return frozenset(aimed.aim for edition in book.editions for aimed in _of(edition))


def in_force(book: PolicyBook, at: int) -> tuple[Aimed, ...]:
    """The objectives of the edition in force at an instant (ms), in the order in which they are written."""
    return _of(book.edition_at(at))


@lru_cache(maxsize=256)  # asked every second
def _of(edition: Edition) -> tuple[Aimed, ...]:
    return tuple(Aimed(objective, _aim(objective, edition)) for objective in edition.objectives)


def _aim(objective: Objective, edition: Edition) -> Aim:
    metrics = edition.promised if objective.metric == SLA else (objective.metric,)
    priorities, teams = (objective.when.get(field) for field in ("priority", "team"))
    return Aim(frozenset(metrics), priorities, teams)
