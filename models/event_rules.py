"""What an event may say, as tables that are quick to look things up in: enough to take a plain event at a glance."""

from __future__ import annotations

from typing import Any, Final

#: Fields of a ticket that an event may set, in the order in which a ticket is written out.
TICKET_FIELDS = (
    "priority",
    "status",
    "team",
    "assignee",
    "channel",
    "category",
    "requester_id",
    "customer_tier",
    "complexity",
    "issue_key",
    "incident",
    "tags",
)
PRIORITIES = ("P0", "P1", "P2", "P3", "P4")

# A field's rule is a set of the values it may hold, or one of these words. What follows no rule is not yet invalid:
# it is left to the models of `event_shapes`, which also know the words for what is wrong.
_TEXT, _ANY_TEXT, _TEXTS, _BOOL = "text", "any text", "texts", "bool"
_WEIGHT, _SCORE, _LEVEL = "weight", "score", "level"
_Rule = str | frozenset[str]
_PRIORITY: Final = frozenset(PRIORITIES)
_OF_TICKET: Final[dict[str, _Rule]] = {
    **dict.fromkeys(TICKET_FIELDS, _TEXT),
    "priority": _PRIORITY,
    "complexity": _WEIGHT,
    "tags": _TEXTS,
    "source": _ANY_TEXT,
}
_REASON: Final[dict[str, _Rule]] = {"reason": _ANY_TEXT, "source": _ANY_TEXT}
_RULES: Final[dict[str, dict[str, _Rule]]] = {
    "ticket.created": _OF_TICKET,
    "ticket.updated": _OF_TICKET,
    "ticket.assigned": {"assignee": _TEXT, "team": _TEXT, "source": _ANY_TEXT},
    "ticket.replied": {
        "author": frozenset({"agent", "customer", "system"}),
        "author_id": _TEXT,
        "public": _BOOL,
        "automated": _BOOL,
        "follow_up": _BOOL,
        "source": _ANY_TEXT,
    },
    "ticket.status_changed": {"status": _TEXT, "source": _ANY_TEXT},
    "ticket.escalated": {"to_team": _TEXT, "level": _LEVEL, **_REASON},
    "ticket.solved": {
        "resolver": _TEXT,
        "workaround": _BOOL,
        "article": _ANY_TEXT,
        "note": _BOOL,
        "first_contact": _BOOL,
        "source": _ANY_TEXT,
    },
    "ticket.reopened": _REASON,
    "ticket.closed": _REASON,
    "ticket.cancelled": _REASON,
    "ticket.rated": {
        "score": _SCORE,
        "scale": _SCORE,
        "aspect": frozenset({"overall", "expertise", "attitude", "follow_up", "collaboration"}),
        "agent": _TEXT,
        "rater": frozenset({"customer", "colleague"}),
        "rater_id": _TEXT,
        "source": _ANY_TEXT,
    },
    "ticket.flagged": {
        "flag": frozenset(
            {
                "complaint",
                "complaint_resolved",
                "commendation",
                "error",
                "major_incident",
                "service_accident",
                "cross_team",
                "self_service",
            }
        ),
        "agent": _TEXT,
        "withdrawn": _BOOL,
        "source": _ANY_TEXT,
    },
}
#: Fields that may not be missing, and those that may not be null though their rule would let them.
_NEEDED: Final = {
    "ticket.created": "priority",
    "ticket.replied": "author",
    "ticket.status_changed": "status",
    "ticket.rated": "scale",
    "ticket.flagged": "flag",
}
#: What a missing field means. A ticket's fields have no such thing: an event that does not name one says nothing of it.
_DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "ticket.replied": {"author_id": None, "public": True, "automated": False, "follow_up": False},
    "ticket.escalated": {"to_team": None, "level": None, "reason": None},
    "ticket.solved": {"resolver": None, "workaround": False, "article": None, "note": False, "first_contact": None},
    "ticket.reopened": {"reason": None},
    "ticket.closed": {"reason": None},
    "ticket.cancelled": {"reason": None},
    "ticket.rated": {"aspect": "overall", "agent": None, "rater": "customer", "rater_id": None},
    "ticket.flagged": {"agent": None, "withdrawn": False},
}
_LARGEST_WEIGHT = 1_000_000
_LARGEST_SCORE = 1e15


def is_plain(kind: str, said: dict[str, Any]) -> bool:  # noqa: C901 -- written out: it is asked of every event
    """Whether every field that an event of this type may hold follows its rule, and none is missing."""
    rules = _RULES[kind]
    for name, value in said.items():
        rule = rules.get(name)
        if rule is None:
            continue
        if rule is _TEXT:
            if (value.__class__ is str and value) or (value is None and name != "status"):
                continue
            return False
        if rule.__class__ is frozenset:
            if value in rule:
                continue
            return False
        if rule is _ANY_TEXT:
            if value.__class__ is str or value is None:
                continue
            return False
        if not _follows(rule, value, name):
            return False
    needed = _NEEDED.get(kind)
    if needed is None:
        return True
    return needed in said and (kind != "ticket.rated" or 0 <= said["score"] <= said["scale"] > 0)


def _follows(rule: _Rule, value: Any, name: str) -> bool:
    if rule is _BOOL:
        return value is True or value is False or (value is None and name == "first_contact")
    if rule is _WEIGHT:
        return (value.__class__ is float or value.__class__ is int) and 0 <= value <= _LARGEST_WEIGHT
    if rule is _SCORE:
        return (value.__class__ is float or value.__class__ is int) and 0 <= value <= _LARGEST_SCORE
    if rule is _TEXTS:
        return value.__class__ is list and all(one.__class__ is str for one in value)
    return value.__class__ is str or value.__class__ is int or value is None


def meaning(kind: str, said: dict[str, Any]) -> dict[str, Any]:
    """What an event says, without what says nothing: unknown fields, and whether a default was named."""
    found = {name: said[name] for name in ("type", "ticket_id", "event_id")} | {"source": said.get("source")}
    defaults = _DEFAULTS.get(kind, {})
    for name in _RULES[kind]:
        if name in said:
            found[name] = said[name]
        elif name in defaults:
            found[name] = defaults[name]
    return found
