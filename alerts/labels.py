"""The labels of an alert, by which it is matched and grouped. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from alerts.entry import Entry
from alerts.rules import Route
from models.objective import Objective
from sla.policy import PolicyBook


def labels_of(entry: Entry, book: PolicyBook) -> dict[str, str]:
    """What an entry is matched on; "" where there is none.

    `calendar` tells whether the clock's own calendar was open at the instant that the entry speaks of.
    """
    return {
        "metric": entry.metric,
        "level": entry.level,
        "priority": entry.priority,
        "team": entry.team or "",
        "tier": entry.tier or "",
        "channel": entry.channel or "",
        "category": entry.category or "",
        "assignee": entry.assignee or "",
        "policy": entry.policy,
        "calendar": "open" if _is_open(entry, book) else "closed",
        "objective": "",
    }


def objective_labels(objective: str, metric: str, when: Mapping[str, Iterable[str]], level: str) -> dict[str, str]:
    """The same of a budget that burns; a priority or team only where the objective is about one."""
    named = {name: list(when.get(name, ())) for name in ("priority", "team")}
    return {
        **dict.fromkeys(("tier", "channel", "category", "assignee", "policy", "calendar"), ""),
        **{name: values[0] if len(values) == 1 else "" for name, values in named.items()},
        "metric": metric,
        "level": level,
        "objective": objective,
    }


def burn_labels(objective: Objective, level: str) -> dict[str, str]:
    """The same from the policy book."""
    return objective_labels(objective.name, objective.metric, objective.when, level)


def _is_open(entry: Entry, book: PolicyBook) -> bool:
    for edition in book.editions:
        if entry.edition is None or edition.name == entry.edition:
            for policy in edition.policies:
                if policy.name == entry.policy and entry.metric in policy.targets:
                    return policy.targets[entry.metric].calendar.is_open(entry.at)
    return True


def grouped(route: Route, entry: Entry, labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that an alert's group has in common."""
    values = {**labels, "ticket": entry.ticket, "clock": entry.id}
    return {name: values[name] for name in route.group_by}


def group_id(route: Route, labels: Mapping[str, str]) -> str:
    """The name of a group: the same for ever for the same route and labels."""
    return "g-" + digest(route.path, *(f"{name}={labels[name]}" for name in sorted(labels)))


def digest(*parts: str) -> str:
    """A short name for a list of texts, the same for ever."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]
