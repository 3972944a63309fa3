"""`slawatch check`: everything that is wrong with the configuration, of all files at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

import orjson
import typer
from rich.table import Table

from alerts.budgets import RATES
from alerts.reading import FILE as ALERTS_FILE
from alerts.reading import load_receivers, load_rules
from alerts.rules import Rules
from appraisal.cards import read_cards
from appraisal.people import load_people
from appraisal.roster import Roster
from appraisal.scorecard import Scorecard
from models.instant import format_ms
from models.objective import Objective
from models.policy import Problem
from models.wallboard import Wallboard
from sla.board import load_board
from sla.policy import PolicyBook, PolicyError, read_book
from streams.commands.console import Policies, out, policies_at
from streams.errors import Unusable
from streams.settings import environment, load_settings
from wallboard.rights import read_tokens

Read = TypeVar("Read")
ENVIRONMENT = "environment"


class Configuration(NamedTuple):
    """What was read, and everything that is wrong with it; what could not be read is None."""

    book: PolicyBook
    board: Wallboard | None
    rules: Rules | None
    cards: Mapping[str, Scorecard]
    roster: Roster | None
    problems: list[Problem]


def check(
    policies: Policies = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a fault, nothing else.")] = False,
) -> None:
    """Read the configuration and say what is wrong with it. Exit 1 when something is."""
    found = read_configuration(policies_at(policies))
    if as_json:
        for problem in found.problems:
            sys.stdout.write(orjson.dumps(problem._asdict()).decode() + "\n")
    elif found.problems:
        for problem in found.problems:
            out.print(str(problem), markup=False)
        faults, files = len(found.problems), len({problem.file for problem in found.problems})
        out.print(f"{faults} {'fault' if faults == 1 else 'faults'} in {files} {'file' if files == 1 else 'files'}.")
    else:
        _show(found)
    if found.problems:
        raise typer.Exit(1)


def read_configuration(folder: Path) -> Configuration:
    """The policies of a folder, with what lies beside them, and the settings of the environment.

    A file that names what another one holds is looked at beside what of that could be read.
    """
    book, problems = read_book(folder)
    board = _read(lambda: load_board(folder, book), problems)
    rules = None
    if (folder / ALERTS_FILE).exists():
        rules = _read(lambda: load_rules(folder, book), problems)
        problems += _faults_of_receivers(folder)
    cards, unread, faults = read_cards(folder)
    problems += faults
    roster = _read(lambda: load_people(folder, cards, unread), problems)
    problems += _faults_of_settings()
    return Configuration(book, board, rules, cards, roster, problems)


def _read(read: Callable[[], Read], problems: list[Problem]) -> Read | None:
    try:
        return read()
    except PolicyError as error:
        problems += error.problems
        return None


def _faults_of_receivers(folder: Path) -> list[Problem]:
    """Whether every receiver that can be read can be told as it is written."""
    from alerts.targets import check_receiver  # noqa: PLC0415 - all ways to tell anybody anything are many

    try:
        receivers = load_receivers(folder)
    except PolicyError:
        return []  # it has been told already
    known = environment()
    return [
        Problem(
            ALERTS_FILE, receiver.line, fault, "Write the address as its service asks for, or as docs/alerts.md shows"
        )
        for receiver in receivers
        for fault in check_receiver(receiver, known)
    ]


def _faults_of_settings() -> list[Problem]:
    """What is wrong with the environment, and with the file of tokens that it names."""
    try:
        settings = load_settings()
        settings.ssl_context()
    except Unusable as error:
        return [Problem(ENVIRONMENT, 0, str(error), "Set it, or take it out for its default")]
    file = settings.tokens
    if file is None:
        return []
    try:
        tokens = read_tokens(file.read_text("utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return [Problem(str(file), 0, f"the file of SLAWATCH_TOKENS cannot be read: {why}", "Name one that can be")]
    if not tokens.grants and not tokens.faults:
        return [Problem(str(file), 0, "the file names no token", "Write lines of `token rights [scopes]`")]
    told = [(fault.line, *fault.message.partition(": ")) for fault in tokens.faults]
    return [Problem(str(file), line, message, mend[:1].upper() + mend[1:]) for line, message, _, mend in told]


def _show(found: Configuration) -> None:
    """What there is, where nothing is wrong."""
    book = found.book
    table = Table()
    for name in ("edition", "in force from"):
        table.add_column(name, no_wrap=True)
    for name in ("policies", "metrics promised", "pooled as sla"):
        table.add_column(name)
    for edition in book.editions:
        metrics = sorted({metric for policy in edition.policies for metric in policy.targets})
        since = format_ms(edition.effective_from) if edition.effective_from is not None else "always"
        names = (", ".join(names) for names in ([p.name for p in edition.policies], metrics, edition.promised))
        table.add_row(edition.name or "-", since, *names)
    out.print(table)
    for edition in book.editions:
        of = f" of edition {edition.name}" if len(book.editions) > 1 else ""
        for objective in edition.objectives:
            out.print(f"Objective{of}: {_objective_line(objective)}", markup=False)
    if found.board is not None:
        out.print(f"The wallboard shows {len(found.board.tiles)} tiles, chime {'on' if found.board.chime else 'off'}.")
    if found.rules is None:
        out.print(f"There is no {ALERTS_FILE}: nobody is told what slips.")
    else:
        out.print(f"{len(found.rules.receivers)} receivers of alerts, {len(found.rules.routes)} routes.")
    examples = sum(card.example for card in found.cards.values())
    people = len(found.roster.people) if found.roster is not None else 0
    out.print(f"{len(found.cards)} scorecards, {examples} of them examples; {people} people.")
    out.print(f"The book holds: zone {book.zone}, {len(book.editions)} edition(s), digest {book.digest[:12]}.")


def _objective_line(objective: Objective) -> str:
    """What an objective asks for, and when it pages: never faster than 1 ÷ (1 - attainment)."""
    spare = 1_000_000 - objective.attainment
    rates = [f"{rate:g}" for rate, _, _ in RATES if rate * spare <= 1_000_000]
    pages = (
        f"pages at a burn rate of {' and '.join(rates)}" if rates else "never pages: it allows too much to burn fast"
    )
    asked = f"{objective.metric} {objective.attainment / 10_000:g}% a {objective.period}"
    return f"{objective.name}, {asked}; {pages}"
