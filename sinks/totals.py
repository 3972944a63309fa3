"""The log of closed totals as its writers and readers see it: nouns, and the protocol that Kafka and its twin fulfil.

Each revision stands for ever under `<period>/<subject>/<revision>`, the latest one under `<period>/<subject>` as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

#: Period id and subject.
Name = tuple[str, str]


class Revision(NamedTuple):
    """One revision of a closed total; `as_of` in ms, `digest` names its content, `body` is the document as JSON."""

    name: Name
    revision: int
    as_of: int
    digest: str
    body: bytes


class Known(NamedTuple):
    """What is known of a closed total: its latest revision, the instants (ms) of all, the name of the latest content.

    `epoch` is that of the owner who wrote it.
    """

    revision: int
    as_of: tuple[int, ...]
    digest: str
    epoch: int


class Totals(Protocol):
    """The log of closed totals. Each call waits while Kafka is away."""

    @property
    def known(self) -> Mapping[Name, Known]:
        """Every closed total that `catch_up` has met, or `publish` has written."""

    async def catch_up(self, *, unless_s: float = 0.0) -> None:
        """Reads on to the end of the log as it stands now; not, if that was done in the last `unless_s` seconds."""

    async def read(self, name: Name) -> bytes | None:
        """The latest revision of a total, as it was written."""

    async def publish(self, revisions: Sequence[Revision], epoch: int) -> None:
        """Writes revisions, under the epoch of whoever owns their subjects."""

    async def forget(self, names: Sequence[Name]) -> None:
        """Removes all revisions of totals that are kept no longer."""

    async def mend(self, epoch: int, names: Sequence[Name]) -> None:
        """Writes those of our totals again that an older owner has overwritten since."""


def keys_of(name: Name, revision: int) -> tuple[bytes, bytes]:
    """The keys of a revision: its own, and that of the latest."""
    latest = f"{name[0]}/{name[1]}"
    return f"{latest}/{revision}".encode(), latest.encode()


def name_of(key: bytes) -> tuple[Name, int]:
    """Period, subject and revision (0: the latest) of a key."""
    period, subject, *revision = key.decode().split("/")
    return (period, subject), int(revision[0]) if revision else 0
