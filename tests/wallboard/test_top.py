"""The board in a terminal: the same figures as the page, drawn to fit."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from models.instant import format_ms
from models.kpi import WINDOWS
from sinks.redis import RedisView
from streams.__main__ import main
from tests.servers.redis import RedisServer
from tests.wallboard.day import a_day
from wallboard.freshness import Freshness
from wallboard.top import board
from wallboard.top_values import told, value_of

ROOT = Path(__file__).parents[2]
NOW = 1_795_249_800_000
FRESH = Freshness(stale=False, reason="", watermark=format_ms(NOW), until=NOW + 5000)
STALE = Freshness(stale=True, reason="no_beat", watermark=format_ms(NOW - 60_000), until=None)


def clock(ticket: str, left_s: float, **fields: Any) -> dict[str, Any]:
    due = NOW + round(left_s * 1000)
    return {"ticket": ticket, "metric": "resolution", "cycle": 1, "due_at": due, "paused": False, "remaining_s": None,
            "priority": "P2", "team": "网络", "assignee": None, **fields}  # fmt: skip


def tile(field: str, unit: str, **fields: Any) -> dict[str, Any]:
    return {"field": field, "unit": unit, "better": "less", "scope": None, "label": {"en": field}, "target": None,
            "limits": [None, None], "last_week": False, **fields}  # fmt: skip


def parts(**more: Any) -> dict[str, Any]:
    kpi = {"created": 12, "sla": {"attainment": 0.9999}, "first_response": {"p90_s": 61.5, "attainment": None}}
    return {
        "board": {
            "zone": "Asia/Shanghai",
            "scope": "all",
            "tiles": [
                tile("live.open", "count"),
                tile("live.breached", "count", limits=[1, 5]),
                tile("today.sla.attainment", "ratio", better="more", limits=[1.0, 0.9]),
                tile("budget.P0 v1.2 kept.left", "ratio"),
                tile("live.oldest_open", "ticket", label={"en": "Oldest"}),
            ],
        },
        "live all": {"open": 1234, "breached": 7, "oldest_open": "T/1", "oldest_open_at": format_ms(NOW - 90_000_000)},
        **{f"kpi all {window}": kpi for window in WINDOWS},
        "budget P0 v1.2 kept": {"left": None},
        "clocks": {
            "due": [clock("T-soon", 90), clock("T-later", 9000)],
            "overdue": [clock("T-late", -75)],
            "paused": [],
        },
        "burning": {"count": 0, "clocks": []},
        **more,
    }


def drawn(
    found: dict[str, Any], fresh: Freshness = FRESH, *, width: int = 120, height: int | None = 40, lang: str = "en"
) -> str:
    console = Console(width=width, height=height or 200, force_terminal=False)
    with console.capture() as capture:
        console.print(board(found, fresh, NOW, lang=lang, width=width, height=height))
    return capture.get()


def test_figures_are_found_by_their_address() -> None:
    """Names of objectives may hold dots."""
    found = parts()

    assert 1234 == value_of(found, "live.open", "all")
    assert 61.5 == value_of(found, "5m.first_response.p90_s", "all")
    assert value_of(found, "5m.csat.mean_pct", "all") is None
    assert value_of(found, "budget.P0 v1.2 kept.left", "all") is None
    assert value_of(found, "month.sla_attainment", "all") is None


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "count", "–"),
        (0, "count", "0"),
        (1234, "count", "1,234"),
        (0.9999, "ratio", "99.9 %"),
        (1, "ratio", "100 %"),
        (0.57, "ratio", "57 %"),
        (-0.5, "ratio", "-50 %"),
        (61.5, "s", "1m 1s"),
        (0.25, "s", "0.2s"),
        (18_182, "s", "5h 3m"),
        (200_000, "s", "2d 7h"),
        (91.06, "points", "91.1"),
    ],
)
def test_values_are_written_by_their_unit(value: float | None, unit: str, text: str) -> None:
    """No data is a dash, and a share is never rounded up to a promise that was not kept."""
    assert text == told(value, unit)


def test_the_board_shows_tiles_deadlines_and_figures() -> None:
    """What is over, what comes next, and from where it is amber or red: by a sign, too."""
    text = drawn(parts())

    assert re.search(r"│ 1,234 ", text)
    assert "✕ 7" in text
    assert "▲ 99.9 %" in text
    assert "T/1" in text
    assert "Oldest · 1d 1h" in text
    assert re.search(r"\+01:15 +T-late.*\n.* 01:30 +T-soon.*\n.* 2:30:00 +T-later", text)
    assert "nobody" in text
    assert re.search(r"first response · 90 % within +1m 1s", text)
    assert "● live · as of 16:30:00" in text


def test_what_is_stale_says_so_and_since_when() -> None:
    """In words and by a sign."""
    text = drawn(parts(), STALE)

    assert "▲ a worker is silent · STALE · as of 16:29:00" in text


def test_a_burning_p0_stands_above_everything() -> None:
    """With team, assignee, how long is left, and who acknowledged."""
    burning = {"count": 5, "clocks": [clock("P0-1", -5, assignee="王丽", acknowledged_by="chen"), clock("P0-2", 60)]}
    text = drawn(parts(burning=burning))

    assert "5 P0 slipping" in text
    assert "+00:05  P0-1 · 网络 · 王丽 · Acknowledged by chen." in text
    assert "01:00  P0-2 · 网络 · nobody · nobody has acknowledged" in text
    assert text.index("P0-1") < text.index("1,234")


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (120, 40), (170, 45), (240, 60), (40, 12)])
def test_the_board_fits_its_window(width: int, height: int) -> None:
    """Whatever its size, nothing is wider, and from a usual size on nothing is higher."""
    clocks = {"due": [clock(f"T-{number}", 60 + number) for number in range(40)], "overdue": [], "paused": []}
    lines = drawn(parts(clocks=clocks), width=width, height=height).splitlines()

    assert max(map(len, lines)) <= width
    if height >= 24:
        assert len(lines) <= height
    assert any("1,234" in line for line in lines)


def test_an_empty_desk_is_shown_as_such() -> None:
    """Dashes and no deadlines, no noughts."""
    text = drawn({"board": parts()["board"], "clocks": {"due": [], "overdue": []}, "burning": None}, lang="zh")

    assert "暂无到期工单" in text
    assert "–" in text
    assert " 0 " not in text


@pytest.fixture
def filled(redis_server: RedisServer) -> str:
    """A Redis with a lifelike day."""

    async def write() -> None:
        view = RedisView.at(redis_server.url)
        await view.link.client.flushall()
        await a_day(time.time_ns() // 1_000_000, rate=0.01).write(view)
        await view.close()

    asyncio.run(write())
    return redis_server.url


def run(redis: str, *arguments: str) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SLAWATCH_REDIS": redis, "COLUMNS": "120"}
    command = [sys.executable, "-m", "streams", "top", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_command_prints_once_where_there_is_no_terminal(filled: str) -> None:
    """Of a scope, in the language asked for."""
    code, text = run(filled, "--team", "网络组", "--lang", "zh")

    assert 0 == code, text
    assert "团队 网络组" in text
    assert "到期时间" in text


def test_a_redis_that_cannot_be_reached_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the exit code says so."""
    monkeypatch.setenv("SLAWATCH_REDIS", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(sys, "argv", ["slawatch", "top"])
    with pytest.raises(SystemExit) as ended:
        main()

    assert 3 == ended.value.code
    assert "127.0.0.1:1" in capsys.readouterr().err


def test_q_ends_the_live_board(filled: str) -> None:
    """It fills the terminal, counts down, and leaves it as it was."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    before = termios.tcgetattr(there)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SLAWATCH_REDIS": filled, "TERM": "xterm"}
    environment.pop("COLUMNS", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "streams", "top"], env=environment, stdin=there, stdout=there, stderr=there
    )
    try:
        seen = _read_until(here, lambda text: text.count("slawatch") >= 3)
        os.write(here, b"q")
        _read_until(here, lambda _: process.poll() is not None)
    finally:
        process.kill()
        process.wait()

    assert 0 == process.returncode
    assert "\x1b[?1049h" in seen
    assert before == termios.tcgetattr(there)
    os.close(here)
    os.close(there)


def _read_until(number: int, holds: Callable[[str], bool]) -> str:
    seen, ends = "", time.monotonic() + 30
    while not holds(seen):
        assert time.monotonic() < ends, seen[-2000:]
        if select.select([number], [], [], 0.1)[0]:
            seen += os.read(number, 65_536).decode("utf-8", "replace")
    return seen
