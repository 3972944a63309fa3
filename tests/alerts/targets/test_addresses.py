"""Where our own targets really go: the services' own hosts, through a proxy, with an authority of one's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.alerts.targets.stations import Answer, Authority, Station

ROOT = Path(__file__).parents[3]
TELL = """
import asyncio, sys
from alerts.notice import Receiver, Webhook
from alerts.targets.making import targets_of
from tests.alerts.targets.notices import LINKS, NOW, notice

async def main():
    receiver = Receiver("r", apprise=tuple(sys.argv[1:]), webhook=Webhook("https://room.example/x"))
    for target in targets_of(receiver, LINKS, lambda: NOW, {}).values():
        print(await target.send(notice()))
        await target.close()

asyncio.run(main())
"""


def test_services_are_reached_at_their_own_hosts_through_a_proxy(world: Station, authority: Authority) -> None:
    """HTTPS_PROXY and SSL_CERT_FILE hold for what is spoken here as REQUESTS_CA_BUNDLE does for Apprise."""
    world.default = Answer(200, b'{"errcode":0,"code":0}')
    urls = ["pagerduty://abc", "pagerduty://abc?region=eu", "dingtalk://t", "feishu://t", "lark://t", "wecombot://t"]

    done = subprocess.run(
        [sys.executable, "-c", TELL, *urls],
        env={**os.environ, "SSL_CERT_FILE": str(authority.path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )

    assert ["Delivered()"] * 7 == done.stdout.split()
    assert [
        ("events.pagerduty.com", "/v2/enqueue"),
        ("events.eu.pagerduty.com", "/v2/enqueue"),
        ("oapi.dingtalk.com", "/robot/send"),
        ("open.feishu.cn", "/open-apis/bot/v2/hook/t"),
        ("open.larksuite.com", "/open-apis/bot/v2/hook/t"),
        ("qyapi.weixin.qq.com", "/cgi-bin/webhook/send"),
        ("room.example", "/x"),
    ] == [(seen.host, seen.path.partition("?")[0]) for seen in world.seen]
