"""A ticket's write as the arguments of its script: everything that is dear in Lua is done here."""

from __future__ import annotations

from collections.abc import Mapping
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
_SCOPED: Final = frozenset(keys.FAMILIES)


def arguments(write: TicketWrite, acked: int, now_ms: int, *, refilling: bool) -> tuple[bytes | str | int, ...]:
    """What `redis_ticket.lua` is given after partition, epoch and seq."""
    return (
        acked,
        encode(write.ticket_id),
        write.doc or b"",
        now_ms,
        "1" if refilling else "",
        members_text(write.members),
        orjson.dumps([_breach(breach) for breach in write.breaches]) if write.breaches else b"",
    )


def members_text(members: list[Member]) -> str:
    """`key US member US score RS`, for each membership.

    Raises:
        ValueError: a member holds a control character, which intake should have refused, or its family is unknown.
    """
    found = "".join(
        [
            f"sla:{family}:{scope}{_US}{member}{_US}{score}{_RS}"
            if scope
            else f"sla:{family}{_US}{member}{_US}{score}{_RS}"
            for family, scope, member, score in members
        ]
    )
    if found.count(_RS) != len(members) or found.count(_US) != 2 * len(members):
        msg = f"a member holds a control character: {found!r}; ids with such are to be refused as invalid on intake"
        raise ValueError(msg)
    if not _SCOPED.issuperset([member[0] for member in members]):
        for family, scope, _, _ in members:
            keys.member(family, scope)
    return found


def instant_of(entry: Mapping[str, Any]) -> int:
    """The `at` of an entry in ms."""
    at = entry["at"]
    return at if isinstance(at, int) else parse_ms(at)


def rank_of(entry: Mapping[str, Any]) -> int:
    """1 for a level reached (these are taken back aloud), 2 for a withdrawal, 0 for every other change."""
    return _RANKS.get(entry["change"], 0)


def end_of(breach: BreachWrite) -> str:
    """What names the end of a breach: its instant in ms, `withdrawn`, or "" while it lasts."""
    if breach.ended_at is not None:
        return str(breach.ended_at)
    return "withdrawn" if breach.status == "withdrawn" else ""


def _breach(breach: BreachWrite) -> list[Any]:
    told = []
    for name, entry in breach.transitions:
        at = entry["at"]
        told.append(
            [
                name,
                _RANKS.get(entry["change"], 0),
                entry["level"] or "",
                at if isinstance(at, int) else parse_ms(at),
                at,
                orjson.dumps(flat(entry)).decode(),
            ]
        )
    return [breach.id, breach.status, end_of(breach), orjson.dumps(flat(breach.fields)).decode(), told]
