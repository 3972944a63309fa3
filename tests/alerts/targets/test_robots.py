"""The robots of DingTalk, Feishu and Lark: signed as they want it, and a refusal inside a 200 is one."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import pytest

from alerts.notice import Delivered, Failed, Kind, Retry
from alerts.targets.robots import ChatRobot, read_address
from tests.alerts.targets.notices import LINKS, NOW, alert, notice
from tests.alerts.targets.stations import Answer, Station

TAKEN = {"dingtalk": b'{"errcode":0,"errmsg":"ok"}', "feishu": b'{"code":0,"msg":"success"}'}
TAKEN |= {"lark": TAKEN["feishu"], "wecombot": TAKEN["dingtalk"]}


def robot(web: Station, url: str) -> ChatRobot:
    """A robot whose messages come here."""
    web.default = Answer(200, TAKEN[url.partition(":")[0]])
    return ChatRobot(url, LINKS, lambda: NOW, base=web.url)


async def told(web: Station, url: str, *alerts: object, **given: str) -> None:
    """Tells one notice."""
    target = robot(web, url)
    assert Delivered() == await target.send(notice(Kind.FIRING, *alerts, **given))  # type: ignore[arg-type]
    await target.close()


async def test_dingtalk_can_check_the_signature(web: Station) -> None:
    """Decoded once, as a server does it, the sign is the one that DingTalk computes; its `+` and `/` survive."""
    for number in range(20):
        await told(web, f"dingtalk://SEC{number:04}@token-1")

    for number, seen in enumerate(web.seen):
        asked = parse_qs(urlsplit(seen.path).query)
        secret = f"SEC{number:04}"
        signed = hmac.new(secret.encode(), f"{NOW}\n{secret}".encode(), hashlib.sha256).digest()
        assert [base64.b64encode(signed).decode()] == asked["sign"]
        assert ([str(NOW)], ["token-1"]) == (asked["timestamp"], asked["access_token"])
    assert "/robot/send" == urlsplit(web.seen[0].path).path


async def test_dingtalk_gets_markdown_and_calls_whom_the_address_names(web: Station) -> None:
    """The title is the preview, and stands above the text; a called person is named in it."""
    await told(web, "dingtalk://token-1/13800138000")

    body = web.seen[0].json
    assert "P0 T-1: first response 2m left" == body["markdown"]["title"]
    assert body["markdown"]["text"].startswith("#### P0 T-1: first response 2m left\n\n**2m left**")
    assert body["markdown"]["text"].endswith("@13800138000")
    assert {"atMobiles": ["13800138000"], "isAtAll": False} == body["at"]
    assert "sign" not in web.seen[0].path


@pytest.mark.parametrize(
    ("url", "path", "language"),
    [("feishu://secret-1@token-1", "/open-apis/bot/v2/hook/token-1", "en_us"), ("lark://token-1", None, "en_us")],
)
async def test_feishu_and_lark_get_paragraphs_with_links(
    web: Station, url: str, path: str | None, language: str
) -> None:
    """Text is text, a link is a link, and the title is the preview."""
    await told(web, url)

    body = web.seen[0].json
    post = body["content"]["post"][language]
    assert "P0 T-1: first response 2m left" == post["title"]
    assert {"tag": "text", "text": "2m left", "style": ["bold"]} == post["content"][0][0]
    links = [part["href"] for line in post["content"] for part in line if part["tag"] == "a"]
    assert ["https://sla.example/tickets/T-1", "https://desk.example/t/T-1"] == links[:2]
    assert links[2].startswith("https://sla.example/ack/")
    assert path in {None, web.seen[0].path}


async def test_feishu_can_check_the_signature(web: Station) -> None:
    """Its key is the time and the secret, and what is signed is nothing."""
    await told(web, "feishu://secret-1@token-1")

    body = web.seen[0].json
    key = f"{body['timestamp']}\nsecret-1"
    assert str(NOW // 1000) == body["timestamp"]
    assert base64.b64encode(hmac.new(key.encode(), b"", hashlib.sha256).digest()).decode() == body["sign"]


async def test_wecom_gets_markdown_that_fits_and_keeps_the_button(web: Station) -> None:
    """Of a long message the middle goes; what there is to press stays."""
    await told(web, "wecombot://key-1")
    await told(web, "wecombot://key-1", *[alert(f"T-{number}" + "工单" * 60) for number in range(10)])

    short, long = (seen.json["markdown"]["content"] for seen in web.seen)
    assert "/cgi-bin/webhook/send?key=key-1" == web.seen[0].path
    assert short.startswith("**P0 T-1: first response 2m left**\n**2m left**, due 19:08:40")
    assert "…" not in short
    assert len(long.encode()) <= 4096
    assert long.splitlines()[-2] == "…"
    assert "[I take it](https://sla.example/ack/" in long.splitlines()[-1]


async def test_chinese_is_told_in_chinese(web: Station) -> None:
    """Language and text go together."""
    await told(web, "feishu://token-1", lang="zh")

    assert "P0 T-1:首次响应剩 2分钟" == web.seen[0].json["content"]["post"]["zh_cn"]["title"].replace("\uff1a", ":")


@pytest.mark.parametrize("url", ["dingtalk://token-1", "feishu://token-1", "wecombot://token-1"])
async def test_a_name_is_a_name(web: Station, url: str) -> None:
    """No team's name hides a link, opens a tag or calls the room."""
    await told(web, url, alert("T<at user_id='all'>", labels={"team": "[x](https://evil.example) @all"}))

    sent = web.seen[0].body.decode()
    assert "](https://evil.example" not in sent
    assert "<at" not in sent
    assert "@all" not in sent


@pytest.mark.parametrize(
    ("url", "answer", "kind"),
    [
        ("dingtalk://token-1", b'{"errcode":310000,"errmsg":"keywords not in content"}', Failed),
        ("dingtalk://token-1", b'{"errcode":130101,"errmsg":"send too fast"}', Retry),
        ("feishu://token-1", b'{"code":19024,"msg":"Key Words Not Found"}', Failed),
        ("feishu://token-1", b'{"code":11232,"msg":"frequency limited"}', Retry),
        ("lark://token-1", b'{"code":19001,"msg":"invalid access token"}', Failed),
        ("wecombot://token-1", b'{"errcode":93000,"errmsg":"invalid webhook url"}', Failed),
        ("wecombot://token-1", b'{"errcode":45009,"errmsg":"api freq out of limit"}', Retry),
        ("lark://token-1", b"<html>a proxy's page</html>", Retry),
    ],
)
async def test_a_refusal_inside_a_200_is_no_delivery(web: Station, url: str, answer: bytes, kind: type) -> None:
    """A wrong keyword is refused for good, a passed limit is waited for, and the reason says what the robot said."""
    target = robot(web, url)
    web.answers = [Answer(200, answer)]
    outcome = await target.send(notice())
    await target.close()

    assert type(outcome) is kind
    assert "token-1" not in outcome.reason  # type: ignore[union-attr]


@pytest.mark.parametrize("url", ["dingtalk://", "feishu://hush secret@", "lark://hush$token"])
def test_an_address_without_a_token_is_refused_without_showing_it(url: str) -> None:
    """The mend is said, the address is not."""
    with pytest.raises(ValueError, match="token") as raised:
        read_address(url)

    assert "hush" not in str(raised.value)
