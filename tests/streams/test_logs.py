"""Where logs go."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from streams.logs import set_up_logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leaves the root's handlers as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_logs_follow_stderr_to_where_it_is_put(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stderr that was there for a while and is closed now is written to no more."""
    first, second = io.StringIO(), io.StringIO()
    with monkeypatch.context() as while_a_command_runs:
        while_a_command_runs.setattr("sys.stderr", first)
        set_up_logs()
        logging.getLogger("desk").warning("one")
        told = first.getvalue()
        first.close()
    monkeypatch.setattr("sys.stderr", second)
    logging.getLogger("desk").warning("two")
    assert "one" in told
    assert "two" in second.getvalue()
    assert "Traceback" not in second.getvalue()
