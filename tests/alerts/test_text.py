"""What notices say, in both languages: short enough for a lock screen, and true at the instant they are read."""

from __future__ import annotations

import string
from dataclasses import fields
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alerts.links import Links
from alerts.memory import INHIBITED, QUIET
from alerts.notice import BudgetBurn, Kind, Notice, Standing, Trouble
from alerts.text import SHOWN, words
from alerts.text_lines import markdown, name
from alerts.text_measure import span
from alerts.text_phrases import EN, ZH, Phrases
from sla.links import read_link
from tests.alerts.targets.notices import LINKS, MINUTE, NOW, alert, ended, notice

HOUR = 60 * MINUTE
DAY = 24 * HOUR
NONE = Links()

LEDGER = {
    "ledger": [
        {"kind": "counted", "from": "2026-11-17T09:00:00Z", "to": "2026-11-17T09:08:00Z", "event": "e1"},
        {"kind": "closed", "from": "2026-11-17T09:08:00Z", "to": "2026-11-18T09:08:00Z", "event": "e1"},
        {"kind": "paused", "from": "2026-11-18T09:08:00Z", "to": "2026-11-18T09:28:00Z", "event": "e2"},
        {"kind": "counted", "from": "2026-11-18T09:28:00Z", "to": "2026-11-18T09:33:00Z", "event": "e3"},
    ]
}


def about(kind: Kind, **given: object) -> Notice:
    """A notice of each kind, with what it is about."""
    match kind:
        case Kind.BUDGET:
            return notice(kind, budget=BudgetBurn("P0 in time", 14.4, {"1h": 16.2, "5m": None}, 0.43, 200, 8), **given)
        case Kind.SELF:
            return notice(kind, trouble=Trouble("lag", "3", "45 s behind", NOW - MINUTE), **given)
        case Kind.ALL_CLEAR:
            return notice(kind, ended(), **given)
        case Kind.WITHDRAWN:
            return notice(kind, alert(standing=Standing.WITHDRAWN), **given)
    return notice(kind, **given)


def places(text: object) -> set[str]:
    """What a template wants to have filled in."""
    if not isinstance(text, str):
        return set()
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_both_languages_have_every_phrase_with_the_same_places() -> None:
    """No language lacks a word, or fills in what the other does not."""
    for field in fields(Phrases):
        english, chinese = getattr(EN, field.name), getattr(ZH, field.name)
        if isinstance(english, str):
            assert places(english) == places(chinese), field.name
            continue
        assert english.keys() == chinese.keys(), field.name
        assert {key: places(text) for key, text in english.items()} == {
            key: places(text) for key, text in chinese.items()
        }, field.name


@pytest.mark.parametrize(("kind", "lang"), list(product(Kind, ["en", "zh"])), ids=str)
def test_every_kind_says_something_in_every_language(kind: Kind, lang: str) -> None:
    """A title on one line that fits a lock screen, and a body in which nothing is left unfilled."""
    said = words(about(kind, lang=lang), LINKS, NOW)

    assert 0 < len(said.title) <= 120
    assert "\n" not in said.title
    assert said.plain
    assert "{" not in said.title + said.plain
    assert "None" not in said.title + said.plain


@pytest.mark.parametrize(
    ("lang", "title", "body"),
    [
        (
            "en",
            "P0 T-1: first response 2m left",
            (
                "2m left, due 19:08:40\n"
                "team 网络, assigned to li.wei, customer vip, by phone\n"
                "13m of 15m counted since 18:53:40, by policy “p0” of edition 2026-01,"
                " 20m paused do not count, 1d outside the calendar do not count.\n"
                "Ticket and clocks: https://sla.example/tickets/T-1\n"
                "At the desk: https://desk.example/t/T-1\n"
                "I take it: https://sla.example/ack/"
            ),
        ),
        (
            "zh",
            "P0 T-1:首次响应剩 2分钟",
            (
                "剩 2分钟,19:08:40 到期\n"
                "团队 网络,处理人 li.wei,客户等级 vip,渠道 phone\n"
                "自 18:53:40 起已计 13分钟,目标 15分钟,依策略“p0”(版本 2026-01),"
                "暂停的 20分钟 不计,工作时间外的 1天 不计。\n"
                "工单与时钟: https://sla.example/tickets/T-1\n"
                "服务台页面: https://desk.example/t/T-1\n"
                "我来处理: https://sla.example/ack/"
            ),
        ),
    ],
)
def test_a_notice_says_what_slips_for_whom_how_long_why_and_where_to_click(lang: str, title: str, body: str) -> None:
    """The whole message, word by word."""
    said = words(notice(Kind.FIRING, alert(clock=LEDGER), lang=lang), LINKS, NOW)
    wide = str.maketrans({"\uff0c": ",", "\uff1a": ":", "\uff08": "(", "\uff09": ")"})

    assert title == said.title.translate(wide)
    assert said.plain.translate(wide).startswith(body)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"due_at": NOW + 2 * MINUTE}, "2m left"),
        ({"due_at": NOW + 999}, "due now"),
        ({"due_at": NOW - 12 * MINUTE - 5000}, "12m over"),
        ({"due_at": NOW - 26 * HOUR}, "1d 2h over"),
        ({"due_at": None, "standing": Standing.PAUSED}, "paused with 2m left"),
        ({"due_at": None, "standing": Standing.PAUSED, "target_ms": None}, "paused"),
        ({"due_at": NOW - MINUTE, "standing": Standing.PAUSED, "counted_ms": 16 * MINUTE}, "paused"),
        ({"standing": Standing.ENDED, "at": NOW + MINUTE}, "stopped in time, with 1m to spare"),
        ({"standing": Standing.ENDED, "at": NOW + 3 * MINUTE}, "stopped 1m over"),
        ({"standing": Standing.ENDED, "due_at": None}, "stopped"),
    ],
)
def test_how_a_clock_stands(given: dict[str, object], shown: str) -> None:
    """Left, over, paused or stopped: what is said is what holds."""
    said = words(notice(Kind.FIRING, alert(**given)), NONE, NOW)

    assert f"P0 T-1: first response {shown}" == said.title


def test_a_notice_that_waited_says_what_is_true_now_and_that_it_is_late() -> None:
    """A target that was away for ten minutes is not told that two minutes are left."""
    said = words(notice(), NONE, NOW + 10 * MINUTE)

    assert "P0 T-1: first response 8m over" == said.title
    assert "Delayed: decided at 19:06:40, and not deliverable until now." in said.plain
    assert "Delayed" not in words(notice(), NONE, NOW + 30_000).plain


def test_the_date_is_said_where_it_is_not_today() -> None:
    """A clock that began on Friday says so on Monday; the day is the zone's."""
    said = words(notice(Kind.FIRING, alert(started_at=NOW - 3 * DAY)), NONE, NOW)

    assert "since 2026-11-15 19:06:40" in said.plain
    assert "due 11:08:40" in words(notice(zone="UTC"), NONE, NOW).plain


def test_what_counted_is_said_as_of_when_it_was_known() -> None:
    """Five minutes after 75 % were used up nobody reads that 11 of 15 minutes are, beside "due now"."""
    told = notice(Kind.ESCALATION, alert(counted_ms=11 * MINUTE, at=NOW - 2 * MINUTE), reason="after 2m")

    assert "11m of 15m counted since 18:53:40 until 19:04:40, by policy" in words(told, NONE, NOW).plain
    assert "until" not in words(notice(), NONE, NOW).plain


def test_a_group_names_the_most_urgent_first_and_counts_the_rest() -> None:
    """Ten clocks are listed; of a thousand the message stays short."""
    many = [alert(f"T-{number}", due_at=NOW + number * MINUTE) for number in range(1000, 0, -1)]
    said = words(notice(Kind.FIRING, *many), LINKS, NOW)

    assert "1000 clocks slipping, first P0 T-1: first response 1m left" == said.title
    listed = [line for line in said.plain.splitlines() if line.startswith("• ")]
    assert SHOWN == len(listed)
    assert listed[0].startswith("• P0 T-1: first response 1m left: team 网络, assigned to li.wei")
    assert "… and 990 more" in said.plain
    assert "Board: https://sla.example/" in said.plain
    assert len(said.plain) < 4000


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (notice(Kind.ESCALATION, reason="after 5m"), "Nobody has taken it on after 5m."),
        (notice(Kind.ESCALATION, reason="ack_timeout"), "Nobody has taken it on."),
        (notice(Kind.REPEAT), "It is still so."),
        (notice(Kind.DIGEST, reason=QUIET), "Held back in quiet hours, and still open."),
        (notice(Kind.DIGEST, reason=INHIBITED), "Held back during a major incident, and still open."),
        (notice(Kind.DIGEST, ended()), "Found late: over before anybody could be told."),
        (about(Kind.WITHDRAWN), "Facts that came late took it back: it was never so, and nothing is to be done."),
        (notice(Kind.ALL_CLEAR, ended(), still_open=2), "2 of this group still open."),
        (notice(Kind.ALL_CLEAR, ended()), "Nothing of this group is open any more."),
        (notice(repeated=True), "Possibly repeated: this may have been sent before."),
        (about(Kind.SELF), "45 s behind"),
        (about(Kind.BUDGET), "Burn rate: 16.2 in 1h, – in 5m; it pages from 14.4 on."),
        (about(Kind.BUDGET), "Of this period's budget 43% is left: 8 breached of 200 decided."),
    ],
)
def test_why_a_notice_comes_is_said(told: Notice, line: str) -> None:
    """What is not plain from the clock has a sentence."""
    assert line in words(told, LINKS, NOW).plain.splitlines()


def test_who_knows_keys_is_not_told_of_repetitions() -> None:
    """A target that drops the second needs no mark in the text."""
    said = words(notice(repeated=True), LINKS, NOW, knows_keys=True)

    assert "epeated" not in said.title + said.plain


def test_links_lead_to_what_the_notice_is_about() -> None:
    """Odd ids are escaped, the token names the alert and its recipient, and without settings there are no links."""
    odd = notice(Kind.FIRING, alert("T/1 ?#工单"), ack_id="T%2F1/first_response/1")
    said = words(odd, LINKS, NOW)
    token = said.plain.rpartition("/ack/")[2].split()[0]

    assert "https://sla.example/tickets/T%2F1%20%3F%23%E5%B7%A5%E5%8D%95" in said.plain
    assert "https://desk.example/t/T%2F1%20%3F%23%E5%B7%A5%E5%8D%95" in said.plain
    assert (("T%2F1/first_response/1",), "day shift") == read_link(token, str(LINKS.link_key), NOW)[:2]
    assert "http" not in words(odd, NONE, NOW).plain
    assert str(LINKS.link_key) not in repr(LINKS)


@pytest.mark.parametrize("kind", [Kind.ALL_CLEAR, Kind.WITHDRAWN, Kind.HEARTBEAT, Kind.SELF])
def test_what_asks_nobody_for_anything_has_nothing_to_acknowledge(kind: Kind) -> None:
    """Good news and signs of life carry no button."""
    assert "/ack/" not in words(about(kind), LINKS, NOW).plain


@given(some.text(max_size=120))
def test_no_name_ends_a_line_or_calls_a_room(text: str) -> None:
    """Whatever a team is called, it is shown on one line, and is neither a tag, a link nor a call."""
    shown = name(text)

    assert len(shown.splitlines()) <= 1
    assert not {"<", ">", "\u202e"} & set(shown)
    assert "](" not in shown
    assert not shown.startswith("@") or shown[1:2] in {"", "\u200b", " "}


def test_a_mail_address_stays_one() -> None:
    """Only what would be a call is broken up."""
    assert "li.wei@desk.example" == name("li.wei@desk.example")
    assert "@\u200ball hands" == name("@all hands")


def test_marks_in_names_are_shown_as_they_are() -> None:
    """Stars, brackets and backticks do not change the text around them; a `_` within a word needs no care."""
    assert "\\*x\\* T_1_2 \\_y\\_ \\[z\\]  " == markdown([["*x* T_1_2 _y_ [z]"]])


@pytest.mark.parametrize(
    ("ms", "shown"),
    [
        (0, "0s"),
        (999, "0s"),
        (45000, "45s"),
        (90000, "1m 30s"),
        (-90000, "1m 30s"),
        (12 * MINUTE + 5000, "12m"),
        (HOUR, "1h"),
        (90 * MINUTE, "1h 30m"),
        (11 * HOUR + 30 * MINUTE, "11h"),
        (26 * HOUR, "1d 2h"),
        (2 * DAY, "2d"),
    ],
)
def test_durations_are_as_short_as_they_can_be(ms: int, shown: str) -> None:
    """Two units at most; the longer it is, the coarser."""
    assert shown == span(ms, EN)
