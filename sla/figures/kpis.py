"""Stage 2's KPI documents: what the windows of a scope amount to, and the stretch of time that each is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from models.instant import format_ms
from models.kpi import Document
from sla.figures.codes import Cell
from sla.figures.document import kpi_figures
from sla.figures.panes import MINUTE_MS
from sla.figures.windows import Windows


class KpiDocuments:
    """The KPI documents over some windows."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._bounds: dict[str, tuple[str, str]] = {}
        self._pooled: tuple[str, ...] = ()
        self._nothing: dict[str, Any] = {}

    def pool(self, promised: Sequence[str]) -> None:
        """These are the metrics that `sla` pools from now on."""
        self._pooled = tuple(promised)
        self._nothing = kpi_figures({}, {}, self._pooled)
        self._windows.reconsider()

    def move(self, bounds: Mapping[str, tuple[int, int]]) -> None:
        """Moves every window on, to its first minute and the first one after it."""
        self._windows.move(bounds)
        self._bounds = {
            window: (format_ms(begin * MINUTE_MS), format_ms(after * MINUTE_MS))
            for window, (begin, after) in bounds.items()
        }

    def document(self, scope: str, window: str, as_of: str) -> Document:
        """The document of one window of one scope."""
        begin, end = self._bounds[window]
        body = {"scope": scope, "window": window, "from": begin, "to": end, "as_of": as_of}
        return Document("kpi", scope, window, orjson.dumps(body | self._windows.result(scope, window, self._figures)))

    def _figures(self, cell: Cell, peaks: Cell) -> dict[str, Any]:
        return kpi_figures(cell, peaks, self._pooled) if cell else self._nothing
