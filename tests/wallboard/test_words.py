"""The words of the pages that the server writes: the same in both languages, and all that are asked for."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

from wallboard import words
from wallboard.words import WORDS


def test_both_languages_have_the_same_words_with_the_same_facts() -> None:
    """A sentence of one tells what that of the other does."""
    facts = {
        lang: {name: sorted({part[1] for part in Formatter().parse(text) if part[1]}) for name, text in known.items()}
        for lang, known in WORDS.items()
    }

    assert facts["en"] == facts["zh"]


def test_every_word_that_is_asked_for_is_there() -> None:
    """What code names, both languages know."""
    folder = Path(words.__file__).parent
    asked: set[str] = set()
    for file in folder.glob("*.py"):
        code = file.read_text(encoding="utf-8")
        asked |= set(re.findall(r'(?:word|say)\(\s*(?:lang|language\(request\)), "(\w+)"', code))
        asked |= set(re.findall(r'Refused\(\s*\d+,\s*"(\w+)"', code))

    assert len(asked) > 30
    assert asked <= WORDS["en"].keys()
