"""A real Alertmanager takes what we post: one alert a clock, kept by repetition, ended at the end."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts.notice import Delivered, Kind, Notice, NoticeAlert, Standing, Trouble
from alerts.targets.alertmanager import Alertmanager
from tests.alerts.targets.notices import LINKS, MINUTE, alert, notice
from tests.servers.needs import free_port, missing


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager") or missing("alertmanager")
    folder, port = tmp_path_factory.mktemp("alertmanager"), free_port()
    (folder / "alertmanager.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n", encoding="utf-8")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                program,
                f"--config.file={folder / 'alertmanager.yml'}",
                f"--storage.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=log,
        )
        try:
            until(lambda: get(f"http://127.0.0.1:{port}", "status") is not None, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=10)


def until(holds: Callable[[], bool], log: Path | None = None) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, log.read_text() if log else "it did not come to hold"
        time.sleep(0.1)


def get(address: str, what: str) -> Any:
    """What Alertmanager answers; None while it does not."""
    try:
        with urllib.request.urlopen(f"{address}/api/v2/{what}", timeout=3) as answer:  # noqa: S310 - our own server
            return json.load(answer)
    except OSError:
        return None


def active(address: str, ticket: str) -> list[dict[str, Any]]:
    """The alerts of a ticket that burn."""
    return [one for one in get(address, "alerts?active=true") if one["labels"].get("ticket") == ticket]


def now() -> int:
    """In ms."""
    return int(time.time() * 1000)


def slipping(ticket: str, at: int, **given: Any) -> NoticeAlert:
    """A clock of a ticket that slips now."""
    return alert(ticket, started_at=at - 13 * MINUTE, due_at=at + 2 * MINUTE, at=at, first_told_at=at, **given)


async def tell(address: str, *notices: Notice) -> None:
    """Tells them in order."""
    target = Alertmanager(address, LINKS, now)
    for told in notices:
        assert Delivered() == await target.send(told)
    await target.close()


async def test_a_clock_is_one_alert_from_its_first_level_to_its_end(manager: str) -> None:
    """Repetitions and changes of level keep it one; the answer to the customer ends it."""
    at = now()
    await tell(
        manager,
        notice(Kind.FIRING, slipping("A-1", at), at=at),
        notice(Kind.REFRESH, slipping("A-1", at, level="breached", labels={"level": "breached"}), at=at),
    )

    (burning,) = active(manager, "A-1")
    assert "breached" == burning["annotations"]["level"]
    assert "https://sla.example/tickets/A-1" == burning["generatorURL"]
    assert ("sla_first_response", "P0", "网络") == tuple(
        burning["labels"][name] for name in ("alertname", "priority", "team")
    )

    await tell(manager, notice(Kind.ALL_CLEAR, slipping("A-1", at, standing=Standing.ENDED), at=at))

    until(lambda: active(manager, "A-1") == [])


async def test_a_ticket_that_moves_burns_once(manager: str) -> None:
    """Under its new team, and no longer under its old one."""
    at = now()
    await tell(
        manager,
        notice(Kind.FIRING, slipping("A-2", at), at=at),
        notice(Kind.REFRESH, slipping("A-2", at, labels={"team": "数据库"}), at=at),
    )

    until(lambda: [one["labels"]["team"] for one in active(manager, "A-2")] == ["数据库"])


async def test_what_is_over_before_it_was_told_is_taken(manager: str) -> None:
    """A withdrawal whose instant lies before the first notice is no invalid alert."""
    at = now()
    withdrawn = slipping("A-3", at, standing=Standing.WITHDRAWN)
    await tell(manager, notice(Kind.WITHDRAWN, withdrawn, at=at + 5))

    assert [] == active(manager, "A-3")


async def test_a_thousand_clocks_and_a_trouble_are_taken(manager: str) -> None:
    """Large groups go in pieces; what is no clock is an alert too."""
    at = now()
    trouble = Trouble("redis", "redis:6379", "no answer", at - MINUTE)
    await tell(
        manager,
        notice(Kind.FIRING, *[slipping(f"B-{number}", at) for number in range(1000)], at=at),
        notice(Kind.SELF, trouble=trouble, at=at),
        notice(Kind.HEARTBEAT, at=at),
    )

    names = [one["labels"]["alertname"] for one in get(manager, "alerts?active=true")]
    assert 1000 <= names.count("sla_first_response")
    assert {"slawatch_trouble", "slawatch_watchdog"} <= set(names)
