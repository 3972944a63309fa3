"""The commands that need no server: `test`, `check`, `replay`, `schema`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.table import Table

from alerts.budgets import RATES
from alerts.reading import FILE as ALERTS_FILE
from alerts.reading import load_rules
from appraisal.cards import load_cards
from appraisal.form import FilledForm, TotalRow
from appraisal.people import load_people
from models.breach import breach_schema
from models.budget import Budget
from models.event import event_schema
from models.instant import format_ms, parse_ms
from models.kpi import KpiDocument
from models.objective import Objective
from models.period import PeriodDocument
from sla.board import load_board
from sla.cases import CaseError, run_case
from sla.policy import PolicyBook, PolicyError
from sla.policy.schema import policy_schema
from sla.replay import EventSet, describe, replay
from streams.commands.console import Policies, book_of, cases_of, err, lines_of, out, policies_at, progress
from streams.errors import Unusable
from streams.settings import environment, load_settings

Read = TypeVar("Read")


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


def check(policies: Policies = None) -> None:
    """Read the configuration and say what is wrong with it. Exit 1 when something is."""
    book = _checked(lambda: book_of(policies))
    table = Table("edition", "in force from", "policies", "metrics promised")
    for edition in book.editions:
        metrics = sorted({metric for policy in edition.policies for metric in policy.targets})
        since = format_ms(edition.effective_from) if edition.effective_from is not None else "always"
        table.add_row(edition.name or "-", since, ", ".join(p.name for p in edition.policies), ", ".join(metrics))
    out.print(table)
    board = _checked(lambda: load_board(policies_at(policies), book))
    for objective in book.editions[-1].objectives:
        out.print(_objective_line(objective), markup=False)
    out.print(f"The wallboard shows {len(board.tiles)} tiles, chime {'on' if board.chime else 'off'}.")
    folder = policies_at(policies)
    _check_alerts(folder, book)
    cards = _checked(lambda: load_cards(folder))
    roster = _checked(lambda: load_people(folder, cards))
    examples = sum(card.example for card in cards.values())
    out.print(f"{len(cards)} scorecards, {examples} of them examples; {len(roster.people)} people.")
    out.print(f"The book holds: zone {book.zone}, {len(book.editions)} edition(s), digest {book.digest[:12]}.")


def _check_alerts(folder: Path, book: PolicyBook) -> None:
    """The rules of alerting, where there are any, and whether every receiver can be told as it is written."""
    if not (folder / ALERTS_FILE).exists():
        out.print(f"There is no {ALERTS_FILE}: nobody is told what slips.")
        return
    from alerts.targets import check_receiver  # noqa: PLC0415 - all ways to tell anybody anything are many

    rules, known = _checked(lambda: load_rules(folder, book)), environment()
    problems = [one for receiver in rules.receivers.values() for one in check_receiver(receiver, known)]
    for problem in problems:
        out.print(f"{ALERTS_FILE}: {problem}", markup=False)
    if problems:
        raise typer.Exit(1)
    out.print(f"{len(rules.receivers)} receivers of alerts, {len(rules.routes)} routes.")


def _objective_line(objective: Objective) -> str:
    """What an objective asks for, and when it pages: never faster than 1 ÷ (1 - attainment)."""
    spare = 1_000_000 - objective.attainment
    rates = [f"{rate:g}" for rate, _, _ in RATES if rate * spare <= 1_000_000]
    pages = (
        f"pages at a burn rate of {' and '.join(rates)}" if rates else "never pages: it allows too much to burn fast"
    )
    asked = f"{objective.metric} {objective.attainment / 10_000:g}% a {objective.period}"
    return f"Objective: {objective.name}, {asked}; {pages}"


def _checked(read: Callable[[], Read]) -> Read:
    """What is read; what is wrong with it is told, and ends the check with 1."""
    try:
        return read()
    except PolicyError as error:
        for problem in error.problems:
            out.print(str(problem), markup=False)
        raise typer.Exit(1) from None


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
