"""Documents as they were read lately: the same bytes are not put into objects twice."""

from __future__ import annotations

from typing import Any

import orjson

#: So many documents are remembered, the ones asked for last.
KEPT = 600


class Parsed:
    """JSON by key. What it hands out is shared: nobody is to change it."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._known: dict[str, tuple[bytes, Any]] = {}

    def json(self, key: str, raw: bytes | None) -> Any:
        """What these bytes say under this key; None of none."""
        known = self._known.pop(key, None)
        if raw is None:
            return None
        if known is None or known[0] != raw:
            known = raw, orjson.loads(raw)
        self._known[key] = known
        if len(self._known) > self._kept:
            del self._known[next(iter(self._known))]
        return known[1]
