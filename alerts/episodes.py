"""What pages for itself and ends by itself, by its steps: a budget that burns, a trouble of slawatch's own. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alerts.duty import Person
from alerts.memory import Episode
from alerts.notice import Kind, Severity
from alerts.outbox import Outbox, episode_step


def episode_of(out: Outbox, key: str) -> Episode:
    """The episode of that name; one that begins now where there was none."""
    if key not in out.memory.episodes:
        out.memory.episodes[key] = Episode(key, out.now)
        out.episodes[key] = out.memory.episodes[key]
    return out.memory.episodes[key]


def tell(
    out: Outbox,
    episode: Episode,
    kind: Kind,
    people: Iterable[Person],
    says: Mapping[str, Any],
    *,
    turn: str = "on",
    **more: Any,
) -> None:
    """Tells people of an episode; `turn` tells one step from another, `more` are other fields of the notice."""
    for person in people:
        out.take(episode_step(kind, person, episode, out.now, turn=turn, says={**says, **more}))
        episode.told[person.receiver] = person.recipient
    out.episodes[episode.key] = episode


def end(out: Outbox, gone: Iterable[str], kind: Kind, calm_ms: int) -> list[int]:
    """Ends those whose condition has not held for so long; answers when the others will have come to that."""
    times = []
    for key in gone:
        episode = out.memory.episodes[key]
        if episode.quiet_since is None:
            episode.quiet_since = out.now
            out.episodes[key] = episode
        if out.now < episode.quiet_since + calm_ms:
            times.append(episode.quiet_since + calm_ms)
            continue
        for receiver, recipient in episode.told.items() if episode.told_at is not None else ():
            says = {**episode.says, "severity": Severity.INFO.value, "over": True, "still_open": 0}
            out.take(episode_step(kind, Person(receiver, recipient), episode, out.now, turn="over", says=says))
        del out.memory.episodes[key]
        out.episodes.pop(key, None)
        out.gone.append(f"episode/{key}")
    return times
