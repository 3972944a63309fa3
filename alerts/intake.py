"""What an entry makes of its alert: how the clock stands now, and whether that is news. Pure."""

from __future__ import annotations

from typing import NamedTuple

from alerts.entry import REACHED, Entry
from alerts.memory import Ack, Alert
from alerts.notice import Standing

#: An entry older than this when it is read is no news, whatever it says of itself.
LATE_MS = 60_000
FIRST_REPLY = "first reply"


def is_late(entry: Entry, now: int) -> bool:
    """Whether nobody is to be woken for it as if it were news."""
    return entry.backlog or now - entry.at > LATE_MS


class Taken(NamedTuple):
    """An alert after an entry, and whether the entry is news."""

    alert: Alert
    is_news: bool = False


def take(alert: Alert | None, entry: Entry) -> Taken | None:
    """The alert after an entry, changed in place; None where there is nothing to remember."""
    if alert is None:
        return _first(entry)
    if entry.name in alert.seen:
        return Taken(alert)
    alert.saw(entry.name)
    if entry.change in ("withdrawn", "ended"):
        if not alert.over:
            alert.entry = entry
            alert.standing = Standing.ENDED if entry.change == "ended" else Standing.WITHDRAWN
            alert.breached = alert.breached and entry.change == "ended"
        return Taken(alert)
    if entry.at < alert.entry.at and alert.standing is not Standing.WITHDRAWN:
        if alert.over or entry.change not in REACHED or entry.counted_ms <= alert.entry.counted_ms:
            return Taken(alert)  # a late fact put it in behind what stands: it changes nothing now
        waits = alert.standing is Standing.PAUSED
        taken = _go_on(alert, entry)  # a late fact moved the levels forward: this one is higher than what was told
        alert.standing = Standing.PAUSED if waits else alert.standing
        return taken
    return _go_on(alert, entry)


def _first(entry: Entry) -> Taken | None:
    if entry.change in ("ended", "withdrawn"):
        return None  # nobody was told that it fired
    alert = Alert(entry, Standing.PAUSED if entry.change == "paused" else Standing.FIRING)
    alert.saw(entry.name)
    return Taken(_reached(alert, entry), entry.change in REACHED or entry.change == "resumed")


def _go_on(alert: Alert, entry: Entry) -> Taken:
    was_over = alert.over
    if was_over and entry.change not in REACHED and entry.change not in ("resumed", "paused"):
        return Taken(alert)
    alert.entry = entry
    if entry.change == "paused":
        alert.standing = Standing.PAUSED
    elif entry.change in REACHED or entry.change == "resumed":
        alert.standing = Standing.FIRING
    if was_over:
        # It lives again: everybody is told anew, and nobody has acknowledged.
        alert.ack, alert.tracks, alert.digest = None, {}, False
    return Taken(_reached(alert, entry), was_over or entry.change in REACHED)


def _reached(alert: Alert, entry: Entry) -> Alert:
    alert.breached = alert.breached or entry.level == "breached" or entry.level.endswith("over")
    return alert


def first_reply(entry: Entry) -> Ack | None:
    """The acknowledgement that the first reply to a ticket is, for all that is told of that ticket."""
    if entry.change == "ended" and entry.metric == "first_response":
        return Ack(entry.assignee or FIRST_REPLY, entry.at)
    return None
