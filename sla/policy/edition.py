"""An edition of the policy book, and which of its policies holds for a ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.objective import Objective
from models.policy import Policy
from sla.calendar import BusinessCalendar

#: Combinations of values remembered; values that no policy names count as one, so most books need a few dozen.
_REMEMBERED = 65_536


class Edition:
    """Policies in the order in which they are tried. Not to be changed after construction."""

    __slots__ = (
        "_named", "_selected", "_tags", "calendars", "effective_from", "fields",
        "name", "objectives", "policies", "promised", "zone",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        *,
        effective_from: int | None,
        zone: str,
        promised: tuple[str, ...],
        objectives: tuple[Objective, ...],
        calendars: Mapping[str, BusinessCalendar],
        policies: Sequence[Policy],
    ) -> None:
        """`effective_from` in ms since 1970; None for an edition that always held."""
        self.name = name
        self.effective_from = effective_from
        self.zone = zone
        self.promised = promised
        self.objectives = objectives
        self.calendars = calendars
        self.policies = tuple(policies)
        self.fields = frozenset(field for policy in policies for field in policy.when)
        values: dict[str, set[str | float]] = {field: set() for field in sorted(self.fields)}
        for policy in policies:
            for field, wanted in policy.when.items():
                values[field] |= wanted
        self._tags = frozenset(values.pop("tags", ()))
        self._named = [(field, frozenset(wanted)) for field, wanted in values.items()]
        self._selected: dict[tuple[Any, ...], Policy | None] = {}

    def select(self, ticket_fields: Mapping[str, Any]) -> Policy | None:
        """The first policy whose every condition the ticket meets; None when there is none.

        A field that is missing or None meets no condition. Of `tags` (any iterable of text) one is enough.
        """
        get = ticket_fields.get
        # A value that no policy names is as good as none: the answers that can differ are few enough to keep.
        values = [value if (value := get(field)) in wanted else None for field, wanted in self._named]
        key: tuple[Any, ...] = tuple(values)
        if self._tags:
            key = (*key, self._tags.intersection(get("tags") or ()))
        try:
            return self._selected[key]
        except KeyError:
            pass
        if len(self._selected) >= _REMEMBERED:
            self._selected.clear()
        found = next((policy for policy in self.policies if _meets(policy, ticket_fields)), None)
        self._selected[key] = found
        return found


def _meets(policy: Policy, fields: Mapping[str, Any]) -> bool:
    for field, wanted in policy.when.items():
        value = fields.get(field)
        if field == "tags":
            if wanted.isdisjoint(value or ()):
                return False
        elif value not in wanted:
            return False
    return True
