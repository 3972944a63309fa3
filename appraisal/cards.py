"""Reading scorecards from `scorecards/` in the folder of policies; a wrong card is refused with file and line."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, cast

from appraisal import card_words
from appraisal.form import Role, Treatment
from appraisal.lines import MISSING_KEYS, read_line, read_missing
from appraisal.reading import read_truth, read_words, tree_of
from appraisal.scorecard import DEFAULT_PASS, KINDS, ROLES, CardMeasure, Dimension, Kind, Scorecard
from models.policy import Problem
from sla.policy.errors import PolicyError
from sla.policy.reader import Reader
from sla.policy.tree import Node

FOLDER = "scorecards"
KEYS = (
    "id", "title", "example", "periods", "over", "steps", "ratings", "pass", "data_quality", *MISSING_KEYS,
    "dimensions",
)  # fmt: skip
DIMENSION_KEYS = ("name", "weight", "periods", *MISSING_KEYS, "measures")
OVER = ("self", "led_teams")
STEPS = ("pro_rata", "whole")


def load_cards(policies: str | Path) -> Mapping[str, Scorecard]:
    """The cards of a folder of policies by id, in order; none where it has no `scorecards/`.

    Raises:
        PolicyError: everything that is wrong with them, each with file, line and mend.
    """
    cards, _, problems = read_cards(policies)
    if problems:
        raise PolicyError(problems)
    return cards


class Cards(NamedTuple):
    """The cards that can be read, the ids that others go by, and what is wrong."""

    cards: Mapping[str, Scorecard]
    unread: frozenset[str]
    problems: list[Problem]


def read_cards(policies: str | Path) -> Cards:
    """The cards of a folder as far as they can be read, and everything that is wrong with them."""
    folder = Path(policies) / FOLDER
    files = sorted(file for file in folder.glob("*.yaml") if not file.name.startswith("."))
    cards: dict[str, tuple[Scorecard, str]] = {}
    unread: set[str] = set()
    problems = [
        Problem(f"{FOLDER}/{file.name}", 1, "the file is not read", f"Call it {file.stem}.yaml")
        for file in sorted(folder.glob("*.yml"))
    ]
    for file in files:
        reader, tree = tree_of(file, f"{FOLDER}/{file.name}", "a scorecard")
        card = read_card(reader, tree, file.stem) if tree else None
        if card is None:
            unread.add(_id_of(tree, file.stem))
        if card and card.id in cards and tree:
            message = f"scorecard {card.id!r} is already in {cards[card.id][1]}"
            reader.note(tree.keys.get("id", tree.line), message, "Give each card an `id` of its own")
        if card:
            cards.setdefault(card.id, (card, reader.file))
        problems += reader.problems
    return Cards({name: cards[name][0] for name in sorted(cards)}, frozenset(unread), problems)


def _id_of(tree: Node | None, stem: str) -> str:
    """By what people go who name a card that could not be read."""
    found = tree.entries.get("id") if tree is not None and tree.kind == "mapping" else None
    return found.text if found is not None and found.text else stem


def read_card(reader: Reader, node: Node, default_id: str) -> Scorecard | None:
    """A card from its tree; what is wrong is noted in `reader`, and then there is none."""
    before = len(reader.problems)
    entries = reader.mapping(node, "the scorecard", KEYS, ("title", "periods", "dimensions"))
    if node.kind != "mapping":
        return None
    card_id = reader.text(entries["id"], "id of the scorecard") if "id" in entries else default_id
    title = read_words(reader, entries["title"], "title of the scorecard") if "title" in entries else None
    kinds = read_kinds(reader, entries["periods"], "periods of the scorecard") if "periods" in entries else KINDS
    over = reader.one_of(entries["over"], "over", OVER) if "over" in entries else "self"
    steps = reader.one_of(entries["steps"], "steps", STEPS) if "steps" in entries else "pro_rata"
    ratings = _ratings(reader, entries["ratings"]) if "ratings" in entries else {}
    passes: Fraction | None = DEFAULT_PASS
    if "pass" in entries:
        passes = reader.parsed(entries["pass"], "pass", card_words.number)
        if passes is not None and passes > 100:
            reader.note(entries["pass"].line, "pass is above 100, which nobody can reach", "Write at most 100")
    marks = {key: read_truth(reader, entries[key], key) for key in ("example", "data_quality") if key in entries}
    missing = read_missing(reader, entries, {}, "the scorecard")
    dimensions = _dimensions(reader, entries["dimensions"], kinds, missing) if "dimensions" in entries else ()
    _every_kind(reader, entries, kinds, dimensions)
    if len(reader.problems) > before or not (card_id and title and over and steps and passes is not None):
        return None
    return Scorecard(
        id=card_id,
        title=title,
        kinds=kinds,
        over="led_teams" if over == "led_teams" else "self",
        whole=steps == "whole",
        dimensions=dimensions,
        ratings=ratings,
        passes=passes,
        example=marks.get("example", False),
        data_quality=marks.get("data_quality", False),
    )


def read_kinds(reader: Reader, node: Node, what: str) -> tuple[Kind, ...]:
    """Kinds of period, each once."""
    items = reader.texts(node, what)
    if node.kind == "list" and not node.items:
        reader.note(node.line, f"{what} is empty", f"Name kinds of period: {', '.join(KINDS)}")
    found = [reader.one_of(item, f"a kind in {what}", KINDS) for item in items]
    return tuple(dict.fromkeys(cast("Kind", kind) for kind in found if kind))


def _ratings(reader: Reader, node: Node) -> Mapping[Role, Fraction]:
    found: dict[Role, Fraction] = {}
    before = len(reader.problems)
    for role, value in reader.mapping(node, "ratings", tuple(ROLES)).items():
        weight = reader.parsed(value, f"weight of {role} in ratings", card_words.percent)
        if weight is not None:
            found[cast("Role", role)] = weight
    if len(reader.problems) == before and node.kind == "mapping":
        _whole(reader, node, "the weights of ratings", list(found.values()))
    return found


def _dimensions(
    reader: Reader, node: Node, kinds: tuple[Kind, ...], missing: Mapping[str, Treatment]
) -> tuple[Dimension, ...]:
    found: list[Dimension] = []
    before = len(reader.problems)
    names: dict[str, int] = {}
    items = reader.items(node, "dimensions")
    if node.kind == "list" and not items:
        reader.note(node.line, "the scorecard has no dimension", "Write at least one under `dimensions`")
    seen: set[tuple[str, str, Kind]] = set()
    for place, item in enumerate(items, 1):
        dimension = _dimension(reader, item, f"dimension {place}", kinds, missing)
        if dimension is None:
            continue
        for name in {dimension.name.zh, dimension.name.en}:
            if name in names:
                message = f"a second dimension is called {name!r}; the first stands on line {names[name]}"
                reader.note(item.line, message, "Give it a name of its own: ratings go by it")
            names.setdefault(name, item.line)
        for line in dimension.measures:
            for kind in dimension.kinds:
                key = (line.measure, line.where.label if line.where else "", kind)
                if key in seen:
                    message = f"{line.measure} {key[1]}".strip() + " is scored twice in one form"
                    reader.note(item.line, message, "Take one of them out, or give it another `where`")
                    break
                seen.add(key)
        found.append(dimension)
    if found and len(reader.problems) == before:
        _whole(reader, node, "the weights of the dimensions", [dimension.weight for dimension in found])
    return tuple(found)


def _dimension(
    reader: Reader, node: Node, what: str, kinds: tuple[Kind, ...], missing: Mapping[str, Treatment]
) -> Dimension | None:
    before = len(reader.problems)
    entries = reader.mapping(node, what, DIMENSION_KEYS, ("name", "weight", "measures"))
    name = read_words(reader, entries["name"], f"name of {what}") if "name" in entries else None
    what = f"dimension {name.en!r}" if name else what
    weight = reader.parsed(entries["weight"], f"weight of {what}", card_words.percent) if "weight" in entries else None
    own = read_kinds(reader, entries["periods"], f"periods of {what}") if "periods" in entries else kinds
    if not set(own) <= set(kinds):
        message = f"periods of {what} name a kind that the scorecard is not for"
        reader.note(entries["periods"].line, message, f"Write some of {', '.join(kinds)}, or add it to the scorecard")
    missing = read_missing(reader, entries, missing, what)
    lines = _lines(reader, entries["measures"], what, missing) if "measures" in entries else ()
    if len(reader.problems) > before or not (name and weight and lines):
        return None
    return Dimension(name, weight, lines, own)


def _lines(reader: Reader, node: Node, what: str, missing: Mapping[str, Treatment]) -> tuple[CardMeasure, ...]:
    items = reader.items(node, f"measures of {what}")
    if node.kind == "list" and not items:
        reader.note(node.line, f"{what} has no measure", "Write at least one under `measures`")
    before = len(reader.problems)
    read = [read_line(reader, item, what, missing) for item in items]
    lines = [(line, weight) for found in read if found for line, weight in [found]]
    if len(reader.problems) > before or not lines:
        return ()
    given = [weight for _, weight in lines if weight is not None]
    if not given:
        share = Fraction(1, len(lines))
        return tuple(line.with_share(share) for line, _ in lines)
    if len(given) < len(lines):
        mend = "Write `weight` at each measure, or at none for equal shares"
        reader.note(node.line, f"{what}: some measures have a weight and some have none", mend)
        return ()
    _whole(reader, node, f"the weights of the measures of {what}", given)
    return tuple(line.with_share(weight) for line, weight in lines if weight is not None)


def _every_kind(
    reader: Reader, entries: Mapping[str, Node], kinds: tuple[Kind, ...], dimensions: tuple[Dimension, ...]
) -> None:
    for kind in kinds:
        if dimensions and not any(kind in dimension.kinds for dimension in dimensions):
            mend = f"Take {kind} out of `periods`, or give it a dimension"
            reader.note(entries["periods"].line, f"no dimension is looked at in a {kind}", mend)


def _whole(reader: Reader, node: Node, what: str, weights: list[Fraction]) -> None:
    """Notes weights that do not add up to the whole."""
    total = sum(weights, Fraction(0))
    if total != 1:
        shown = f"{float(total * 100):.10g} %"
        reader.note(node.line, f"{what} add up to {shown}", "Make them add up to 100 % exactly")
