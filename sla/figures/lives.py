"""Stage 2's live figures: the gauges of every scope, over all partitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from models.instant import format_ms
from sla.figures.gauges import LIVE_FIELDS
from sla.figures.rows import read_list


class Lives:
    """How many tickets stand open in each scope, and the oldest of them."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, list[Any]]] = {}
        self._changed: set[str] = set()

    def apply(self, scope: str, partition: int, value: bytes) -> None:
        """Replaces a partition's part."""
        parts = read_list(value)
        rows = self._rows.setdefault(scope, {})
        if parts:
            rows[partition] = parts
        else:
            rows.pop(partition, None)
            if not rows:
                del self._rows[scope]
        self._changed.add(scope)

    def touch(self, scopes: Iterable[str]) -> None:
        """Lets scopes count as changed."""
        self._changed.update(scopes)

    def changed(self) -> Iterator[str]:
        """Scopes with other figures than when they were last told, each taken as it is asked for."""
        while self._changed:
            yield self._changed.pop()

    def result(self, scope: str, as_of: str) -> dict[str, str | int]:
        """The live figures of a scope; without an open ticket the oldest one is an empty text."""
        numbers = [0] * len(LIVE_FIELDS)
        oldest: tuple[int, str] | None = None
        for *counts, ticket_id, created_at in self._rows.get(scope, {}).values():
            numbers = [a + b for a, b in zip(numbers, counts, strict=True)]
            if oldest is None or (created_at, ticket_id) < oldest:
                oldest = (created_at, ticket_id)
        return {
            **dict(zip(LIVE_FIELDS, numbers, strict=True)),
            "oldest_open": oldest[1] if oldest else "",
            "oldest_open_at": format_ms(oldest[0]) if oldest else "",
            "as_of": as_of,
        }
