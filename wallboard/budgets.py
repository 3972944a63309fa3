"""What is left of the breaches that the objectives allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models import scope as scopes
from models.objective import Objective
from sinks.view import Reader
from wallboard.rights import Grant
from wallboard.selection import Selection

_WHOLE = 1_000_000


def concerning(objectives: Sequence[Objective], scope: str) -> list[Objective]:
    """Those objectives that are not about another team or priority than a scope."""
    asked = scopes.parts(scope)
    return [
        objective
        for objective in objectives
        if all(kind not in asked or asked[kind] in values for kind, values in objective.when.items())
    ]


def scopes_of(objective: Objective) -> list[str]:
    """The scopes that an objective is about, as they stand in keys."""
    teams = sorted(objective.when.get("team", ()))
    priorities = sorted(objective.when.get("priority", ()))
    if teams and priorities:
        return [scopes.team_priority(team, priority) for team in teams for priority in priorities]
    return [*map(scopes.team, teams), *map(scopes.priority, priorities)] or [scopes.ALL]


async def read_budgets(
    reader: Reader, objectives: Sequence[Objective], selection: Selection, grant: Grant
) -> dict[str, Any]:
    """`objectives` in their order, and `budget <name>` of each that has one, as far as a grant sees them.

    An objective's `scope` is the one that its figure is about, or those, joined by a comma.
    """
    shown = [
        objective
        for objective in concerning(objectives, selection.scope)
        if all(grant.sees(scope) for scope in scopes_of(objective))
    ]
    parts: dict[str, Any] = {
        "objectives": [
            {
                "name": objective.name,
                "scope": ",".join(scopes_of(objective)),
                "metric": objective.metric,
                "attainment": objective.attainment / _WHOLE,
                "period": objective.period,
                "minimum": objective.minimum,
            }
            for objective in shown
        ]
    }
    for objective, budget in zip(shown, await reader.read_budgets([one.name for one in shown]), strict=True):
        if budget is not None:
            parts[f"budget {objective.name}"] = budget
    return parts
