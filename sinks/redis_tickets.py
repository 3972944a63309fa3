"""A ticket's write as the arguments of its script: everything that is dear in Lua is done here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from models.egress import BreachWrite, Member, TicketWrite
from models.instant import parse_ms
from models.scope import encode
from sinks import keys
from sinks.flat import flat

_US: Final = "\x1f"
_RS: Final = "\x1e"
_RANKS: Final = {"warned": 1, "breached": 1, "withdrawn": 2}


def arguments(write: TicketWrite, seq: int) -> tuple[bytes | str | int, ...]:
    """What `redis_tickets.lua` is given of one ticket."""
    board, due, decided = groups(write.members)
    breaches = orjson.dumps([_breach(breach) for breach in write.breaches]) if write.breaches else b""
    return seq, encode(write.ticket_id), write.doc or b"", board, due, decided, breaches


def scopes_of(writes: Sequence[TicketWrite]) -> set[str]:
    """Every scope that these tickets put something into."""
    return {member.scope for write in writes for member in write.members if member.scope}


def scopes_text(scopes: set[str]) -> str:
    """Scopes as `redis_tickets.lua` takes them."""
    return "".join(f"{scope}{_US}" for scope in sorted(scopes))


def groups(members: list[Member]) -> tuple[str, str, str]:
    """A ticket's memberships as text, by how often they change: where it is open, what is due, what it decided.

    Raises:
        ValueError: a member holds a control character, which intake should have refused, or its family is unknown.
    """
    board: list[str] = []
    due: list[str] = []
    decided: list[str] = []
    into = {"open": board, "incidents": board, "due": due, "active": due, "decided": decided}
    for family, scope, member, score in members:
        found = into.get(family)
        if found is None:
            keys.member(family, scope)  # names the families that there are
            continue
        key = f"{family}:{scope}" if scope else family
        found.append(f"sla:{key}{_US}{member}{_US}{score}{_RS}")
    texts = "".join(board), "".join(due), "".join(decided)
    if sum(text.count(_RS) for text in texts) != len(members) or sum(text.count(_US) for text in texts) != 2 * len(
        members
    ):
        msg = f"a member holds a control character: {texts!r}; ids with such are to be refused as invalid on intake"
        raise ValueError(msg)
    return texts


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
