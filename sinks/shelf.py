"""Keys, values and their times to live: as much of Redis as its twin in memory needs."""

from __future__ import annotations

from typing import Any


class Shelf:
    """Redis' kinds of values as Python's, by key; what is empty is not there.

    Strings are bytes, hashes dicts of text, sets sets, sorted sets dicts of scores, streams lists of dicts.
    """

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self._until: dict[str, int] = {}

    def clear(self) -> None:
        """FLUSHALL."""
        self.keys.clear()
        self._until.clear()

    def pass_time(self, now_ms: int) -> None:
        """Lets go of what has lived out its time."""
        for key in [key for key, until in self._until.items() if until <= now_ms]:
            self.drop(key)

    def put(self, key: str, value: Any) -> None:
        """A string, or a hash as a whole; it lives for ever unless told otherwise."""
        self._until.pop(key, None)
        self.keys[key] = value

    def drop(self, key: str) -> None:
        """DEL."""
        self.keys.pop(key, None)
        self._until.pop(key, None)

    def expire(self, key: str, until_ms: int) -> None:
        """PEXPIREAT, of a key that is there."""
        if key in self.keys:
            self._until[key] = until_ms

    def lives_until(self, key: str) -> int | None:
        """When a key goes; None for one that stays."""
        return self._until.get(key)

    def set_field(self, key: str, field: str, value: str) -> None:
        """HSET."""
        self.keys.setdefault(key, {})[field] = value

    def drop_field(self, key: str, field: str) -> None:
        """HDEL."""
        self._discard(key, field, dict.pop)

    def add(self, key: str, member: str, score: int | None = None) -> None:
        """ZADD, or SADD where there is no score."""
        if score is None:
            self.keys.setdefault(key, set()).add(member)
        else:
            self.keys.setdefault(key, {})[member] = score

    def remove(self, key: str, member: str) -> None:
        """ZREM or SREM."""
        self._discard(key, member, set.discard if isinstance(self.keys.get(key), set) else dict.pop)

    def append(self, key: str, entry: dict[str, str]) -> None:
        """XADD."""
        self.keys.setdefault(key, []).append(entry)

    def _discard(self, key: str, member: str, how: Any) -> None:
        held = self.keys.get(key)
        if held and member in held:
            how(held, member)
            if not held:
                self.drop(key)
