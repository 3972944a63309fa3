"""Logs: structured, to stderr, and thinned out where libraries repeat themselves while a server is away."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any, Literal, TextIO

import structlog

#: Libraries that say the same many times a second while a broker is away.
CHATTY = ("aiokafka", "faust", "mode")
QUIET_S = 30.0


class Thin(logging.Filter):
    """Lets a message of a chatty library pass once in `QUIET_S`, with the number of those it held back."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], float] = {}
        self._held: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is to be written."""
        if not record.name.startswith(CHATTY):
            return True
        # Numbers and addresses differ from one time to the next: the template of a message is what repeats.
        key = (record.name, str(record.msg)[:60])
        now = time.monotonic()
        if now - self._last.get(key, -QUIET_S) < QUIET_S:
            self._held[key] = self._held.get(key, 0) + 1
            return False
        self._last[key] = now
        if held := self._held.pop(key, 0):
            record.msg = f"{record.getMessage()} (and {held} more like it)"
            record.args = ()
        return True


class ToStderr(logging.StreamHandler[TextIO]):
    """Writes to what is stderr at that moment.

    A handler that kept the stderr of its beginning would write to a closed file, once somebody who had put another in
    its place (a test that runs a command) has put the first one back.
    """

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # what it is changes by itself, and nobody sets it
        """Stderr, as it is now."""
        return sys.stderr


def set_up_logs(style: Literal["text", "json"] = "text", *, verbose: bool = False) -> None:
    """Sends every log, ours and those of libraries, to stderr in one style."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    ends: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if style == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ends],
        )
    )
    handler.addFilter(Thin())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.INFO if verbose else logging.WARNING)
