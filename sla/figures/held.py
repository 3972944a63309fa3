"""The rows of all partitions as they last came, under the epochs of their owners.

A new owner publishes everything anew and then a mark: until then the old rows stand where no new one has come; at the
mark those that were not renewed are dropped, and from then on no older epoch is heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.partial import PartialRow
from sla.figures.rows import EMPTY

#: Scope and key.
RowName = tuple[str, bytes]


class HeldRows:
    """The latest row of each partition, scope and key."""

    def __init__(self) -> None:
        self._marked: dict[int, int] = {}
        self._rows: dict[int, dict[RowName, tuple[int, bytes]]] = {}

    def is_heard(self, partition: int, epoch: int, name: RowName) -> bool:
        """Whether an owner may still speak of a row: nobody newer has, and no newer one has marked."""
        if epoch < self._marked.get(partition, epoch):
            return False
        held = self._rows.get(partition, {}).get(name)
        return held is None or held[0] <= epoch

    def put(self, partition: int, epoch: int, row: PartialRow) -> bytes:
        """Takes over a row that is heard; answers what stood there."""
        rows = self._rows.setdefault(partition, {})
        name = (row.scope, row.key)
        held = rows.get(name)
        if row.value == EMPTY and epoch == self._marked.get(partition):
            rows.pop(name, None)
        else:
            rows[name] = (epoch, row.value)  # emptied ones too: until the mark, an older owner may still speak
        return held[1] if held else EMPTY

    def mark(self, partition: int, epoch: int) -> list[tuple[RowName, bytes]]:
        """Ends the takeover of a partition: answers the rows that were not renewed, now dropped, with their values."""
        if epoch < self._marked.get(partition, epoch):
            return []
        self._marked[partition] = epoch
        rows = self._rows.get(partition, {})
        stale = [(name, value) for name, (under, value) in rows.items() if under < epoch or value == EMPTY]
        for name, _ in stale:
            del rows[name]
        return stale

    def others(self, partition: int, name: RowName) -> Iterator[bytes]:
        """What the other partitions say in their rows of a name."""
        for number, rows in self._rows.items():
            if number != partition and (held := rows.get(name)) is not None:
                yield held[1]

    def drop(self, names: Iterable[RowName]) -> None:
        """Forgets the rows of these names, whoever they are of."""
        for name in names:
            for rows in self._rows.values():
                rows.pop(name, None)
