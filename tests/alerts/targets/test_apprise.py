"""What Apprise really sends, seen behind its TLS: and what becomes of each answer."""

from __future__ import annotations

import asyncio
import io
import logging
import time
from pathlib import Path

import pytest

from alerts.notice import Delivered, Failed, Kind, Retry
from alerts.targets.by_apprise import THREADS, ByApprise
from alerts.targets.judging import Uncertain
from tests.alerts.targets.notices import LINKS, NOW, alert, ended, notice
from tests.alerts.targets.stations import Answer, Authority, Station, silence
from tests.servers.needs import free_port

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7"
SLACK_SECRET = "TIiajkdnlazkcOXrIdevi7"  # noqa: S105 - of nobody
TEAMS = "workflows://prod.logic.azure.com/workflow123456/signature1234"


def target(url: str, **given: float) -> ByApprise:
    """An Apprise address at the instant of the notices."""
    return ByApprise(url, LINKS, lambda: NOW, **given)


async def test_slack_gets_title_text_and_links(world: Station) -> None:
    """One POST to the webhook's path: the title by itself, links under words, red for what is critical."""
    assert Delivered() == await target(SLACK).send(notice())

    (seen,) = world.seen
    assert ("hooks.slack.com", "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7") == (seen.host, seen.path)
    (attachment,) = seen.json["attachments"]
    assert "P0 T-1: first response 2m left" == attachment["title"]
    assert "*2m left*, due 19:08:40" in attachment["text"]
    assert "<https://sla.example/tickets/T-1|Ticket and clocks>" in attachment["text"]
    assert "|I take it>" in attachment["text"]
    assert "#A32037" == attachment["color"]


async def test_teams_gets_a_card(world: Station) -> None:
    """Teams is told by a workflow: an adaptive card with a heading and a text of links."""
    world.default = Answer(202, b"")

    assert Delivered() == await target(TEAMS).send(notice())

    (seen,) = world.seen
    assert "prod.logic.azure.com" == seen.host
    heading, text = seen.json["attachments"][0]["content"]["body"]
    assert "P0 T-1: first response 2m left" == heading["text"]
    assert "[I take it](https://sla.example/ack/" in text["text"]


async def test_two_notices_in_a_row_are_not_held_apart(world: Station) -> None:
    """Apprise by itself would wait seconds between two messages to one service."""
    push = target("ntfys://ntfy.example/topic")
    began = time.monotonic()

    for _ in range(3):
        assert Delivered() == await push.send(notice())

    assert time.monotonic() - began < 5.0  # and not 11
    assert 3 == len(world.seen)


async def test_an_all_clear_is_green_and_says_how_it_ended(world: Station) -> None:
    """Good news looks like good news."""
    await target(SLACK).send(notice(Kind.ALL_CLEAR, ended()))

    (attachment,) = world.seen[0].json["attachments"]
    assert "All clear: P0 T-1: first response stopped in time, with 1m to spare" == attachment["title"]
    assert "#3AA337" == attachment["color"]


@pytest.mark.parametrize("url", [SLACK, TEAMS, "ntfys://ntfy.example/topic", "mmosts://mattermost.example/token1234"])
async def test_a_name_calls_nobody_and_hides_no_link(world: Station, url: str) -> None:
    """Whatever an event names a team: no room is called, no tag opens, no word leads elsewhere."""
    evil = alert("T<!channel>", labels={"team": "[click](https://evil.example) @all <at user_id='all'>"})
    world.default = Answer(200, b"ok" if "slack" in url else b'{"errcode":0}')

    assert Delivered() == await target(url).send(notice(Kind.FIRING, evil))

    sent = world.seen[0].body.decode("unicode_escape")
    assert "](https://evil.example" not in sent
    assert "<https://evil.example" not in sent
    assert "<!channel>" not in sent
    assert "<at " not in sent
    assert "@all" not in sent


async def test_a_mark_in_the_text_says_that_it_may_be_repeated(world: Station) -> None:
    """Chats know no keys: what may have been sent before says so."""
    await target(SLACK).send(notice(repeated=True))

    (attachment,) = world.seen[0].json["attachments"]
    assert attachment["title"].endswith("(possibly repeated)")


async def test_too_many_requests_wait_for_as_long_as_is_asked(world: Station) -> None:
    """Apprise drops Retry-After; it is heard all the same."""
    world.answers = [Answer(429, b"ratelimited", {"Retry-After": "17"})]

    outcome = await target(SLACK).send(notice())

    assert Retry("Slack answered 429: it is being told too much", 17.0) == outcome


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_what_is_refused_is_not_tried_again(world: Station, status: int) -> None:
    """A wrong token does not become right by waiting."""
    world.answers = [Answer(status, b"no")]

    outcome = await target(SLACK).send(notice())

    assert isinstance(outcome, Failed)
    assert f"Slack answered {status}" in outcome.reason


@pytest.mark.parametrize("status", [408, 500, 502, 503])
async def test_trouble_on_the_other_side_is_waited_for(world: Station, status: int) -> None:
    """What may pass is tried again."""
    world.answers = [Answer(status, b"")]

    assert isinstance(await target(SLACK).send(notice()), Retry)


async def test_a_wrong_certificate_is_named_and_nothing_is_sent(
    world: Station, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A service whose certificate another authority signed hears nothing."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Authority(tmp_path).path))

    outcome = await target(SLACK).send(notice())

    assert isinstance(outcome, Retry)
    assert "certificate that is not trusted" in outcome.reason
    assert [] == world.seen


async def test_no_reason_and_no_log_shows_a_token(world: Station, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever goes wrong, the secret in the address stays there, also where everything is logged."""
    written = io.StringIO()
    log, root = logging.StreamHandler(written), logging.getLogger()
    root.addHandler(log)
    before = root.level
    root.setLevel(logging.NOTSET + 1)
    try:
        for answer in (Answer(403, SLACK_SECRET.encode()), Answer(500, SLACK_SECRET.encode()), Answer(200, b"odd")):
            world.answers = [answer]
            outcome = await target(SLACK).send(notice())
            assert not isinstance(outcome, Delivered)
            written.write(outcome.reason)
        with pytest.raises(ValueError, match="misshapen") as raised:
            target(f"slack://{SLACK_SECRET}")
        written.write(str(raised.value))
    finally:
        root.removeHandler(log)
        root.setLevel(before)

    shown = "\n".join([written.getvalue(), *capfd.readouterr()])

    assert "Slack answered 403" in shown
    assert SLACK_SECRET not in shown
    assert "A1BRTD4JD" not in shown


async def test_a_target_that_hangs_is_left_alone_after_its_time() -> None:
    """The loop goes on, the attempt may have arrived, and threads do not pile up."""
    with silence() as port:
        hanging = target(f"json://127.0.0.1:{port}/x?rto=5&cto=5", timeout_s=0.2)

        outcomes = [await hanging.send(notice()) for _ in range(THREADS + 1)]

    assert isinstance(outcomes[0], Uncertain)
    assert "did not answer within 0.2 s" in outcomes[0].reason
    assert "still holds" in outcomes[-1].reason  # type: ignore[union-attr]


async def test_a_connection_that_was_refused_took_nothing() -> None:
    """Nobody there is certain: the next attempt is no repetition."""
    outcome = await target(f"json://127.0.0.1:{free_port()}/x").send(notice())

    assert type(outcome) is Retry
    assert "at 127.0.0.1 cannot be reached" in outcome.reason


async def test_the_loop_goes_on_while_apprise_waits(web: Station) -> None:
    """A slow target takes nobody's time."""
    web.default = Answer(after_s=0.3)
    sending = asyncio.create_task(target(f"json://127.0.0.1:{web.port}/x").send(notice()))
    beats = 0
    while not sending.done():
        await asyncio.sleep(0.01)
        beats += 1

    assert Delivered() == sending.result()
    assert beats > 3


async def test_of_several_addressees_one_may_have_it_already(world: Station) -> None:
    """What went out to one channel and not to the next is uncertain: the next attempt is marked."""
    world.answers = [Answer(), Answer(503)]

    outcome = await target(f"{SLACK}/#one/#two").send(notice())

    assert isinstance(outcome, Uncertain)
    assert 2 == len(world.seen)
