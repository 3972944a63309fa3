"""The story of one ticket, told step by step: each step is drawn when the one before it has happened."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp
from random import Random
from statistics import NormalDist
from typing import Any, NamedTuple

from sla.simulate.desk import (
    CHANNELS,
    COMPLEXITIES,
    PACES,
    PRIORITIES,
    PRIORITY_OF,
    REQUESTERS,
    SECOND_LINE,
    TEAM_OF,
    TEAMS,
    TIERS,
)
from sla.simulate.hours import DAY, HOUR, MINUTE, SECOND, after_work, busyness

#: A normal distribution cut into 4,096 equally likely values: a look into it is far cheaper than a draw from one.
_NORMAL = tuple(NormalDist().inv_cdf((place + 0.5) / 4096) for place in range(4096))
#: A step: when (ms), the type of the event without its `ticket.`, and the fields that go with it.
Step = tuple[int, str, dict[str, Any]]


class Outage(NamedTuple):
    """A major incident that tickets belong to: its ticket, its team (an index), its issue and when it ends (ms)."""

    ticket: str
    team: int
    issue: tuple[str, str]
    ends: int


class Story:
    """One ticket from its creation at `at` (ms) on; `offset` is what the desk's clocks are ahead of UTC, in ms."""

    __slots__ = ("_at", "_offset", "_random", "assignee", "began", "complexity", "outage", "strain", "team", "urgency")

    def __init__(self, rng: Random, at: int, offset: int, outage: Outage | None = None) -> None:
        self._random = random = rng.random
        self._offset = offset
        self._at = self.began = at
        self.outage = outage
        self.urgency = PRIORITY_OF[int(random() * 200)] if outage is None else int(random() * 3) // 2
        self.team = TEAM_OF[int(random() * 100)] if outage is None else outage.team
        self.complexity = COMPLEXITIES[int(random() * 100)]
        #: Things take longer in a busy hour and in a slow team.
        self.strain = (0.85 + 0.12 * busyness(at, offset)) * TEAMS[self.team].pace
        self.assignee = ""

    def tell(self) -> Iterator[Step]:
        """The steps in the order of their time, from the creation to the closing."""
        random = self._random
        channel = CHANNELS[int(random() * 100)]
        yield self._at, "created", self._fields(channel)
        if channel != "phone" and random() < 0.3:
            yield self._at + 2 * SECOND, "replied", {"author": "system", "automated": True}
        if random() < 0.02:
            self._pass(1, 41)
            yield self._at, "cancelled", {"reason": ("spam", "merged", "duplicate")[int(random() * 3)]}
            return
        yield from self._first_line()
        by_phone = channel == "phone" and self.complexity < 3 and random() < 0.45
        if not by_phone:
            yield self._answer()
            yield from self._work()
        self._pass(2, 10)
        yield self._solution(by_phone=by_phone)
        yield from self._afterwards()

    def _fields(self, channel: str) -> dict[str, Any]:
        random = self._random
        outage, team = self.outage, TEAMS[self.team]
        category, issue = team.issues[int(random() * len(team.issues))] if outage is None else outage.issue
        fields: dict[str, Any] = {
            "priority": PRIORITIES[self.urgency],
            "team": team.name,
            "channel": channel,
            "category": category,
            # A product of two draws: some customers write far more often than others.
            "requester_id": f"C{int(random() * random() * REQUESTERS):04d}",
            "customer_tier": TIERS[int(random() * 100)],
            "complexity": self.complexity,
            "issue_key": issue,
        }
        if outage is not None:
            fields["incident"] = outage.ticket
        return fields

    def _draw(self, typical: float, spread: float) -> float:
        """A positive factor with the median `typical`, its logarithm spread by `spread`."""
        return typical * exp(spread * _NORMAL[int(self._random() * 4096)])

    def _done(self, since: int, aim: int, typical: float = 0.33, spread: float = 0.62) -> int:
        """When something aimed at within `aim` ms of `since` gets done."""
        took = int(aim * self.strain * typical * exp(spread * _NORMAL[int(self._random() * 4096)])) + SECOND
        return after_work(since, took, self._offset) if PACES[self.urgency].office else since + took

    def _pass(self, least: int, most: int) -> None:
        """Some minutes pass."""
        self._at += int((least + (most - least) * self._random()) * MINUTE)

    def _someone(self) -> str:
        agents = TEAMS[self.team].agents
        return agents[int(self._random() * len(agents))]

    def _answer(self) -> Step:
        return self._at, "replied", {"author": "agent", "author_id": self.assignee}

    def _note(self, at: int) -> Step:
        return at, "replied", {"author": "agent", "author_id": self.assignee, "public": False}

    def _first_line(self) -> Iterator[Step]:
        """Up to the first response: triage, the assignment, perhaps a note."""
        random, pace, since = self._random, PACES[self.urgency], self._at + 3 * SECOND
        assigned = self._done(since, pace.assignment, 0.22)
        responded = max(self._done(since, pace.first_response), assigned + 5 * SECOND)
        self._at = since
        if random() < 0.06:
            # What came in under one priority turns out to be another.
            lower = random() < 0.4
            self.urgency = min(4, self.urgency + 1) if lower else max(0 if random() < 0.1 else 1, self.urgency - 1)
            self._at += (assigned - self._at) // 2
            yield self._at, "updated", {"priority": PRIORITIES[self.urgency]}
            sooner = self._done(self._at, PACES[self.urgency].first_response)
            responded = max(min(responded, sooner), self._at + 5 * SECOND)
            assigned = min(assigned, responded)
        if random() < 0.05:
            self.team = TEAM_OF[int(random() * 100)]
            self._at += (assigned - self._at) // 2
            yield self._at, "updated", {"team": TEAMS[self.team].name}
        self._at = max(self._at, assigned)
        self.assignee = self._someone()
        yield self._at, "assigned", {"assignee": self.assignee}
        if random() < 0.15:
            yield self._note(self._at + (responded - self._at) // 2)
        self._at = max(self._at, responded)

    def _work(self) -> Iterator[Step]:
        """From the first response to just before the solution; `solved` moves out by the time the ticket waits."""
        solved = self._done(self.began, PACES[self.urgency].resolution, 0.22 + 0.035 * self.complexity, 0.6)
        if self.outage is not None:
            solved = max(solved, self.outage.ends)
        if self._random() < (0.16 if self.urgency < 2 else 0.05):
            yield from self._escalation(solved)
        pace = PACES[self.urgency]
        question = 0.22 + 0.05 * self.complexity
        while (kind := self._random()) < question + 0.19:
            began = self._at
            if kind < question:
                yield from self._question()
                solved += self._at - began
            elif kind < question + 0.14:
                yield from self._word_from_the_customer()
            else:
                yield from self._hold()
                solved += self._at - began
            self._at = self._done(self._at, pace.next_response, 0.28)
            yield self._answer()
        # Word of progress for as long as it lasts.
        while (told := self._done(self._at, pace.update, 0.7, 0.2)) < solved:
            self._at = told
            yield self._answer()
        if solved > self._at:
            self._at = solved
            yield self._note(solved)

    def _escalation(self, solved: int) -> Iterator[Step]:
        self._at = min(self._done(self._at, PACES[self.urgency].next_response), max(self._at + MINUTE, solved))
        self.team = SECOND_LINE
        team = TEAMS[SECOND_LINE].name
        yield self._at, "escalated", {"to_team": team, "level": 2, "reason": "needs the second line"}
        self._pass(1, 10)
        self.assignee = self._someone()
        yield self._at, "assigned", {"assignee": self.assignee, "team": team}

    def _question(self) -> Iterator[Step]:
        """The desk asks, the ticket waits, the customer answers, which opens it."""
        self._pass(1, 5)
        yield self._at, "status_changed", {"status": "waiting_on_customer"}
        self._at += int(self._draw(3 * HOUR if PACES[self.urgency].office else 25 * MINUTE, 0.9))
        yield self._at, "replied", {"author": "customer"}

    def _word_from_the_customer(self) -> Iterator[Step]:
        self._at += int(self._draw(2 * HOUR if PACES[self.urgency].office else 20 * MINUTE, 0.8))
        yield self._at, "replied", {"author": "customer"}
        if self._random() < 0.2:
            self._pass(1, 10)
            yield self._at, "replied", {"author": "customer"}

    def _hold(self) -> Iterator[Step]:
        """Somebody else has to do something first."""
        self._pass(5, 25)
        yield self._at, "status_changed", {"status": "on_hold"}
        self._at = self._done(self._at, PACES[self.urgency].update, 0.5)
        yield self._at, "status_changed", {"status": "open"}

    def _solution(self, *, by_phone: bool) -> Step:
        random = self._random
        fields: dict[str, Any] = {"resolver": self.assignee, "note": random() < 0.86}
        if random() < 0.3:
            fields["article"] = f"KB-{int(random() * 400):03d}"
        if random() < 0.1:
            fields["workaround"] = True
        if by_phone:
            fields["first_contact"] = True
        return self._at, "solved", fields

    def _afterwards(self) -> Iterator[Step]:
        """From the solution to the closing: call-back, rating, praise and blame, and sometimes all over again."""
        random, pace = self._random, PACES[self.urgency]
        if random() < 0.15:
            self._pass(20, 220)
            yield self._at, "replied", {"author": "agent", "author_id": self.assignee, "follow_up": True}
        if random() < 0.055:
            self._at += int(self._draw(5 * HOUR, 0.8))
            yield self._at, "reopened", {"reason": "it is back"}
            self._at = self._done(self._at, pace.next_response)
            yield self._answer()
            self._at = self._done(self._at, pace.resolution, 0.15)
            yield self._solution(by_phone=False)
        if random() < 0.24:
            yield self._rating()
        blame = random()
        if blame < 0.035:
            flag = "commendation" if blame < 0.02 else "complaint" if blame < 0.03 else "error"
            self._pass(5, 55)
            yield self._at, "flagged", {"flag": flag, "agent": self.assignee}
        yield self._at + DAY - int(2 * HOUR * random()), "closed", {}

    def _rating(self) -> Step:
        random, pace = self._random, PACES[self.urgency]
        # An eight-hour day is a third of the clock's: three hours by the clock are about one of office hours.
        promised = pace.resolution * (4 if pace.office else 1)
        slow = min((self._at - self.began) / (4 * promised), 2.0)
        score = max(1, min(5, round(5.2 - slow - 2.2 * random() * random())))
        self._at += int(self._draw(90 * MINUTE, 1.0))
        who = {"agent": self.assignee, "rater": "customer", "rater_id": "requester"}
        return self._at, "rated", {"score": score, "scale": 5, **who}
