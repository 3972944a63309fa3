"""Reading scorecards and people: what both share."""

from __future__ import annotations

from pathlib import Path

from appraisal.form import Words
from sla.policy.errors import PolicyError
from sla.policy.reader import Reader
from sla.policy.tree import Node, from_yaml

LANGUAGES = ("zh", "en")


def tree_of(path: Path, file: str, holds: str) -> tuple[Reader, Node | None]:
    """A file that `holds` something as a tree; without one where the reader has noted why."""
    reader = Reader(file)
    try:
        return reader, from_yaml(file, path.read_text(encoding="utf-8-sig"), holds)
    except PolicyError as error:
        reader.problems.extend(error.problems)
    except (OSError, UnicodeDecodeError) as error:
        reader.note(1, f"the file cannot be read: {error}", "Save it as UTF-8 text that this user may read")
    return reader, None


def read_words(reader: Reader, node: Node, what: str) -> Words | None:
    """`{zh: …, en: …}`, or one text for both; a language that is left out takes the other's words."""
    if node.kind != "mapping":
        text = reader.text(node, what)
        return Words(zh=text, en=text) if text else None
    entries = reader.mapping(node, what, LANGUAGES)
    found = {language: reader.text(entries[language], f"{language} of {what}") for language in entries}
    known = [text for text in found.values() if text]
    if not known:
        if not entries:
            reader.note(node.line, f"{what} has no words", "Write it as {zh: …, en: …}")
        return None
    return Words(zh=found.get("zh") or known[0], en=found.get("en") or known[0])


def read_truth(reader: Reader, node: Node, what: str) -> bool:
    """True or false."""
    if node.kind != "truth":
        reader.note(node.line, f"{what} is neither true nor false", "Write true or false")
    return node.text.lower() == "true"
