"""Stage 2's windows: sums over panes that move by adding the minutes that enter and retracting those that leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from models.kpi import AGENT_WINDOWS, WINDOWS
from sla.figures.codes import Cell, merge

Bounds = Mapping[str, tuple[int, int]]  # window → first minute, first minute after


class _Sum:
    """What lies in one window of one scope; `stale` when its peaks may have left it.

    `figures` are what was made of it and still holds.
    """

    __slots__ = ("cell", "figures", "peaks", "stale")

    def __init__(self) -> None:
        self.cell: Cell = {}
        self.peaks: Cell = {}
        self.stale = False
        self.figures: dict[str, Any] | None = None

    def raise_peaks(self, peaks: Cell) -> None:
        mine = self.peaks
        for code, value in peaks.items():
            if code not in mine or value > mine[code]:
                mine[code] = value

    def doubt_peaks(self, peaks: Cell) -> None:
        """Says that these peaks are going: only one that is the window's own leaves a doubt."""
        mine = self.peaks
        if not self.stale and any(mine.get(code) == value for code, value in peaks.items()):
            self.stale = True


class _Pane:
    """One minute of one scope, merged over the partitions."""

    __slots__ = ("cell", "peaks")

    def __init__(self) -> None:
        self.cell: Cell = {}
        self.peaks: Cell = {}


class Windows:
    """The windows of every scope. Minutes since 1970 UTC."""

    def __init__(self) -> None:
        self.bounds: dict[str, tuple[int, int]] = {}
        self._panes: dict[str, dict[int, _Pane]] = {}
        self._names: dict[int, set[str]] = {}
        self._sums: dict[str, dict[str, _Sum]] = {}
        self._changed: set[tuple[str, str]] = set()

    def apply(self, name: str, minute: int, old: Cell, new: Cell, peaks: Cell) -> None:
        """Replaces a partition's part of a pane; `peaks` are the pane's over all partitions, with the new part."""
        delta = new
        if old:
            delta = dict(new)
            merge(delta, old, -1)
        pane = self._pane(name, minute)
        before, pane.peaks = pane.peaks, peaks
        if pane.cell:
            merge(pane.cell, delta)
        else:
            pane.cell = dict(delta)
        repeaked = before != peaks
        for window in windows_of(name):
            begin, end = self.bounds.get(window, (0, 0))
            if begin <= minute < end:
                found = self._sum(name, window)
                merge(found.cell, delta)
                if repeaked:
                    found.doubt_peaks(before)
                    found.raise_peaks(peaks)
                found.figures = None
                self._changed.add((name, window))
        if not pane.cell:
            self._drop(name, minute)

    def move(self, bounds: Bounds) -> None:
        """Moves every window on; what lies before all of them is forgotten (see `forget`), not what lies ahead."""
        for window, (begin, end) in bounds.items():
            old_begin, old_end = self.bounds.get(window, (begin, begin))
            for minute in self._minutes(old_begin, min(begin, old_end)):
                self._turn(window, minute, entering=False)
            for minute in self._minutes(max(old_end, begin), end):
                self._turn(window, minute, entering=True)
        self.bounds = dict(bounds)

    def forget(self, floor: int) -> list[tuple[str, int]]:
        """Drops the minutes under `floor`, which no window holds; answers (scope, minute) of each."""
        gone = [(name, minute) for minute in self._names if minute < floor for name in self._names[minute]]
        for name, minute in gone:
            self._drop(name, minute)
        return gone

    def changed(self) -> Iterator[tuple[str, str]]:
        """(scope, window) with other sums than at the last call, each taken as it is asked for."""
        while self._changed:
            yield self._changed.pop()

    def touch(self, name: str) -> None:
        """Lets every window of a scope count as changed."""
        self._changed.update((name, window) for window in windows_of(name))

    def reconsider(self) -> None:
        """Lets everything be made anew of its sums: what is made of them has changed."""
        for name, sums in self._sums.items():
            self.touch(name)
            for found in sums.values():
                found.figures = None

    def peaks(self, name: str, minute: int) -> Cell:
        """The peaks of a pane over all partitions."""
        pane = self._panes.get(name, {}).get(minute)
        return pane.peaks if pane else {}

    def result(self, name: str, window: str, make: Callable[[Cell, Cell], dict[str, Any]]) -> dict[str, Any]:
        """What `make` makes of the sums and peaks of a window, made anew only if they changed."""
        found = self._sums.get(name, {}).get(window)
        if found is None:
            return make({}, {})
        if found.figures is None:
            if found.stale:
                self._find_peaks(name, window, found)
            found.figures = make(found.cell, found.peaks)
        return found.figures

    def _find_peaks(self, name: str, window: str, found: _Sum) -> None:
        begin, end = self.bounds[window]
        found.peaks = {}
        for minute, pane in self._panes.get(name, {}).items():
            if pane.peaks and begin <= minute < end:
                found.raise_peaks(pane.peaks)
        found.stale = False

    def _turn(self, window: str, minute: int, *, entering: bool) -> None:
        for name in self._names.get(minute, ()):
            if window not in windows_of(name):
                continue
            pane, found = self._panes[name][minute], self._sum(name, window)
            found.figures = None
            merge(found.cell, pane.cell, 1 if entering else -1)
            if entering:
                found.raise_peaks(pane.peaks)
            else:
                found.doubt_peaks(pane.peaks)
            self._changed.add((name, window))

    def _minutes(self, begin: int, end: int) -> list[int]:
        """The minutes of a stretch in which anything happened."""
        if end - begin < len(self._names):
            return [minute for minute in range(begin, end) if minute in self._names]
        return [minute for minute in self._names if begin <= minute < end]

    def _pane(self, name: str, minute: int) -> _Pane:
        panes = self._panes.setdefault(name, {})
        pane = panes.get(minute)
        if pane is None:
            pane = panes[minute] = _Pane()
            self._names.setdefault(minute, set()).add(name)
        return pane

    def _drop(self, name: str, minute: int) -> None:
        panes, names = self._panes[name], self._names[minute]
        del panes[minute]
        if not panes:
            del self._panes[name]
        names.discard(name)
        if not names:
            del self._names[minute]

    def _sum(self, name: str, window: str) -> _Sum:
        sums = self._sums.setdefault(name, {})
        found = sums.get(window)
        if found is None:
            found = sums[window] = _Sum()
        return found


def windows_of(name: str) -> tuple[str, ...]:
    """The windows that a scope has."""
    return AGENT_WINDOWS if name.startswith("agent:") else WINDOWS
