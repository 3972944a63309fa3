"""The words of the pages that the server writes itself, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from wallboard.words_en import EN
from wallboard.words_zh import ZH

WORDS: Final[Mapping[str, Mapping[str, str]]] = {"en": EN, "zh": ZH}


def language(request: Request) -> str:
    """The language asked for by `lang`, else the browser's first if it is one of ours, else English."""
    asked = request.query_params.get("lang", "")
    if asked in WORDS:
        return asked
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"


def theme(request: Request) -> str:
    """`dark` as the board, unless `theme` says `light`."""
    return "light" if request.query_params.get("theme") == "light" else "dark"


def word(lang: str, name: str) -> str:
    """A word in a language; what has none stands for itself."""
    return WORDS[lang].get(name, name)


def say(lang: str, name: str, **facts: object) -> str:
    """A sentence with facts in it. The sentence is ours; the facts are not, and are escaped where they are shown."""
    return WORDS[lang][name].format(**facts)
