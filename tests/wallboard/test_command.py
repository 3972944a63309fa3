"""`slawatch wallboard` as it is started: what it prints, where it listens, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import orjson
import pytest

from streams.__main__ import main
from tests.servers.needs import free_port
from tests.servers.redis import RedisServer

ROOT = Path(__file__).parents[2]


def test_the_page_is_served_until_it_is_ended(redis_server: RedisServer, tmp_path: Path) -> None:
    """It says where, asks for tokens, tells Prometheus on a port of its own without one, and ends with 0."""
    tokens = tmp_path / "tokens"
    tokens.write_text("a-token-for-the-wall wall\n", encoding="utf-8")
    metrics = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SLAWATCH_REDIS": redis_server.url,
        "SLAWATCH_TOKENS": str(tokens),
        "SLAWATCH_METRICS_PORT": str(metrics),
        "SLAWATCH_METRICS_HOST": "127.0.0.1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "streams", "wallboard", "--port", "0"],
        env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        word, url = process.stdout.readline().split()
        asked = urllib.request.Request(url, headers={"authorization": "Bearer a-token-for-the-wall"})  # noqa: S310
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            page = answer.read().decode()
        with urllib.request.urlopen(f"{url}healthz", timeout=10) as answer:  # noqa: S310
            health = orjson.loads(answer.read())
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as answer:
            told = answer.read().decode()
        process.send_signal(signal.SIGTERM)
        ended = process.wait(10)
    finally:
        process.kill()
        process.communicate()

    assert "page" == word
    assert 'data-rights="wall"' in page
    assert "ok" == health["redis"]
    assert "slawatch_viewers 0.0" in told
    assert 0 == ended


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("TOKENS", "nowhere", "SLAWATCH_TOKENS: nowhere cannot be read"),
        ("TICKET_URL", "https://desk.example/", "write {ticket_id}"),
        ("PAGE_URL", "wall.example", "begins with https://"),
        ("LINK_KEY", "short", "fewer than 16"),
        ("HOST", "0.0.0.0", "set SLAWATCH_TOKENS"),  # noqa: S104 -- it has to be refused
    ],
)
def test_what_cannot_be_used_is_refused(
    setting: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the mend, and exit code 2."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv(f"SLAWATCH_{setting}", value)
    host = ["--host", value] if setting == "HOST" else []
    monkeypatch.setattr(sys, "argv", ["slawatch", "wallboard", "--port", "0", *host])
    with pytest.raises(SystemExit) as ended:
        main()

    assert 2 == ended.value.code
    assert told in capsys.readouterr().err
