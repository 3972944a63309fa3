"""What an appraisal is made from, gathered; from files alone, where no topics are asked (`gathering_topics.py`)."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from appraisal.behind import Given
from appraisal.cards import load_cards
from appraisal.checks import check
from appraisal.entries import known_of
from appraisal.from_files import Told, totals_of
from appraisal.intake import NotTaken
from appraisal.people import load_people
from appraisal.period import Period
from appraisal.roster import Roster
from appraisal.rows import UnusableFile
from appraisal.scorecard import Scorecard
from appraisal.setting import Setting
from appraisal.source import Documents
from appraisal.stretches import days_of, stretched
from models.instant import format_ms
from models.observation import Entry, MetricObserved
from sla.figures.partition import DAY_MS, PERIOD_DAYS
from sla.policy import PolicyBook
from streams.commands.console import err, lines_of, policies_at, progress
from streams.errors import Unusable
from streams.settings import load_settings

SHOWN = 20  # of what could not be taken


class Gathered(NamedTuple):
    """The setting, the ids of people that only entries tell of, and what tickets gave, where that was asked for."""

    setting: Setting
    others: set[str]
    given: list[Given]


def read_files(files: list[Path]) -> Told:
    """What files tell; what cannot be taken is named.

    Raises:
        Unusable: a file cannot be read.
    """
    told = Told()
    gc.disable()  # Everything read is kept to the end: looking for garbage in it costs a third of the time.
    try:
        for path in files:
            _read(path, told)
    finally:
        gc.enable()
    problems = told.problems()
    for problem in problems[:SHOWN]:
        err.print(problem, markup=False)
    if len(problems) > SHOWN:
        err.print(f"… and {len(problems) - SHOWN} more that were not taken")
    return told


def _read(path: Path, told: Told) -> None:
    if path.suffix != ".csv":
        for number, line in lines_of(path):
            told.add_line(line, f"{path}:{number}")
        return
    try:
        told.add_csv(path.read_bytes(), str(path))
    except (OSError, UnusableFile) as error:
        msg = f"{path}: {error}"
        raise Unusable(msg) from error


def from_files(
    files: list[Path],
    book: PolicyBook,
    period: Period,
    policies: Path | None,
    as_of: int | None,
    *,
    tickets: bool,
    least: int = 0,
) -> Gathered:
    """From events and CSV files alone, as of an instant (ms; None: the newest told of, but not before `least`).

    Raises:
        Unusable: a file cannot be read.
        PolicyError: the cards or the roster are wrong.
    """
    people = people_of(policies)
    wanted = stretched(period, people.roster)
    told = read_files(files)
    until = max(told.newest_ms, least) if as_of is None else as_of
    if not until:
        msg = f"{', '.join(map(str, files))} hold nothing that can be taken: name files of events, or --as-of"
        raise Unusable(msg)
    if period.kind == "day" and period.first < period.day_of(until - PERIOD_DAYS * DAY_MS):
        msg = f"{period.id} is not kept any more at {format_ms(until)}: ask for its month, or name an earlier --as-of"
        raise Unusable(msg)
    with progress("events") as bar:
        task = bar.add_task("appraisal", total=told.events.events)
        found = totals_of(
            told.events,
            book,
            until,
            lambda count: bar.advance(task, count),
            period=period,
            grace_ms=load_settings().grace_ms,
            tickets=tickets or bool(wanted),
        )
    for ticket, why in found.set_aside.items():
        err.print(f"set aside: {ticket}: {why}", markup=False)
    entries = _fitting(told.entries.until(until), told.entries.by_id, people)
    return gathered(period, book, found.documents, entries, until, people, found.orphans, found.given)


def _fitting(found: Iterable[Entry], known: Mapping[str, Entry], people: People) -> list[Entry]:
    """The entries that `observe`, `rate` and `adjust` would have taken; the others are named and left out."""
    taken: list[Entry] = []
    for one in found:
        try:
            _fits(one, known, people)
        except NotTaken as error:
            err.print(f"{one.event_id}: {error.field}: {error}", markup=False)
        else:
            taken.append(one)
    return taken


def _fits(one: Entry, known: Mapping[str, Entry], people: People) -> None:
    if not isinstance(one, MetricObserved):
        check(one, people.cards, people.roster)
    elif one.replaces and not isinstance(known.get(one.replaces), MetricObserved):
        msg = f"{one.replaces!r} is no observation that is known"
        raise NotTaken(msg, "replaces")


class People(NamedTuple):
    """The cards, and who is appraised by them."""

    cards: Mapping[str, Scorecard]
    roster: Roster


def people_of(policies: Path | None) -> People:
    """Cards and roster of a folder of policies.

    Raises:
        PolicyError: they are wrong.
    """
    folder = policies_at(policies)
    cards = load_cards(folder)
    return People(cards, load_people(folder, cards))


def gathered(  # noqa: PLR0917 -- both ways end here, with the same in the same order
    period: Period,
    book: PolicyBook,
    source: Documents,
    entries: Iterable[Entry],
    as_of: int,
    people: People,
    orphans: int | None,
    given: list[Given],
) -> Gathered:
    """The setting; of months that somebody led on some days only, the days are made anew."""
    cards, roster = people
    if wanted := stretched(period, roster):
        promised = book.promised.at(min(as_of, period.end - 1))
        source = source.with_days(days_of(wanted, source, given, period, promised))
    known = known_of(entries)
    others = {one.rater for one in known.ratings} | {one.approved_by for one in known.adjustments}
    setting = Setting(period, book.zone, format_ms(as_of), source, known, roster, cards, orphans)
    return Gathered(setting, others, given)
