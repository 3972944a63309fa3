"""Pages that show the same: the parts that they are shown, and what each is to be told next."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson

Message = bytes | None


class Channel:
    """What the viewers of one selection are shown."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self.viewers: set[Viewer] = set()
        self.known = False  # whether its parts have been read at all
        self.rests_until = 0.0

    def take(self, parts: Mapping[str, Any]) -> dict[str, bytes]:
        """Replaces the parts; answers those that are new or changed, and `null` for those that are gone."""
        fresh = {name: orjson.dumps(part) for name, part in parts.items()}
        changed = {name: raw for name, raw in fresh.items() if self.parts.get(name) != raw}
        changed |= {name: b"null" for name in self.parts if name not in fresh}
        self.parts, self.known = fresh, True
        return changed


class Viewer:
    """One page: what it is to be told next."""

    def __init__(self) -> None:
        self._ready = asyncio.Event()
        self._message: Message = b""
        self.behind = True  # it has to be told everything

    @property
    def waits(self) -> bool:
        """Whether a message has not been taken yet."""
        return self._ready.is_set()

    def tell(self, message: Message) -> None:
        """Puts a message in place of one that has not been taken."""
        self._message = message
        self._ready.set()

    async def next(self) -> Message:
        """The next message; None at the end."""
        await self._ready.wait()
        self._ready.clear()
        return self._message
