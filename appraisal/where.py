"""Reading `where`: the one split of a measure that a line of a card is about."""

from __future__ import annotations

from typing import Final

from appraisal import card_words
from appraisal.scorecard import Where
from models.event import PRIORITIES
from models.measure import Measure
from sla.catalogue import CATALOGUE
from sla.figures.measures import BY_ASPECT
from sla.policy.reader import Reader
from sla.policy.tree import Node

KEYS: Final = ("priority", "customer_tier", "complexity", "aspect")
ASPECTS: Final = ("overall", "expertise", "attitude")
_WORDS: Final = {"priority": PRIORITIES, "aspect": ASPECTS}


def read_where(reader: Reader, node: Node | None, known: Measure, what: str) -> Where | None:
    """The split of a line; that of the catalogue where the card names none. What is wrong is noted in `reader`."""
    if node is None:
        return own_where(known)
    what = f"where of {what}"
    entries = reader.mapping(node, what, KEYS)
    if node.kind != "mapping" or _unsplit(reader, node, known, what):
        return None
    if len(entries) != 1:
        if not node.entries:
            reader.note(node.line, f"{what} is empty", f"Name one of {', '.join(KEYS)}, or take it out")
        elif entries:
            mend = "Keep one of them: totals are split by one field at a time"
            reader.note(node.line, f"{what} names {len(entries)} fields", mend)
        return None
    ((key, value),) = entries.items()
    if _misplaced(reader, value, key, known, what):
        return None
    if key == "complexity":
        return reader.parsed(value, f"complexity in {what}", card_words.complexity)
    return _split(key, _values(reader, value, key, what))


def _unsplit(reader: Reader, node: Node, known: Measure, what: str) -> bool:
    """Whether the measure has no splits at all."""
    if known.source == "observed":
        reader.note(node.line, f"{what}: the measure is reported from outside and not split", "Take `where` out")
    return known.source == "observed"


def _misplaced(reader: Reader, value: Node, key: str, known: Measure, what: str) -> bool:
    """Whether the measure is not split by this field."""
    if known.where and key not in known.where:
        own = next(iter(known.where))
        reader.note(value.line, f"{what}: the measure is already one by {own}", f"Write {{{own}: …}}, or take it out")
        return True
    if key == "aspect" and known.id not in BY_ASPECT:
        mend = f"Take it out; by aspect there are {', '.join(name for name in BY_ASPECT if CATALOGUE[name].scored)}"
        reader.note(value.line, f"{what}: the measure is not split by aspect", mend)
        return True
    return False


def _values(reader: Reader, node: Node, key: str, what: str) -> list[str]:
    items = reader.texts(node, f"{key} in {what}")
    if node.kind == "list" and not node.items:
        reader.note(node.line, f"{key} in {what} is empty", "List at least one value")
    words = _WORDS.get(key)
    return [item.text for item in items if words is None or reader.one_of(item, f"{key} in {what}", words)]


def own_where(known: Measure) -> Where | None:
    """The split of a measure that is another one over some tickets only."""
    for key, value in known.where.items():
        if key == "complexity":
            return card_words.complexity(str(value))
        return _split(key, [value] if isinstance(value, str) else list(value))
    return None


def _split(key: str, values: list[str]) -> Where | None:
    ordered = tuple(sorted(set(values)))
    if not ordered:
        return None
    if key == "priority":
        return Where("priority", ordered)
    return Where("aspect", ordered) if key == "aspect" else Where("tier", ordered)
