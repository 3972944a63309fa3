"""A ticket's write as the arguments of its script: everything that is dear in Lua is done here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson

from models.egress import BreachWrite, Place, TicketWrite
from models.instant import parse_ms
from models.scope import encode
from sinks import keys
from sinks.flat import flat

_US: Final = "\x1f"
_RS: Final = "\x1e"
#: Which memberships change together, and are so remembered together.
_KINDS: Final = {"open": "open", "incidents": "open", "due": "due", "active": "due", "decided": "decided"}
_RANKS: Final = {"warned": 1, "breached": 1, "withdrawn": 2}


def arguments(write: TicketWrite, seq: int) -> tuple[bytes | str | int, ...]:
    """What `redis_tickets.lua` is given of one ticket."""
    board, due, decided = places(write.places)
    breaches = orjson.dumps([_breach(breach) for breach in write.breaches]) if write.breaches else b""
    return seq, encode(write.ticket_id), write.doc or b"", board, due, decided, breaches


def scopes_of(writes: Sequence[TicketWrite]) -> set[str]:
    """Every scope that these tickets put something into."""
    found: set[str] = set().union(*{place[1] for write in writes for place in write.places})
    found.discard("")
    return found


def scopes_text(scopes: set[str]) -> str:
    """Scopes as `redis_tickets.lua` takes them."""
    return "".join(f"{scope}{_US}" for scope in sorted(scopes))


def places(found: Sequence[Place]) -> tuple[str, str, str]:
    """A ticket's memberships as text, by how often they change: where it is open, what is due, what it decided.

    Raises:
        ValueError: a member holds a control character, which intake should have refused, or its family is unknown.
    """
    texts = {"open": "", "due": "", "decided": ""}
    for family, scopes, member, score in found:
        if _US in member or _RS in member:
            msg = f"the member {member!r} holds a control character; ids with such are to be refused on intake"
            raise ValueError(msg)
        try:
            texts[_KINDS[family]] += f"{family}{_US}{member}{_US}{score}{_US}{_scopes(scopes)}{_RS}"
        except KeyError:
            keys.member(family, "")  # names the families that there are
            raise
    return texts["open"], texts["due"], texts["decided"]


@lru_cache(maxsize=65536)
def _scopes(names: tuple[str, ...]) -> str:
    return "".join([f"{name}{_US}" for name in names])


def instant_of(entry: Mapping[str, Any]) -> int:
    """The `at` of an entry in ms."""
    return parse_ms(entry["at"])


def rank_of(entry: Mapping[str, Any]) -> int:
    """1 for a level reached (these are taken back aloud), 2 for a withdrawal, 0 for every other change."""
    return _RANKS.get(entry["change"], 0)


def end_of(breach: BreachWrite) -> str:
    """What names the end of a breach: its instant in ms, `withdrawn`, or "" while it lasts."""
    if breach.ended_at is not None:
        return str(breach.ended_at)
    return "withdrawn" if breach.status == "withdrawn" else ""


def _breach(breach: BreachWrite) -> list[Any]:
    told = [
        [name, rank_of(entry), entry["level"], parse_ms(entry["at"]), entry["at"], orjson.dumps(flat(entry)).decode()]
        for name, entry in breach.transitions
    ]
    return [breach.id, breach.status, end_of(breach), orjson.dumps(flat(breach.fields)).decode(), told]
