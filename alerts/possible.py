"""What alerts a policy book can ever lead to, so that a route that none of them reaches is refused.

The book's clocks are a list of kinds: one for each policy, metric and level, with the values that each label can have.
Teams, tiers, channels, categories and persons are free text, unless the policy asks for some.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alerts.matchers import LABELS, Matcher
from models.event import PRIORITIES
from models.objective import Objective
from models.policy import Policy
from sla.policy import PolicyBook

#: The levels of a budget that burns, by the rate that was passed.
BURNS = ("burn 14.4", "burn 6")
_PLAIN = re.compile(r"[^\\.^$*+?{}\[\]()]*")
_FREE = {"team": "team", "tier": "customer_tier", "channel": "channel", "category": "category", "assignee": "assignee"}

#: The values that a label can have; None: any text.
Values = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class AlertKind:
    """Alerts alike: what each label can be. A label that is not named is always the empty text."""

    labels: Mapping[str, Values]

    def admits(self, matchers: Sequence[Matcher]) -> bool:
        """Whether some alert of this kind meets all matchers."""
        for label in {one.label for one in matchers}:
            asked = [one for one in matchers if one.label == label]
            values = self.labels.get(label, frozenset({""}))
            if values is None:
                values = _candidates(asked)
            if values is not None and not any(all(one.admits(value) for one in asked) for value in values):
                return False
        return True


def kinds_of(book: PolicyBook) -> list[AlertKind]:
    """Every kind of alert that the clocks and objectives of a book can lead to; any, where it is not whole."""
    if not book.is_whole:
        return [AlertKind(dict.fromkeys(LABELS))]
    found = [
        kind
        for edition in book.editions
        for policy in edition.policies
        for kind in _of_policy(policy)
    ]
    return found + [_of_objective(one) for edition in book.editions for one in edition.objectives]


def _of_policy(policy: Policy) -> Iterable[AlertKind]:
    free = {label: _texts(policy.when.get(field)) for label, field in _FREE.items()}
    priorities = _texts(policy.when.get("priority")) or frozenset(PRIORITIES)
    for metric, target in policy.targets.items():
        if target.within_ms is None and target.business_days is None:
            continue
        yield AlertKind(
            {
                **free,
                "priority": priorities,
                "metric": frozenset({metric}),
                "level": frozenset({"breached", *(level.text for level in target.levels)}),
                "policy": frozenset({policy.name}),
                "calendar": frozenset({"open", "closed"}),
            }
        )


def _of_objective(objective: Objective) -> AlertKind:
    labels = {label: _only(objective.when.get(label)) for label in ("priority", "team")}
    return AlertKind(
        {
            "metric": frozenset({objective.metric}),
            "level": frozenset(BURNS),
            "objective": frozenset({objective.name}),
            **{label: frozenset({value}) for label, value in labels.items() if value},
        }
    )


def _texts(values: frozenset[str | float] | None) -> Values:
    return None if values is None else frozenset(str(value) for value in values)


def _only(values: frozenset[str] | None) -> str | None:
    return next(iter(values)) if values and len(values) == 1 else None


def _candidates(asked: Sequence[Matcher]) -> Values:
    """The values among which one has to be that meets all of them; None: there are too many to tell."""
    for one in asked:
        if one.operator == "=":
            return frozenset({one.value})
        if one.operator == "=~" and _PLAIN.fullmatch(one.value):
            return frozenset(one.value.split("|"))
    return None


def fault_of(matchers: Sequence[Matcher], kinds: Sequence[AlertKind]) -> tuple[str, str] | None:
    """Why no alert can ever meet all matchers, and the mend; None where one can."""
    for one in matchers:
        if any(kind.admits([one]) for kind in kinds):
            continue
        known = sorted({value for kind in kinds for value in kind.labels.get(one.label) or ()})
        near = difflib.get_close_matches(one.value, known, 1)
        mend = f"Did you mean {near[0]!r}?" if near else f"The book knows {', '.join(map(repr, known)) or 'none'}"
        return f"{one} can never match: by the policy book no alert has such a {one.label}", mend
    if any(kind.admits(matchers) for kind in kinds):
        return None
    shown = ", ".join(map(str, matchers))
    named = ", ".join(label for label in LABELS if label in {one.label for one in matchers})
    return (
        f"{shown} can never match together (the matchers of the routes above are counted in)",
        f"The policy book has no clock with all of these; change one of {named}",
    )
