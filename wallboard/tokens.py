"""The tokens' file, read again whenever it changes."""

from __future__ import annotations

import hmac
import time
from pathlib import Path

import structlog

from wallboard.rights import EVERYTHING, Grant, Tokens, digest, read_tokens

log = structlog.get_logger(__name__)

#: How often the file is asked whether it changed.
LOOK_S = 1.0


class TokensUnusable(ValueError):
    """The file of SLAWATCH_TOKENS cannot be used at the start.

    Operator action: mend the lines that the message names. Once the page runs, a line with a fault grants nothing, and
    the log names it.
    """


class TokenKeeper:
    """Knows each token's grant; without a file everybody has everything, as on the loopback."""

    def __init__(self, path: Path | None) -> None:
        """Reads the file.

        Raises:
            TokensUnusable: it cannot be read, has a fault or names no token.
        """
        self._path = path
        self._tokens = Tokens({}, (), ())
        self._seen: tuple[int, int, int] | None = None
        self._looked = 0.0
        self.generation = 0  # of the file's content: while it is the same, so is every grant
        if path is None:
            return
        try:
            self._read()
        except (OSError, UnicodeDecodeError) as error:
            msg = f"SLAWATCH_TOKENS: {path} cannot be read ({_why(error)})"
            raise TokensUnusable(msg) from error
        if self._tokens.faults:
            told = "\n".join(f"{path}:{fault.line}: {fault.message}" for fault in self._tokens.faults)
            raise TokensUnusable(told)
        if not self._tokens.grants:
            msg = f"SLAWATCH_TOKENS: {path} names no token: write lines of `token rights [scopes]`"
            raise TokensUnusable(msg)
        self._tell()

    @property
    def asks(self) -> bool:
        """Whether anybody is asked for a token."""
        return self._path is not None

    def grant_of(self, token: str | None) -> Grant | None:
        """What a token grants now; None for one that is unknown, or none where one is needed."""
        if self._path is None:
            return EVERYTHING
        self.look()
        if not token:
            return None
        asked, found = digest(token), None
        for known, grant in self._tokens.grants.items():  # all of them, so that time tells nothing
            if hmac.compare_digest(known, asked):
                found = grant
        return found

    def look(self) -> None:
        """Reads the file again if it changed."""
        now = time.monotonic()
        if self._path is None or now - self._looked < LOOK_S:
            return
        try:
            if self._state() == self._seen:
                self._looked = now
                return
            self._read()
        except (OSError, UnicodeDecodeError) as error:
            if self._tokens.grants or self._seen is not None:
                log.error("the tokens' file cannot be read: nobody is let in", file=str(self._path), reason=_why(error))  # noqa: TRY400
            self._tokens, self._seen, self._looked = Tokens({}, (), ()), None, now
            self.generation += 1
            return
        log.info("the tokens' file was read again", file=str(self._path), tokens=len(self._tokens.grants))
        self._tell()

    def _read(self) -> None:
        if self._path is None:
            return
        state = self._state()
        self._tokens = read_tokens(self._path.read_text("utf-8-sig").splitlines())
        self._seen, self._looked = state, time.monotonic()
        self.generation += 1

    def _state(self) -> tuple[int, int, int]:
        found = self._path.stat() if self._path else None
        return (found.st_mtime_ns, found.st_size, found.st_ino) if found else (0, 0, 0)

    def _tell(self) -> None:
        for fault in self._tokens.faults:
            log.error(
                "a line of the tokens' file grants nothing", place=f"{self._path}:{fault.line}", fault=fault.message
            )
        for line in self._tokens.weak:
            log.warning("a token has fewer than 16 characters and could be guessed", place=f"{self._path}:{line}")


def _why(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "it is not UTF-8"
