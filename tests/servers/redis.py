"""A real redis-server, in memory."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.needs import free_port, listens, missing


@dataclass
class RedisServer:
    """A Redis that can be killed, and started again empty."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts it and waits until it listens."""
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
        )
        deadline = time.monotonic() + 10
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("redis-server did not start")
            time.sleep(0.02)

    def close(self) -> None:
        """Kills it."""
        if self.process is not None:
            self.process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=3)
            self.process = None


def start_redis(folder: Path) -> RedisServer:
    """A Redis that listens; skips or fails the test where it cannot be had."""
    if shutil.which("redis-server") is None:
        missing("redis-server")
    server = RedisServer(folder)
    server.start()
    return server
