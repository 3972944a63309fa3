"""Which build of the page this is: pages that show another one reload themselves."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path


@cache
def build_of(folder: str) -> str:
    """A name for just what the files of a folder say; it changes with any of them."""
    told = sha256()
    for file in sorted(Path(folder).rglob("*")):
        if file.is_file():
            told.update(file.relative_to(folder).as_posix().encode() + b"\0" + sha256(file.read_bytes()).digest())
    return told.hexdigest()[:12]
