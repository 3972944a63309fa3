"""`slawatch alerts`: runs the alerter; `alerts list`, `alerts ack`, `alerts test` beside it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.table import Table

from alerts.burns import FAMILY
from alerts.cases import AlertCaseError, run_alert_case
from alerts.entry import Entry, EntryError, entry_from
from alerts.memory import SENDING, Ack, AckRequest, Alert, Memory
from alerts.reading import FILE, load_rules
from alerts.records import UnknownFormat, request_record
from alerts.rules import Rules
from alerts.trying import try_entry
from sla.policy import PolicyBook
from streams.access import access_to, worker_name
from streams.clock import now_ms
from streams.commands.alerting import Notebook, clock_face, said, show, whole, with_notebook
from streams.commands.console import Policies, book_of, cases_of, out, policies_at
from streams.errors import Unusable
from streams.logs import set_up_logs
from streams.metrics import serve_registry
from streams.settings import Settings, environment, load_settings

if TYPE_CHECKING:
    from alerts.alerter import Plan

alerts = typer.Typer(help="Tell people what slips: run the alerter, list and acknowledge alerts, test the rules.")

_CONFIRM_S = 10.0


@alerts.callback(invoke_without_command=True)
def run(context: typer.Context, policies: Policies = None) -> None:
    """Run the alerter; start several, one is active and the others stand by."""
    context.obj = policies
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    book = book_of(policies)
    rules = load_rules(policies_at(policies), book)
    set_up_logs(settings.log)
    from alerts.targets import CannotTell  # noqa: PLC0415 - all ways to tell anybody anything are many

    try:
        asyncio.run(_run(settings, book, rules))
    except (CannotTell, UnknownFormat) as error:
        raise Unusable(str(error)) from error


async def _run(settings: Settings, book: PolicyBook, rules: Rules) -> None:
    ends = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ends.set)
    from alerts.alerter import Alerter  # noqa: PLC0415 - as above

    plan = plan_of(settings, book, rules)
    plan.metrics.expect(rules.receivers)
    with serve_registry(plan.metrics.registry, port=settings.metrics_port, host=settings.metrics_host):
        await Alerter(plan).run(ends)


def plan_of(settings: Settings, book: PolicyBook, rules: Rules) -> Plan:
    """An alerter as settings, book and rules have it."""
    from alerts.alerter import Plan as Whole  # noqa: PLC0415 - as above
    from alerts.links import Links  # noqa: PLC0415 - as above

    key = settings.link_key.get_secret_value() if settings.link_key else None
    return Whole(
        name=worker_name(),
        access=access_to(settings),
        redis=settings.redis,
        group=settings.group,
        rules=rules,
        book=book,
        clock=now_ms,
        links=Links(settings.page_url, settings.ticket_url, key),
        environment=environment(),
        replication=settings.replication,
    )


@alerts.command("list")
def list_alerts(
    context: typer.Context,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object an alert.")] = False,
) -> None:
    """List open alerts, and notices that could not be delivered."""
    memory = with_notebook(load_settings(), _memory)
    zone = book_of(context.obj).zone
    found = sorted(
        (one for one in memory.alerts.values() if everything or not one.over),
        key=lambda one: (one.entry.due_at or 0, one.id),
    )
    burns = [one for key, one in sorted(memory.episodes.items()) if key.startswith(FAMILY)]
    if as_json:
        from alerts.showing import burn_fields  # noqa: PLC0415 - a command loads only what it needs

        rows = [_row(one) for one in found]
        rows += [{"id": one.key, **burn_fields(one), "told": sorted(one.told)} for one in burns]
        for row in rows:
            sys.stdout.write(orjson.dumps(row).decode() + "\n")
        return
    ids = whole("alert", [*(one.id for one in found), *(one.key for one in burns)])
    table = Table(ids, "level", "status", "priority", "team", "assignee", "due", "told", "acknowledged")
    for one in found:
        table.add_row(
            one.id, one.entry.level, one.held or one.standing.value, one.entry.priority, one.entry.team or "-",
            one.entry.assignee or "-", clock_face(one.entry.due_at, zone), ", ".join(one.told) or "-",
            _taken_on(one.ack, zone),
        )  # fmt: skip
    for burn in burns:
        status = "firing" if burn.told_at is not None else "held back"
        level, told = f"burn {burn.key.rpartition('/')[2]}", ", ".join(burn.told) or "-"
        table.add_row(burn.key, level, status, "-", "-", "-", "-", told, _taken_on(burn.ack, zone))
    show(table)
    out.print(f"{len(found)} alerts" + (f", {len(burns)} budgets that burn" if burns else ""))
    _undelivered(memory, zone)


def _taken_on(ack: Ack | None, zone: str) -> str:
    return "-" if ack is None else f"{ack.by} {clock_face(ack.at, zone)}"


def _undelivered(memory: Memory, zone: str) -> None:
    stuck = [one for one in memory.steps.values() if one.state not in (SENDING, "delivered")]
    waiting = [one for one in memory.steps.values() if one.state == SENDING]
    for one in sorted(stuck, key=lambda one: one.at):
        what = f"not delivered: {one.kind} to {one.receiver}, {clock_face(one.at, zone)}, {one.count} alerts"
        out.print(f"{what}: {one.detail}", markup=False, style="red")
    for one in sorted(waiting, key=lambda one: one.at):
        out.print(f"on its way: {one.kind} to {one.receiver} since {clock_face(one.at, zone)}", markup=False)


def _row(one: Alert) -> dict[str, Any]:
    from alerts.showing import alert_fields  # noqa: PLC0415 - a command loads only what it needs

    fields: dict[str, Any] = dict(alert_fields(one))
    return {"id": one.id, **fields, "told": sorted(one.told)}


async def _memory(opened: Notebook) -> Memory:
    return opened.memory


@alerts.command()
def ack(
    name: Annotated[str, typer.Argument(metavar="ID", help="Of an alert (ticket/metric/cycle), a group, or a budget.")],
    by: Annotated[str, typer.Option(help="Who takes it on.")],
) -> None:
    """Acknowledge an alert, a group as it stands, or a budget that burns; its escalation stops."""
    request = AckRequest(f"{now_ms()}-{os.getpid()}", name, said(by, "--by"), now_ms())

    async def write(opened: Notebook) -> str:
        memory = opened.memory
        alert = memory.alerts.get(name)
        burns = name if name.startswith(FAMILY) and name in memory.episodes else None
        if alert is None and burns is None and name not in memory.groups:
            near = [one for one in memory.alerts if one.startswith(f"{name}/")]
            mend = f"perhaps {', '.join(near)}" if near else "see `slawatch alerts list`"
            msg = f"no alert is called {name!r}; {mend}"
            raise Unusable(msg)
        if alert is not None and alert.over:
            return f"{name} is over already"
        await opened.write(request_record(request))
        if await opened.until(lambda: request.id not in memory.requests and _acked(memory, name), _CONFIRM_S):
            return f"{name} is acknowledged by {by}"
        return f"{name}: written down, but no alerter has confirmed it; one that starts will carry it out"

    out.print(with_notebook(load_settings(), write), markup=False)


def _acked(memory: Memory, name: str) -> bool:
    one = memory.alerts.get(name) or memory.groups.get(name) or memory.episodes.get(name)
    return one is not None and one.ack is not None


@alerts.command("test")
def test_alerts(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="A breach as JSON, or cases: JSON lines or a YAML list.")],
) -> None:
    """Show what a breach would lead to, or run cases. Exit 1 when one fails."""
    book = book_of(context.obj)
    folder = policies_at(context.obj)
    rules = load_rules(folder, book) if (folder / FILE).exists() else None  # a case may bring its own
    ran = failed = 0
    for path in files:
        entry = _breach_in(path)
        if entry is not None:
            for line in try_entry(entry, rules or load_rules(folder, book), book):
                out.print(line, markup=False)
            continue
        for place, case in cases_of(path):
            ran += 1
            failures = _failures(case, rules, book)
            failed += bool(failures)
            if failures:
                out.print(f"failed {case.get('id', place)}  {place}", markup=False)
                for failure in failures:
                    out.print("   ", failure, markup=False)
    if ran:
        out.print(f"{ran - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


def _failures(case: dict[str, Any], rules: Rules | None, book: PolicyBook) -> list[str]:
    try:
        return run_alert_case(case, rules, book)
    except AlertCaseError as error:
        return [f"cannot be run: {error}"]


def _breach_in(path: Path) -> Entry | None:
    """The breach that a file holds; None where it holds cases."""
    if path.suffix != ".json":
        return None
    try:
        found = orjson.loads(path.read_bytes())
        return entry_from(found) if isinstance(found, dict) and "metric" in found else None
    except (OSError, orjson.JSONDecodeError) as error:
        msg = f"{path} cannot be read: {error}"
        raise Unusable(msg) from error
    except EntryError as error:
        msg = f"{path} is no entry of sla:breaches: {error}"
        raise Unusable(msg) from error
