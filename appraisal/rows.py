"""Rows of a CSV file as entries: the good ones, and what is wrong with the others, by line and field."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from appraisal.entries import Entries
from appraisal.intake import NotTaken, entry_of
from models.observation import Entry, MetricObserved

#: The columns of each kind of file; the second ones may be left out.
COLUMNS: Final[Mapping[str, tuple[Sequence[str], Sequence[str]]]] = {
    "metric.observed": (("event_id", "occurred_at", "metric", "subject", "value"), ("of", "replaces")),
    "rating.given": (
        ("event_id", "occurred_at", "period", "scorecard", "subject", "role", "rater", "dimension", "score"),
        (),
    ),
    "adjustment.made": (
        ("event_id", "occurred_at", "period", "scorecard", "subject", "measure", "value", "reason", "approved_by"),
        (),
    ),
}


class UnusableFile(ValueError):
    """A file of which no row can be read.

    Operator action: the message says how the file has to be saved, or which column is missing.
    """


class Fault(NamedTuple):
    """What is wrong with a row; `field` is empty where it is the row as a whole."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.line}: {self.field}: {self.message}" if self.field else f"{self.line}: {self.message}"


class Rows(NamedTuple):
    """What a file says: entries with their lines, and faults, both in order."""

    entries: list[tuple[int, Entry]]
    faults: list[Fault]


def read_rows(content: bytes, kind: str) -> Rows:
    """The entries of a file of one kind.

    Raises:
        UnusableFile: it is no UTF-8 text, or a column is missing or misspelt.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"it is no UTF-8 text ({error.reason} at byte {error.start}): save it as CSV UTF-8"
        raise UnusableFile(msg) from error
    entries: list[tuple[int, Entry]] = []
    faults: list[Fault] = []
    lines = _lines(text, faults)
    columns = _header(next(lines, (1, []))[1], kind)
    for line, row in lines:
        if not any(cell.strip() for cell in row):
            continue
        if any(cell.strip() for cell in row[len(columns) :]):
            message = f"the row has {len(row)} cells, and there are {len(columns)} columns: quote what holds a comma"
            faults.append(Fault(line, "", message))
            continue
        fields = {name: cell for name, cell in zip(columns, row, strict=False) if name}
        try:
            entries.append((line, entry_of({"type": kind, **fields})))
        except NotTaken as error:
            faults.append(Fault(line, error.field, str(error)))
    return Rows(entries, faults)


def kind_of_columns(header: Sequence[str]) -> str | None:
    """Which kind of file has these columns."""
    return next((kind for kind, (needed, _) in COLUMNS.items() if set(needed) <= set(header)), None)


def judged_against(rows: Rows, known: Entries) -> Rows:
    """Rows beside what is known already: a repeat is left out, another body under a known id is a fault.

    `replaces` has to name an observation that is known, or in the same file.
    """
    taken: list[tuple[int, Entry]] = []
    faults = list(rows.faults)
    ids = {
        entry.event_id
        for entry in (*known.by_id.values(), *(entry for _, entry in rows.entries))
        if isinstance(entry, MetricObserved)
    }
    mine: dict[str, tuple[int, Entry]] = {}
    for line, entry in rows.entries:
        before = known.by_id.get(entry.event_id)
        place = "is already known"
        if before is None and entry.event_id in mine:
            before, place = mine[entry.event_id][1], f"stands on line {mine[entry.event_id][0]} as well"
        if before is not None:
            if before != entry or type(before) is not type(entry):
                mend = "give the row an id of its own, and to correct an observation name it in `replaces`"
                faults.append(Fault(line, "event_id", f"{entry.event_id!r} {place}, and says something else: {mend}"))
            continue
        if isinstance(entry, MetricObserved) and entry.replaces and entry.replaces not in ids:
            message = f"{entry.replaces!r} is not known: import the observation that is replaced first, or mend its id"
            faults.append(Fault(line, "replaces", message))
            continue
        mine[entry.event_id] = line, entry
        taken.append((line, entry))
    return Rows(taken, sorted(faults))


def _lines(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"the row cannot be read ({error}): close its quotes; nothing after it is read"
            faults.append(Fault(line, "", message))
            return
        yield line, row
        line = reader.line_num + 1


def _header(row: list[str], kind: str) -> list[str]:
    """The columns by place, an empty name for those that are not read.

    Raises:
        UnusableFile: one is missing, misspelt or there twice.
    """
    needed, optional = COLUMNS[kind]
    names = [name.strip() for name in row]
    known = [*needed, *optional]
    for name in names:
        near = difflib.get_close_matches(name, [one for one in known if one not in names], 1, 0.8)
        if name not in known and near:
            msg = f"column {name!r} is not known: did you mean {near[0]!r}?"
            raise UnusableFile(msg)
    missing = [name for name in needed if name not in names]
    if missing:
        hint = " (columns are separated by commas)" if len(names) == 1 else ""
        msg = f"column {', '.join(missing)} is missing: the first line names {', '.join(known)}{hint}"
        raise UnusableFile(msg)
    twice = [name for name in known if names.count(name) > 1]
    if twice:
        msg = f"column {twice[0]} is there twice: keep one"
        raise UnusableFile(msg)
    return [name if name in known else "" for name in names]


def header_of(content: bytes) -> Iterable[str]:
    """The first line's columns, to tell files apart; nothing of what is no text."""
    first = content[:65536].decode("utf-8-sig", "replace").splitlines()[:1]
    return [name.strip() for name in next(csv.reader(first), [])]
