"""What a notice says: a title fit for a lock screen, and a body, plain and in Markdown.

    P0 T-1042: first response 2m left

    2m left, due 15:05:00
    team 网络, assigned to li.wei, customer vip
    13m of 15m counted since 14:50:00, by policy “p0” of edition 2026-01.
    Ticket and clocks: https://sla.example/tickets/T-1042
    I take it: https://sla.example/ack/…

It is written for the instant it is sent at, so that "2m left" is true when it is read, also after a target was away.
"""

from __future__ import annotations

from typing import NamedTuple

from alerts.links import Links
from alerts.notice import Kind, Notice, NoticeAlert, Standing
from alerts.text_clock import due, headline, standing, whom, why
from alerts.text_lines import DETAIL, Anchor, Bold, Line, Part, markdown, name, plain
from alerts.text_measure import clock, span, written
from alerts.text_phrases import EN, LANGUAGES, Phrases

SHOWN = 10  # clocks of a group that are named
TITLE = 120  # characters
LATE_MS = 60_000  # from here on a notice says that it is late

#: Kinds whose clocks are over, so that they are listed as they ended.
ENDING = frozenset({Kind.ALL_CLEAR, Kind.WITHDRAWN})


class Words(NamedTuple):
    """A notice in words: the body as lines, and as the two texts that they make."""

    title: str
    lines: tuple[Line, ...]

    @property
    def plain(self) -> str:
        """The body, for targets that know no marks."""
        return plain(self.lines)

    @property
    def markdown(self) -> str:
        """The body in Markdown."""
        return markdown(self.lines)


def words(notice: Notice, links: Links, now: int, *, knows_keys: bool = False) -> Words:
    """A notice as it is read at `now` (ms); `knows_keys` leaves out that it may be repeated."""
    said = LANGUAGES.get(notice.lang, EN)
    marked = notice.repeated and not knows_keys
    lines = _body(notice, links, said, now)
    if marked:
        lines += [[], [said.repeated_note]]
    if now - notice.at > LATE_MS:
        lines += [[], [said.delayed.format(at=clock(notice.at, notice.zone, now))]]
    return Words(title(notice, now) + (said.maybe_repeated if marked else ""), tuple(lines))


def title(notice: Notice, now: int) -> str:
    """The one line that is read first."""
    said = LANGUAGES.get(notice.lang, EN)
    text = _title(notice, said, now)
    return text if len(text) <= TITLE else text[: TITLE - 1] + "…"


def _title(notice: Notice, said: Phrases, now: int) -> str:
    match notice.kind:
        case Kind.BUDGET:
            return _burn_title(notice, said)
        case Kind.SELF:
            return _trouble_title(notice, said)
        case Kind.HEARTBEAT:
            return said.heartbeat
    opening = said.opening.get(notice.kind, "")
    ordered = order(notice)
    if len(ordered) == 1:
        return opening + headline(ordered[0], said, now)
    count = len(ordered)
    if notice.kind is Kind.ALL_CLEAR:
        text = said.many_over.format(count=count, open=notice.still_open)
    elif notice.kind is Kind.WITHDRAWN:
        text = said.many_withdrawn.format(count=count)
    elif all(alert.standing in {Standing.ENDED, Standing.WITHDRAWN} for alert in ordered):
        text = said.digest_over.format(count=count)
    else:
        template = said.digest if notice.kind is Kind.DIGEST else said.many
        text = template.format(count=count, first=headline(ordered[0], said, now))
    return opening + text


def order(notice: Notice) -> list[NoticeAlert]:
    """A notice's clocks, the most urgent first; what is over comes last."""

    def urgency(alert: NoticeAlert) -> tuple[bool, bool, int, str]:
        over = alert.standing in {Standing.ENDED, Standing.WITHDRAWN}
        return over, alert.due_at is None, alert.due_at or 0, alert.id

    return sorted(notice.alerts, key=urgency)


def _body(notice: Notice, links: Links, said: Phrases, now: int) -> list[Line]:
    lines: list[Line]
    match notice.kind:
        case Kind.BUDGET:
            taking = links.acknowledge(notice)
            lines = [[because]] if (because := _because(notice, said)) else []
            lines += [*_burn_lines(notice, said), *_board(links, said)]
            return [*lines, [Anchor(said.to_acknowledge, taking)]] if taking else lines
        case Kind.SELF:
            return [*_trouble_lines(notice, said, now), *_board(links, said)]
        case Kind.HEARTBEAT:
            return [[said.heartbeat_note.format(at=clock(notice.at, notice.zone, now))]]
    lines = [[because]] if (because := _because(notice, said)) else []
    lines += _clocks(notice, links, said, now)
    if notice.kind in ENDING:
        left = notice.still_open
        lines += [[said.still_open.format(count=left) if left else said.none_open]]
    if len(notice.alerts) > 1:
        lines += _board(links, said)
    taking = links.acknowledge(notice)
    return [*lines, [Anchor(said.to_acknowledge, taking)]] if taking else lines


def _clocks(notice: Notice, links: Links, said: Phrases, now: int) -> list[Line]:
    ordered = order(notice)
    if len(ordered) == 1:
        return _in_full(ordered[0], notice, links, said, now)
    lines = [line for alert in ordered[:SHOWN] for line in _in_short(alert, notice, links, said, now)]
    return [*lines, [said.more.format(count=len(ordered) - SHOWN)]] if len(ordered) > SHOWN else lines


def _in_full(alert: NoticeAlert, notice: Notice, links: Links, said: Phrases, now: int) -> list[Line]:
    lines: list[Line] = []
    if alert.standing is not Standing.WITHDRAWN:
        when = due(alert, said, notice.zone, now)
        lines = [[Bold(standing(alert, said, now)), said.separator + when if when else ""]]
    lines += [[whom(alert, said)]]
    if alert.standing is not Standing.WITHDRAWN:
        lines += [[why(alert, said, notice.zone, now)]]
    ours, desk = links.ticket(alert.ticket), links.desk(alert.ticket)
    if ours is not None:
        lines += [[Anchor(said.to_ticket, ours)]]
    if desk is not None:
        lines += [[Anchor(said.to_desk, desk)]]
    return lines


def _in_short(alert: NoticeAlert, notice: Notice, links: Links, said: Phrases, now: int) -> list[Line]:
    first: list[Part] = ["• ", Bold(headline(alert, said, now)), said.colon, whom(alert, said)]
    if alert.standing is Standing.FIRING and (when := due(alert, said, notice.zone, now)) is not None:
        first += [said.separator, when]
    address = links.ticket(alert.ticket) or links.desk(alert.ticket)
    if address is None:
        return [first]
    return [first, ["  ", Anchor(said.to_ticket if links.ticket(alert.ticket) else said.to_desk, address)]]


def _because(notice: Notice, said: Phrases) -> str | None:
    """Why this notice comes at all, where it is not plain from what it tells."""
    match notice.kind:
        case Kind.WITHDRAWN:
            return said.mistake
        case Kind.REPEAT:
            return said.repeat_interval
        case Kind.BUDGET if notice.reason == "repeat_interval":
            return said.repeat_interval
        case Kind.ESCALATION | Kind.BUDGET if notice.reason:
            after = written(notice.reason.removeprefix("after "), said)
            return said.nobody_took_after.format(time=after) if after else said.nobody_took
        case Kind.DIGEST:
            over = all(alert.standing in {Standing.ENDED, Standing.WITHDRAWN} for alert in notice.alerts)
            return said.held_back.get("backlog" if over else notice.reason)
    return None


def _board(links: Links, said: Phrases) -> list[Line]:
    board = links.board()
    return [] if board is None else [[Anchor(said.to_board, board)]]


def _burn_title(notice: Notice, said: Phrases) -> str:
    burn = notice.budget
    if burn is None:
        return said.unknown
    objective = name(burn.objective)
    return (
        said.burn_over.format(objective=objective)
        if notice.over
        else said.burn.format(objective=objective, rate=f"{burn.rate:g}")
    )


def _burn_lines(notice: Notice, said: Phrases) -> list[Line]:
    burn = notice.budget
    if burn is None:
        return []
    rates = said.separator.join(
        said.burn_window.format(window=window, burn=said.unknown if rate is None else f"{rate:.3g}")
        for window, rate in burn.burn.items()
    )
    left = said.unknown if burn.left is None else f"{burn.left:.0%}"
    return [
        [said.burn_rates.format(rates=rates, rate=f"{burn.rate:g}")],
        [said.burn_budget.format(left=left, breached=burn.breached, decided=burn.decided)],
    ]


def _trouble_title(notice: Notice, said: Phrases) -> str:
    trouble = notice.trouble
    if trouble is None:
        return said.unknown
    template = said.troubles.get(trouble.what, "slawatch: {where}")
    what = template.format(where=name(trouble.where)).strip()
    return said.trouble_over.format(what=what) if notice.over else what


def _trouble_lines(notice: Notice, said: Phrases, now: int) -> list[Line]:
    trouble = notice.trouble
    if trouble is None:
        return []
    lines: list[Line] = [[name(trouble.detail, DETAIL)]] if trouble.detail else []
    return [*lines, [said.trouble_since.format(at=clock(trouble.since, notice.zone, now))]]


def describe(alert: NoticeAlert, notice: Notice, links: Links, now: int) -> tuple[str, str]:
    """One clock for a target that takes clocks one by one: a summary, and the rest."""
    said = LANGUAGES.get(notice.lang, EN)
    return headline(alert, said, now), plain(_in_full(alert, notice, links, said, now))


__all__ = ["Words", "describe", "order", "span", "standing", "title", "words"]
