"""A closed total and the next one: what names its content, and how two of them differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

#: What a document says about itself and not about the period.
_ABOUT = frozenset({"as_of", "revision", "final", "difference", "causes"})
_SPLITS = ("priority", "tier", "complexity", "aspect")
_SUMS = ("numerator", "denominator", "cases", "value")


class Cause(NamedTuple):
    """An event that came after the closing and moved the total."""

    ticket: str
    event: str
    occurred_at: str


class Published(NamedTuple):
    """The latest revision of a total: its number, the instants (ms) of all revisions, and the name of its content."""

    revision: int
    as_of: tuple[int, ...]
    digest: str


def digest_of(document: Mapping[str, Any]) -> str:
    """The name of what a document says about its period, whatever revision it is."""
    content = {name: value for name, value in document.items() if name not in _ABOUT}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What has changed from one revision to the next: counts, and each measure, plain and by split."""
    counts = {
        name: {"from": before["counts"].get(name, 0), "to": value}
        for name, value in after["counts"].items()
        if before["counts"].get(name, 0) != value
    }
    names = [*after["measures"], *(name for name in before["measures"] if name not in after["measures"])]
    measures = [
        line
        for name in names
        for line in _lines(name, before["measures"].get(name, {}), after["measures"].get(name, {}))
    ]
    return {"counts": counts, "measures": measures}


def _lines(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    earlier, later = dict(_parts(before)), dict(_parts(after))
    for split in [*later, *(split for split in earlier if split not in later)]:
        was, now = earlier.get(split), later.get(split)
        if was != now:
            yield {"measure": name, "split": split, "from": was, "to": now}


def _parts(measure: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """The sums of a measure and of its splits, by split as the feed writes it: `priority:P0`."""
    if measure:
        yield "", {name: measure[name] for name in _SUMS}
        for split in _SPLITS:
            for label, share in measure[f"by_{split}"].items():
                yield f"{split}:{label}", {name: share[name] for name in _SUMS}


def corrected(before: Mapping[str, Any], after: dict[str, Any], causes: Iterable[Cause]) -> dict[str, Any]:
    """The next revision of a document, with what has changed and the events that caused it."""
    return {
        **after,
        "difference": difference(before, after),
        "causes": [cause._asdict() for cause in sorted(set(causes))],
    }
