"""`slawatch silence`: mute alerts for a while, as amtool does."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from typing import Annotated

import orjson
import typer
from redis import exceptions as errors
from rich.table import Table

from alerts.matchers import matcher
from alerts.memory import Silence
from alerts.records import silence_record
from alerts.showing import silence_fields
from sinks.alerts_redis import AlertsRedis
from sla.policy.words import Unreadable
from streams.clock import now_ms
from streams.commands.alerting import Notebook, clock_face, length_ms, said, show, whole, with_notebook
from streams.commands.console import Policies, book_of, out
from streams.errors import Unusable
from streams.settings import Settings, load_settings

silence = typer.Typer(help="Mute alerts for a while: add, query, expire.", no_args_is_help=True)


@silence.command()
def add(
    matchers: Annotated[list[str], typer.Argument(help='Such as team="网络" priority=~"P3|P4"; all have to fit.')],
    length: Annotated[str, typer.Option("--for", help="How long, such as 2h.")],
    by: Annotated[str, typer.Option(help="Who says so.")],
    comment: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Mute what meets all matchers; prints the silence's id."""
    now = now_ms()
    try:
        read = tuple(matcher(text) for text in matchers)
    except Unreadable as error:
        msg = f"{error}. {error.mend}"
        raise Unusable(msg) from error
    until = now + length_ms(length, "--for")
    made = Silence(str(uuid.uuid4()), read, now, until, said(by, "--by"), said(comment, "--comment"))
    _write(load_settings(), made)
    out.print(made.id, markup=False)


@silence.command()
def query(
    policies: Policies = None,
    *,
    expired: Annotated[bool, typer.Option("--expired", help="Those that have ended, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a silence.")] = False,
) -> None:
    """List silences."""
    found = with_notebook(load_settings(), _silences)
    now, zone = now_ms(), book_of(policies).zone
    shown = sorted((one for one in found if expired or one.ends_at > now), key=lambda one: one.ends_at)
    if as_json:
        for one in shown:
            out.print(orjson.dumps(silence_fields(one)).decode(), markup=False)
        return
    table = Table(whole("id", [one.id for one in shown]), "matchers", "ends at", "by", "comment")
    for one in shown:
        table.add_row(one.id, " ".join(map(str, one.matchers)), clock_face(one.ends_at, zone), one.by, one.comment)
    show(table)


@silence.command()
def expire(name: Annotated[str, typer.Argument(metavar="ID", help="As `silence query` shows it.")]) -> None:
    """End a silence now."""
    known = {one.id: one for one in with_notebook(load_settings(), _silences)}
    if name not in known:
        msg = f"no silence is called {name!r}; see `slawatch silence query`"
        raise Unusable(msg)
    made, now = known[name], now_ms()
    if made.ends_at > now:
        ended = Silence(made.id, made.matchers, made.starts_at, now, made.by, made.comment)
        _write(load_settings(), ended)
    out.print(f"{name} has ended", markup=False)


async def _silences(opened: Notebook) -> list[Silence]:
    return list(opened.memory.silences.values())


def _write(settings: Settings, made: Silence) -> None:
    async def write(opened: Notebook) -> None:
        await opened.write(silence_record(made))
        redis = AlertsRedis(settings.redis, settings.group)
        with contextlib.suppress(errors.RedisError, OSError, TimeoutError):  # the topic has it: Redis is a view
            await asyncio.wait_for(redis.show_silence(silence_fields(made), made.ends_at), 2)
        await redis.close()

    with_notebook(settings, write)
