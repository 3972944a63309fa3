"""Reading one measure's line of a scorecard."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, cast

from appraisal import card_words
from appraisal.form import Treatment
from appraisal.scorecard import MISSING, CardMeasure, Goal
from appraisal.where import read_where
from models.measure import Measure
from sla.catalogue import CATALOGUE
from sla.policy.reader import Reader
from sla.policy.tree import Node

MISSING_KEYS = MISSING
TREATMENTS: Final[tuple[Treatment, ...]] = ("reweigh", "full", "zero", "block")
KEYS = ("measure", "where", "full_at", "deduct", "per", "weight", "minimum", *MISSING_KEYS)
_LARGEST = 1_000_000_000


def read_missing(
    reader: Reader, entries: Mapping[str, Node], outer: Mapping[str, Treatment], what: str
) -> Mapping[str, Treatment]:
    """What to do about each thing that may be missing: as said here, else as further out, else reweigh."""
    found: dict[str, Treatment] = {name: outer.get(name, "reweigh") for name in MISSING}
    for name in MISSING:
        if name in entries:
            word = reader.one_of(entries[name], f"{name} of {what}", TREATMENTS)
            found[name] = cast("Treatment", word or "reweigh")
    return found


def read_line(
    reader: Reader, node: Node, dimension: str, missing: Mapping[str, Treatment]
) -> tuple[CardMeasure, Fraction | None] | None:
    """A measure of a dimension, its share still open, and its weight where it has one."""
    before = len(reader.problems)
    what = f"a measure of {dimension}"
    entries = reader.mapping(node, what, KEYS, ("measure", "full_at", "deduct", "per"))
    name = reader.one_of(entries["measure"], f"measure of {dimension}", _scored()) if "measure" in entries else None
    if name is None:
        return None
    known = CATALOGUE[name]
    what = f"{name} of {dimension}"
    where = read_where(reader, entries.get("where"), known, what)
    goal = _goal(reader, entries, known, what)
    weight = reader.parsed(entries["weight"], f"weight of {what}", card_words.percent) if "weight" in entries else None
    minimum: int | None = known.minimum
    if "minimum" in entries:
        minimum = reader.whole(entries["minimum"], f"minimum of {what}", 0, _LARGEST)
    missing = read_missing(reader, entries, missing, what)
    if len(reader.problems) > before or goal is None or minimum is None:
        return None
    return CardMeasure(name, goal, Fraction(0), minimum, missing, where), weight


def _scored() -> tuple[str, ...]:
    return tuple(name for name, measure in CATALOGUE.items() if measure.scored)


def _goal(reader: Reader, entries: Mapping[str, Node], known: Measure, what: str) -> Goal | None:
    if not {"full_at", "deduct", "per"} <= entries.keys():
        return None
    full, step = entries["full_at"], entries["per"]
    aim = reader.parsed(full, f"full_at of {what}", lambda text: card_words.goal(text, known.unit, known.better))
    off = reader.parsed(entries["deduct"], f"deduct of {what}", card_words.deduction)
    per = reader.parsed(step, f"per of {what}", lambda text: card_words.step(text, known.unit))
    if aim is None or off is None or per is None:
        return None
    return Goal("at_least" if aim[0] == "at_least" else "at_most", aim[1], full.text.strip(), off, per, step.text)
