"""The tiles of one page: those of every objective written out, and each with the target that it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models import scope as scopes
from models.objective import Objective
from models.wallboard import NO_LIMITS, Limits, Tile, Wallboard
from sla.board.figures import EVERY, MONTH, objective_of

_WHOLE = 1_000_000


def tiles_for(board: Wallboard, page_scope: str, objectives: Sequence[Objective]) -> tuple[Tile, ...]:
    """The tiles of a page of this scope, while these objectives are in force; each has its scope.

    A tile of attainment is held against the objective on just that metric and scope; it is red below that, and amber
    below half of what remains, unless the tile has limits of its own. Of the budgets of every objective those are shown
    that are not about another team or priority than the page.
    """
    found: list[Tile] = []
    for tile in board.tiles:
        if objective_of(tile.field) == EVERY:
            found += [_of_objective(tile, one, page_scope) for one in objectives if _concerns(one, page_scope)]
        else:
            found.append(_held_against(replace(tile, scope=tile.scope or page_scope), objectives))
    return tuple(
        replace(tile, limits=board.limits[tile.field])
        if tile.limits == NO_LIMITS and tile.field in board.limits
        else tile
        for tile in found
    )


def _of_objective(tile: Tile, objective: Objective, page_scope: str) -> Tile:
    label = {language: f"{text}: {objective.name}" for language, text in tile.label.items()}
    field = f"budget.{objective.name}.{tile.field.removeprefix(f'budget.{EVERY}.')}"
    return replace(tile, field=field, scope=page_scope, label=label)


def _concerns(objective: Objective, page_scope: str) -> bool:
    asked = scopes.parts(page_scope)
    return all(name not in asked or asked[name] in values for name, values in objective.when.items())


def _held_against(tile: Tile, objectives: Sequence[Objective]) -> Tile:
    metric = _attainment_of(tile.field)
    if metric is None:
        return tile
    asked = {name: frozenset({value}) for name, value in scopes.parts(tile.scope or scopes.ALL).items()}
    for objective in objectives:
        if objective.metric == metric and dict(objective.when) == asked:
            share = objective.attainment / _WHOLE
            own = Limits((objective.attainment + _WHOLE) / (2 * _WHOLE), share)
            return replace(tile, target=share, limits=own if tile.limits == NO_LIMITS else tile.limits)
    return tile


#: What the catalogue calls the attainment of a metric, where it is not `<metric>_attainment`.
_OTHER_NAMES = {"resolution_rate": "resolution", "update_timeliness": "update"}


def _attainment_of(field: str) -> str | None:
    """The metric, or `sla`, whose attainment a field is."""
    first, _, rest = field.partition(".")
    if first == MONTH:
        return _OTHER_NAMES.get(rest) or (rest.removesuffix("_attainment") if rest.endswith("_attainment") else None)
    return rest.removesuffix(".attainment") if rest.endswith(".attainment") else None
