"""`slawatch top`: the wallboard in a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

import typer
from rich.live import Live

from sinks.redis_link import RedisLink, RedisUnreachable
from sinks.redis_reader import RedisReader
from streams.clock import now_ms
from streams.commands.console import Policies, book_of, out
from streams.commands.wallboard import site_of
from streams.errors import Unreachable, Unusable
from streams.logs import set_up_logs
from streams.settings import load_settings
from wallboard.board import Page, read_common, read_parts
from wallboard.freshness import Freshness, freshness
from wallboard.look import Look, look_of
from wallboard.rights import EVERYTHING
from wallboard.selection import NoSuchScope, Selection, selection_of
from wallboard.top import board

#: How often Redis is looked at, and how often the countdowns are drawn.
LOOK_S: Final = 1.0
DRAW_S: Final = 0.25
#: A look that takes longer says that Redis is away.
AWAY_S: Final = 2.0

Names = list[str] | None


def top(  # noqa: PLR0917 -- typer's options have no order
    team: Annotated[Names, typer.Option(help="Of this team; more than once: their lists.")] = None,
    priority: Annotated[Names, typer.Option(help="Of this priority.")] = None,
    channel: Annotated[Names, typer.Option(help="Of this channel.")] = None,
    tier: Annotated[Names, typer.Option(help="Of customers of this tier.")] = None,
    agent: Annotated[Names, typer.Option(help="Of this person.")] = None,
    lang: Annotated[Literal["en", "zh"], typer.Option(help="Language.")] = "en",
    policies: Policies = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Print it once and end; so without a terminal.")] = False,
) -> None:
    """Show the wallboard in this terminal; q or Ctrl-C ends it."""
    settings = load_settings()
    set_up_logs(settings.log)
    look = look_of(site_of(settings, book_of(policies), policies))
    asked = {"team": team, "priority": priority, "channel": channel, "tier": tier, "agent": agent}
    try:
        selection = selection_of((name, value) for name, values in asked.items() for value in values or ())
    except NoSuchScope as error:
        raise Unusable(str(error)) from error
    screen = _Screen(settings.redis, look, selection, lang)
    asyncio.run(screen.once() if once or not out.is_terminal else screen.live())


class _Screen:
    """The board as it stands, drawn anew while Redis is asked beside it."""

    def __init__(self, redis: str, look: Look, selection: Selection, lang: str) -> None:
        self._link = RedisLink(redis, timeout_s=AWAY_S)
        self._reader = RedisReader(self._link)
        self._page = Page(selection, EVERYTHING, look)
        self._lang = lang
        self._parts: Mapping[str, Any] = {}
        self._health: Mapping[str, str] = {}
        self._read_at = 0
        self._away = False

    async def once(self) -> None:
        """Prints the whole board."""
        try:
            await self._first()
            fresh = freshness(self._health, now_ms())
            out.print(board(self._parts, fresh, now_ms(), lang=self._lang, width=out.width, height=None))
        finally:
            await self._reader.close()

    async def live(self) -> None:
        """Draws the board until it is told to end."""
        ends = asyncio.Event()
        looking = None
        try:
            await self._first()
            looking = asyncio.create_task(self._look_on())
            with _keys(ends), Live(console=out, screen=True, auto_refresh=False) as live:
                while not ends.is_set():
                    size = out.size
                    shown = board(
                        self._parts, self._freshness(), now_ms(), lang=self._lang, width=size.width, height=size.height
                    )
                    live.update(shown, refresh=True)
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(DRAW_S):
                            await ends.wait()
                    if looking.done():
                        looking.result()
        finally:
            if looking is not None:
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)
            await self._reader.close()

    async def _first(self) -> None:
        try:
            async with asyncio.timeout(2 * AWAY_S):
                await self._reader.reach()
                await self._read()
        except (RedisUnreachable, TimeoutError) as error:
            msg = (
                str(error) or f"Redis at {self._link.address} does not answer; set SLAWATCH_REDIS to the one that runs"
            )
            raise Unreachable(msg) from error

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                async with asyncio.timeout(AWAY_S):
                    await self._read()
                self._away = False
            except TimeoutError:
                self._away = True

    async def _read(self) -> None:
        common = await read_common(self._reader, await self._reader.scopes())
        now = now_ms()
        self._parts = await read_parts(self._reader, self._page, common, now)
        self._health = common.health

    def _freshness(self) -> Freshness:
        fresh = freshness(self._health, now_ms())
        return fresh._replace(stale=True, reason="no_redis") if self._away else fresh


@contextlib.contextmanager
def _keys(ends: asyncio.Event) -> Iterator[None]:
    """Listens for `q` and Ctrl-C while the board is shown."""
    loop = asyncio.get_running_loop()
    if not sys.stdin.isatty():
        yield
        return
    import termios  # noqa: PLC0415 -- there is none on every system, and it is needed here only
    import tty  # noqa: PLC0415

    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    tty.setcbreak(number)
    loop.add_reader(number, lambda: ends.set() if sys.stdin.read(1) in {"q", "Q", "\x1b"} else None)
    try:
        yield
    finally:
        loop.remove_reader(number)
        termios.tcsetattr(number, termios.TCSADRAIN, before)
