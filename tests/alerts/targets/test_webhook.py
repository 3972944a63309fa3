"""The signed webhook: who has the secret can tell that it is ours, new and untouched."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

import orjson
import pytest

from alerts.notice import BudgetBurn, Delivered, Failed, Kind, Retry, Trouble
from alerts.targets.judging import Uncertain
from alerts.targets.webhook import SignedWebhook, body_of
from tests.alerts.targets.notices import LINKS, MINUTE, NOW, alert, notice
from tests.alerts.targets.stations import Answer, Authority, Station, silence, station

SECRET = "a secret of the room"  # noqa: S105 - of nobody
DOCS = Path(__file__).parents[3] / "docs" / "alerts.md"


def hook(url: str, secret: str | None = SECRET, **wire: float) -> SignedWebhook:
    """A webhook at the instant of the notices."""
    return SignedWebhook(url, secret, LINKS, lambda: NOW, **wire)


async def test_the_signature_is_over_time_and_body(web: Station) -> None:
    """Whoever computes it from what arrived gets what the header says."""
    target = hook(f"{web.url}/room?x=1")
    assert Delivered() == await target.send(notice())
    await target.close()

    (seen,) = web.seen
    timestamp = seen.headers["x-slawatch-timestamp"]
    expected = hmac.new(SECRET.encode(), timestamp.encode() + b"." + seen.body, hashlib.sha256).hexdigest()
    assert f"sha256={expected}" == seen.headers["x-slawatch-signature"]
    assert str(NOW // 1000) == timestamp
    assert "/room?x=1" == seen.path
    assert "application/json" == seen.headers["content-type"]


async def test_the_snippet_in_the_docs_accepts_what_is_sent_and_nothing_else(web: Station) -> None:
    """What receivers are told to copy is run here: on our request, on a changed one, on an old one."""
    snippet = re.search(r"```python\n(.*?def is_ours.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert snippet is not None
    space: dict[str, object] = {}
    exec(snippet[1], space)  # noqa: S102 - our own documentation
    is_ours = space["is_ours"]
    assert callable(is_ours)
    target = hook(web.url)
    await target.send(notice())
    await target.close()
    (seen,) = web.seen

    assert is_ours(seen.headers, seen.body, SECRET, NOW / 1000)
    assert not is_ours(seen.headers, seen.body + b" ", SECRET, NOW / 1000)
    assert not is_ours(seen.headers, seen.body, "another", NOW / 1000)
    assert not is_ours(seen.headers, seen.body, SECRET, NOW / 1000 + 3600)
    assert not is_ours({}, seen.body, SECRET, NOW / 1000)


async def test_what_is_sent_again_has_the_same_key_and_the_same_bytes(web: Station) -> None:
    """After a crash the same step goes out under its key; nobody can tell it from the first."""
    target = hook(web.url)
    await target.send(notice())
    await target.send(notice(repeated=True))
    await target.close()

    first, second = web.seen
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body


@pytest.mark.parametrize("key", ["ключ", "名" * 300, "a" * 300, "line\r\nInjected: 1"])
async def test_a_key_is_always_a_header(web: Station, key: str) -> None:
    """Keys hold names out of events: long ones and those of other scripts are told apart by a digest."""
    target = hook(web.url)
    assert Delivered() == await target.send(notice(key=key))
    assert Delivered() == await target.send(notice(key=key + "."))
    await target.close()

    first, second = (seen.headers["idempotency-key"] for seen in web.seen)
    assert first != second
    assert len(first) <= 255
    assert "injected" not in web.seen[0].headers


async def test_without_a_secret_nothing_is_signed(web: Station) -> None:
    """No secret, no header that would look like safety."""
    target = hook(web.url, None)
    await target.send(notice())
    await target.close()

    assert "x-slawatch-signature" not in web.seen[0].headers


def test_the_body_says_all_that_the_notice_knows() -> None:
    """Instants are RFC 3339, durations seconds, and what there is none of is null."""
    ledger = [{"from": "2026-11-18T10:00:00Z", "to": "2026-11-18T10:13:00Z", "kind": "counted", "event": "e1"}]
    body = body_of(notice(Kind.FIRING, alert(clock={"ledger": ledger}), alert("T-2", due_at=None)), LINKS)

    assert 1 == body["version"]
    assert ("firing", "critical", "on-call", 2) == (
        body["kind"],
        body["severity"],
        body["receiver"],
        body["still_open"],
    )
    assert "2026-11-18T11:06:40Z" == body["at"]
    one, other = body["alerts"]
    assert (120, 780, 900) == (one["remaining_s"], one["counted_s"], one["target_s"])
    assert "2026-11-18T11:08:40Z" == one["due_at"]
    assert None is other["due_at"]
    assert ledger == one["ledger"]
    assert "https://desk.example/t/T-1" == one["links"]["desk"]
    assert body["links"]["acknowledge"].startswith("https://sla.example/ack/")
    assert orjson.loads(orjson.dumps(body)) == body


def test_budgets_and_troubles_are_told_as_data_too() -> None:
    """What is no clock has a place of its own."""
    burn = BudgetBurn("P0 in time", 14.4, {"1h": 16.0, "5m": None}, 0.4, 100, 6)
    trouble = Trouble("redis", "redis:6379", "no answer", NOW - MINUTE)

    assert {"1h": 16.0, "5m": None} == body_of(notice(Kind.BUDGET, budget=burn), LINKS)["budget"]["burn"]
    assert "2026-11-18T11:05:40Z" == body_of(notice(Kind.SELF, trouble=trouble), LINKS)["trouble"]["since"]


async def test_retry_after_is_heeded_as_seconds_and_as_a_date(web: Station) -> None:
    """Both ways of writing it are understood; nonsense counts for nothing."""
    dated = "Wed, 18 Nov 2026 11:08:40 GMT"
    web.answers = [Answer(429, headers={"Retry-After": text}) for text in ("30", dated, "soon", "-5")]
    target = hook(web.url)

    outcomes = [await target.send(notice()) for _ in range(4)]
    await target.close()

    assert [30.0, 120.0, None, None] == [outcome.after_s for outcome in outcomes if isinstance(outcome, Retry)]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, Delivered) for status in (200, 201, 204)),
        *((status, Failed) for status in (301, 302, 400, 401, 403, 404, 409, 413, 418, 451)),
        *((status, Retry) for status in (408, 429, 500, 503, 599)),
    ],
)
async def test_each_status_means_what_it_means(web: Station, status: int, kind: type) -> None:
    """Taken, to be tried again, or refused for good."""
    web.default = Answer(status, headers={"Location": "http://127.0.0.1:1/"} if status in {301, 302} else {})
    target = hook(web.url)

    assert type(await target.send(notice())) is kind

    await target.close()
    assert 1 == len(web.seen)


async def test_a_wrong_certificate_is_named(authority: Authority) -> None:
    """What an authority signed that nobody trusts hears nothing, and the reason says so."""
    with station(context=authority.context("127.0.0.1")) as secure:
        target = hook(f"{secure.url}/token-of-the-room")
        outcome = await target.send(notice())
        await target.close()

        assert isinstance(outcome, Retry)
        assert "has a certificate that is not trusted" in outcome.reason
        assert "token-of-the-room" not in outcome.reason
        assert [] == secure.seen


async def test_a_server_that_hangs_is_given_up_after_its_time() -> None:
    """It may have taken it: the outcome is uncertain."""
    with silence() as port:
        target = hook(f"http://127.0.0.1:{port}/hush-token", timeout_s=0.2)
        outcome = await target.send(notice())
        await target.close()

    assert Uncertain(f"http://127.0.0.1:{port} did not answer within 0.2 s") == outcome


async def test_nobody_there_is_said_without_the_address_path() -> None:
    """A refused connection is certain: nothing was sent."""
    target = hook("http://user:hush-word@127.0.0.1:9/hush-token?key=hush-key")
    outcome = await target.send(notice())
    await target.close()

    assert type(outcome) is Retry
    assert "http://127.0.0.1:9 cannot be reached" in outcome.reason
    assert "hush" not in outcome.reason


async def test_what_a_refusal_says_is_shown_without_the_token(web: Station) -> None:
    """A server that repeats the address in its answer gives nothing away."""
    web.default = Answer(404, b"no route for /hooks/hush-token-1 here")
    target = hook(f"{web.url}/hooks/hush-token-1")
    outcome = await target.send(notice())
    await target.close()

    assert isinstance(outcome, Failed)
    assert "no route for" in outcome.reason
    assert "hush" not in outcome.reason
