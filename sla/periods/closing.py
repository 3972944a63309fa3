"""Which periods close, which closed ones are to be corrected, and with what.

Nothing here writes: who does, says so with `know`. A total is final from its first revision on. It changes by events
that came later and by nothing else: where the figures differ without one (another book, another build), the total
stands as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sla.periods.revision import Cause, Published, corrected, digest_of
from sla.periods.seals import Seals

if TYPE_CHECKING:
    from sla.figures.periods import Name, Periods

DAY_MS = 86_400_000
DEFAULT_GRACE_MS = 8 * DAY_MS


class Closing:
    """The closed totals of some subjects, beside their running ones. Instants in ms since 1970 UTC."""

    def __init__(self, periods: Periods, grace_ms: int = DEFAULT_GRACE_MS, partitions: Collection[int] = ()) -> None:
        self.seals = Seals(partitions)
        self.floor = 0
        """The first day (20261121) that is kept."""
        self.absent: set[Name] = set()
        """Closed totals that the view wants as they were published, which only their log has."""
        self.standing: set[Name] = set()
        """Closed totals that are not what the events give now, though no event came later."""
        self._periods = periods
        self._grace_ms = grace_ms
        self._published: dict[Name, Published] = {}
        self._causes: dict[Name, dict[Cause, int]] = {}
        self._forgotten = 0

    # What it is told

    def tell(self, partition: int, read: int, seen: int, said: int = -1) -> None:
        """How far a partition has been read to its end; see `Seals`."""
        self.seals.tell(partition, read, seen, said)

    def look(self) -> bool:
        """Lets what was told take effect; True when more is certain than before."""
        more = self.seals.look()
        self._periods.round = self.seals.current
        return more

    def cause(self, period: str, subject: str, cause: Cause) -> None:
        """An event has moved what may be a closed day or month."""
        self._causes.setdefault((period, subject), {}).setdefault(cause, self.seals.current)

    def know(self, name: Name, published: Published) -> None:
        """A revision stands in the log of totals."""
        self._published[name] = published
        self._periods.moved.pop(name, None)
        self.standing.discard(name)

    # What it says

    @property
    def published(self) -> Mapping[Name, Published]:
        """The latest revision of each closed total."""
        return self._published

    def closes_at(self, name: str) -> int:
        """The instant from which a period may close."""
        return self._periods.days.bounds_of(name)[1] + self._grace_ms

    def due(self) -> list[Name]:
        """What is to be closed now, in order."""
        sealed = self.seals.sealed
        return sorted(
            name
            for name in self._periods.names()
            if name not in self._published and self.closes_at(name[0]) <= sealed and self._stable(name)
        )

    def moved(self) -> list[Name]:
        """Closed totals whose figures have been moved, and stand still again, in order."""
        moved = self._periods.moved
        still = [name for name in moved if self._stable(name)]
        for name in still:
            if name not in self._published:
                del moved[name]  # it is running, or `due`
        return sorted(name for name in still if name in self._published)

    def first(self, name: Name) -> dict[str, Any]:
        """The first revision of a total: final, and known as of its closing, however late it comes to that."""
        document = self._periods.document(*name, self.closes_at(name[0]), revision=1, always=True)
        assert document is not None  # noqa: S101 -- for the type checker: `always`
        return document

    def unchanged(self, name: Name) -> dict[str, Any] | None:
        """The first revision of a closed total, if that is what it is and the figures still say so."""
        known = self._published[name]
        document = self.first(name)
        if digest_of(document) != known.digest:
            return None
        self._periods.moved.pop(name, None)
        return document if known.revision == 1 else None

    def is_moved(self, name: Name) -> bool:
        """Whether a closed total is to be corrected; one that differs without a cause is `standing` from now on."""
        known = self._published[name]
        document = self._periods.document(*name, known.as_of[-1], revision=1, always=True)
        if document is not None and digest_of(document) != known.digest:
            if any(self._causes_of(name)):
                return True
            self.standing.add(name)
        else:
            self.standing.discard(name)
        self._periods.moved.pop(name, None)
        return False

    def correction(self, name: Name, before: Mapping[str, Any]) -> dict[str, Any]:
        """The next revision of a closed total whose latest one is `before`."""
        known = self._published[name]
        as_of = max(self.seals.sealed, known.as_of[-1])
        document = self._periods.document(*name, as_of, revision=known.revision + 1, always=True)
        assert document is not None  # noqa: S101 -- for the type checker: `always`
        return corrected(before, document, self._causes_of(name))

    def spent(self) -> list[tuple[Name, Cause]]:
        """Causes that have been seen to, each named once."""
        found = [
            (name, cause)
            for name, causes in self._causes.items()
            if name not in self._periods.moved
            for cause, since in causes.items()
            if since < self.seals.round
        ]
        for name, cause in found:
            del self._causes[name][cause]
            if not self._causes[name]:
                del self._causes[name]
        return found

    def forget(self) -> list[Name]:
        """Days under the floor are kept no longer: answers those that were closed."""
        if self.floor == self._forgotten:
            return []
        self._forgotten = self.floor
        gone = [name for name in self._published if len(name[0]) == 10 and int(name[0].replace("-", "")) < self.floor]
        for name in gone:
            del self._published[name]
        self.standing.difference_update(gone)
        return gone

    # Inside

    def _stable(self, name: Name) -> bool:
        return self._periods.moved.get(name, -1) < self.seals.round

    def _causes_of(self, name: Name) -> Iterable[Cause]:
        period, subject = name
        yield from self._causes.get(name, ())
        if len(period) not in {7, 10} or not period[-2:].isdigit():
            for month in _months(period):
                yield from self._causes.get((month, subject), ())


def _months(period: str) -> Iterator[str]:
    """The ids of the months of a quarter, half or year."""
    year, _, part = period.partition("-")
    length = {"": 12, "H": 6, "Q": 3}[part[:1]]
    first = (int(part[1:]) - 1) * length + 1 if part else 1
    for month in range(first, first + length):
        yield f"{year}-{month:02d}"
