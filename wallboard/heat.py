"""Where does it burn: each team by priority, with what is open, at risk and breached, and today's attainment."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from models import scope as scopes
from models.event import PRIORITIES
from models.kpi import TODAY
from sinks.view import Reader
from wallboard.rights import Grant
from wallboard.selection import Selection

#: What a cell tells of the live figures.
COUNTS = ("open", "at_risk", "breached")
#: More teams than one screen has lines for.
MOST_TEAMS = 60

Cells = dict[str, dict[str, Any]]


async def read_heat(reader: Reader, known: Collection[str]) -> Cells:
    """What there is to tell of each scope of the table, by scope: `all`, teams, priorities, teams by priority."""
    teams = sorted(name for name in known if name.startswith("team:") and "|" not in name)[:MOST_TEAMS]
    wanted = [scopes.ALL, *(scopes.priority(name) for name in PRIORITIES), *teams]
    wanted += [f"{team}|{scopes.priority(name)}" for team in teams for name in PRIORITIES]
    wanted = [name for name in wanted if name in known]
    lives = await reader.read_lives(wanted)
    documents = await reader.read_window(wanted, TODAY)
    cells: Cells = {}
    for name, live, document in zip(wanted, lives, documents, strict=True):
        cell: dict[str, Any] = {count: int(live[count]) if live.get(count) else None for count in COUNTS}
        cell["attainment"] = document["sla"]["attainment"] if document else None
        cell["as_of"] = live.get("as_of")
        cell["kpi_as_of"] = document["as_of"] if document else None
        cells[name] = cell
    return cells


def heat_for(cells: Cells, selection: Selection, grant: Grant) -> dict[str, Any]:
    """The table of a selection: its teams and priorities in order, and the cells that a grant sees.

    A page about teams or priorities shows theirs alone, and with them the whole that they are part of.
    """
    asked = dict(selection.lists)
    teams = [scopes.parts(name)["team"] for name in cells if name.startswith("team:") and "|" not in name]
    teams = [name for name in asked.get("team", teams) if scopes.team(name) in cells]
    priorities = [name for name in PRIORITIES if name in asked.get("priority", PRIORITIES)]
    shown = [scopes.ALL, *map(scopes.priority, priorities), *map(scopes.team, teams)]
    shown += [scopes.team_priority(team, name) for team in teams for name in priorities]
    seen = {name: cells[name] for name in shown if name in cells and grant.sees(name)}
    teams = [name for name in teams if any(scopes.parts(one).get("team") == name for one in seen)]
    return {"teams": teams, "priorities": priorities, "cells": seen}
