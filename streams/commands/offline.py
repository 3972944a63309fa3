"""The commands that need no server: `test`, `replay`, `schema`."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from appraisal.form import FilledForm, TotalRow
from models.breach import breach_schema
from models.budget import Budget
from models.event import event_schema
from models.instant import parse_ms
from models.kpi import KpiDocument
from models.period import PeriodDocument
from sla.cases import CaseError, run_case
from sla.policy.schema import policy_schema
from sla.replay import EventSet, describe, replay
from streams.commands.console import Policies, book_of, cases_of, err, lines_of, out, progress
from streams.errors import Unusable
from streams.settings import load_settings


def test(
    files: Annotated[list[Path], typer.Argument(help="Files of cases: JSON lines or YAML lists.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a case.")] = False,
) -> None:
    """Run cases: calendar questions and scenarios. Exit 1 when one fails."""
    ran = failed = 0
    for path in files:
        for place, case in cases_of(path):
            name = str(case.get("id", place))
            try:
                failures = run_case(case)
            except CaseError as error:
                failures = [f"cannot be run: {error}"]
            ran += 1
            failed += bool(failures)
            if as_json:
                row = {"id": name, "place": place, "passed": not failures, "failures": failures}
                sys.stdout.write(orjson.dumps(row).decode() + "\n")
            elif failures:
                out.print(f"[red]failed[/red] {name}  [dim]{place}[/dim]", style=None)
                for failure in failures:
                    out.print("   ", failure, markup=False)
    if not as_json:
        out.print(f"{ran - failed} passed, {failed} failed")
    if not ran:
        msg = "the files hold no case"
        raise Unusable(msg)
    if failed:
        raise typer.Exit(1)


def replay_files(
    files: Annotated[list[Path], typer.Argument(help="Events as JSON lines, plain or gzipped.")],
    target: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
    policies: Policies = None,
    as_of: Annotated[str | None, typer.Option(help="Instant to look from; default: the newest event's.")] = None,
) -> None:
    """Compute from files alone, through the same code, what the stream would have said."""
    book = book_of(policies)
    until = _instant(as_of) if as_of is not None else None
    gc.disable()  # Everything read is kept to the end: looking for garbage in it costs a third of the time.
    events = EventSet()
    for path in files:
        for number, line in lines_of(path):
            events.add(line, f"{path}:{number}")
    gc.freeze()
    now = until if until is not None else events.newest_ms
    with progress("events") as bar:
        task = bar.add_task("replay", total=events.events)
        result = replay(events, book, now, lambda count: bar.advance(task, count), grace_ms=load_settings().grace_ms)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name in ("tickets", "breaches", "kpis", "periods", "budgets"):
            (target / f"{name}.jsonl").write_bytes(b"".join(line + b"\n" for line in getattr(result, name)))
    except OSError as error:
        msg = f"{target} cannot be written: {error}"
        raise Unusable(msg) from error
    for rejected in events.rejected[:20]:
        err.print(f"{rejected.place}: {rejected.message} [{rejected.reason}]", markup=False)
    if len(events.rejected) > 20:
        err.print(f"… and {len(events.rejected) - 20} more that are not valid")
    for name, value in describe(result, events, now):
        err.print(f"{name:>20}  {value}", markup=False)


def _instant(text: str) -> int:
    try:
        return parse_ms(text)
    except ValueError as error:
        msg = f"--as-of: {error}"
        raise Unusable(msg) from error


def schema() -> None:
    """Print the JSON Schemas of events, policies, KPI documents, breaches, budgets, period totals and forms."""
    schemas: dict[str, Any] = {
        "event": event_schema(),
        "policy": policy_schema(),
        "kpi": KpiDocument.model_json_schema(),
        "breach": breach_schema(),
        "budget": Budget.model_json_schema(),
        "period": PeriodDocument.model_json_schema(),
        "form": FilledForm.model_json_schema(mode="serialization"),
        "total": TotalRow.model_json_schema(mode="serialization"),
    }
    sys.stdout.write(orjson.dumps(schemas, option=orjson.OPT_INDENT_2).decode() + "\n")
