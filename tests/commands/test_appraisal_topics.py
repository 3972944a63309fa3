"""The appraisal on real topics: what is imported, what is filled from there, and all that is kept of a person."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from appraisal.from_files import Told, totals_of
from models.instant import parse_ms
from sinks.kafka import KafkaAccess, KafkaWriter, Record
from sla.policy import load_book
from sla.replay import replay
from streams import topics
from tests.commands.appraising import AS_OF, run
from tests.commands.calling import Run
from tests.servers.kafka import KafkaServer

__all__ = ["run"]
pytestmark = pytest.mark.kafka
GROUP = "appraising"
TOPICS = (topics.EVENTS, topics.DEAD_LETTERS, topics.METRICS, topics.TOTALS, topics.FACTS)


@pytest.fixture
def kafka(kafka_server: KafkaServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A broker with none of our topics, before and after."""
    monkeypatch.setenv("SLAWATCH_KAFKA", kafka_server.address)
    monkeypatch.setenv("SLAWATCH_GROUP", GROUP)
    monkeypatch.setenv("SLAWATCH_PARTITIONS", "3")
    asyncio.run(_forget(kafka_server.address))
    yield kafka_server.address
    asyncio.run(_forget(kafka_server.address))


async def _forget(address: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        gone = [name for name in there if name in TOPICS or name.startswith(GROUP)]
        if gone:
            await admin.delete_topics(gone)
        while there & set(gone):
            await asyncio.sleep(0.05)
            there = set(await admin.list_topics())
    finally:
        await admin.close()


async def _publish(address: str, topic: str, rows: list[tuple[bytes, bytes]]) -> None:
    writer = KafkaWriter(KafkaAccess(address))
    await writer.start()
    await writer.write_keyed(topic, [Record(key, value) for key, value in rows])
    await writer.stop()


def read(path: str) -> Any:
    """A file of JSON."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


@pytest.mark.usefixtures("kafka")
def test_wrong_rows_are_named_good_ones_taken_and_a_second_import_changes_nothing(run: Run) -> None:
    """Exit 1 both times; the topic holds each good row once, under its subject."""
    Path("o.csv").write_text(
        "event_id,occurred_at,metric,subject,value,of,replaces\n"
        "o1,2026-11-20T09:00:00+08:00,kb_contributions,team:网络组,3,,\n"
        "o2,2026-11-20,kb_contributions,team:网络组,3,,\n"
        "o3,2026-11-20T09:00:00+08:00,training_coverage,team:网络组,9,,\n"
        "o4,2026-11-20T09:00:00+08:00,training_coverage,team:网络组,9,10,\n",
        encoding="utf-8",
    )
    first = run("observe", "o.csv")
    second = run("observe", "o.csv")

    assert (1, 1) == (first[0], second[0])
    for _, _, err in (first, second):
        assert "o.csv:3: occurred_at: " in err
        assert "o.csv:4: of: training_coverage needs `of`" in err
    assert "2 rows taken, 0 known already, 2 wrong" in first[2]
    assert "0 rows taken, 2 known already, 2 wrong" in second[2]
    Path("again.csv").write_text(
        "event_id,occurred_at,metric,subject,value\no1,2026-11-20T09:00:00+08:00,kb_contributions,team:网络组,4\n",
        encoding="utf-8",
    )
    code, _, err = run("observe", "again.csv")
    assert (1, True) == (code, "again.csv:2: event_id: 'o1' is already known" in err)


@pytest.mark.usefixtures("kafka")
def test_ratings_and_adjustments_have_to_fit_the_card_and_the_people(run: Run) -> None:
    """Each column is held against what a form would have."""
    good = "r1,2027-01-10T09:00:00+08:00,2026-Q4,desk,agent:li.na,self,li.na,效率,90\n"
    wrong = [
        ("scorecard", good.replace(",desk,", ",disk,")),
        ("period", good.replace("2026-Q4", "2026")),
        ("subject", good.replace("agent:li.na,self,li.na", "agent:li.no,self,li.no")),
        ("role", good.replace(",self,", ",peer,")),
        ("rater", good.replace("self,li.na", "self,chen.gang")),
        ("rater", good.replace("self,li.na", "superior,li.na")),
        ("dimension", good.replace("效率", "效力")),
    ]
    header = "event_id,occurred_at,period,scorecard,subject,role,rater,dimension,score\n"
    rows = [row.replace("r1", f"x{n}") for n, (_, row) in enumerate(wrong)]
    Path("r.csv").write_text(header + good + "".join(rows), encoding="utf-8")
    code, _, err = run("rate", "r.csv")

    assert (1, True) == (code, "1 rows taken, 0 known already, 7 wrong" in err), err
    for line, (field, _) in enumerate(wrong, 3):
        assert f"r.csv:{line}: {field}: " in err
    text = Path("adjusted.csv").read_text(encoding="utf-8")
    Path("a.csv").write_text(
        text + text.splitlines()[1].replace("a1", "a2").replace("throughput", "csat") + "\n", "utf-8"
    )
    code, _, err = run("adjust", "a.csv")
    assert (1, True) == (code, "a.csv:3: measure: 'csat' is no line of desk" in err), err


def test_topics_fill_the_same_forms_as_files(run: Run, kafka: str) -> None:
    """Closed totals, contributions and imports in Kafka, or the same in files: the same bytes of every file."""
    for command, name in (("observe", "observed.csv"), ("rate", "rated.csv"), ("adjust", "adjusted.csv")):
        assert 0 == run(command, name)[0]
    told = Told()
    for line in Path("events.jsonl").read_bytes().splitlines():
        told.add_line(line, "events")
    book = load_book("policies")
    result = replay(told.events, book, parse_ms(AS_OF), with_gifts=True)
    documents = [json.loads(line) for line in result.periods]
    rows = [
        (f"{document['period']}/{document['subject']}{ending}".encode(), line)
        for document, line in zip(documents, result.periods, strict=True)
        for ending in ("", "/1")
    ]
    entry = next(line for line in Path("events.jsonl").read_bytes().splitlines() if b"metric.observed" in line)
    asyncio.run(_publish(kafka, topics.TOTALS, rows))
    asyncio.run(_publish(kafka, topics.FACTS, list(result.gifts.items())))
    asyncio.run(_publish(kafka, topics.METRICS, [(b"team:network", entry)]))
    code, _, err = run("appraisal", "2026-Q4", "--tickets", "--out", "from-topics")
    assert 0 == code, err
    files = ("events.jsonl", "observed.csv", "rated.csv", "adjusted.csv")
    run("appraisal", "2026-Q4", "--tickets", "--events", *files, "--as-of", AS_OF, "--out", "from-files")
    names = sorted(path.relative_to("from-files") for path in Path("from-files").rglob("*") if path.is_file())

    assert names == sorted(path.relative_to("from-topics") for path in Path("from-topics").rglob("*") if path.is_file())
    for path in names:
        assert (Path("from-files") / path).read_bytes() == (Path("from-topics") / path).read_bytes(), path
    assert 86 == read("from-topics/2026-Q4/forms/desk/agent-li.na.json")["total"]
    code, _, err = run("appraisal", "2026-Q3")
    assert (2, True) == (code, "has no total of 2026-Q3" in err), err


def test_all_that_is_kept_about_a_person_is_written_out(run: Run, kafka: str) -> None:
    """The roster, what was observed of them and rated by them, and the events of their tickets; of nobody else."""
    for command, name in (("observe", "observed.csv"), ("rate", "rated.csv"), ("adjust", "adjusted.csv")):
        assert 0 == run(command, name)[0]
    events = [line for line in Path("events.jsonl").read_bytes().splitlines() if b'"ticket.' in line]
    asyncio.run(_publish(kafka, topics.EVENTS, [(json.loads(line)["ticket_id"].encode(), line) for line in events]))
    code, out, err = run("person", "export", "li.na")
    lines = [json.loads(line) for line in out.splitlines()]
    kept = [line["value"] for line in lines if "value" in line]

    assert 0 == code, err
    assert ["李娜"] == [line["people.yaml"]["name"] for line in lines if "people.yaml" in line]
    assert {"o1", "r1", "r2", "r3", "r4", "a1"} == {one["event_id"] for one in kept if one["event_id"][:1] in "ora"}
    assert len([line for line in events if b"li.na" in line]) == len([one for one in kept if "ticket_id" in one])
    code, out, _ = run("person", "export", "nobody", "--out", "nobody.jsonl")
    assert (0, "", "") == (code, out, Path("nobody.jsonl").read_text(encoding="utf-8"))


def test_a_kafka_that_is_away_is_said_with_exit_code_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within seconds, and with the setting to correct."""
    monkeypatch.setenv("SLAWATCH_KAFKA", "127.0.0.1:1")
    code, _, err = run("appraisal", "2026-Q4")

    assert (3, True) == (code, "SLAWATCH_KAFKA" in err), err


@pytest.mark.usefixtures("run")
def test_totals_are_those_that_a_replay_would_write() -> None:
    """The appraisal's source from files is the replay itself."""
    told = Told()
    for line in Path("events.jsonl").read_bytes().splitlines():
        told.add_line(line, "events")
    found = totals_of(told.events, load_book("policies"), parse_ms(AS_OF))
    document = found.documents.document("2026-Q4", "all")

    assert document is not None
    assert (5, 1, True) == (document.counts["solved"], document.revision, document.final)
