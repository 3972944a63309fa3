"""The board's page as the server hands it out: its file, with what only this viewer's page says."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse

from wallboard.rights import RIGHTS, Grant
from wallboard.words import language, theme


def board_page(request: Request, static: str, build: str, grant: Grant) -> HTMLResponse:
    """The board in the language and theme of its address; it knows its build, and which pages its viewer may open."""
    text = Path(static, "board.html").read_text(encoding="utf-8")
    said = {
        "lang": language(request),
        "theme": theme(request),
        "build": build,
        "rights": " ".join(right for right in RIGHTS if grant.may(right)),
    }
    return HTMLResponse(_filled(text, said))


def _filled(text: str, said: Mapping[str, str]) -> str:
    for name, value in said.items():
        text = text.replace("{{" + name + "}}", escape(value))
    return text
