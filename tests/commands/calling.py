"""`slawatch` as a shell would call it, in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from streams.__main__ import main

#: Runs a command; answers exit code, output and errors.
Run = Callable[..., tuple[int, str, str]]


def caller(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """What runs commands in the present folder, on a wide screen."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["slawatch", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as done:
            code = int(done.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call
