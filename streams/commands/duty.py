"""`slawatch duty`: who is on duty, and who shall be for a while."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alerts.duty import on_duty
from alerts.memory import DutyOverride
from alerts.reading import load_rules
from alerts.records import duty_record
from alerts.rules import Rules
from sla.policy import PolicyBook
from streams.clock import now_ms
from streams.commands.alerting import Notebook, clock_face, until_ms, with_notebook
from streams.commands.console import Policies, book_of, out, policies_at
from streams.errors import Unusable
from streams.settings import load_settings

duty = typer.Typer(help="Who is on duty.")


@duty.callback(invoke_without_command=True)
def show(context: typer.Context, policies: Policies = None) -> None:
    """Say who is on duty now."""
    context.obj = policies
    if context.invoked_subcommand is not None:
        return
    book, rules = _rules(policies)

    async def override(opened: Notebook) -> DutyOverride | None:
        return opened.memory.duty

    found = on_duty(rules, book, with_notebook(load_settings(), override), now_ms())
    if found is None:
        out.print("nobody: alerts.yaml has no on_duty")
        return
    until = f", set by hand until {clock_face(found.until, book.zone)}" if found.until else ""
    out.print(f"{found.who}, reached by {found.receiver}{until}", markup=False)


@duty.command("set")
def set_duty(
    context: typer.Context,
    who: Annotated[str, typer.Argument(help="A shift of on_duty, or a receiver.")],
    until: Annotated[str, typer.Option(help="An instant, or how long from now: 2026-11-21T18:00:00+08:00, 4h.")],
) -> None:
    """Put somebody on duty until an instant, whatever the calendars say."""
    book, rules = _rules(context.obj)
    known = [*(shift.who for shift in rules.on_duty), *rules.receivers]
    if who not in known:
        msg = f"{who!r} is neither a shift of on_duty nor a receiver; known are {', '.join(dict.fromkeys(known))}"
        raise Unusable(msg)
    now = now_ms()
    ends = until_ms(until, now)
    if ends <= now:
        msg = f"--until: {until} has passed; name an instant to come"
        raise Unusable(msg)

    async def write(opened: Notebook) -> None:
        await opened.write(duty_record(DutyOverride(who, ends, now)))

    with_notebook(load_settings(), write)
    out.print(f"{who} is on duty until {clock_face(ends, book.zone)}", markup=False)


def _rules(policies: Path | None) -> tuple[PolicyBook, Rules]:
    book = book_of(policies)
    return book, load_rules(policies_at(policies), book)
