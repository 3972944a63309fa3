"""A little language for pages: elements are calls, and every text is escaped unless it is an element itself.

>>> str(el("a", "<b>", href='/x?a="1"&b', class_="link"))
'<a href="/x?a=&quot;1&quot;&amp;b" class="link">&lt;b&gt;</a>'
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

#: Elements that hold nothing.
_VOID: Final = frozenset({"input", "link", "meta", "br", "hr"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def el(tag: str, /, *children: object, **attributes: object) -> Markup:
    """An element with attributes and children.

    A trailing `_` of an attribute's name is dropped and others become hyphens: `class_`, `data_field`. False and None
    leave an attribute out, True gives it without a value. Children that are None are left out, lists are flattened.
    """
    told = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{told}>")
    return Markup(f"<{tag}{told}>{join(children)}</{tag}>")


def join(children: Iterable[object]) -> Markup:
    """Children one after the other."""
    return Markup("".join(_text(child) for child in children))


def _text(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return escape(child)
    if isinstance(child, Iterable):
        return join(child)
    return escape(str(child))


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    plain = name.rstrip("_").replace("_", "-")
    return f" {plain}" if value is True else f' {plain}="{escape(str(value))}"'
