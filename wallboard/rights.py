"""Who may see what: a token's rights and scopes, as a line of the tokens' file gives them.

    # token                      rights           scopes (none: everything)
    7qkX0vJ2m4Wc9T5nR8sLbA       wall
    Zr3hYp6uK1dFf0GxE2iOwQ       wall,desk,ack    team:网络,team:核心
    nB5tVh8yJ0aMz7CqU4eS1g       wall,desk,people

A scope holds whatever is narrower, too: `team:网络` holds `team:网络|priority:P0`, and `all` holds everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, Final, NamedTuple

from models import scope as scopes

#: `wall`: figures. `desk`: tickets. `people`: figures about persons, and their names. `ack`: acknowledging alerts.
RIGHTS: Final = ("wall", "desk", "people", "ack")
#: A filter of more places than this is refused to whoever sees some scopes only: each place would be looked at.
MOST_PLACES: Final = 1000
#: Shorter tokens can be guessed by trying.
SAFE_LENGTH: Final = 16
#: The field of a ticket's document that each kind of scope asks for.
FIELD_OF: Final = {
    "team": "team",
    "priority": "priority",
    "channel": "channel",
    "tier": "customer_tier",
    "agent": "assignee",
}


class Grant(NamedTuple):
    """What the bearer of a token may see; without scopes everything that the rights allow."""

    rights: frozenset[str]
    scopes: tuple[str, ...] = ()

    def may(self, right: str) -> bool:
        """Whether it has a right."""
        return right in self.rights

    @property
    def limited(self) -> bool:
        """Whether it sees some scopes only."""
        return bool(self.scopes) and scopes.ALL not in self.scopes

    def sees(self, scope: str) -> bool:
        """Whether figures of this scope are within its scopes, and not about a person without the right to that."""
        asked = scopes.parts(scope)
        if "agent" in asked and not self.may("people"):
            return False
        return not self.limited or any(scopes.parts(own).items() <= asked.items() for own in self.scopes)

    def sees_filter(self, wanted: Iterable[tuple[str, Sequence[str]]]) -> bool:
        """Whether every ticket that a filter lets through lies within its scopes; pairs of a kind and its values."""
        values = dict(wanted)
        if "agent" in values and not self.may("people"):
            return False
        if not self.limited:
            return True
        held = [scopes.parts(own) for own in self.scopes]
        kinds = [kind for kind in values if any(kind in own for own in held)]
        if prod(len(values[kind]) for kind in kinds) > MOST_PLACES:
            return False
        places = ([*zip(kinds, names, strict=True)] for names in product(*(values[kind] for kind in kinds)))
        return all(any(own.items() <= dict(place).items() for own in held) for place in places)

    def sees_ticket(self, fields: Mapping[str, Any]) -> bool:
        """Whether a ticket, by the fields of its document, lies within its scopes."""
        return not self.limited or any(
            all(fields.get(FIELD_OF[kind]) == name for kind, name in scopes.parts(own).items()) for own in self.scopes
        )


#: On the loopback, where nobody is asked who he is.
EVERYTHING: Final = Grant(frozenset(RIGHTS))
#: Who has shown nothing.
NOBODY: Final = Grant(frozenset(), ("-:",))


class Fault(NamedTuple):
    """What is wrong with a line of the file; it never shows what stands there, for that may be a token."""

    line: int
    message: str


class Tokens(NamedTuple):
    """What a file of tokens says: grants by the SHA-256 of their token, what is wrong, and what is weak."""

    grants: Mapping[bytes, Grant]
    faults: tuple[Fault, ...]
    weak: tuple[int, ...]  # lines with tokens that could be guessed


def digest(token: str) -> bytes:
    """What a token is known by: it is kept nowhere itself."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def read_tokens(lines: Iterable[str]) -> Tokens:
    """The grants of a file's lines `token rights [scopes]`; a line with a fault grants nothing."""
    grants: dict[bytes, Grant] = {}
    first: dict[bytes, int] = {}
    faults: list[Fault] = []
    weak: list[int] = []
    for number, line in enumerate(lines, 1):
        words = line.split(None, 2)
        if not words or words[0].startswith("#"):
            continue
        token = digest(words[0])
        found = _grant(words[1:])
        if isinstance(found, str):
            faults.append(Fault(number, found))
        elif token in first:
            faults.append(Fault(number, f"this token stands on line {first[token]} already: write it once"))
        else:
            grants[token], first[token] = found, number
            if len(words[0]) < SAFE_LENGTH:
                weak.append(number)
    return Tokens(grants, tuple(faults), tuple(weak))


def _grant(words: list[str]) -> Grant | str:
    if not words:
        return f"the rights are missing after the token: add some of {', '.join(RIGHTS)}"
    rights = [right for right in words[0].split(",") if right]
    if not rights or not set(rights) <= set(RIGHTS):
        return f"the second word holds something that is no right: write some of {', '.join(RIGHTS)}, with commas"
    found: list[str] = []
    for place, text in enumerate((one.strip() for one in words[1].split(",")) if len(words) > 1 else (), 1):
        scope = normal_scope(text)
        if scope is None:
            return (
                f"scope {place} is none: write all, team:…, priority:…, team:…|priority:…, channel:…, tier:… or agent:…"
            )
        found.append(scope)
    return Grant(frozenset(rights), tuple(dict.fromkeys(found)))


_SINGLE = {
    "team": scopes.team,
    "priority": scopes.priority,
    "channel": scopes.channel,
    "tier": scopes.tier,
    "agent": scopes.agent,
}


def normal_scope(text: str) -> str | None:
    """A scope as keys have it, names encoded; None for what is no scope of contract 3."""
    if text == scopes.ALL:
        return text
    found: dict[str, str] = {}
    for part in text.split("|"):
        kind, _, name = part.partition(":")
        if kind not in _SINGLE or not name or kind in found:
            return None
        found[kind] = scopes.decode(name)
    if found.keys() == {"team", "priority"}:
        return scopes.team_priority(found["team"], found["priority"])
    if len(found) == 1:
        ((kind, name),) = found.items()
        return _SINGLE[kind](name)
    return None
