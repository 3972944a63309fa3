"""Stage 2's slots: five minutes each over the last days, with the tickets open at the end of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sla.figures.codes import CLOCKS, CREATED, LEFT, OPENED, SOLVED, Cell, merge
from sla.figures.slots import opens

Slot = tuple[int, int, int, int, int]  # created, solved, open, met, breached


class Trend:
    """The slots of every scope that has any, merged over the partitions."""

    def __init__(self) -> None:
        self._met: tuple[int, ...] = ()
        self._breached: tuple[int, ...] = ()
        self._bounds = (0, 0)  # the first slot that is told, and the first one that is not yet
        self._slots: dict[str, dict[int, Cell]] = {}
        self._standing: dict[str, int] = {}
        self._told: dict[str, dict[int, Slot]] = {}
        self._dirty: dict[str, int] = {}  # scope → the first slot whose own numbers changed

    def pool(self, metrics: Sequence[str]) -> None:
        """Says which metrics count as met and breached from now on, in every slot that is told."""
        self._met = tuple(CLOCKS["met", metric] for metric in metrics)
        self._breached = tuple(CLOCKS["breached", metric] for metric in metrics)
        for name in {*self._told, *self._slots, *self._standing}:
            self._doubt(name, self._bounds[0])

    def apply(self, name: str, slot: int, old: Cell, new: Cell) -> None:
        """Replaces a partition's part of a slot."""
        slots = self._slots.setdefault(name, {})
        cell = slots.setdefault(slot, {})
        merge(cell, old, -1)
        merge(cell, new)
        if not cell:
            del slots[slot]
            if not slots:
                del self._slots[name]
        self._doubt(name, slot)

    def stand(self, name: str, change: int) -> None:
        """Moves the number of tickets that stand open after all slots."""
        standing = self._standing.get(name, 0) + change
        if standing:
            self._standing[name] = standing
        else:
            self._standing.pop(name, None)
        self._doubt(name, self._bounds[1])

    def move(self, first: int, after: int) -> list[tuple[str, int]]:
        """Tells slots from `first` on and under `after`; answers (scope, slot) of those that are forgotten."""
        self._bounds = (first, after)
        gone = [(name, slot) for name, slots in self._slots.items() for slot in slots if slot < first]
        for name, slot in gone:
            slots = self._slots[name]
            del slots[slot]
            if not slots:
                del self._slots[name]
        for told in self._told.values():
            for slot in [slot for slot in told if slot < first]:
                del told[slot]
        for name in {*self._told, *self._slots, *self._standing}:
            self._doubt(name, after - 1)
        for name in {name for name, _ in gone}:
            # What a scope began with has been forgotten: those told after it may say nothing by themselves.
            begun = min(self._told.get(name, ()), default=after)
            if begun < min(self._slots.get(name, ()), default=after):
                self._doubt(name, begun)
        return gone

    def retell(self) -> None:
        """Lets the next `changed` tell all."""
        for name in {*self._told, *self._slots, *self._standing}:
            self._doubt(name, self._bounds[0])
        self._told.clear()

    def first(self, name: str) -> int:
        """The first slot of a scope that is told; the one after the last where none is, or none has been told yet."""
        return min(self._told.get(name, ()), default=self._bounds[1])

    def changed(self) -> Iterator[tuple[str, int, Slot | None]]:
        """(scope, slot, numbers) of the slots that changed, each scope taken as it is asked for.

        Slots begin with the first in which anything happened or stood open; None for one that was told and is none now.
        """
        while self._dirty:
            name, least = self._dirty.popitem()
            yield from self._of(name, least)

    def _of(self, name: str, least: int) -> list[tuple[str, int, Slot | None]]:
        """Walks back from the newest slot until the rest must stand as it was told."""
        first, after = self._bounds
        if name not in self._slots and name not in self._standing:
            return [(name, slot, None) for slot in self._told.pop(name, ())]
        slots, told = self._slots.get(name, {}), self._told.setdefault(name, {})
        standing = self._standing.get(name, 0) - sum(
            opens(cell, OPENED, LEFT) for slot, cell in slots.items() if slot >= after
        )
        found: list[tuple[str, int, Slot | None]] = []
        earliest = min(slots, default=after)
        for slot in range(after - 1, first - 1, -1):
            if slot < earliest and not standing:
                # Nothing had happened yet: slots begin with the first that says something.
                found += [(name, early, None) for early in sorted(told) if early <= slot]
                self._told[name] = {late: numbers for late, numbers in told.items() if late > slot}
                break
            cell = slots.get(slot, {})
            numbers = (
                cell.get(CREATED, 0),
                cell.get(SOLVED, 0),
                standing,
                sum(cell.get(code, 0) for code in self._met),
                sum(cell.get(code, 0) for code in self._breached),
            )
            if told.get(slot) != numbers:
                told[slot] = numbers
                found.append((name, slot, numbers))
            elif slot < least:
                break
            standing -= opens(cell, OPENED, LEFT)
        return found

    def _doubt(self, name: str, slot: int) -> None:
        self._dirty[name] = min(slot, self._dirty.get(name, slot))
