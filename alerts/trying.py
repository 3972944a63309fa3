"""What one breach would lead to: its labels, its route, and what would be sent if nobody did anything. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.cases import sentence
from alerts.decider import Decider
from alerts.entry import Entry
from alerts.labels import labels_of
from alerts.memory import Memory
from alerts.muting import Incidents, is_quiet, mutes_at
from alerts.play import play
from alerts.rules import Route, Rules
from sla.policy import PolicyBook

#: How far ahead is looked, unless the escalation takes longer.
AHEAD_MS = 6 * 3_600_000


def try_entry(entry: Entry, rules: Rules, book: PolicyBook) -> Iterator[str]:
    """Lines of text, as of the instant that the entry speaks of."""
    entry = entry._replace(backlog=False)
    labels = labels_of(entry, book)
    route = rules.route.find(labels)
    yield f"{entry.id}  {entry.change} {entry.level}"
    yield "labels  " + ", ".join(f'{name}="{value}"' for name, value in labels.items() if value)
    yield f"route   {_described(route)}"
    reason = mutes_at(rules, book, (), Incidents(), entry.at).reason(entry, labels, route)
    if is_quiet(rules, book, entry.at):
        yield "quiet   " + ("held back until quiet hours end" if reason else "quiet hours, which this route passes")
    last = max((step.after for step in route.escalate), default=0)
    until = entry.at + max(AHEAD_MS, last + 1000)
    decider = Decider(rules, book, Memory())
    notices = play(decider, [(entry.at, lambda one, now: one.take([entry], now))], until)
    yield "sent    if the clock goes on and nobody acknowledges:" if notices else "sent    nothing in these hours"
    for notice in notices:
        yield f"        {sentence(notice)}"


def _described(route: Route) -> str:
    shown = ", ".join(str(one) for one in route.matchers) or "the first: whatever no other takes"
    return f"{route.path} (line {route.line}): {shown}"
