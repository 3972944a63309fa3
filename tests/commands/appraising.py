"""A folder of policies, events and files of a small desk, for the commands of the appraisal."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from appraisal.forms.pdf import CHINESE
from tests.appraisal.desk import Ticket, at, observed, told
from tests.commands.calling import Run, caller
from tests.servers.needs import missing

BOOK = """\
zone: Asia/Shanghai
calendars:
  always: {timezone: UTC, week: always}
policies:
  - name: everything
    calendar: always
    targets: {first_response: {within: 15m}, resolution: {within: 4h}}
"""
CARD = """\
id: desk
title: {zh: 绩效表, en: The desk's card}
periods: [month, quarter]
ratings: {self: 30%, superior: 70%}
dimensions:
  - name: {zh: 效率, en: Efficiency}
    weight: 60%
    measures:
      - {measure: throughput, full_at: ">= 6", deduct: 10, per: 1}
      - {measure: resolution_mean, full_at: "<= 30m", deduct: 1, per: 1m}
  - name: {zh: 知识, en: Knowledge}
    weight: 40%
    measures:
      - {measure: kb_contributions, full_at: ">= 2", deduct: 20, per: 1}
"""
PEOPLE = """\
- {id: chen.gang, name: 陈刚}
- {id: li.na, name: 李娜, position: 工程师, superior: chen.gang, scorecard: desk, teams: [{team: network}]}
"""
AS_OF = "2027-01-20T00:00:00Z"
OBSERVATIONS = """\
event_id,occurred_at,metric,subject,value,of,replaces
o1,2026-11-20T09:00:00+08:00,kb_contributions,agent:li.na,1,,
"""
RATINGS = """\
event_id,occurred_at,period,scorecard,subject,role,rater,dimension,score
r1,2027-01-10T09:00:00+08:00,2026-Q4,desk,agent:li.na,self,li.na,效率,90
r2,2027-01-10T09:00:00+08:00,2026-Q4,desk,agent:li.na,self,li.na,知识,80
r3,2027-01-10T09:00:00+08:00,2026-Q4,desk,agent:li.na,superior,chen.gang,Efficiency,70
r4,2027-01-10T09:00:00+08:00,2026-Q4,desk,agent:li.na,superior,chen.gang,Knowledge,60
"""
ADJUSTMENTS = """\
event_id,occurred_at,period,scorecard,subject,measure,value,reason,approved_by
a1,2027-01-12T09:00:00+08:00,2026-Q4,desk,agent:li.na,throughput,6,"李娜 was ill, and so was chen.gang",chen.gang
"""
TICKETS = [
    Ticket(f"T{n}", at(f"2026-1{n % 3}-1{n}"), team="network", assignee="li.na").replied(5).solved(40) for n in range(5)
]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `slawatch` in a folder with the desk's files; answers exit code, output and errors."""
    if not set(CHINESE) & set(typst.Fonts().families()):
        missing("a Chinese font (fonts-noto-cjk)")
    book = tmp_path / "policies"
    (book / "scorecards").mkdir(parents=True)
    for name, text in {"2026.yaml": BOOK, "people.yaml": PEOPLE, "scorecards/desk.yaml": CARD}.items():
        (book / name).write_text(text, encoding="utf-8")
    lines = told(TICKETS, [observed("o0", at("2026-11-01"), "kb_contributions", "team:network", 9)])
    (tmp_path / "events.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    for name, text in {"observed.csv": OBSERVATIONS, "rated.csv": RATINGS, "adjusted.csv": ADJUSTMENTS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("SLAWATCH_POLICIES", "SLAWATCH_PSEUDONYM_KEY", "SLAWATCH_SIGNING_KEY"):
        monkeypatch.delenv(name, raising=False)
    return caller(monkeypatch, capsys)
