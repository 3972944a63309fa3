"""What a test needs and may not have: skipped on a laptop, failed where CI is set."""

from __future__ import annotations

import os
import socket
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skips the test; fails it where `CI=true`, for there every part has to be."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI=true asks for every part", pytrace=False)
    pytest.skip(f"{what} is missing")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody listens on a port of the loopback."""
    with socket.socket() as found:
        found.settimeout(0.5)
        return found.connect_ex(("127.0.0.1", port)) == 0
