"""Reading `wallboard.yaml`, and what can be wrong with it: each with its line and the mend."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from importlib.resources import files
from pathlib import Path

from models import scope as scopes
from models.event import PRIORITIES
from models.policy import Problem
from models.wallboard import LANGUAGES, Figure, Limits, Tile, Wallboard
from sla.board.figures import EVERY, LAST_WEEK, addresses, figure_at, is_kept, objective_of
from sla.board.limits import is_crossed, limit_of
from sla.policy.book import PolicyBook
from sla.policy.errors import PolicyError
from sla.policy.reader import Reader
from sla.policy.tree import Node, from_yaml

NAME = "wallboard.yaml"
KEYS = ("chime", "limits", "tiles")
TILE_KEYS = ("field", "scope", "label", "amber", "red", "last_week")
LIMIT_KEYS = ("amber", "red")
#: More than anybody can read from eight metres.
MOST_TILES = 40
_KINDS = ("team", "priority", "channel", "tier", "agent")
_SWITCH = ("on", "off")


def load_board(folder: str | Path, book: PolicyBook) -> Wallboard:
    """The board of a folder of policies, the one in the package where the folder has none.

    Raises:
        PolicyError: everything that is wrong with it, each with file, line and mend.
    """
    path = Path(folder) / NAME
    try:
        content = (path if path.is_file() else files("policies") / NAME).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        mend = "Save it as UTF-8 text that this user may read"
        raise PolicyError([Problem(NAME, 1, f"the file cannot be read: {error}", mend)]) from error
    return board_from(content, book)


def board_from(content: str, book: PolicyBook) -> Wallboard:
    """The board of a file's content; errors as `load_board`."""
    reader = Reader(NAME)
    entries = reader.mapping(from_yaml(NAME, content, "a wallboard"), "the wallboard", KEYS, ("tiles",))
    names = None  # known only of a book that could be read as a whole
    if book.is_whole:
        names = {objective.name for edition in book.editions for objective in edition.objectives}
    chime = "chime" in entries and _switch(reader, entries["chime"], "chime")
    limits: dict[str, Limits] = {}
    if "limits" in entries:
        node = entries["limits"]
        for field, value in reader.mapping(node, "limits").items():
            figure = _figure(reader, field, node.keys[field], names)
            if figure:
                parts = reader.mapping(value, f"limits of {field}", LIMIT_KEYS)
                limits[field] = _limits(reader, figure, value.line, parts)
    tiles = _tiles(reader, entries["tiles"], names) if "tiles" in entries else ()
    if reader.problems:
        raise PolicyError(reader.problems)
    return Wallboard(tiles, limits, chime)


def _tiles(reader: Reader, node: Node, names: Collection[str] | None) -> tuple[Tile, ...]:
    items = reader.items(node, "tiles")
    if node.kind == "list" and not items:
        reader.note(node.line, "tiles is empty", "List the figures to show, such as {field: live.open}")
    if len(items) > MOST_TILES:
        mend = "Take out those that nobody acts on"
        reader.note(items[MOST_TILES].line, f"there are {len(items)} tiles, a board shows {MOST_TILES} at most", mend)
    tiles: dict[tuple[str, str | None], tuple[Tile, int]] = {}
    for item in items:
        tile = _tile(reader, item, names)
        if tile is None:
            continue
        before = tiles.get((tile.field, tile.scope))
        if before:
            message = f"a second tile shows {tile.field}; the first stands on line {before[1]}"
            reader.note(item.line, message, "Keep one of them")
        tiles[tile.field, tile.scope] = (tile, item.line)
    return tuple(tile for tile, _ in tiles.values())


def _tile(reader: Reader, node: Node, names: Collection[str] | None) -> Tile | None:
    entries = reader.mapping(node, "a tile", TILE_KEYS, ("field",))
    field = reader.text(entries["field"], "field of a tile") if "field" in entries else None
    figure = _figure(reader, field, entries["field"].line, names) if field else None
    if not field or not figure:
        return None
    scope = _scope(reader, entries["scope"], field) if "scope" in entries else None
    last_week = field in LAST_WEEK
    if "last_week" in entries:
        wanted = _switch(reader, entries["last_week"], f"last_week of {field}")
        if wanted and not last_week:
            mend = f"Take it out; a week ago is known of {', '.join(sorted(LAST_WEEK))}"
            reader.note(entries["last_week"].line, f"nothing is kept of {field} a week ago", mend)
        last_week = last_week and wanted
    label = _label(reader, entries["label"], field) if "label" in entries else {}
    return Tile(
        field, figure.unit, figure.better, scope, label, _limits(reader, figure, node.line, entries), None, last_week
    )


def _switch(reader: Reader, node: Node, what: str) -> bool:
    """`on` or `off`; anything else is noted."""
    if node.kind not in {"text", "truth"} or node.text not in _SWITCH:
        reader.note(node.line, f"{what} is {node.text!r}", "Write on or off")
    return node.text == "on"


def _figure(reader: Reader, field: str, line: int, names: Collection[str] | None) -> Figure | None:
    figure = figure_at(field)
    if figure is None:
        near = difflib.get_close_matches(field, addresses(), 1)
        mend = f"Did you mean `{near[0]}`?" if near else "Write such as live.open, today.created or 1h.resolution.p90_s"
        reader.note(line, f"there is no figure {field!r}", mend)
        return None
    objective = objective_of(field)
    if objective in {None, EVERY} or names is None or objective in names:
        return figure
    known = ", ".join(sorted(names)) or "none yet"
    mend = f"Name an objective of the policy book, or * for each one; there are: {known}"
    reader.note(line, f"{field!r} names the objective {objective!r}, which is in no edition", mend)
    return None


def _scope(reader: Reader, node: Node, field: str) -> str | None:
    text = reader.text(node, f"scope of {field}")
    if text is None:
        return None
    kinds = [part.partition(":")[0] for part in text.split("|")]
    whole = text == scopes.ALL or (
        all(part.partition(":")[2] for part in text.split("|"))
        and (kinds == ["team", "priority"] or (len(kinds) == 1 and kinds[0] in _KINDS))
    )
    if not whole:
        mend = "Write all, team:NAME, priority:P0, team:NAME|priority:P0, channel:NAME, tier:NAME or agent:NAME"
        reader.note(node.line, f"scope of {field} is {text!r}, for which no figures are kept", mend)
        return None
    named = scopes.parts(text)
    if named.get("priority", PRIORITIES[0]) not in PRIORITIES:
        message = f"scope of {field} names the priority {named['priority']!r}, which no ticket has"
        reader.note(node.line, message, f"Write one of {', '.join(PRIORITIES)}")
    if not is_kept(field, text):
        mend = "Take the scope out, or show a figure that it has: a person has `today`, a channel or tier no `month`"
        reader.note(node.line, f"{field} is not kept of {text}", mend)
    # Names inside keys are encoded, and so is the scope that a page carries.
    return "|".join(f"{kind}:{scopes.encode(name)}" for kind, name in named.items()) or scopes.ALL


def _label(reader: Reader, node: Node, field: str) -> dict[str, str]:
    if node.kind != "mapping":
        text = reader.text(node, f"label of {field}")
        return dict.fromkeys(LANGUAGES, text) if text else {}
    entries = reader.mapping(node, f"label of {field}", LANGUAGES)
    found = {language: reader.text(value, f"{language} in label of {field}") for language, value in entries.items()}
    return {language: text for language, text in found.items() if text}


def _limits(reader: Reader, figure: Figure, line: int, entries: Mapping[str, Node]) -> Limits:
    amber, red = (
        reader.parsed(entries[key], f"{key} of {figure.field}", lambda text: limit_of(text, figure.unit))
        if key in entries
        else None
        for key in LIMIT_KEYS
    )
    limits = Limits(amber, red)
    if is_crossed(limits, figure.better):
        side = "above" if figure.better == "more" else "below"
        message = f"amber of {figure.field} lies beyond its red: {figure.better} is better, so it would never be seen"
        reader.note(entries["amber"].line or line, message, f"Write an amber {side} the red, or take one of them out")
    return limits
