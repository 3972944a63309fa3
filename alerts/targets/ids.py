"""Keys that a target limits in length: kept whole where they fit, else told apart by a digest."""

from __future__ import annotations

import hashlib


def fitting(key: str, longest: int) -> str:
    """The key itself, or its beginning and a digest of all of it; equal keys stay equal, others stay others."""
    if len(key) <= longest and key.isascii() and key.isprintable():
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    head = "".join(char if char.isascii() and char.isprintable() else "?" for char in key)
    return f"{head[: longest - 33]}-{digest}"
