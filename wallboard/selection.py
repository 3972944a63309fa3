"""What a page's address asks for: whose figures, and which tickets its lists are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models import scope

_SINGLE = {
    "team": scope.team,
    "priority": scope.priority,
    "channel": scope.channel,
    "tier": scope.tier,
    "agent": scope.agent,
}
#: What an address may filter by, and the field of a ticket's document that it is held against.
FILTERS = {
    "team": "team",
    "priority": "priority",
    "channel": "channel",
    "tier": "customer_tier",
    "agent": "assignee",
}
#: No address needs more, and every one of them is read for as long as somebody watches.
MOST_VALUES = 50
MOST_CHARACTERS = 256

Wanted = tuple[tuple[str, tuple[str, ...]], ...]


class NoSuchScope(ValueError):
    """The address asks for something that there is not; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose figures a page shows, and which tickets it lists.

    `scope` has figures of its own. `lists` are the filters of lists, `burns` those of what may take the screen over:
    a page that walks through several teams lists those of one and burns for all of them. Both are pairs of a kind and
    the values that may stand there; without a pair anything may.
    """

    scope: str = scope.ALL
    lists: Wanted = ()
    burns: Wanted = ()

    @property
    def is_scope(self) -> bool:
        """Whether the lists are about just the tickets of the scope."""
        return dict(self.lists) == {kind: (name,) for kind, name in scope.parts(self.scope).items()}

    def admits(self, ticket: Mapping[str, Any]) -> bool:
        """Whether a ticket belongs into the lists."""
        return _admits(self.lists, ticket)

    def burns_for(self, ticket: Mapping[str, Any]) -> bool:
        """Whether a ticket may take the screen over."""
        return _admits(self.burns, ticket)


def selection_of(parameters: Iterable[tuple[str, str]]) -> Selection:
    """What the parameters of an address select; those of other names are not looked at.

    One team, one priority or both have figures; so have one channel, tier or person alone. Any other combination
    filters the lists, and the figures stay those of the team and priority in it, or of all: percentiles of two scopes
    cannot be added up. `show` names the one of several teams whose turn it is.

    Raises:
        NoSuchScope: too many values, or one that is too long.
    """
    asked: dict[str, list[str]] = {}
    show = ""
    for name, value in parameters:
        if len(value) > MOST_CHARACTERS:
            msg = f"{name} has {len(value)} characters: no name has more than {MOST_CHARACTERS}"
            raise NoSuchScope(msg)
        if name in FILTERS and value and value not in asked.setdefault(name, []):
            asked[name].append(value)
        elif name == "show":
            show = value
    if sum(map(len, asked.values())) > MOST_VALUES:
        msg = f"the address has more than {MOST_VALUES} filters: take some of them out"
        raise NoSuchScope(msg)
    burns = _wanted(asked)
    if show in asked.get("team", ()):
        asked["team"] = [show]
    return Selection(_scope_of(asked), _wanted(asked), burns)


def selection_of_scope(text: str) -> Selection:
    """The selection of a scope as it stands in keys; names may come decoded, as servers decode addresses.

    Raises:
        NoSuchScope: no figures are kept for what it says.
    """
    if text == scope.ALL:
        return Selection()
    pairs = [part.partition(":") for part in text.split("|")]
    kinds = [kind for kind, _, _ in pairs]
    if not all(name for _, _, name in pairs) or not (
        kinds == ["team", "priority"] or (len(kinds) == 1 and kinds[0] in _SINGLE)
    ):
        msg = (
            f"no figures are kept for {text[:MOST_CHARACTERS]!r}: write all, team:NAME, priority:P0,"
            " team:NAME|priority:P0, channel:NAME, tier:NAME or agent:NAME"
        )
        raise NoSuchScope(msg)
    return selection_of((kind, scope.decode(name)) for kind, _, name in pairs)


def scope_of(parameters: Mapping[str, str]) -> str:
    """The scope whose figures an address of single values asks for."""
    return selection_of(parameters.items()).scope


def _scope_of(asked: Mapping[str, list[str]]) -> str:
    single = {kind: values[0] for kind, values in asked.items() if len(values) == 1}
    if len(asked) == 1 and len(single) == 1:
        ((kind, value),) = single.items()
        return _SINGLE[kind](value)
    if "team" in single and "priority" in single:
        return scope.team_priority(single["team"], single["priority"])
    for kind in ("team", "priority"):
        if kind in single:
            return _SINGLE[kind](single[kind])
    return scope.ALL


def _wanted(asked: Mapping[str, list[str]]) -> Wanted:
    return tuple((kind, tuple(asked[kind])) for kind in FILTERS if asked.get(kind))


def _admits(wanted: Wanted, ticket: Mapping[str, Any]) -> bool:
    return all(ticket.get(FILTERS[kind]) in values for kind, values in wanted)
