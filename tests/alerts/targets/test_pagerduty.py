"""PagerDuty: one incident a group, found again by its key, resolved when nothing is open any more."""

from __future__ import annotations

import pytest

from alerts.notice import Delivered, Kind, Retry, Standing, Trouble
from alerts.targets.pagerduty import Account, PagerDuty, read_address
from tests.alerts.targets.notices import LINKS, NOW, alert, ended, notice
from tests.alerts.targets.stations import Answer, Station

KEY = "0123456789abcdef0123456789abcdef"


def target(web: Station, url: str = f"pagerduty://{KEY}") -> PagerDuty:
    """An integration whose events come here."""
    web.default = Answer(202, b'{"status":"success"}')
    return PagerDuty(url, LINKS, lambda: NOW, base=web.url)


async def test_a_group_is_one_incident_from_its_first_notice_to_its_end(web: Station) -> None:
    """First notice, escalation, repetition and all-clear carry one key; only the last resolves."""
    pager = target(web)
    for told in (
        notice(),
        notice(Kind.ESCALATION, key="other", reason="after 5m"),
        notice(Kind.REPEAT, key="third"),
        notice(Kind.ALL_CLEAR, ended(), key="fourth"),
    ):
        assert Delivered() == await pager.send(told)
    await pager.close()

    assert 1 == len({seen.json["dedup_key"] for seen in web.seen})
    assert ["trigger", "trigger", "trigger", "resolve"] == [seen.json["event_action"] for seen in web.seen]
    assert {"/v2/enqueue"} == {seen.path for seen in web.seen}
    assert {KEY} == {seen.json["routing_key"] for seen in web.seen}


async def test_an_event_says_what_whom_and_where(web: Station) -> None:
    """Summary, severity, team and links are what the one who is woken sees."""
    pager = target(web)
    await pager.send(notice())
    await pager.close()

    event = web.seen[0].json
    payload = event["payload"]
    assert "P0 T-1: first response 2m left" == payload["summary"]
    assert ("critical", "slawatch", "网络", "first_response") == (
        payload["severity"],
        payload["source"],
        payload["component"],
        payload["class"],
    )
    assert "2026-11-18T11:06:40Z" == payload["timestamp"]
    assert ["I take it", "T-1"] == [link["text"] for link in event["links"]]
    assert "https://sla.example/" == event["client_url"]
    assert "13m of 15m counted" in payload["custom_details"]["text"]


@pytest.mark.parametrize(
    ("told", "path"),
    [
        (notice(Kind.HEARTBEAT), "/v2/change/enqueue"),
        (notice(Kind.DIGEST, ended()), "/v2/change/enqueue"),
        (notice(Kind.ALL_CLEAR, ended(), still_open=3), "/v2/change/enqueue"),
        (notice(Kind.DIGEST), "/v2/enqueue"),
        (notice(Kind.SELF, trouble=Trouble("lag", "3", "", NOW)), "/v2/enqueue"),
    ],
)
async def test_what_nobody_is_woken_for_opens_no_incident(web: Station, told: object, path: str) -> None:
    """A sign of life, a digest of what is over and good news about part of a group are change events."""
    pager = target(web)
    assert Delivered() == await pager.send(told)  # type: ignore[arg-type]
    await pager.close()

    (seen,) = web.seen
    assert path == seen.path
    assert ("event_action" in seen.json) == (path == "/v2/enqueue")


async def test_a_mistake_and_a_recovery_resolve(web: Station) -> None:
    """What was never so, and what is well again, leaves no incident behind."""
    pager = target(web)
    await pager.send(notice(Kind.WITHDRAWN, alert(standing=Standing.WITHDRAWN)))
    await pager.send(notice(Kind.SELF, trouble=Trouble("lag", "3", "", NOW), over=True))
    await pager.close()

    assert ["resolve", "resolve"] == [seen.json["event_action"] for seen in web.seen]


async def test_an_acknowledgement_is_one_of_the_same_incident(web: Station) -> None:
    """Events API v2: `acknowledge` under the dedup key that opened it, with nothing else to say."""
    pager = target(web)
    await pager.send(notice())
    assert Delivered() == await pager.send(notice(Kind.ACKNOWLEDGED, key="taken"))
    await pager.close()

    opened, taken = (seen.json for seen in web.seen)
    assert {"routing_key": KEY, "event_action": "acknowledge", "dedup_key": opened["dedup_key"]} == taken


async def test_a_group_that_its_clocks_have_left_is_resolved_though_they_go_on(web: Station) -> None:
    """They are told under another key by now."""
    pager = target(web)
    await pager.send(notice(Kind.MOVED, still_open=0))
    await pager.close()

    assert ["resolve"] == [seen.json["event_action"] for seen in web.seen]


async def test_what_calls_anew_begins_a_new_incident_but_no_third_one_when_it_is_sent_again(web: Station) -> None:
    """What is added to an acknowledged incident calls nobody; what may have been sent ends nothing that it opened."""
    pager = target(web)
    await pager.send(notice(anew=True))
    await pager.send(notice(anew=True, repeated=True))
    await pager.close()

    assert ["resolve", "trigger", "trigger"] == [seen.json["event_action"] for seen in web.seen]
    assert 1 == len({seen.json["dedup_key"] for seen in web.seen})


async def test_a_new_incident_waits_for_the_end_of_the_old_one(web: Station) -> None:
    """Out of order they would end in none."""
    pager = target(web)
    web.answers = [Answer(429)]
    outcome = await pager.send(notice(anew=True))
    await pager.close()

    assert isinstance(outcome, Retry)
    assert ["resolve"] == [seen.json["event_action"] for seen in web.seen]


async def test_keys_that_pagerduty_would_cut_are_told_apart(web: Station) -> None:
    """Two groups with long names in common are two incidents."""
    pager = target(web)
    await pager.send(notice(group_key="g" * 400 + "1"))
    await pager.send(notice(group_key="g" * 400 + "2"))
    await pager.close()

    first, second = (seen.json["dedup_key"] for seen in web.seen)
    assert first != second
    assert 255 >= len(first)


async def test_too_many_events_wait(web: Station) -> None:
    """429 is not the end."""
    pager = target(web)
    web.answers = [Answer(429, headers={"Retry-After": "5"})]
    outcome = await pager.send(notice())
    await pager.close()

    assert isinstance(outcome, Retry)
    assert 5.0 == outcome.after_s


@pytest.mark.parametrize(
    ("url", "account"),
    [
        (f"pagerduty://{KEY}", Account(KEY, "slawatch", None, "us")),
        (f"pagerduty://{KEY}@api-key/desk/phone?region=eu", Account(KEY, "desk", "phone", "eu")),
        (f"pagerduty://{KEY}@api-key", Account(KEY, "slawatch", None, "us")),
    ],
)
def test_addresses_are_read_as_apprise_writes_them(url: str, account: Account) -> None:
    """What somebody already has for Apprise can be used as it is."""
    assert account == read_address(url)


@pytest.mark.parametrize("url", ["pagerduty://", "pagerduty://with space", "pagerduty://hush-key!?region=eu"])
def test_an_address_without_a_key_is_refused_without_showing_it(url: str) -> None:
    """The mend is said, the address is not."""
    with pytest.raises(ValueError, match="routing key") as raised:
        read_address(url)

    assert "hush" not in str(raised.value)


def test_an_unknown_region_is_refused() -> None:
    """Europe's incidents do not go to America by a typing error."""
    with pytest.raises(ValueError, match="us and eu"):
        read_address(f"pagerduty://{KEY}?region=mars")
