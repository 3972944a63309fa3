"""Reading a tree piece by piece, noting what is wrong instead of stopping at it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from models.policy import Problem
from sla.policy.tree import Node
from sla.policy.words import Unreadable

T = TypeVar("T")

_WORDS = {"mapping": "a mapping", "list": "a list", "text": "text", "number": "a number", "truth": "true or false",
          "nothing": "nothing"}  # fmt: skip


class Reader:
    """One file being read, and the problems found in it so far. Every method answers None where it notes a problem."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def note(self, line: int, message: str, mend: str) -> None:
        """Something is wrong."""
        self.problems.append(Problem(self.file, line, message, mend))

    def mapping(
        self, node: Node, what: str, known: Collection[str] | None = None, required: Collection[str] = ()
    ) -> Mapping[str, Node]:
        """The entries of a mapping, without unknown keys; empty where it is none."""
        if node.kind != "mapping":
            self._wrong(node, what, "a mapping")
            return {}
        for key in required:
            if key not in node.entries:
                self.note(node.line, f"{what} has no `{key}`", f"Write `{key}:` with its value")
        if known is None:
            return node.entries
        for key in node.entries:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                mend = f"Did you mean `{near[0]}`?" if near else f"Take it out; known here are {', '.join(known)}"
                self.note(node.keys[key], f"unknown key `{key}` in {what} of {self.file}", mend)
        return {key: value for key, value in node.entries.items() if key in known}

    def items(self, node: Node, what: str) -> list[Node]:
        """The items of a list."""
        if node.kind != "list":
            self._wrong(node, what, "a list")
            return []
        return list(node.items)

    def text(self, node: Node, what: str) -> str | None:
        """A text that is not empty; a plain number counts as the text it is written as."""
        if node.kind not in {"text", "number"}:
            self._wrong(node, what, "text")
            return None
        if not node.text.strip():
            self.note(node.line, f"{what} is empty", "Write something between the quotes")
            return None
        return node.text

    def texts(self, node: Node, what: str) -> list[Node]:
        """The items of a list of texts; a single text is a list of one."""
        nodes = [node] if node.kind in {"text", "number"} else self.items(node, what)
        return [item for item in nodes if self.text(item, f"an item of {what}") is not None]

    def number(self, node: Node, what: str) -> float | None:
        """A number."""
        if node.kind == "number":
            return float(node.text)
        self._wrong(node, what, "a number")
        return None

    def whole(self, node: Node, what: str, least: int, most: int) -> int | None:
        """A whole number between two bounds, both included."""
        if node.kind == "number" and node.text.lstrip("+-").isdecimal() and least <= int(node.text) <= most:
            return int(node.text)
        shown = f"{node.text!r}" if node.text else _WORDS[node.kind]
        self.note(node.line, f"{what} is {shown}", f"Write a whole number from {least} to {most}")
        return None

    def one_of(self, node: Node, what: str, known: Collection[str]) -> str | None:
        """One of some words."""
        word = self.text(node, what)
        if word is None or word in known:
            return word
        near = difflib.get_close_matches(word, known, 1)
        mend = f"Did you mean `{near[0]}`?" if near else f"Write one of {', '.join(known)}"
        self.note(node.line, f"{what} is {word!r}", mend)
        return None

    def parsed(self, node: Node, what: str, parse: Callable[[str], T]) -> T | None:
        """A text put through `parse`, which may raise `Unreadable`."""
        text = self.text(node, what)
        if text is None:
            return None
        try:
            return parse(text)
        except Unreadable as error:
            self.note(node.line, f"{what}: {error}", error.mend)
            return None

    def _wrong(self, node: Node, what: str, wanted: str) -> None:
        self.note(node.line, f"{what} is {_WORDS[node.kind]}, not {wanted}", f"Write {wanted} here")
