"""A card of two dimensions, and what it is filled with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from appraisal.form import FilledForm
from tests.appraisal.desk import Ticket, at, card_of, form_of, observed, setting_of, told

TWO = """
id: two
title: Two dimensions
periods: [month, quarter]
{extra}
dimensions:
  - name: {{zh: 甲, en: One}}
    weight: 60%
    measures:
      - {{measure: kb_contributions, full_at: ">= 5", deduct: 10, per: 1}}
      - {{measure: csat, full_at: ">= 90", deduct: 1, per: 1{csat}}}
  - name: {{zh: 乙, en: Two}}
    weight: 40%
    measures:
      - {{measure: proposals_made, full_at: ">= 1", deduct: 50, per: 1{proposals}}}
"""
DAY = at("2026-11-20")
KB = observed("kb", DAY, "kb_contributions", "team:network", 3)
PROPOSAL = observed("p", DAY, "proposals_made", "team:network", 0)
SURVEYS = [observed(f"s{n}", DAY, "csat", "team:network", 4, 5) for n in range(5)]
TICKETS = [
    Ticket(f"T{n}", at("2026-11-02"), team="network", customer_tier="vip").replied(5).solved(30 + n) for n in range(6)
]
LED = """
id: led
title: Led
periods: [quarter]
over: led_teams
dimensions:
  - name: All
    weight: 100%
    measures:
      - {measure: throughput, full_at: ">= 10", deduct: 1, per: 1}
      - {measure: kb_contributions, full_at: ">= 5", deduct: 10, per: 1}
      - {measure: resolution_mean, full_at: "<= 1h", deduct: 1, per: 1m}
"""


def form(entries: Sequence[Any], extra: str = "", csat: str = "", proposals: str = "") -> FilledForm:
    """The team's form of the quarter."""
    card = card_of(TWO.format(extra=extra, csat=csat, proposals=proposals))
    return form_of(setting_of(told((), entries), "2026-Q4", [card]), "team:network", "two")
