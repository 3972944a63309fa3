"""The documents of totals, running and closed, as the view wants them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from models.kpi import Document
from sla.periods.closing import Closing

if TYPE_CHECKING:
    from sla.figures.periods import Periods

#: Quarters, halves and years are merged from their months so often, and not with every change of one.
LONGER_EVERY_MS = 60_000


class TotalDocuments:
    """Which documents of totals there are to tell. Instants in ms since 1970 UTC."""

    def __init__(self, periods: Periods, closing: Closing) -> None:
        self._periods = periods
        self._closing = closing
        self._longer_at = -1

    def documents(self, as_of: int, *, whole: bool) -> Iterator[Document]:
        """Running totals that changed; with `whole` closed ones, too, but those that only their log has (`absent`)."""
        closing = self._closing
        longer = whole or (closing.seals.sealed >= 0 and as_of - self._longer_at >= LONGER_EVERY_MS)
        if longer:
            self._longer_at = as_of
        if whole:
            closing.absent.update(closing.published)
        for name in self._periods.changed(whole=whole, longer=longer):
            if name not in closing.published:
                body = self._periods.document(*name, as_of)
                yield Document("period", name[1], name[0], None if body is None else orjson.dumps(body))
            elif whole and (body := closing.unchanged(name)) is not None:
                closing.absent.discard(name)
                yield Document("final", name[1], name[0], orjson.dumps(body))

    def as_if_closed(self, as_of: int) -> Iterator[dict[str, Any]]:
        """All totals, in order: final those whose time has come by `as_of`, though nobody has written them."""
        for name in self._periods.changed(whole=True):
            closes_at = self._closing.closes_at(name[0])
            body = self._periods.document(*name, min(as_of, closes_at), revision=int(closes_at <= as_of))
            if body is not None:
                yield body
