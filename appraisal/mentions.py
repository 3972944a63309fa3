"""Whether something that is kept speaks of a person."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from models import scope


class Mentions:
    """Finds one person in JSON: their id as a whole text, or the scope of it, as a value or as a key."""

    def __init__(self, person_id: str) -> None:
        self._texts = {person_id, scope.agent(person_id)}
        # What a text may look like in the bytes, whether Chinese is escaped in them or not.
        shapes = {text.encode() for text in self._texts}
        shapes |= {json.dumps(text)[1:-1].encode() for text in self._texts}
        self._bytes = tuple(sorted(shapes))

    def is_in_key(self, key: bytes) -> bool:
        """Whether a key names the person: as a part that `/`, `|` or a control character ends; `li` is not `li.na`.

        Before a scope may stand a letter that tells kinds of keys apart: a name never holds a bare `agent:`.
        """
        return any(
            part == own or (own.startswith(b"agent:") and part.endswith(own))
            for part in re.split(rb"[/|\x00-\x1f]", key)
            for own in self._bytes
        )

    def may_be_in(self, value: bytes) -> bool:
        """Whether it is worth while to look."""
        return any(one in value for one in self._bytes)

    def are_in(self, value: bytes) -> bool:
        """Whether JSON mentions the person; bytes that are no JSON do where the id stands in them."""
        if not self.may_be_in(value):
            return False
        try:
            return self._in(orjson.loads(value))
        except orjson.JSONDecodeError:
            return True

    def _in(self, value: Any) -> bool:
        if isinstance(value, str):
            return value in self._texts
        if isinstance(value, dict):
            return any(key in self._texts or self._in(one) for key, one in value.items())
        return isinstance(value, list) and any(self._in(one) for one in value)
