"""How a cell is written in a partial row, and read again."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from models.partial import FORGOTTEN, FORMAT
from sla.figures.codes import Cell

#: A cell that retractions have emptied.
EMPTY = orjson.dumps([FORMAT])

LIVE_KEY = orjson.dumps(["l"])
STANDING_KEY = orjson.dumps(["o"])
KNOWN_KEY = orjson.dumps(["k"])


class NewerFormatError(Exception):
    """A partial row was written by a newer build of slawatch.

    Operator action: run one build on all workers of the group, or start this one with a `SLAWATCH_GROUP` of its own.
    """


@lru_cache(maxsize=65536)
def key_of(*parts: str | int | None) -> bytes:
    """The key of a row from its kind and place; a minute's is asked for once for each of its scopes."""
    return orjson.dumps(parts)


@lru_cache(maxsize=65536)
def place_of(key: bytes) -> list[Any]:
    """Kind and place of a key; not to be changed."""
    place: list[Any] = orjson.loads(key)
    return place


def write_cell(cell: Cell, peaks: Cell | None = None) -> bytes:
    """The value of a row: codes, amounts, and those of the peaks if there are any."""
    if not cell:
        return EMPTY
    if peaks:
        return orjson.dumps([FORMAT, list(cell), list(cell.values()), list(peaks), list(peaks.values())])
    return orjson.dumps([FORMAT, list(cell), list(cell.values())])


def write_list(*values: str | int | None) -> bytes:
    """The value of a row that is no cell: live figures, standing, known."""
    return orjson.dumps([FORMAT, *values])


def read_list(value: bytes) -> list[Any]:
    """What follows the format of a row's value; nothing of an emptied or forgotten one.

    Raises:
        NewerFormatError: the row is of a newer layout than this build knows.
    """
    if value == FORGOTTEN:
        return []
    parts: list[Any] = orjson.loads(value)
    if parts[0] > FORMAT:
        msg = (
            f"a partial row has format {parts[0]}, this build knows {FORMAT}: run one build on all workers of the group"
        )
        raise NewerFormatError(msg)
    return parts[1:]


def read_cell(value: bytes) -> tuple[Cell, Cell]:
    """The cell and the peaks of a row's value; errors as `read_list`."""
    if value == EMPTY:
        return {}, {}
    parts = read_list(value)
    if not parts:
        return {}, {}
    cell = dict(zip(parts[0], parts[1], strict=True))
    return cell, dict(zip(parts[2], parts[3], strict=True)) if len(parts) > 2 else {}
