"""An appraisal to write down: two people, one of them with a name that a spreadsheet would run."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from appraisal.form import Appraisal, TicketRow, TotalRow
from appraisal.whole import appraise
from tests.appraisal.desk import Ticket, at, card_of, observed, roster_of, setting_of, told

CARD = """
id: small
title: {zh: 小表, en: Small}
periods: [month]
dimensions:
  - name: {zh: 甲, en: One}
    weight: 100%
    measures:
      - {measure: kb_contributions, full_at: ">= 5", deduct: 10, per: 1}
      - {measure: first_response_attainment, full_at: ">= 98%", deduct: 0.5, per: 1%, minimum: 1}
"""
PEOPLE = """
- {id: wang.li, name: 王丽, scorecard: small, teams: [{team: network, from: 2025-01-01}]}
- {id: eve, name: "=1+cmd|' /C calc'!A0", scorecard: small, teams: [{team: network, from: 2025-01-01}]}
"""


@lru_cache(maxsize=1)
def appraisal() -> Appraisal:
    """The month, from two answered tickets and two observations."""
    day = at("2026-10-05")
    tickets = []
    for name, person, minutes in (("T1", "wang.li", 5), ("T2", "eve", 30)):
        ticket = Ticket(name, day, team="network", assignee=person)
        ticket.tell("replied", minutes, author="agent", author_id=person)
        tickets.append(ticket)
    entries = [observed(f"k{who}", day, "kb_contributions", f"agent:{who}", 4) for who in ("wang.li", "eve")]
    cards = [card_of(CARD)]
    roster = roster_of(PEOPLE, {card.id: card for card in cards})
    made = appraise(setting_of(told(tickets, entries), "2026-10", cards, roster))
    row = TicketRow(
        period="2026-10",
        subject="agent:wang.li",
        measure="first_response_attainment",
        ticket="@T1",
        numerator=Decimal(1),
        denominator=Decimal(1),
    )
    return made.model_copy(update={"tickets": [row]})


def total(measure: str, subject: str) -> TotalRow:
    """One plain row of its totals."""
    return next(row for row in appraisal().totals if (row.measure, row.subject, row.split) == (measure, subject, ""))
