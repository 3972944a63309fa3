"""A message as lines of parts, and the two ways it is written: plain, and as Markdown that no name can break out of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

NAME = 80  # characters of a name that are shown
DETAIL = 300

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_MARKS = re.compile(r"[\\`*\[\]]|(?<!\w)_|_(?!\w)")
_TAGS = str.maketrans("<>", "\u2039\u203a")
_CALL = re.compile(r"(?<![^\s(])@(?=\S)")


class Bold(NamedTuple):
    """What the eye should fall on."""

    text: str


class Anchor(NamedTuple):
    """A link, by what it leads to."""

    label: str
    url: str


Part = str | Bold | Anchor
Line = Sequence[Part]


@lru_cache(maxsize=4096)  # the same few names stand in every notice
def name(text: str, longest: int = NAME) -> str:
    """A name out of an event, on one line: it can neither end a line nor turn the direction of what follows.

    Nor can it call a whole room, hide a link behind a word, or open a tag: chats differ in what they make of `@all`,
    `<!channel>`, `<at …>` and `[…](…)`, and most of them read it in plain text too.
    """
    shown = _CONTROL.sub(" ", text).strip().translate(_TAGS).replace("](", "] (")
    shown = _CALL.sub("@\u200b", shown)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def plain(lines: Sequence[Line]) -> str:
    """As text: a link stands with its address in full, on a line of its own where it is one."""
    return "\n".join("".join(map(_plain, line)) for line in lines)


def markdown(lines: Sequence[Line]) -> str:
    """As Markdown. Lines are paragraphs where they are empty, else they are kept apart by two spaces."""
    return "\n".join("".join(map(_markdown, line)) + ("  " if line else "") for line in lines)


def _plain(part: Part) -> str:
    match part:
        case Bold(text):
            return text
        case Anchor(label, url):
            return f"{label}: {url}"
        case _:
            return part


def _markdown(part: Part) -> str:
    match part:
        case Bold(text):
            return f"**{escape(text)}**"
        case Anchor(label, url):
            address = url.replace("(", "%28").replace(")", "%29")
            return f"[{escape(label)}]({address})"
        case _:
            return escape(part)


def escape(text: str) -> str:
    """Text that Markdown shows as it is; a `_` within a word means nothing to it."""
    return _MARKS.sub(lambda mark: "\\" + mark[0], text)
