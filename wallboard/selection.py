"""Which scope a page's address asks for."""

from __future__ import annotations

from collections.abc import Mapping

from models import scope

_SINGLE = {
    "team": scope.team,
    "priority": scope.priority,
    "channel": scope.channel,
    "tier": scope.tier,
    "agent": scope.agent,
}


class NoSuchScope(ValueError):  # noqa: N818 -- the name says what is the matter
    """The address asks for figures that nobody keeps; the message names those that there are."""


def scope_of(parameters: Mapping[str, str]) -> str:
    """The scope of `team`, `priority`, both, `channel`, `tier` or `agent`; `all` without any.

    Raises:
        NoSuchScope: another combination; percentiles of two scopes cannot be added up.
    """
    asked = {name: parameters[name] for name in _SINGLE if parameters.get(name)}
    if not asked:
        return scope.ALL
    if asked.keys() == {"team", "priority"}:
        return scope.team_priority(asked["team"], asked["priority"])
    if len(asked) == 1:
        ((name, value),) = asked.items()
        return _SINGLE[name](value)
    msg = f"no figures are kept for {' and '.join(asked)} together: ask for one of them, or for team and priority"
    raise NoSuchScope(msg)
