"""The policy book: its editions in order of time, read from a folder or from plain data."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from models.policy import Problem
from sla.policy.digest import digest_of
from sla.policy.edition import Edition
from sla.policy.errors import PolicyError
from sla.policy.promised import Promised
from sla.policy.reader import Reader
from sla.policy.reading import Written, read_edition
from sla.policy.tree import from_plain, from_yaml

#: Files in the folder that are read by others.
OTHER_FILES = frozenset({"alerts", "wallboard", "people"})


class PolicyBook:
    """Editions, oldest first. Not to be changed after construction."""

    def __init__(self, editions: Sequence[Edition], *, is_whole: bool = True) -> None:
        """At least one edition; at most one without an instant from which it holds.

        `is_whole` is false of what could be read of a book with faults: it may lack calendars, policies, objectives.
        Nothing is to be run by it, but other files can be looked at beside it.
        """
        self.is_whole = is_whole
        self.editions = tuple(sorted(editions, key=_since))
        self._since = [_since(edition) for edition in self.editions]

    def edition_at(self, at: int) -> Edition:
        """The edition in force at an instant; before the first, the first."""
        return self.editions[max(bisect_right(self._since, at) - 1, 0)]

    @property
    def zone(self) -> str:
        """The time zone in which days, months and quarters are cut, the same in every edition."""
        return self.editions[0].zone

    @cached_property
    def promised(self) -> Promised:
        """The metrics pooled as `sla`, by the instant that figures are of."""
        return Promised([(_since(edition), edition.promised) for edition in self.editions])

    @cached_property
    def digest(self) -> str:
        """A SHA-256 in hex of all that the book says; comments, order of keys and file names do not count."""
        return digest_of(self.editions)


def _since(edition: Edition) -> float:
    return float("-inf") if edition.effective_from is None else edition.effective_from


def load_book(folder: str | Path) -> PolicyBook:
    """The book in a folder: each `*.yaml` directly in it is an edition, but `alerts`, `wallboard` and `people`.

    Raises:
        PolicyError: everything that is wrong with it, each with file, line and mend.
    """
    book, problems = read_book(folder)
    if problems:
        raise PolicyError(problems)
    return book


def read_book(folder: str | Path) -> tuple[PolicyBook, list[Problem]]:
    """The book in a folder as far as it can be read, and everything that is wrong with it."""
    path = Path(folder)
    if not path.is_dir():
        mend = "Set SLAWATCH_POLICIES to a folder that is there"
        return _nothing(str(path), "there is no such folder of policies", mend)
    files = sorted(
        file for file in path.glob("*.yaml") if file.stem not in OTHER_FILES and not file.name.startswith(".")
    )
    if not files:
        also = " (files of policies end in .yaml, not .yml)" if any(path.glob("*.yml")) else ""
        return _nothing(str(path), f"the folder holds no edition{also}", "Put an edition such as 2026-01.yaml into it")

    return _read([_from_file(file) for file in files])


def book_from(plain: Mapping[str, Any] | Sequence[Mapping[str, Any]], names: Sequence[str] | None = None) -> PolicyBook:
    """A book from plain data: one edition, or a list of them; `names` stand for files in errors.

    An edition without `edition` and `effective_from` always holds.

    Raises:
        PolicyError: as `load_book`, lines are 0.
    """
    editions = [plain] if isinstance(plain, Mapping) else list(plain)
    alone = len(editions) == 1
    files = list(names) if names else ["policies" if alone else f"policies[{i}]" for i in range(len(editions))]
    if not editions:
        raise PolicyError([Problem("policies", 0, "there is no edition", "Write at least one")])

    readers = [Reader(file) for file in files]
    pairs = zip(readers, editions, strict=True)
    read = [(reader, read_edition(reader, from_plain(edition), reader.file)) for reader, edition in pairs]
    book, problems = _read(read)
    if problems:
        raise PolicyError(problems)
    return book


def _from_file(file: Path) -> tuple[Reader, Written | None]:
    reader = Reader(file.name)
    try:
        tree = from_yaml(file.name, file.read_text(encoding="utf-8-sig"))
    except PolicyError as error:
        reader.problems.extend(error.problems)
        return reader, None
    except (OSError, UnicodeDecodeError) as error:
        reader.note(1, f"the file cannot be read: {error}", "Save it as UTF-8 text that this user may read")
        return reader, None
    return reader, read_edition(reader, tree, file.stem)


def _read(read: list[tuple[Reader, Written | None]]) -> tuple[PolicyBook, list[Problem]]:
    """The book of all editions read, and all their problems."""
    written = [one for _, one in read if one]
    _compare(written)
    problems = [problem for reader, _ in read for problem in reader.problems]
    return PolicyBook([one.edition for one in written], is_whole=not problems), problems


def _compare(written: list[Written]) -> None:
    """Note what only shows between editions: names, instants and zones, as far as those could be read."""
    zoned = next((one for one in written if one.has_zone), None)
    names: dict[str, str] = {}
    instants: dict[int | None, str] = {}
    for one in written:
        edition, reader = one.edition, one.reader
        if edition.name in names:
            message = f"edition {edition.name!r} is already in {names[edition.name]}"
            reader.note(one.line, message, "Give each edition a name of its own, or take one file out")
        elif one.has_instant and edition.effective_from in instants:
            other = instants[edition.effective_from]
            message = f"edition {edition.name!r} begins at the same instant as the one in {other}"
            if edition.effective_from is None:
                message = f"edition {edition.name!r} has no `effective_from`, as the one in {other}"
            reader.note(one.from_line, message, "Give each edition its own `effective_from`")
        if zoned is not None and one.has_zone and edition.zone != zoned.edition.zone:
            message = f"zone {edition.zone} differs from {zoned.edition.zone} in {zoned.reader.file}"
            reader.note(one.zone_line, message, "Write the same zone into every edition")
        names.setdefault(edition.name, reader.file)
        if one.has_instant:
            instants.setdefault(edition.effective_from, reader.file)


def _nothing(file: str, message: str, mend: str) -> tuple[PolicyBook, list[Problem]]:
    return PolicyBook((), is_whole=False), [Problem(file, 0, message, mend)]
