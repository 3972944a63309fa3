"""What an entry makes of its alert: how the clock stands now, and whether that is news. Pure."""

from __future__ import annotations

from alerts.entry import REACHED, Entry
from alerts.memory import Ack, Alert
from alerts.notice import Standing

#: An entry older than this when it is read is no news, whatever it says of itself.
LATE_MS = 60_000
FIRST_REPLY = "first reply"


def is_late(entry: Entry, now: int) -> bool:
    """Whether nobody is to be woken for it as if it were news."""
    return entry.backlog or now - entry.at > LATE_MS


def take(alert: Alert | None, entry: Entry, now: int) -> Alert | None:
    """The alert after an entry, changed in place; None where there is nothing to remember."""
    if alert is None:
        return _first(entry, now)
    if entry.name in alert.seen:
        return alert
    alert.saw(entry.name)
    if entry.change in ("withdrawn", "ended"):
        if not alert.over:
            alert.entry = entry
            alert.standing = Standing.ENDED if entry.change == "ended" else Standing.WITHDRAWN
            alert.breached = alert.breached and entry.change == "ended"
    elif entry.at >= alert.entry.at or alert.standing is Standing.WITHDRAWN:
        # What is older than what stands was put in behind it by a late fact: it changes nothing now.
        _go_on(alert, entry, now)
    return alert


def _first(entry: Entry, now: int) -> Alert | None:
    if entry.change in ("ended", "withdrawn"):
        return None  # nobody was told that it fired
    alert = Alert(entry, Standing.PAUSED if entry.change == "paused" else Standing.FIRING)
    alert.saw(entry.name)
    if entry.change in REACHED or entry.change == "resumed":
        _news(alert, entry, now)
    return alert


def _go_on(alert: Alert, entry: Entry, now: int) -> None:
    was_over = alert.over
    if was_over and entry.change not in REACHED and entry.change not in ("resumed", "paused"):
        return
    alert.entry = entry
    if entry.change == "paused":
        alert.standing = Standing.PAUSED
    elif entry.change in REACHED or entry.change == "resumed":
        alert.standing = Standing.FIRING
    if was_over:
        alert.ack, alert.base_at, alert.steps, alert.digest = None, None, [], False
    if was_over or entry.change in REACHED:
        _news(alert, entry, now)


def _news(alert: Alert, entry: Entry, now: int) -> None:
    # While earlier news has not been told yet, the wait for company has begun with it.
    first = not alert.pending
    alert.news = entry.name
    if first:
        alert.news_at = now
    alert.late = is_late(entry, now)
    alert.breached = alert.breached or entry.level == "breached" or entry.level.endswith("over")


def first_reply(entry: Entry) -> Ack | None:
    """The acknowledgement that the first reply to a ticket is, for all that is told of that ticket."""
    if entry.change == "ended" and entry.metric == "first_response":
        return Ack(entry.assignee or FIRST_REPLY, entry.at)
    return None
