"""Partial figures: what one partition knows about one cell of one scope, on its way from stage 1 to stage 2."""

from __future__ import annotations

from typing import NamedTuple

#: The number of the layout of `PartialRow.value`, and part of the name of the topic that carries such rows.
FORMAT = 1

#: The value of a row whose cell has left the panes: a tombstone in a compacted topic. It moves no figure.
FORGOTTEN = b""


class PartialRow(NamedTuple):
    """The present value of one cell; it replaces what was there, so that a repeat is harmless.

    `scope` is a finished scope (`models.scope`). `key` is a JSON list of the kind of cell and its place:
    `["m", minute]`, `["s", slot]`, `["l"]` live, `["o"]` standing, `["k"]` known, `["t", period, priority, tier,
    complexity]` and `["d", period, split, value]`. `value` is JSON beginning with `FORMAT`; a cell that retractions
    have emptied is the list of `FORMAT` alone, and one that time has left behind is `FORGOTTEN`.
    """

    scope: str
    key: bytes
    value: bytes
