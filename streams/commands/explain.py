"""`slawatch explain`: the ledger of each clock of a ticket, in words."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import typer

from models.instant import format_ms, parse_ms
from sinks.redis_link import RedisUnreachable
from sinks.redis_reader import RedisReader
from sla.explain import explain as sentences
from sla.replay import EventSet
from sla.ticket.document import document
from sla.ticket.ticket import fold
from streams.commands.console import Policies, book_of, lines_of, out
from streams.errors import Unreachable, Unusable
from streams.logs import set_up_logs
from streams.settings import load_settings


def explain(
    ticket: Annotated[str, typer.Argument(help="The ticket's id.")],
    events: Annotated[
        list[Path] | None, typer.Option("--events", help="Events to fold instead of asking Redis.")
    ] = None,
    policies: Policies = None,
    as_of: Annotated[str | None, typer.Option(help="With --events: instant to look from; default: the newest.")] = None,
    lang: Annotated[Literal["en", "zh"], typer.Option(help="Language of the sentences.")] = "en",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The ticket's document instead of sentences.")] = False,
) -> None:
    """Tell how each clock of a ticket came to stand where it does."""
    book = book_of(policies)
    found = _folded(ticket, events, book, as_of) if events else asyncio.run(_asked(ticket))
    if as_json:
        sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    for line in sentences(found, book.zone, parse_ms(found["as_of"]), lang):
        out.print(line, markup=False)


def _folded(ticket_id: str, files: list[Path], book: Any, as_of: str | None) -> dict[str, Any]:
    known = EventSet()
    for path in files:
        for number, line in lines_of(path):
            known.add(line, f"{path}:{number}")
    now = parse_ms(as_of) if as_of else known.newest_ms
    ticket = fold(known.tickets.get(ticket_id, {}).values(), book, now)
    if ticket is None:
        msg = f"the events tell of no ticket {ticket_id!r} that was created by then"
        raise Unusable(msg)
    return {**document(ticket, now), "as_of": format_ms(now)}


async def _asked(ticket_id: str) -> dict[str, Any]:
    settings = load_settings()
    set_up_logs(settings.log)
    reader = RedisReader.at(settings.redis)
    try:
        await reader.reach()
        found = await reader.read_ticket(ticket_id)
    except RedisUnreachable as error:
        raise Unreachable(str(error)) from error
    finally:
        await reader.close()
    if found is None:
        msg = f"Redis has no ticket {ticket_id!r}: it was never created, or is past the horizon; --events asks files"
        raise Unusable(msg)
    return found
