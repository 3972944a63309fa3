"""Which tickets a policy matches, and which policies no ticket can ever reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.event import PRIORITIES
from models.policy import MATCHED_FIELDS
from sla.policy.reader import Reader
from sla.policy.tree import Node

#: What a policy asks for: every field named must hold one of its values; of `tags`, any.
When = Mapping[str, frozenset[str | float]]


def read_when(
    reader: Reader, what: str, node: Node, fields: Sequence[str] = MATCHED_FIELDS
) -> dict[str, frozenset[str | float]]:
    """The conditions of a policy; a single value is a list of one. Empty lists and unknown priorities are noted."""
    result: dict[str, frozenset[str | float]] = {}
    for name, value in reader.mapping(node, f"when of {what}", fields).items():
        where = f"{name} in when of {what}"
        items = reader.texts(value, where)
        if value.kind == "list" and not value.items:
            mend = f"List the values that should match, or take `{name}` out to match any"
            reader.note(value.line, f"{where} is empty, so it can never match", mend)
        if name == "complexity":
            numbers = [reader.number(item, where) for item in items]
            result[name] = frozenset(number for number in numbers if number is not None)
            continue
        if name == "priority":
            for item in items:
                if item.text not in PRIORITIES:
                    message = f"{where} names {item.text!r}, which no ticket has, so it can never match"
                    reader.note(item.line, message, f"Write one of {', '.join(PRIORITIES)}")
        result[name] = frozenset(item.text for item in items)
    return result


def is_shadowed(when: When, earlier: Sequence[When]) -> bool:
    """Whether every ticket that `when` matches is matched by one of the `earlier` before.

    Exact: conditions are boxes in the space of field values, and each earlier box is cut out of what is left of this
    one. Priorities are the only field whose values are all known, so only they can be used up by naming each; of any
    other field that a policy leaves open, a value that nobody named remains.
    """
    left: list[When] = [{"priority": frozenset(PRIORITIES), **when}]
    for box in earlier:
        left = [rest for part in left for rest in _cut(part, box)]
        if not left:
            return True
    return False


def is_reached(asked: When, when: When, earlier: Sequence[When]) -> bool:
    """Whether a ticket that `asked` matches can come as far as `when`, past the `earlier` ones.

    A ticket has one value of each field but `tags`; of these, asking for different ones excludes nothing.
    """
    both: dict[str, frozenset[str | float]] = dict(asked)
    for field, values in when.items():
        both[field] = both[field] & values if field in both and field != "tags" else values
    return all(both.values()) and not is_shadowed(both, earlier)


def _cut(part: When, box: When) -> list[When]:
    """`part` less `box`, as boxes that do not overlap; of tags the single ones stand for all sets."""
    if any(field not in part or not part[field] & values for field, values in box.items()):
        return [part]
    rests: list[When] = []
    inside = dict(part)
    for field, values in box.items():
        outside = inside[field] - values
        if outside:
            rests.append({**inside, field: outside})
        inside[field] = inside[field] & values
    return rests
