"""The commands as a user meets them: what they print, what they write, and how they exit."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.commands.calling import Run, caller

BOOK = """\
zone: Asia/Shanghai
calendars:
  always: {timezone: UTC, week: always}
policies:
  - name: everything
    calendar: always
    targets:
      first_response: {within: 15m, warn_at: [50%]}
      resolution: {within: 4h}
"""
EVENTS = [
    {"event_id": "1", "type": "ticket.created", "ticket_id": "T-1", "occurred_at": "2026-03-02T09:00:00+08:00",
     "priority": "P0", "team": "网络组", "assignee": "王丽"},
    {"event_id": "2", "type": "ticket.replied", "ticket_id": "T-1", "occurred_at": "2026-03-02T09:20:00+08:00",
     "author": "agent", "author_id": "王丽"},
    {"event_id": "3", "type": "ticket.solved", "ticket_id": "T-1", "occurred_at": "2026-03-02T10:00:00+08:00"},
]  # fmt: skip


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `slawatch` in an empty folder; answers exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    return caller(monkeypatch, capsys)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A policy folder and a file of events."""
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "2026.yaml").write_text(BOOK, encoding="utf-8")
    events = tmp_path / "events.jsonl"
    events.write_text("".join(json.dumps(event) + "\n" for event in EVENTS), encoding="utf-8")
    return folder, events


def test_replay_writes_four_files(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    """Tickets, breaches, KPIs and periods are written, and tell what happened."""
    folder, events = files

    code, _, _ = run("replay", events, "--policies", folder, "--out", tmp_path / "out")

    ticket = json.loads((tmp_path / "out" / "tickets.jsonl").read_text())
    breach = json.loads((tmp_path / "out" / "breaches.jsonl").read_text())
    assert 0 == code
    assert "网络组" == ticket["team"]
    assert ["breached", "met"] == [clock["status"] for clock in ticket["clocks"]]
    assert ("ended", "2026-03-02T01:15:00Z") == (breach["status"], breach["due_at"])
    assert {"kpis.jsonl", "periods.jsonl"} < {path.name for path in (tmp_path / "out").iterdir()}
    assert all((tmp_path / "out" / name).read_text() for name in ("kpis.jsonl", "periods.jsonl"))


def test_replay_reads_gzip_and_names_rubbish(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    """A gzipped file is read; a line that is no event is named with its mend, and the rest is taken."""
    folder, events = files
    packed = tmp_path / "events.jsonl.gz"
    packed.write_bytes(gzip.compress(events.read_bytes() + b'{"type": "ticket.created"}\nrubbish\n'))

    code, _, told = run("replay", packed, "--policies", folder, "--out", tmp_path / "out")

    assert 0 == code
    assert f"{packed}:4: `event_id` is missing" in told
    assert f"{packed}:5: the value is not JSON" in told
    assert 1 == len((tmp_path / "out" / "tickets.jsonl").read_text().splitlines())


def test_explain_sums_to_the_figure(run: Run, files: tuple[Path, Path]) -> None:
    """A clock's story gives its slices, their sum and its verdict, in the book's zone."""
    folder, events = files

    code, told, _ = run("explain", "T-1", "--events", events, "--policies", folder)

    assert 0 == code
    assert "breached on Mon 2026-03-02 09:15:00" in told
    assert "5m over" in told
    assert "Together 20m counted" in told
    assert "Warned at “50%” on Mon 2026-03-02 09:07:30" in told


def test_a_failing_case_exits_1_and_says_what_it_got(run: Run, tmp_path: Path) -> None:
    """`test` names the case, what was expected and what came out."""
    cases = tmp_path / "cases.yaml"
    cases.write_text(
        "- id: off\n  calendar: {timezone: UTC, week: always}\n  ask: is_open\n  at: 2026-01-01T00:00:00Z\n"
        "  expect: true\n"
        "- id: wrong\n  calendar: {timezone: UTC, week: {mon: ['09:00-17:00']}}\n  ask: elapsed\n"
        "  from: 2026-01-05T09:00:00Z\n  to: 2026-01-05T10:00:00Z\n  expect: 7200\n"
    )

    code, told, _ = run("test", cases)
    as_json = run("test", cases, "--json")[1].splitlines()

    assert 1 == code
    assert "wrong" in told
    assert "expected 7200, got 3600" in told
    assert "1 passed, 1 failed" in told
    assert [True, False] == [json.loads(line)["passed"] for line in as_json]


def test_check_names_file_line_and_mend(run: Run, files: tuple[Path, Path]) -> None:
    """What is wrong with a book is said with file and line; exit 1. A good one is shown; exit 0."""
    folder, _ = files
    good = run("check", "--policies", folder)
    (folder / "2026.yaml").write_text(BOOK.replace("UTC", "Mars/Olympus"))

    code, told, _ = run("check", "--policies", folder)

    assert 0 == good[0]
    assert "everything" in good[1]
    assert 1 == code
    assert "2026.yaml:3" in told
    assert "Mars/Olympus" in told


def test_check_says_when_an_objective_can_page(run: Run, files: tuple[Path, Path]) -> None:
    """One that allows a fifth to be late cannot burn six times too fast, whatever happens."""
    folder, _ = files
    objective = "  - {name: o%d, metric: first_response, attainment: %d%%, period: month}\n"
    told = "".join(objective % (share, share) for share in (95, 90, 80))
    (folder / "2026.yaml").write_text(f"{BOOK}objectives:\n{told}")

    code, said, _ = run("check", "--policies", folder)

    assert 0 == code
    assert "Objective: o95, first_response 95% a month; pages at a burn rate of 14.4 and 6\n" in said
    assert "Objective: o90, first_response 90% a month; pages at a burn rate of 6\n" in said
    assert "Objective: o80, first_response 80% a month; never pages: it allows too much to burn fast\n" in said


def test_check_reads_the_wallboard_too(run: Run, files: tuple[Path, Path]) -> None:
    """A tile that can never show anything is named with file, line and mend; exit 1."""
    folder, _ = files
    (folder / "wallboard.yaml").write_text("chime: on\ntiles:\n  - {field: live.oppen}\n")

    code, told, _ = run("check", "--policies", folder)

    assert 1 == code
    assert "wallboard.yaml:3: there is no figure 'live.oppen'. Did you mean `live.open`?" in told


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("replay", "nowhere.jsonl", "--out", "out"), "nowhere.jsonl"),
        (("replay", "{events}", "--out", "out", "--policies", "nowhere"), "nowhere"),
        (("replay", "{events}", "--out", "out", "--policies", "{book}", "--as-of", "yesterday"), "yesterday"),
        (("explain", "T-9", "--events", "{events}", "--policies", "{book}"), "T-9"),
        (("simulate", "--to", "file.jsonl"), "--for"),
        (("simulate", "--to", "-", "--for", "soon"), "soon"),
        (("replay",), "files"),
        (("frobnicate",), "frobnicate"),
    ],
)
def test_unusable_arguments_exit_2(
    run: Run, files: tuple[Path, Path], arguments: tuple[str, ...], word: str
) -> None:
    """What cannot be used is named, and nothing is done."""
    book, events = files

    code, _, told = run(*(argument.format(events=events, book=book) for argument in arguments))

    assert 2 == code
    assert word in told


@pytest.mark.parametrize("command", [("produce", "{events}"), ("explain", "T-1")])
def test_a_server_that_does_not_answer_exits_3(
    run: Run, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """The server's address and the setting that names it are told."""
    monkeypatch.setenv("SLAWATCH_KAFKA", "127.0.0.1:1")
    monkeypatch.setenv("SLAWATCH_REDIS", "redis://127.0.0.1:1/0")

    code, _, told = run(*(word.format(events=files[1]) for word in command))

    assert 3 == code
    assert "127.0.0.1:1" in told
    assert "SLAWATCH_" in told


def test_simulate_writes_the_same_bytes_for_the_same_seed(run: Run, tmp_path: Path) -> None:
    """A seed and a start decide the traffic, and it replays without a line that is not valid."""
    for name in ("a.jsonl", "b.jsonl.gz"):
        assert 0 == run("simulate", "--to", name, "--for", "2h", "--rate", "0.5", "--start", "2026-03-02T09:00:00Z")[0]
    first = (tmp_path / "a.jsonl").read_bytes()

    code, _, told = run("replay", "a.jsonl", "--out", "out")

    assert first == gzip.decompress((tmp_path / "b.jsonl.gz").read_bytes())
    assert first
    assert 0 == code
    assert "not valid  0" in told


def test_schema_describes_what_is_read_and_written(run: Run) -> None:
    """Schemas of events, policies, KPI documents, breaches, budgets, totals and forms, as one JSON object."""
    code, told, _ = run("schema")

    schemas = json.loads(told)
    assert 0 == code
    assert {"event", "policy", "kpi", "breach", "budget", "period", "form", "total"} == set(schemas)
    assert "number" in json.dumps(schemas["total"]["properties"]["value"])
    assert "ticket.created" in told
    assert "attainment" in json.dumps(schemas["kpi"])
