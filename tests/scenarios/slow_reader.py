"""The law read slowly: the clocks of a ticket, counted five minutes at a time, with no arithmetic to get wrong.

Every instant is a multiple of five minutes, at most one event happens at each, and what the law leaves open is refused
(`Unclear`). It shares no code with the engine, knows no intervals and no ledgers, and is some thousand times slower.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.scenarios.slow_clock import STEP, Clock, text

WORKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
METRICS = ("first_response", "next_response", "update", "resolution")


class Unclear(Exception):
    """The law leaves the case open."""


@dataclass
class Reader:
    """A ticket being read."""

    book: dict[str, Any]
    status: str = "open"
    priority: str = ""
    done: bool = False
    responded: bool = False
    asked: bool = False  # a customer's reply waits for an answer
    changed_while_done: bool = False
    clocks: list[Clock] = field(default_factory=list)

    def open_at(self, name: str, at: datetime) -> bool:
        """Whether the step that begins at `at` lies inside the calendar."""
        calendar = self.book["calendars"][name]
        if calendar["week"] == "always":
            return True
        local = at.astimezone(ZoneInfo(calendar["timezone"]))
        now = f"{local:%H:%M}"
        spans = (span.split("-") for span in calendar["week"].get(WORKDAYS[local.weekday()], []))
        return any(opens <= now < closes for opens, closes in spans)

    def policy(self) -> dict[str, Any]:
        """The first policy that matches."""
        for policy in self.book["policies"]:
            if self.priority in policy.get("when", {}).get("priority", [self.priority]):
                found: dict[str, Any] = policy
                return found
        raise Unclear

    def running(self, metric: str) -> Clock | None:
        """The open clock of a metric."""
        return next((c for c in self.clocks if c.metric == metric and c.stopped is None), None)

    def start(self, metric: str, at: datetime) -> None:
        """A clock starts, unless the ticket is done or one is open."""
        if not self.done and self.running(metric) is None:
            self.clocks.append(Clock(metric, at, self.policy()))

    def due_later(self, clock: Clock, at: datetime) -> datetime:
        """When the target would be used up, if from `at` on the clock just ran."""
        left = clock.steps - clock.counted
        while left > 0:
            left -= self.open_at(clock.policy["calendar"], at)
            at += STEP
        return at

    def read(self, events: dict[datetime, dict[str, Any]], as_of: datetime) -> None:
        """Read on from the creation (the earliest event) to `as_of`."""
        at = min(events)
        while at <= as_of:
            event = events.get(at)
            stops = self.stops(event)
            for clock in self.clocks:
                self.warn(clock, at, stopping=clock.metric in stops)
                if clock.stopped is None and clock.metric in stops:
                    clock.stopped, clock.solved = at, stops[clock.metric]
                    if clock.breached is None:
                        clock.due = self.due_later(clock, at)
                elif clock.stopped is None and clock.breached is None and clock.counted >= clock.steps:
                    clock.due = clock.breached = at
            if event is not None:
                self.happen(event, at)
            if at < as_of:
                self.count(at)
            at += STEP

    def warn(self, clock: Clock, at: datetime, *, stopping: bool) -> None:
        """Note the levels that are reached at `at`."""
        if clock.stopped is not None:
            return
        known = [warning["level"] for warning in clock.warned]
        for level in clock.passed():
            if level not in known:
                if stopping:
                    raise Unclear  # is a level reached in the instant of the stop?
                clock.warned.append({"at": text(at), "level": level})

    def stops(self, event: dict[str, Any] | None) -> dict[str, bool]:
        """The metrics that the event stops, and whether a reopening may continue them."""
        if event is None or self.done:
            return {}
        if event["type"] in {"ticket.solved", "ticket.closed"}:
            return {"first_response": False, "next_response": False, "update": False, "resolution": True}
        if event["type"] == "ticket.replied" and event["author"] == "agent":
            return {"first_response": False, "next_response": False, "update": False}
        return {}

    def happen(self, event: dict[str, Any], at: datetime) -> None:
        """What the event does beside stopping clocks."""
        match event["type"]:
            case "ticket.created":
                self.priority = event["priority"]
                for metric in ("first_response", "update", "resolution"):
                    self.start(metric, at)
            case "ticket.updated":
                self.change(event["priority"], at)
            case "ticket.status_changed":
                self.turn(event["status"])
            case "ticket.replied":
                self.reply(event["author"], at)
            case "ticket.reopened":
                self.reopen(at)
            case _ if not self.done:
                self.done = self.responded = True
                self.asked = False

    def turn(self, status: str) -> None:
        """The ticket's status changes."""
        if self.done:
            raise Unclear
        self.status = status

    def reply(self, author: str, at: datetime) -> None:
        """Somebody writes."""
        if author == "agent":
            self.responded, self.asked = True, False
            self.start("update", at)
            return
        if self.status == "waiting_on_customer" and not self.done:
            self.status = "open"
        if self.responded:
            self.asked = True
            self.start("next_response", at)

    def change(self, priority: str, at: datetime) -> None:
        """The priority changes, and with it perhaps the policy."""
        self.priority = priority
        if self.done:
            self.changed_while_done = True
            return
        for clock in self.clocks:
            if clock.stopped is None and clock.breached is None and clock.policy is not self.policy():
                before = clock.passed()
                clock.policy = self.policy()
                if before or clock.passed():
                    raise Unclear  # is a level reached again, or at once?
                if clock.counted >= clock.steps:
                    if clock.is_paused(self.status):
                        raise Unclear
                    clock.due = clock.breached = at

    def reopen(self, at: datetime) -> None:
        """The solution did not hold."""
        if not self.done or self.changed_while_done:
            raise Unclear
        self.done, self.status = False, "open"
        last = [clock for clock in self.clocks if clock.metric == "resolution"][-1]
        if last.target.get("reopen", "continue") == "restart":
            self.start("resolution", at)
        elif last.solved:
            last.stopped, last.solved = None, False
            last.due = last.breached
            if last.breached is None and last.counted >= last.steps:
                last.due = last.breached = at
        if self.asked:
            self.start("next_response", at)

    def count(self, at: datetime) -> None:
        """Five minutes pass."""
        for clock in self.clocks:
            if clock.stopped is not None:
                if clock.solved:
                    clock.slice("solved", at)
            elif not self.open_at(clock.policy["calendar"], at):
                clock.slice("closed", at)
            elif clock.is_paused(self.status):
                clock.paused += 1
                clock.slice("paused", at)
            else:
                clock.counted += 1
                clock.slice("counted", at)

    def expectations(self, as_of: datetime) -> dict[str, Any]:
        """`expect.clocks` of a case with these policies and events."""
        return {metric: [self.said(c, as_of) for c in self.clocks if c.metric == metric] for metric in METRICS}

    def ledgers(self) -> dict[str, list[list[dict[str, Any]]]]:
        """The ledger of each stopped clock, by metric."""
        return {m: [c.ledger() for c in self.clocks if c.metric == m and c.stopped is not None] for m in METRICS}

    def said(self, clock: Clock, as_of: datetime) -> dict[str, Any]:
        """What the law says of the clock, as a case's expectation."""
        paused = clock.stopped is None and clock.is_paused(self.status)
        if clock.breached is not None:
            status = "breached"
        elif clock.stopped is not None:
            status = "met"
        else:
            status = "paused" if paused else "running"
        due = clock.due
        if due is None and status == "running":
            due = self.due_later(clock, as_of)
        return {
            "status": status,
            "policy": clock.policy["name"],
            "started_at": text(clock.started),
            "due_at": text(due),
            "stopped_at": text(clock.stopped),
            "breached_at": text(clock.breached),
            "counted_s": clock.counted * 300,
            "paused_s": clock.paused * 300,
            "remaining_s": (clock.steps - clock.counted) * 300,
            "warned": clock.warned,
        }


def read(book: dict[str, Any], events: dict[datetime, dict[str, Any]], as_of: datetime) -> Reader:
    """The ticket of these events, read up to `as_of`.

    Raises:
        Unclear: the law does not say.
    """
    reader = Reader(book)
    reader.read(events, as_of)
    return reader
