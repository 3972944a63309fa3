"""`slawatch appraisal`: a period's forms and totals, from the topics or from files."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import orjson
import typer
from typer.core import TyperGroup

from appraisal.appraise import CannotAppraise
from appraisal.behind import Given, Wanted, rows_behind
from appraisal.cards import load_cards
from appraisal.entries import Entries, known_of
from appraisal.form import Appraisal, TicketRow
from appraisal.from_files import Told, totals_of
from appraisal.intake import NotTaken, subject_of
from appraisal.numbers import half_up
from appraisal.output.files import Asked, Renderer, files_of, write_files
from appraisal.output.manifest import UnusableKey, read_key
from appraisal.people import load_people
from appraisal.period import Period, PeriodUnknown, period_of
from appraisal.pseudonyms import Pseudonyms, WeakKey
from appraisal.rows import UnusableFile
from appraisal.setting import Setting
from appraisal.source import Documents
from appraisal.whole import appraise
from models import scope
from models.instant import format_ms, parse_ms
from models.observation import Entry
from sinks.observations import read_observations
from sinks.redis_link import RedisUnreachable
from sinks.redis_reader import RedisReader
from sinks.topic import KafkaUnreachable, read_topic
from sla.periods.gifts import read_row
from sla.policy import PolicyBook
from streams import topics
from streams.app import access_to
from streams.clock import now_ms
from streams.commands.console import Policies, book_of, err, lines_of, out, policies_at, progress
from streams.errors import Unreachable, Unusable
from streams.logs import set_up_logs
from streams.settings import Settings, load_settings

_SHOWN = 20
_REDIS_S = 3.0  # to answer in; the appraisal itself does without Redis
#: What writes a form, by the suffix of its file.
RENDERERS: dict[str, Renderer] = {}


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
    pseudonyms: Annotated[bool, typer.Option("--pseudonyms", help="Names as pseudonyms.")] = False,
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
    asked = Asked(tuple(sorted(set(subject or ()))), tuple(sorted(set(scorecard or ()))), lang, tickets, pseudonyms)
    made, asked = made_of(period, asked, files, policies, until)
    written = _write(made, out_dir, asked)
    err.print(f"{len(made.forms)} forms and {len(made.totals)} rows of totals in {written}", markup=False)
    for form in made.forms:
        total = "no total" if form.total is None else str(half_up(form.total))
        name = f"{form.subject.name} ({form.subject.id})"
        out.print(f"{form.scorecard}  {name}  {total}  {form.measured} of {form.of} measures", markup=False)


def made_of(
    period: str, asked: Asked, files: list[Path], policies: Path | None, as_of: int | None = None
) -> tuple[Appraisal, Asked]:
    """The appraisal that is asked for, from files or without them from the topics; and what the manifest says of it.

    Raises:
        Unusable: the period, a subject, a card or a file cannot be used.
        Unreachable: Kafka does not answer.
    """
    book = book_of(policies)
    found = _period(period, book)
    gathered = (
        _from_files(files, book, found, as_of, policies, tickets=asked.tickets)
        if files
        else asyncio.run(_from_topics(found, book, policies, tickets=asked.tickets))
    )
    promised = book.edition_at(found.end - 1).promised

    def behind(wanted: Wanted) -> Iterator[TicketRow]:
        return rows_behind(found, gathered.given, wanted, promised)

    try:
        subjects = [subject_of(one) for one in asked.subjects]
        made = appraise(gathered.setting, subjects, asked.scorecards, behind if asked.tickets else None)
    except (CannotAppraise, NotTaken) as error:
        raise Unusable(str(error)) from error
    if asked.pseudonyms:
        hidden = _pseudonyms(gathered)
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


def read_files(files: list[Path]) -> Told:
    """What files tell; what cannot be taken is named.

    Raises:
        Unusable: a file cannot be read.
    """
    told = Told()
    gc.disable()  # Everything read is kept to the end: looking for garbage in it costs a third of the time.
    for path in files:
        if path.suffix == ".csv":
            try:
                told.add_csv(path.read_bytes(), str(path))
            except (OSError, UnusableFile) as error:
                msg = f"{path}: {error}"
                raise Unusable(msg) from error
        else:
            for number, line in lines_of(path):
                told.add_line(line, f"{path}:{number}")
    gc.enable()
    problems = told.problems()
    for problem in problems[:_SHOWN]:
        err.print(problem, markup=False)
    if len(problems) > _SHOWN:
        err.print(f"… and {len(problems) - _SHOWN} more that were not taken")
    return told


class Gathered(NamedTuple):
    """The setting, the ids of people that only entries tell of, and what tickets gave, where that was asked for."""

    setting: Setting
    others: set[str]
    given: list[Given]


def _from_files(
    files: list[Path], book: PolicyBook, period: Period, as_of: int | None, policies: Path | None, *, tickets: bool
) -> Gathered:
    told = read_files(files)
    until = told.newest_ms if as_of is None else as_of
    with progress("events") as bar:
        task = bar.add_task("appraisal", total=told.events.events)
        grace_ms = load_settings().grace_ms
        found = totals_of(
            told.events,
            book,
            until,
            lambda count: bar.advance(task, count),
            period=period,
            grace_ms=grace_ms,
            tickets=tickets,
        )
    for ticket, why in found.set_aside.items():
        err.print(f"set aside: {ticket}: {why}", markup=False)
    setting, others = _setting(
        period, book, found.documents, told.entries.until(until), as_of=until, policies=policies, orphans=found.orphans
    )
    return Gathered(setting, others, found.given)


async def _from_topics(period: Period, book: PolicyBook, policies: Path | None, *, tickets: bool) -> Gathered:
    settings = load_settings()
    set_up_logs(settings.log)
    access = access_to(settings)
    entries = Entries()
    names = {period.id, *(part.id for part in period.parts)}
    given: list[Given] = []
    try:
        for place, value in await read_observations(access, topics.METRICS):
            entries.read(value, place)
        totals = await read_topic(access, topics.TOTALS, lambda key, _: _is_of(key, names, period))
        if tickets:
            facts = await read_topic(access, topics.FACTS, lambda key, _: key.decode().partition("/")[0] in names)
            latest = {one.key or b"": one.value for one in facts}
            given = [read_row(value) for _, value in sorted(latest.items()) if value]
    except KafkaUnreachable as error:
        raise Unreachable(str(error)) from error
    for problem in entries.refused[:_SHOWN]:
        err.print(problem, markup=False)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in totals:
        name, _, subject = (one.key or b"").decode().partition("/")
        if one.value is None:
            found.pop((name, subject), None)
        else:
            found[name, subject] = orjson.loads(one.value)
    if (period.id, scope.ALL) not in found:
        closes = format_ms(period.end + settings.grace_ms)
        msg = (
            f"{topics.TOTALS} has no total of {period.id}: it closes once every partition has been read past {closes}."
            " Until then compute it from files with --events"
        )
        raise Unusable(msg)
    # All that was told: a closed period asks for no instant up to which it may have been.
    told = entries.by_id.values()
    setting, others = _setting(
        period, book, Documents(found), told, as_of=now_ms(), policies=policies, orphans=await _orphans(settings)
    )
    return Gathered(setting, others, given)


async def _orphans(settings: Settings) -> int | None:
    """Tickets whose creation has not arrived, as the workers count them now; None where Redis cannot be asked."""
    reader = RedisReader.at(settings.redis)
    try:
        await asyncio.wait_for(reader.reach(), _REDIS_S)
        counted = (await reader.read_health()).get("orphans")
        return int(counted) if counted is not None else None
    except (RedisUnreachable, TimeoutError, ValueError):
        return None
    finally:
        await reader.close()


def _is_of(key: bytes, names: set[str], period: Period) -> bool:
    """Whether a key is that of the latest revision of the period, a month of it or a day of it."""
    name, _, subject = key.decode().partition("/")
    if "/" in subject:
        return False
    return name in names or (len(name) == 10 and name[:7] in names and period.kind != "day")


def _setting(
    period: Period,
    book: PolicyBook,
    source: Documents,
    entries: Iterable[Entry],
    *,
    as_of: int,
    policies: Path | None,
    orphans: int | None = None,
) -> tuple[Setting, set[str]]:
    """The setting, and the ids of people that only entries tell of."""
    folder = policies_at(policies)
    cards = load_cards(folder)
    roster = load_people(folder, cards)
    known = known_of(entries)
    others = {one.rater for one in known.ratings} | {one.approved_by for one in known.adjustments}
    setting = Setting(period, book.zone, format_ms(as_of), source, known, roster, cards, orphans)
    return setting, others


def _pseudonyms(gathered: Gathered) -> Pseudonyms:
    key = load_settings().pseudonym_key
    try:
        return Pseudonyms(key.get_secret_value() if key else "", gathered.setting.roster, gathered.others)
    except WeakKey as error:
        raise Unusable(str(error)) from error


def _write(made: Appraisal, folder: Path, asked: Asked) -> Path:
    key = load_settings().signing_key
    try:
        files = files_of(made, asked, RENDERERS, read_key(key.get_secret_value()) if key else None)
        return write_files(made, files, folder)
    except UnusableKey as error:
        raise Unusable(str(error)) from error
    except OSError as error:
        msg = f"{folder} cannot be written: {error}"
        raise Unusable(msg) from error
