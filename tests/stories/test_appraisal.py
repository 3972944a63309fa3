"""A month that the workers closed, appraised from their topics: the same files as from the events alone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from models.instant import format_ms
from sinks.kafka import Record
from streams import topics
from tests.appraisal.desk import observed
from tests.stories.desk import ROOT, TrueDesk
from tests.stories.test_closing import history, long_ago
from tests.stories.words import awake, now

pytestmark = [pytest.mark.kafka]

CARD = """\
id: desk
title: {zh: 绩效表, en: The desk's card}
periods: [month]
over: led_teams
dimensions:
  - name: Efficiency
    weight: 60%
    measures:
      - {measure: throughput, full_at: ">= 20", deduct: 1, per: 1}
      - {measure: resolution_mean, where: {priority: [P0, P1]}, full_at: "<= 1h", deduct: 1, per: 15m}
      - {measure: first_response_attainment, full_at: ">= 98%", deduct: 0.5, per: 1%}
  - name: Knowledge
    weight: 40%
    measures:
      - {measure: kb_contributions, full_at: ">= 2", deduct: 20, per: 1}
"""
#: The second team is led up to the day of the history: a month whose days are no longer kept.
PEOPLE = "- {id: lead, name: 陈刚, scorecard: desk, leads: [{team: team-0}, {team: team-1, to: LAST}]}\n"


async def slawatch(desk: TrueDesk, *arguments: object) -> str:
    """Runs a command in the desk's folder; what it says on standard error."""

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "streams", *map(str, arguments)],
            env=os.environ
            | {
                "PYTHONPATH": str(ROOT),
                "SLAWATCH_KAFKA": desk.kafka,
                "SLAWATCH_REDIS": desk.redis_url,
                "SLAWATCH_GROUP": desk.group,
                "SLAWATCH_POLICIES": str(desk.folder / "policies"),
            },
            cwd=desk.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    ran = await asyncio.to_thread(run)
    assert 0 == ran.returncode, ran.stderr
    return ran.stderr


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


async def test_what_workers_closed_fills_the_same_forms_as_the_events_alone(desk: TrueDesk) -> None:
    """Totals and contributions from Kafka, or from a file of the events: the same bytes of every file."""
    (desk.folder / "policies" / "scorecards").mkdir()
    (desk.folder / "policies" / "scorecards" / "desk.yaml").write_text(CARD, encoding="utf-8")
    (desk.folder / "policies" / "people.yaml").write_text(
        PEOPLE.replace("LAST", format_ms(long_ago())[:10]), encoding="utf-8"
    )
    month = format_ms(long_ago())[:7]
    then = datetime.fromtimestamp(long_ago() / 1000, UTC)
    articles = orjson.dumps(observed("o1", then, "kb_contributions", "team:team-1", 1))
    told = history(40)
    desk.start()
    await desk.writer.write_keyed(topics.METRICS, [Record(b"team:team-1", articles)])
    await desk.send([*told, *awake()])

    async def closed() -> bool:
        keys = {key.decode() for key, value in await desk.rows(topics.TOTALS) if value}
        given = [key for key, value in await desk.rows(topics.FACTS) if value and key.startswith(month.encode())]
        return {f"{month}/{subject}" for subject in ("all", "team:team-0", "team:team-1", "team:team-2")} <= keys and (
            len(given) == 40
        )

    await desk.until(closed, 60)
    (desk.folder / "events.jsonl").write_bytes(b"".join(line + b"\n" for line in [*desk.sent, articles]))
    this_month = format_ms(now())[:7]
    await desk.until(lambda: desk.redis.exists(f"sla:period:{this_month}:all"))
    await asyncio.gather(
        slawatch(desk, "appraisal", month, "--tickets", "--out", "from-topics"),
        slawatch(desk, "appraisal", month, "--tickets", "--events", "events.jsonl", "--out", "from-files"),
        slawatch(desk, "appraisal", this_month, "--running", "--no-pdf", "--out", "running"),
    )
    topic, file = files_in(desk.folder / "from-topics"), files_in(desk.folder / "from-files")
    form = orjson.loads(topic[f"{month}/forms/desk/agent-lead.json"])

    assert file.keys() == topic.keys()
    assert [] == [name for name in file if file[name] != topic[name]]
    # Fourteen of the first team, and of the second's thirteen the nine that were solved while it was led.
    assert (23, True, 1) == (form["dimensions"][0]["measures"][0]["value"], form["final"], form["revision"])
    assert [False, False] == [led["by_share"] for led in form["led"]]
    assert 80 == form["dimensions"][1]["measures"][0]["score"]
    preview = orjson.loads((desk.folder / "running" / this_month / "forms/desk/agent-lead.json").read_bytes())
    assert (False, 0) == (preview["final"], preview["revision"])
