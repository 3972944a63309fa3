"""How values become text in Redis' streams and hashes, the same in Redis and in its twin.

An entry of `sla:breaches`, a hash `sla:breach:` and `sla:live:` hold text only: text as it is, numbers as decimal text,
true and false as `true` and `false`, null as the empty text, lists and mappings as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson


def text_of(value: Any) -> str:
    """One value as text."""
    if value.__class__ is str:
        return value
    if value is None:
        return ""
    if value.__class__ is bool:
        return "true" if value else "false"
    if value.__class__ is int:
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return orjson.dumps(value).decode()


def flat(fields: Mapping[str, Any]) -> list[str]:
    """Fields and values in turn, as text."""
    found: list[str] = []
    for name, value in fields.items():
        found.append(name)
        found.append(value if value.__class__ is str else text_of(value))
    return found


def texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """The same fields with their values as text."""
    return {name: text_of(value) for name, value in fields.items()}
