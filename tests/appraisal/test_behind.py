"""The tickets behind each figure: what they add comes to the figure itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import takewhile

import orjson
import pytest

from appraisal.behind import Given, Wanted, rows_behind
from appraisal.entries import known_of
from appraisal.form import Appraisal, TicketRow
from appraisal.from_files import Told, totals_of
from appraisal.period import period_of
from appraisal.roster import Roster
from appraisal.setting import Setting
from appraisal.whole import appraise
from models.instant import parse_ms
from sla.catalogue import CATALOGUE
from sla.policy.book import book_from
from sla.simulate import simulate
from tests.appraisal.desk import BOOK, ZONE, Ticket, at, card_of, roster_of, setting_of, told
from tests.appraisal.small import LED

TEAM = "team:网络组"


@pytest.fixture(scope="module")
def made() -> Appraisal:
    """A month with four days of simulated traffic, and a form of one team."""
    begin = parse_ms("2026-11-02T00:00:00Z")
    told = Told()
    for _, event in takewhile(lambda one: one[0] < begin + 4 * 86_400_000, simulate(3, begin, 0.02)):
        told.add_line(orjson.dumps(event), "")
    period, book = period_of("2026-11", ZONE), book_from(BOOK)
    found = totals_of(told.events, book, parse_ms("2026-12-20T00:00:00Z"), period=period, tickets=True)
    card = card_of(LED.replace("led_teams", "self").replace("[quarter]", "[month]"))
    setting = Setting(period, ZONE, "2026-12-20T00:00:00Z", found.documents, known_of(()), Roster(), {"led": card})

    def behind(wanted: Wanted) -> Iterator[TicketRow]:
        return rows_behind(period, found.given, wanted, book.promised.at(period.end - 1))

    return appraise(setting, [TEAM, "all"], ["led"], behind)


@pytest.mark.parametrize("subject", [TEAM, "all"])
def test_what_tickets_add_comes_to_the_figure(made: Appraisal, subject: str) -> None:
    """Every measure of ticket events, its numerator and its denominator, to the last digit."""
    rows = [row for row in made.tickets if row.subject == subject]
    compared = 0
    for total in made.totals:
        measure = CATALOGUE[total.measure]
        if total.subject != subject or total.split or measure.source == "observed" or not total.cases:
            continue
        mine = [row for row in rows if row.measure == total.measure]
        compared += 1

        assert sum((row.numerator for row in mine), Decimal(0)) == total.numerator, total.measure
        if measure.unit not in {"count", "weight"}:
            assert sum((row.denominator for row in mine), Decimal(0)) == total.denominator, total.measure
        assert len(mine) == len({row.ticket for row in mine})

    assert compared > 25


def test_nobody_who_was_not_asked_for_has_rows(made: Appraisal) -> None:
    """Tickets of other teams and of persons are not listed."""
    assert {TEAM, "all"} == {row.subject for row in made.tickets}


def test_a_day_and_a_lead_of_some_days_have_their_tickets_too() -> None:
    """What tickets gave on the days that count adds up to the figure, and no other day is listed."""
    card = card_of(LED.replace("[quarter]", "[day, month]"))
    people = "- {id: li, name: 李, scorecard: led, leads: [{team: net, to: 2026-11-09}]}"
    tickets = [Ticket(f"T{n}", at(f"2026-11-{n:02}"), team="net").solved(60 * 30) for n in (2, 8, 9, 20)]
    roster, told_of = roster_of(people, {"led": card}), told(tickets)
    book = book_from(BOOK)
    for period, expected in (("2026-11", {"T2", "T8"}), ("2026-11-03", {"T2"})):
        setting = setting_of(told_of, period, [card], roster, "2026-12-09T00:00:00Z")
        found = Told()
        for line in told_of:
            found.add_line(line, "")
        given = totals_of(found.events, book, parse_ms("2026-12-09T00:00:00Z"), tickets=True).given

        def behind(wanted: Wanted, setting: Setting = setting, given: list[Given] = given) -> Iterator[TicketRow]:
            return rows_behind(setting.period, given, wanted, book.promised.at(setting.period.end - 1))

        made = appraise(setting, ["agent:li"], ["led"], behind)
        rows = [row for row in made.tickets if row.measure == "throughput"]
        (total,) = (row for row in made.totals if (row.measure, row.split) == ("throughput", ""))

        assert expected == {row.ticket for row in rows}
        assert sum(row.numerator for row in rows) == total.numerator
