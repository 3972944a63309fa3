"""Acknowledging by the page with the alerter itself behind it, on real servers."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import aiohttp
import orjson

from sla.links import make_link
from tests.alerts.running import RULES, alert_desk
from tests.servers.kafka import KafkaServer
from tests.servers.redis import RedisServer
from wallboard import BoardServer, Site

KEY = "a key of thirty-two characters.."


async def test_an_alerter_makes_it_true_and_escalates_no_more(
    kafka_server: KafkaServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    """Of an alert, and of a group as it stands: the page says acknowledged, and the lead is told of neither."""
    rules = RULES.replace("after: 2s", "after: 4s")
    async with (
        alert_desk(kafka_server.address, redis_server.url, tmp_path, rules) as desk,
        BoardServer(redis_server.url, port=0, site=Site(link_key=KEY)) as board,
        aiohttp.ClientSession(board.url, headers={"accept": "text/html"}) as page,
    ):
        await desk.start_here()
        one = await desk.breach("T-1", team="A")
        other = await desk.breach("T-2", team="B")
        await desk.until(lambda: {"T-1", "T-2"} <= set(desk.target.tickets("pager")))
        await desk.until(lambda: desk.redis.hget(f"sla:alert:{other}", "groups"))
        (group,) = orjson.loads(await desk.redis.hget(f"sla:alert:{other}", "groups"))
        for alert in (one, group):
            link = make_link([alert], "王丽", KEY, time.time_ns() // 1_000_000)
            async with page.get(f"/ack/{link}") as answer:
                assert "<button" in await answer.text()
            async with page.post(f"/ack/{link}") as answer:
                text = await answer.text()
                assert 200 == answer.status
                assert "Acknowledged by 王丽." in text
        for ident in (one, other):
            assert "王丽".encode() == await desk.redis.hget(f"sla:alert:{ident}", "acknowledged_by")
        await asyncio.sleep(4.5)  # the lead would be told after four seconds

        assert [] == desk.target.at("lead")
