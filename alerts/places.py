"""Where alerts stand at their receivers: an alert stands there under one key, that of the group it was told in last.

What a target that keeps incidents has to hear besides what people hear: that a group is empty though its clocks go on
elsewhere, and that all that is open of one has been taken on. Pure.
"""

from __future__ import annotations

from typing import Final

from alerts.duty import Person
from alerts.memory import Alert, Group
from alerts.notice import Kind, Receiver
from alerts.outbox import Outbox

#: Kinds that are for some ways of a receiver only; one without such a way takes them without having been asked.
BY_SOME_WAYS: Final = frozenset({Kind.MOVED, Kind.ACKNOWLEDGED, Kind.REFRESH})


def tell_left(out: Outbox) -> set[str]:
    """Ends what was left behind empty; answers the groups that were left.

    A clock whose next level takes a route with other `group_by`, or whose ticket went to another team, is told under
    another key: an incident under the old one would burn for ever.
    """
    groups: set[str] = set()
    for (receiver, key), gone in out.left.items():
        before = gone[0][2].group
        groups.add(before)
        if out.standing_at(receiver, key, before) or not _by_keys(out.rules.receivers[receiver]):
            continue
        labels = out.memory.groups[before].labels if before in out.memory.groups else {}
        alerts, names = [alert for alert, _, _ in gone], [name for _, name, _ in gone]
        out.tell(Kind.MOVED, Person(receiver, receiver), alerts, names, key=key, group=before, labels=labels, turn=key)
    out.left.clear()
    return groups


def tell_taken_on(group: Group, out: Outbox) -> None:
    """Tells once each key under which somebody has acknowledged all that is open."""
    standing: dict[tuple[str, str], list[Alert]] = {}
    for alert in group.members.values():
        for receiver, told in alert.uncleared.items() if not alert.over else ():
            if told.group == group.id:
                standing.setdefault((receiver, told.key), []).append(alert)
    for (receiver, key), alerts in standing.items():
        news = [one for one in alerts if not one.told[receiver].taken_on]
        if not news or any(one.ack is None for one in alerts) or not keeps_incidents(out.rules.receivers[receiver]):
            continue
        names = [f"{one.told[receiver].name} {one.ack.at}" for one in news if one.ack is not None]
        for one in news:
            one.told[receiver].taken_on = True
            out.alerts[one.id] = one
        out.tell(
            Kind.ACKNOWLEDGED, Person(receiver, receiver), news, names, key=key, group=group.id, labels=group.labels
        )


def keeps_incidents(receiver: Receiver) -> bool:
    """Whether it may be one that keeps incidents: an address can stand in the environment as a whole."""
    return any(address.startswith(("pagerduty:", "${")) for address in receiver.apprise)


def _by_keys(receiver: Receiver) -> bool:
    """Whether it may know groups by their keys."""
    return receiver.webhook is not None or keeps_incidents(receiver)
