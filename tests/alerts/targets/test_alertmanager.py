"""Alertmanager: each clock one alert, under the same labels from first to last, ended when it is over."""

from __future__ import annotations

from typing import Any

from alerts.notice import BudgetBurn, Delivered, Kind, Notice, Retry, Standing, Trouble
from alerts.targets.alertmanager import ACTIVE_MS, Alertmanager
from models.instant import format_ms, parse_ms
from sla.links import read_link
from tests.alerts.targets.notices import LINKS, MINUTE, NOW, alert, ended, notice
from tests.alerts.targets.stations import Answer, Station


class Time:
    """A clock that is set."""

    now = NOW

    def __call__(self) -> int:
        """What it shows."""
        return self.now


async def posted(web: Station, *notices: Notice, time: Time | None = None) -> list[list[dict[str, Any]]]:
    """What was posted, by request."""
    target = Alertmanager(web.url + "/", LINKS, time or Time())
    for told in notices:
        assert Delivered() == await target.send(told)
    await target.close()
    assert {"/api/v2/alerts"} == {seen.path for seen in web.seen}
    return [seen.json for seen in web.seen]


async def test_an_alert_keeps_its_labels_while_everything_else_changes(web: Station) -> None:
    """Level, person and time left are annotations: Alertmanager sees one alert and not five."""
    first, second, last = await posted(
        web,
        notice(Kind.FIRING, alert(level="75%", labels={"level": "75%", "assignee": ""})),
        notice(Kind.REFRESH, alert(level="breached", labels={"level": "breached", "calendar": "closed"})),
        notice(Kind.ALL_CLEAR, ended()),
    )

    assert first[0]["labels"] == second[0]["labels"] == last[0]["labels"]
    assert {
        "alertname": "sla_first_response",
        "id": "T-1/first_response/1",
        "ticket": "T-1",
        "metric": "first_response",
        "priority": "P0",
        "team": "网络",
        "tier": "vip",
        "channel": "phone",
        "policy": "p0",
    } == first[0]["labels"]
    assert first[0]["startsAt"] == second[0]["startsAt"] == last[0]["startsAt"]
    assert "breached" == second[0]["annotations"]["level"]
    assert "https://sla.example/tickets/T-1" == first[0]["generatorURL"]


async def test_what_is_active_ends_by_itself_and_what_is_over_ends_when_it_was(web: Station) -> None:
    """A dead alerter leaves no alert behind for ever; an answered ticket is over at its answer."""
    time = Time()
    (active,) = await posted(web, notice(), time=time)
    web.seen.clear()
    time.now = NOW + 3 * MINUTE
    (over,) = await posted(web, notice(Kind.ALL_CLEAR, ended()), time=time)

    assert format_ms(NOW + ACTIVE_MS) == active[0]["endsAt"]
    assert format_ms(NOW + MINUTE) == over[0]["endsAt"]


async def test_each_alert_has_its_own_link_and_its_own_severity(web: Station) -> None:
    """What is active is posted together, but it is acknowledged one by one, and the loudest does not speak for all."""
    quiet = alert("T-2", labels={"priority": "P3"})
    (sent,) = await posted(web, notice(Kind.REFRESH, alert(), quiet, ended("T-3"), ack_id="refresh"))

    links = [one["annotations"].get("acknowledge", "").rpartition("/")[2] for one in sent]
    named = [read_link(link, str(LINKS.link_key), NOW).alerts for link in links if link]
    assert [("T-1/first_response/1",), ("T-2/first_response/1",)] == named
    assert ["critical", "warning", "info"] == [one["annotations"]["severity"] for one in sent]


async def test_nothing_ends_before_it_starts(web: Station) -> None:
    """Alertmanager refuses a whole request for one such alert."""
    (sent,) = await posted(web, notice(Kind.WITHDRAWN, alert(standing=Standing.WITHDRAWN, at=NOW - 9 * MINUTE)))

    assert parse_ms(sent[0]["startsAt"]) <= parse_ms(sent[0]["endsAt"])


async def test_a_ticket_that_moves_ends_its_old_alert_at_once(web: Station) -> None:
    """A new team is a new label: the alert under the old one does not linger beside it."""
    _, moved = await posted(web, notice(), notice(Kind.REFRESH, alert(labels={"team": "数据库"})))

    old, new = moved
    assert ("网络", format_ms(NOW)) == (old["labels"]["team"], old["endsAt"])
    assert ("数据库", format_ms(NOW + ACTIVE_MS)) == (new["labels"]["team"], new["endsAt"])


async def test_a_thousand_clocks_go_in_pieces(web: Station) -> None:
    """No request grows without bound."""
    sent = await posted(web, notice(Kind.REFRESH, *[alert(f"T-{number}") for number in range(1001)]))

    assert [100] * 10 + [1] == [len(piece) for piece in sent]


async def test_budgets_troubles_and_the_watchdog_are_alerts_too(web: Station) -> None:
    """They begin, last and end like any other."""
    burn = BudgetBurn("P0 in time", 14.4, {"1h": 16.0}, 0.4, 100, 6)
    trouble = Trouble("lag", "3", "45 s", NOW - MINUTE)
    sent = await posted(
        web,
        notice(Kind.BUDGET, budget=burn),
        notice(Kind.SELF, trouble=trouble),
        notice(Kind.SELF, trouble=trouble, over=True),
        notice(Kind.HEARTBEAT),
    )

    names = [piece[0]["labels"]["alertname"] for piece in sent]
    assert ["slawatch_budget_burn", "slawatch_trouble", "slawatch_trouble", "slawatch_watchdog"] == names
    assert sent[1][0]["labels"] == sent[2][0]["labels"]
    assert sent[1][0]["startsAt"] == sent[2][0]["startsAt"] == format_ms(NOW - MINUTE)
    assert format_ms(NOW) == sent[2][0]["endsAt"]


async def test_what_a_failure_interrupts_is_sent_again_whole(web: Station) -> None:
    """Half of it taken twice changes nothing; the old alert of a moved ticket is not forgotten."""
    target = Alertmanager(web.url, LINKS, Time())
    await target.send(notice())
    web.answers = [Answer(503)]
    moved = notice(Kind.REFRESH, alert(labels={"team": "数据库"}))

    assert isinstance(await target.send(moved), Retry)
    assert Delivered() == await target.send(moved)

    await target.close()
    assert web.seen[1].json == web.seen[2].json
    assert 2 == len(web.seen[2].json)
