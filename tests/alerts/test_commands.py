"""The commands of alerting on real servers: what they write, what they say, and the exit codes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from sla.policy import PolicyError
from streams.__main__ import app
from streams.errors import Unreachable, Unusable
from tests.alerts.running import AlertDesk, alert_desk
from tests.servers.kafka import KafkaServer
from tests.servers.needs import free_port
from tests.servers.redis import RedisServer

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "alerts"


@pytest.fixture
async def desk(
    kafka_server: KafkaServer, redis_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AlertDesk]:
    """A desk without an alerter, whose environment commands find."""
    async with alert_desk(kafka_server.address, redis_server.url, tmp_path) as opened:
        for name, value in opened.environment().items():
            if name.startswith("SLAWATCH_"):
                monkeypatch.setenv(name, value)
        yield opened


def invoke(*arguments: str) -> tuple[int, str]:
    """A command in this process: its exit code, and what it said."""
    result = CliRunner().invoke(app, list(arguments))
    if isinstance(result.exception, Unusable | Unreachable):
        return result.exception.exit_code, str(result.exception)
    if isinstance(result.exception, PolicyError):
        return 2, str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


async def slawatch(*arguments: str) -> tuple[int, str]:
    """The same, beside a running loop."""
    return await asyncio.to_thread(invoke, *arguments)


async def test_a_silence_mutes_is_listed_and_can_be_ended(desk: AlertDesk) -> None:
    """As amtool: add prints the id, query lists it, expire ends it, and what is still open is told then."""
    await desk.start_here()
    code, said = await slawatch("silence", "add", 'team="网络"', "priority=~P0|P1", "--for", "2h", "--by", "李娜",
                                "--comment", "线路检修")  # fmt: skip
    ident = said.strip()
    assert 0 == code
    assert "线路检修".encode() == await desk.redis.hget(f"sla:silence:{ident}", "comment")
    code, said = await slawatch("silence", "query", "--json")
    assert ['team="网络"', 'priority=~"P0|P1"'] == orjson.loads(orjson.loads(said)["matchers"])
    await desk.breach("T-1", team="网络")
    await desk.breach("T-2", team="桌面")
    await desk.until(lambda: desk.target.tickets("pager") == ["T-2"])

    async def held() -> bool:
        return await desk.redis.hget("sla:alert:T-1/first_response/1", "held") == b"silenced"

    await desk.until(held)
    assert (0, f"{ident} has ended\n") == await slawatch("silence", "expire", ident)
    await desk.until(lambda: desk.target.tickets("pager") == ["T-2", "T-1"])
    assert "李娜" not in (await slawatch("silence", "query"))[1]


async def test_who_is_put_on_duty_is_called(desk: AlertDesk) -> None:
    """Until the instant that was named, whatever the calendars say."""
    assert (0, "day, reached by pager\n") == await slawatch("duty")
    await desk.start_here()
    code, said = await slawatch("duty", "set", "lead", "--until", "1h")
    assert (0, True) == (code, said.startswith("lead is on duty until "))
    assert (await slawatch("duty"))[1].startswith("lead, reached by lead, set by hand until ")
    await desk.breach("T-1")
    await desk.until(lambda: desk.target.tickets("lead") == ["T-1"])
    assert [] == desk.target.at("pager")


async def test_what_is_open_and_what_could_not_be_delivered_is_listed(desk: AlertDesk) -> None:
    """An alert that is over is listed only when it is asked for."""

    async def refuse(one: object) -> int:
        return 400 if getattr(one, "path", "") == "/lead" else 200

    desk.target.answer = refuse
    await desk.start_here()
    await desk.breach("T-1", team="甲")
    await desk.breach("T-2", team="乙")
    await desk.until(lambda: desk.target.at("lead"))
    await desk.breach("T-2", "ended", team="乙")
    await desk.until(lambda: any(one.body["kind"] == "all_clear" for one in desk.target.at("pager")))
    await asyncio.sleep(0.5)
    code, said = await slawatch("alerts", "list")
    assert 0 == code
    assert "1 alerts" in said
    assert "not delivered: escalation to lead" in said
    code, said = await slawatch("alerts", "list", "--all", "--json")
    rows = [orjson.loads(line) for line in said.splitlines()]
    assert {"T-1": "firing", "T-2": "ended"} == {row["ticket"]: row["status"] for row in rows}


async def test_an_acknowledgement_by_command_is_confirmed(desk: AlertDesk) -> None:
    """By the alert's id; of an unknown one it is said what there is, of one that is over, that it is."""
    await desk.start_here()
    ident = await desk.breach("T-1")
    await desk.until(lambda: desk.target.at("pager"))
    assert (0, f"{ident} is acknowledged by 王伟\n") == await slawatch("alerts", "ack", ident, "--by", "王伟")
    assert "王伟".encode() == await desk.redis.hget(f"sla:alert:{ident}", "acknowledged_by")
    code, said = await slawatch("alerts", "ack", "T-1", "--by", "x")
    assert (2, f"no alert is called 'T-1'; perhaps {ident}") == (code, said)
    await desk.breach("T-1", "ended")
    await desk.until(lambda: any(one.body["kind"] == "all_clear" for one in desk.target.at("pager")))
    assert (0, f"{ident} is over already\n") == await slawatch("alerts", "ack", ident, "--by", "x")


async def test_an_acknowledgement_without_an_alerter_is_noted_and_carried_out_later(
    desk: AlertDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The topic holds it until somebody is there to make it true."""
    monkeypatch.setattr("streams.commands.alerts._CONFIRM_S", 0.5)
    await desk.start_here()
    ident = await desk.breach("T-1")
    await desk.until(lambda: desk.target.at("pager"))
    task, ends = desk.here.pop()
    ends.set()
    await task
    code, said = await slawatch("alerts", "ack", ident, "--by", "王伟")
    assert (0, True) == (code, "no alerter has confirmed it" in said)
    await desk.start_here()

    async def shown() -> bool:
        return bool(await desk.redis.hget(f"sla:alert:{ident}", "acknowledged_by"))

    await desk.until(shown)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("silence", "add", "tean=x", "--for", "2h", "--by", "x", "--comment", "x"), 2, "a label that no alert has"),
        (("silence", "add", "team=x", "--for", "long", "--by", "x", "--comment", "x"), 2, "--for: 'long' is no"),
        (("silence", "add", "team=x", "--for", "2h", "--by", " ", "--comment", "x"), 2, "--by: nothing is said"),
        (("silence", "add", "team=x", "--for", "2h", "--by", "x", "--comment", ""), 2, "--comment: nothing is said"),
        (("alerts", "ack", "T-1/first_response/1", "--by", ""), 2, "--by: nothing is said"),
        (("duty", "set", "nobody", "--until", "1h"), 2, "neither a shift of on_duty nor a receiver"),
        (("duty", "set", "lead", "--until", "2020-01-01T00:00:00Z"), 2, "has passed"),
        (("duty", "set", "lead", "--until", "noon"), 2, "neither an instant"),
        (("alerts", "list"), 3, "does not answer: start it, or correct SLAWATCH_KAFKA"),
        (("alerts", "test", str(SCENARIOS / "emergency.yaml")), 0, "7 passed, 0 failed"),
    ],
)
def test_what_a_command_cannot_do_it_says_with_the_contracts_exit_code(
    arguments: tuple[str, ...], code: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2: the arguments; 3: a server. No server is needed to be told so."""
    monkeypatch.setattr("streams.commands.alerting.PATIENCE_S", 0.3)
    monkeypatch.setenv("SLAWATCH_KAFKA", f"127.0.0.1:{free_port()}")
    desk = AlertDesk("", "", tmp_path, target=None)  # type: ignore[arg-type]
    if arguments[0] == "duty":
        (tmp_path / "policies").mkdir()
        desk.target = type("Target", (), {"url": "http://127.0.0.1"})()
        desk.write_rules()
        monkeypatch.setenv("SLAWATCH_POLICIES", str(tmp_path / "policies"))
    got, said = invoke(*arguments)
    assert (code, True) == (got, says in said), said


def test_a_case_that_fails_is_exit_code_1_and_a_breach_shows_its_route(tmp_path: Path) -> None:
    """Rules are tested like policies."""
    (tmp_path / "case.yaml").write_text(
        "- {id: wrong, entries: [{at: 2026-03-02T02:15:00Z, change: breached, ticket: T, metric: update}],"
        " until: 2026-03-02T03:00:00Z, expect: [{receiver: lead}]}\n"
    )
    code, said = invoke("alerts", "test", str(tmp_path / "case.yaml"))
    assert (1, True) == (code, "notice 1: receiver: expected 'lead', got 'room'" in said)
    (tmp_path / "breach.json").write_text(
        '{"change": "warned", "level": "75%", "ticket": "T", "metric": "first_response", "priority": "P0",\n'
        ' "at": "2026-03-02T02:11:15Z"}'
    )
    code, said = invoke("alerts", "test", str(tmp_path / "breach.json"))
    assert 0 == code
    assert "escalation (after 5m)  → lead: T/first_response/1 75%" in said
    (tmp_path / "breach.json").write_text('{"metric": "first_response"}')
    assert (2, True) == ((found := invoke("alerts", "test", str(tmp_path / "breach.json")))[0], "field" in found[1])


def test_check_reads_the_rules_of_alerting(tmp_path: Path) -> None:
    """A route that nothing reaches fails the check, with its line."""
    shipped = Path(__file__).parents[2] / "policies"
    (tmp_path / "2026-01.yaml").write_text((shipped / "2026-01.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "alerts.yaml").write_text(
        'receivers: [{name: room}]\nroute:\n  receiver: room\n  routes: [{matchers: [level="85%"]}]\n', "utf-8"
    )
    code, said = invoke("check", "--policies", str(tmp_path))
    assert (1, True) == (code, 'alerts.yaml:4: route 0.0: level="85%" can never match' in said)
