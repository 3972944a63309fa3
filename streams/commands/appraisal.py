"""`slawatch appraisal`: a period's forms and totals, from the topics or from files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from appraisal.appraise import CannotAppraise
from appraisal.behind import Wanted, rows_behind
from appraisal.form import Appraisal, FilledForm, TicketRow
from appraisal.forms import NoFont, html_form, pdf_form, xlsx_form
from appraisal.intake import NotTaken, subject_of
from appraisal.numbers import half_up
from appraisal.output.files import Asked, Renderer, files_of, write_files
from appraisal.output.manifest import UnusableKey, read_key
from appraisal.period import Period, PeriodUnknown, period_of
from appraisal.pseudonyms import Pseudonyms, WeakKey
from appraisal.whole import appraise
from models import scope
from models.instant import parse_ms
from sla.policy import PolicyBook
from streams.commands.console import Policies, book_of, err, out
from streams.commands.gathering import Gathered, from_files
from streams.commands.gathering_topics import from_topics
from streams.errors import Unusable
from streams.settings import load_settings


class Press:
    """What writes forms, by the suffix of their files; of PDFs it remembers why they could not be printed."""

    def __init__(self) -> None:
        self.renderers: dict[str, Renderer] = {"xlsx": xlsx_form, "html": html_form, "pdf": self._pdf}
        self.unprinted: dict[str, None] = {}

    def _pdf(self, form: FilledForm, language: str) -> bytes | None:
        try:
            return pdf_form(form, language)
        except NoFont as error:
            self.unprinted[str(error)] = None
            return None


class _PeriodFirst(TyperGroup):
    """`appraisal 2026-Q4 …` is the command itself; other words are commands of its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the name of the command in front where a period stands there."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["of", *args]
        return super().parse_args(ctx, args)


appraisal = typer.Typer(
    cls=_PeriodFirst, help="A period's forms and totals: slawatch appraisal PERIOD --out DIR.", no_args_is_help=True
)


@appraisal.command("of", hidden=True)
def of_period(  # noqa: PLR0917 -- typer passes them by name
    period: Annotated[str, typer.Argument(help="2026-11-21, 2026-11, 2026-Q4, 2026-H2 or 2026.")],
    more: Annotated[list[Path] | None, typer.Argument(help="Further files of events.", hidden=True)] = None,
    out_dir: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path("appraisal-out"),
    subject: Annotated[list[str] | None, typer.Option(help="agent:…, team:… or all; default: the roster.")] = None,
    scorecard: Annotated[list[str] | None, typer.Option(help="A card; default: that of each person.")] = None,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    events: Annotated[list[Path] | None, typer.Option(help="Compute from files instead of the topics.")] = None,
    policies: Policies = None,
    as_of: Annotated[str | None, typer.Option(help="With --events: instant to look from; default: the newest.")] = None,
    *,
    tickets: Annotated[bool, typer.Option("--tickets", help="List the tickets behind each figure.")] = False,
    running: Annotated[bool, typer.Option("--running", help="Take a period that has not closed as it stands.")] = False,
    pseudonyms: Annotated[bool, typer.Option("--pseudonyms", help="Names as pseudonyms.")] = False,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="Write no PDF, which needs a Chinese font.")] = False,
) -> None:
    """Fill the forms of a period and write them, with its totals."""
    if lang not in {"zh", "en"}:
        msg = f"--lang is {lang!r}: write zh or en"
        raise Unusable(msg)
    if more and not events:
        msg = f"{more[0]} is one argument too many: files of events go with --events"
        raise Unusable(msg)
    files = [*(events or []), *(more or [])]
    until = instant_of(as_of) if as_of else None
    names, cards = tuple(sorted(set(subject or ()))), tuple(sorted(set(scorecard or ())))
    asked = Asked(names, cards, lang, tickets, pseudonyms, not no_pdf)
    made, asked = made_of(period, asked, files, policies, until, running=running)
    press = Press()
    written = _write(made, out_dir, asked, press)
    err.print(f"{len(made.forms)} forms and {len(made.totals)} rows of totals in {written}", markup=False)
    if not made.forms:
        mend = "name --subject and --scorecard"
        err.print(f"nobody in people.yaml has a scorecard for a {made.kind}: {mend}", markup=False)
    for form in made.forms:
        total = "no total" if form.total is None else str(half_up(form.total))
        name = f"{form.subject.name} ({form.subject.id})"
        out.print(f"{form.scorecard}  {name}  {total}  {form.measured} of {form.of} measures", markup=False)
    if press.unprinted:
        msg = f"{'; '.join(press.unprinted)}. Everything else is written; --no-pdf asks for it alone"
        raise Unusable(msg)


def made_of(
    period: str,
    asked: Asked,
    files: list[Path],
    policies: Path | None,
    as_of: int | None = None,
    *,
    running: bool = False,
    least: int = 0,
) -> tuple[Appraisal, Asked]:
    """The appraisal that is asked for, from files or without them from the topics; and what the manifest says of it.

    `running`: a period that has not closed is taken as it stands in Redis. `least`: files without `as_of` are looked at
    from no earlier instant, even where they tell of none so late.

    Raises:
        Unusable: the period, a subject, a card or a file cannot be used.
        Unreachable: Kafka does not answer.
    """
    book = book_of(policies)
    found = _period(period, book)
    gathered = (
        from_files(files, book, found, policies, as_of, tickets=asked.tickets, least=least)
        if files
        else asyncio.run(from_topics(found, book, policies, tickets=asked.tickets, running=running))
    )
    promised = book.promised.at(min(parse_ms(gathered.setting.as_of), found.end - 1))  # as in the period's document

    def behind(wanted: Wanted) -> Iterator[TicketRow]:
        return rows_behind(found, gathered.given, wanted, promised)

    try:
        subjects = [subject_of(one) for one in asked.subjects]
        made = appraise(gathered.setting, subjects, asked.scorecards, behind if asked.tickets else None)
    except (CannotAppraise, NotTaken) as error:
        raise Unusable(str(error)) from error
    if asked.pseudonyms:
        hidden = _pseudonyms(gathered, subjects)
        made, subjects = hidden.hide(made), [hidden.subject(one) for one in subjects]
    return made, replace(asked, subjects=tuple(sorted(subjects)))


def _period(name: str, book: PolicyBook) -> Period:
    try:
        return period_of(name, book.zone)
    except PeriodUnknown as error:
        raise Unusable(str(error)) from error


def instant_of(text: str) -> int:
    """What `--as-of` says, in ms.

    Raises:
        Unusable: it is no instant.
    """
    try:
        return parse_ms(text)
    except ValueError as error:
        msg = f"--as-of: {error}"
        raise Unusable(msg) from error


def _pseudonyms(gathered: Gathered, subjects: list[str]) -> Pseudonyms:
    asked = {person for one in subjects if (person := scope.parts(one).get("agent"))}
    key = load_settings().pseudonym_key
    try:
        return Pseudonyms(key.get_secret_value() if key else "", gathered.setting.roster, gathered.others | asked)
    except WeakKey as error:
        raise Unusable(str(error)) from error


def _write(made: Appraisal, folder: Path, asked: Asked, press: Press) -> Path:
    key = load_settings().signing_key
    try:
        files = files_of(made, asked, press.renderers, read_key(key.get_secret_value()) if key else None)
        return write_files(made, files, folder)
    except UnusableKey as error:
        raise Unusable(str(error)) from error
    except OSError as error:
        msg = f"{folder} cannot be written: {error}"
        raise Unusable(msg) from error
