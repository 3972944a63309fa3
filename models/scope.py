"""Scopes and ids: how names become part of a text that `:`, `|` and `/` divide.

The one place where names are percent-encoded, and they are encoded exactly once: here, when a scope, an id or a
member is put together from raw names. Everything downstream (facts, partials, sinks, pages) carries the finished text
and uses it as it is: `sla:kpi:` + scope is already the key. A name read out of such a text is decoded with `decode`.

    >>> team_priority("网络|核心", "P0")
    'team:网络%7C核心|priority:P0'
    >>> breach_id("T/1", "first_response", 1)
    'T%2F1/first_response/1'

Encoded are `%`, `:`, `|`, `/` and control characters (U+0000 to U+001F, U+007F to U+009F), as the upper-case
hexadecimal of their UTF-8 bytes; every other character, Chinese ones and spaces included, stands as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

ALL = "all"

_UNSAFE = re.compile(r"[%:|/\x00-\x1f\x7f-\x9f]")


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def encode(name: str) -> str:
    """A raw name as it stands inside keys, scopes and ids."""
    return _UNSAFE.sub(_percent, name) if _UNSAFE.search(name) else name


def decode(text: str) -> str:
    """The raw name of an encoded one; the inverse of `encode`."""
    return unquote(text) if "%" in text else text


@lru_cache(maxsize=4096)
def team(name: str) -> str:
    """The scope of one team."""
    return f"team:{encode(name)}"


@lru_cache(maxsize=64)
def priority(name: str) -> str:
    """The scope of one priority."""
    return f"priority:{encode(name)}"


@lru_cache(maxsize=16384)
def team_priority(team_name: str, priority_name: str) -> str:
    """The scope of one priority within one team."""
    return f"team:{encode(team_name)}|priority:{encode(priority_name)}"


@lru_cache(maxsize=1024)
def channel(name: str) -> str:
    """The scope of one channel."""
    return f"channel:{encode(name)}"


@lru_cache(maxsize=1024)
def tier(name: str) -> str:
    """The scope of one customer tier."""
    return f"tier:{encode(name)}"


@lru_cache(maxsize=65536)
def agent(name: str) -> str:
    """The scope of one person."""
    return f"agent:{encode(name)}"


def parts(scope: str) -> dict[str, str]:
    """The raw names that a scope is made of, by kind; `all` has none: `{"team": "A", "priority": "P0"}`."""
    if scope == ALL:
        return {}
    return {kind: decode(name) for kind, _, name in (part.partition(":") for part in scope.split("|"))}


@lru_cache(maxsize=65536)
def of_board(team_name: str | None, priority_name: str, person: str | None) -> tuple[str, ...]:
    """The scopes with lists of open tickets and deadlines (`sla:open:`, `sla:due:`) that a ticket belongs to."""
    found = [ALL, priority(priority_name)]
    if team_name is not None:
        found += [team(team_name), team_priority(team_name, priority_name)]
    if person is not None:
        found.append(agent(person))
    return tuple(found)


@lru_cache(maxsize=65536)
def of_figures(
    team_name: str | None, priority_name: str, channel_name: str | None, tier_name: str | None, person: str | None
) -> tuple[str, ...]:
    """Every scope whose figures something with these fields moves."""
    found = list(of_board(team_name, priority_name, person))
    if channel_name is not None:
        found.append(channel(channel_name))
    if tier_name is not None:
        found.append(tier(tier_name))
    return tuple(found)


def breach_id(ticket_id: str, metric: str, cycle: int) -> str:
    """`<ticket>/<metric>/<cycle>`: the id of a clock, of its breach, and its member of `sla:due` and `sla:active`."""
    return f"{encode(ticket_id)}/{metric}/{cycle}"


def decided_member(kind: str, ticket_id: str, metric: str | None, cycle: int | None, event_id: str | None) -> str:
    """`<kind>/<ticket>/<metric>/<cycle>/<event_id>`, a member of `sla:decided:`; `-` where there is none or 0."""
    return decided_of(kind, encode(ticket_id), metric, cycle, event_id)


def decided_of(kind: str, ident: str, metric: str | None, cycle: int | None, event_id: str | None) -> str:
    """The same, of a ticket whose id is encoded already: a ticket has many of them."""
    return f"{kind}/{ident}/{metric or '-'}/{cycle or '-'}/{encode(event_id) if event_id else '-'}"
