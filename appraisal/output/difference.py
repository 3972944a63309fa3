"""What changed between two revisions of a total, and by which events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

_SPLITS: Final = ("by_priority", "by_tier", "by_complexity", "by_aspect")
_SUMS: Final = ("numerator", "denominator", "cases", "value")
_NOTHING: Final[Mapping[str, Any]] = {}


class Change(NamedTuple):
    """A count, or a measure or part of it, before and after; None: there was, or is, none."""

    what: str  # `solved`, `csat`, `csat priority:P0`
    field: str  # `count`, `numerator`, `denominator`, `cases` or `value`
    before: int | float | None
    after: int | float | None


class Why(NamedTuple):
    """An event that came late, and the revision that took it in."""

    revision: int
    ticket: str
    event: str
    occurred_at: str


class Diff(NamedTuple):
    """Everything between two revisions of one subject."""

    period: str
    subject: str
    before: int
    after: int
    changes: list[Change]
    why: list[Why]


def difference(revisions: Sequence[Mapping[str, Any]]) -> Diff:
    """What lies between the first and the last of a subject's documents, given in the order of their revisions."""
    old, new = revisions[0], revisions[-1]
    changes = [
        *_counts(old["counts"], new["counts"]),
        *_measures(old["measures"], new["measures"]),
    ]
    why = [
        Why(document["revision"], cause["ticket"], cause["event"], cause["occurred_at"])
        for document in revisions[1:]
        for cause in document.get("causes") or ()
    ]
    return Diff(new["period"], new["subject"], old["revision"], new["revision"], changes, why)


def _counts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name, 0) != new.get(name, 0):
            yield Change(name, "count", old.get(name, 0), new.get(name, 0))


def _measures(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, _NOTHING), new.get(name, _NOTHING)
        yield from _sums(name, before, after)
        for split in _SPLITS:
            left, right = before.get(split, _NOTHING), after.get(split, _NOTHING)
            for label in sorted(left.keys() | right.keys()):
                what = f"{name} {split.removeprefix('by_')}:{label}"
                yield from _sums(what, left.get(label, _NOTHING), right.get(label, _NOTHING))


def _sums(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for field in _SUMS:
        if before.get(field) != after.get(field):
            yield Change(what, field, before.get(field), after.get(field))
