"""The records of the topic `sla-alerts`: keys, JSON values, and how a record changes what is remembered.

    alert/<breach id>   group/<group>   step/<key>   episode/<key>   mark/<name>   lease     by the active alerter
    silence/<id>        duty            ack/<request>                                        by commands

An empty value takes a key away. Values carry the number of their format: a newer one than known is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, astuple, fields
from typing import Any, Final

import orjson

from alerts.entry import Entry
from alerts.matchers import made
from alerts.memory import Ack, AckRequest, Alert, DutyOverride, Episode, Group, Memory, Sent, Silence, Told, Track
from alerts.notice import Standing

FORMAT: Final = 1
LEASE: Final = "lease"
DUTY: Final = "duty"

Record = tuple[str, bytes | None]


class UnknownFormat(Exception):
    """The topic holds a record that a newer version wrote.

    Operator action: run the version that wrote it, or a newer one.
    """


def alert_record(alert: Alert) -> Record:
    """An alert as it stands."""
    value = {name: getattr(alert, name) for name in _ALERT if name not in _NESTED}
    value |= {
        "entry": list(alert.entry),
        "standing": alert.standing.value,
        "ack": _ack(alert.ack),
        "tracks": {name: asdict(track) for name, track in alert.tracks.items()},
        "told": {name: list(astuple(told)) for name, told in alert.told.items()},
    }
    return f"alert/{alert.id}", _written(value)


def group_record(group: Group) -> Record:
    """A group, without its members: these follow from the alerts."""
    value = {"id": group.id, "route": group.route, "labels": group.labels, "flushed_at": group.flushed_at}
    return f"group/{group.id}", _written(value | {"ack": _ack(group.ack)})


def step_record(step: Sent) -> Record:
    """A step; what is needed to send it again only as long as it may be."""
    return f"step/{step.key}", _written(asdict(step))


def silence_record(silence: Silence) -> Record:
    """A silence."""
    value = asdict(silence) | {"matchers": [[one.label, one.operator, one.value] for one in silence.matchers]}
    return f"silence/{silence.id}", _written(value)


def duty_record(override: DutyOverride) -> Record:
    """Who is on duty out of turn."""
    return DUTY, _written(asdict(override))


def request_record(request: AckRequest) -> Record:
    """An acknowledgement by command."""
    return f"ack/{request.id}", _written(asdict(request))


def episode_record(episode: Episode) -> Record:
    """A budget that burns, or a trouble of our own."""
    return f"episode/{episode.key}", _written(asdict(episode) | {"ack": _ack(episode.ack)})


def mark_record(name: str, value: int) -> Record:
    """A number that has been told of."""
    return f"mark/{name}", _written({"value": value})


def lease_record(holder: str, epoch: int) -> Record:
    """A takeover: what an older one writes from here on is not believed."""
    return LEASE, _written({"holder": holder, "epoch": epoch})


def apply(memory: Memory, key: str, value: bytes | None) -> None:
    """Takes a record in; the newest of a key holds.

    Raises:
        UnknownFormat: a newer version wrote it.
    """
    family, _, name = key.partition("/")
    shelf: dict[str, Any] | None = getattr(memory, _SHELVES[family]) if family in _SHELVES else None
    if value is None:
        if shelf is not None:
            shelf.pop(name, None)
        elif family == DUTY:
            memory.duty = None
        return
    found = orjson.loads(value)
    if found.pop("v") > FORMAT:
        msg = f"sla-alerts has a record {key!r} of a newer version: run that version, or a newer one"
        raise UnknownFormat(msg)
    if family == DUTY:
        memory.duty = DutyOverride(**_known(found, DutyOverride))
    elif family == LEASE:
        memory.holder, memory.epoch = found["holder"], found["epoch"]
    elif shelf is not None:
        shelf[name] = _READ[family](found)


def _written(value: dict[str, Any]) -> bytes:
    return orjson.dumps({"v": FORMAT, **value})


def _ack(ack: Ack | None) -> list[Any] | None:
    return None if ack is None else [ack.by, ack.at]


def _ack_from(found: list[Any] | None) -> Ack | None:
    return None if found is None else Ack(*found)


def _known(found: dict[str, Any], noun: Any) -> dict[str, Any]:
    names = {one.name for one in fields(noun)}
    return {name: value for name, value in found.items() if name in names}


def _alert_from(found: dict[str, Any]) -> Alert:
    entry = found["entry"]
    flags = Entry._fields.index("flags")
    entry[flags] = tuple(entry[flags])
    return Alert(
        **_known(found, Alert)
        | {
            "entry": Entry(*entry),
            "standing": Standing(found["standing"]),
            "ack": _ack_from(found["ack"]),
            "tracks": {name: Track(**_known(track, Track)) for name, track in found["tracks"].items()},
            "told": {name: Told(*told) for name, told in found["told"].items()},
        }
    )


def _group_from(found: dict[str, Any]) -> Group:
    return Group(found["id"], found["route"], found["labels"], found["flushed_at"], _ack_from(found["ack"]))


def _silence_from(found: dict[str, Any]) -> Silence:
    return Silence(**_known(found, Silence) | {"matchers": tuple(made(*one) for one in found["matchers"])})


_NESTED: Final = ("entry", "ack", "told", "tracks", "standing")
_ALERT: Final = tuple(one.name for one in fields(Alert))
_SHELVES: Final = {
    "alert": "alerts",
    "group": "groups",
    "step": "steps",
    "silence": "silences",
    "ack": "requests",
    "episode": "episodes",
    "mark": "marks",
}
_READ: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "alert": _alert_from,
    "group": _group_from,
    "step": lambda found: Sent(**_known(found, Sent)),
    "silence": _silence_from,
    "ack": lambda found: AckRequest(**_known(found, AckRequest)),
    "episode": lambda found: Episode(**_known(found, Episode) | {"ack": _ack_from(found.get("ack"))}),
    "mark": lambda found: found["value"],
}
