"""Which tickets came back: another one of the same requester and issue was solved in the 30 days before.

Every process knows what was solved of late, of all partitions; so the owner of a ticket decides by itself whom it is
charged to: the latest solution before its creation. Its own solutions it tells to the others.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models.fact import Dims, Fact
from sla.ticket.ticket import Ticket

LOOK_BACK_MS = 30 * 86_400_000

#: Requester and issue.
Key = tuple[str, str]


class Solution(NamedTuple):
    """A solution of a ticket that says whose and which issue it was; `at` in ms."""

    at: int
    ticket: str
    event: str
    person: str | None
    dims: Dims
    key: Key


def key_of(ticket: Ticket) -> Key | None:
    """Whose and which issue a ticket is: as at its first solution, until then as it now stands."""
    requester, issue = (
        ticket.issues[0] if ticket.issues else (ticket.fields["requester_id"], ticket.fields["issue_key"])
    )
    return (requester, issue) if requester is not None and issue is not None else None


def solutions_of(ticket: Ticket) -> tuple[Solution, ...]:
    """The solutions of a ticket that say whose and which issue they were."""
    found = []
    for index, (requester, issue) in zip(ticket.solutions, ticket.issues, strict=True):
        if requester is not None and issue is not None:
            fact = ticket.facts[index]
            found.append(
                Solution(fact.at, ticket.ticket_id, fact.event_id, fact.person, fact.dims, (requester, issue))
            )
    return tuple(found)


def verdict(solutions: Solutions, key: Key | None, created_at: int, ticket_id: str) -> Fact | None:
    """The fact that a ticket came back, credited to who solved the one before; None: it did not."""
    before = solutions.before(key, created_at, ticket_id) if key is not None else None
    if before is None:
        return None
    return Fact("recurred", created_at, before.dims, before.person, "-", 0, before.event, 0, "")


class Solutions:
    """What was solved of late, of all partitions; and who wants to hear of changes."""

    def __init__(self) -> None:
        self._by_key: dict[Key, list[Solution]] = {}
        self._by_ticket: dict[str, tuple[Solution, ...]] = {}
        self._owners: dict[str, Comebacks] = {}  # ticket id → who folds it here
        self._listeners: list[Comebacks] = []

    def join(self, listener: Comebacks) -> None:
        """From now on tell a partition what has changed."""
        self._listeners.append(listener)

    def leave(self, listener: Comebacks) -> None:
        """A partition is no longer folded here: what the others hear of its tickets counts again."""
        if listener in self._listeners:
            self._listeners.remove(listener)
            self._owners = {ticket: owner for ticket, owner in self._owners.items() if owner is not listener}

    def before(self, key: Key, at: int, ticket_id: str) -> Solution | None:
        """The latest solution of another ticket in the 30 days before an instant in ms."""
        known = self._by_key.get(key, ())
        for place in range(bisect_left(known, (at,)) - 1, -1, -1):
            if known[place].at < at - LOOK_BACK_MS:
                break
            if known[place].ticket != ticket_id:
                return known[place]
        return None

    def of(self, ticket_id: str) -> tuple[Solution, ...]:
        """What is known of a ticket."""
        return self._by_ticket.get(ticket_id, ())

    def put(self, ticket_id: str, found: tuple[Solution, ...], owner: Comebacks | None = None) -> bool:
        """Replaces what is known of a ticket; what its owner here says goes before what is heard. True: it is new."""
        if owner is not None:
            self._owners[ticket_id] = owner
        elif ticket_id in self._owners:
            if found != self.of(ticket_id):
                self._owners[ticket_id].told[ticket_id] = None  # an older owner may have said it
            return False
        before = self._by_ticket.get(ticket_id, ())
        if before == found:
            return False
        if found:
            self._by_ticket[ticket_id] = found
        else:
            del self._by_ticket[ticket_id]
        gone, come = {*before} - {*found}, {*found} - {*before}
        for solution in gone:
            self._drop(solution)
        for solution in come:
            insort(self._by_key.setdefault(solution.key, []), solution)
        for listener in self._listeners:
            for solution in gone | come:
                listener.heard(solution)
        return True

    def _drop(self, solution: Solution) -> None:
        known = self._by_key[solution.key]
        known.remove(solution)
        if not known:
            del self._by_key[solution.key]

    def let_go(self, ticket_id: str) -> None:
        """Forgets a ticket that was solved too long ago to matter, unless it is folded here."""
        if ticket_id not in self._owners:
            for solution in self._by_ticket.pop(ticket_id, ()):
                self._drop(solution)

    def disown(self, ticket_id: str) -> None:
        """A ticket is settled: what was heard of it counts."""
        self._owners.pop(ticket_id, None)


class Comebacks:
    """The tickets of one partition that may have come back, by whose and which issue they are."""

    def __init__(self, solutions: Solutions) -> None:
        self.solutions = solutions
        self.asked: dict[str, Solution] = {}
        """Tickets to be looked at again, and the solution that is why."""
        self.told: dict[str, None] = {}
        """Tickets whose solutions the others have not been told yet."""
        self._keys: dict[str, tuple[Key, int]] = {}
        self._by_key: dict[Key, list[tuple[int, str]]] = {}
        self._owner: Comebacks | None = self
        solutions.join(self)

    def leave(self) -> None:
        """The partition is no longer folded here but for its last step, which may know less than its next owner."""
        self._owner = None
        self.solutions.leave(self)

    def heard(self, solution: Solution) -> None:
        """A solution has come, or has gone: the tickets created in the 30 days after it are to be looked at again."""
        mine = self._by_key.get(solution.key, ())
        for place in range(bisect_left(mine, (solution.at,)), len(mine)):
            created_at, ticket_id = mine[place]
            if created_at > solution.at + LOOK_BACK_MS:
                break
            self.asked[ticket_id] = solution

    def tell(self, ticket: Ticket, *, restored: bool) -> None:
        """Lets the solutions of a ticket be known; those that come out of the changelog have been told already."""
        if restored and self._owner is None:
            return  # by now, its next owner may have told more
        ticket_id = ticket.ticket_id
        if (ticket.solutions or self.solutions.of(ticket_id)) and (
            self.solutions.put(ticket_id, solutions_of(ticket), self._owner) and not restored
        ):
            self.told[ticket_id] = None

    def look(self, ticket: Ticket) -> Fact | None:
        """Whether a ticket that is not settled came back."""
        ticket_id = ticket.ticket_id
        key = key_of(ticket)
        held = (key, ticket.created_at) if key is not None else None
        if held != self._keys.get(ticket_id):
            self._move(ticket_id, held)
        return verdict(self.solutions, key, ticket.created_at, ticket_id)

    def forget(self, ticket_id: str) -> None:
        """A ticket has been settled: what it amounts to stands."""
        self._move(ticket_id, None)
        self.asked.pop(ticket_id, None)
        self.solutions.disown(ticket_id)

    def take_told(self) -> Iterator[tuple[str, Sequence[Solution]]]:
        """The tickets whose solutions have changed since this was last asked, with these."""
        while self.told:
            ticket_id = self.told.popitem()[0]
            yield ticket_id, self.solutions.of(ticket_id)

    def _move(self, ticket_id: str, held: tuple[Key, int] | None) -> None:
        before = self._keys.pop(ticket_id, None)
        if before is not None:
            mine = self._by_key[before[0]]
            mine.remove((before[1], ticket_id))
            if not mine:
                del self._by_key[before[0]]
        if held is not None:
            self._keys[ticket_id] = held
            insort(self._by_key.setdefault(held[0], []), (held[1], ticket_id))
