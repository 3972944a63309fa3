"""`slawatch check`: every fault of every file, in one go."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from models.policy import Problem
from sla.policy import PolicyError, load_book
from streams.__main__ import app

POLICIES = Path(__file__).parents[2] / "policies"
Check = Callable[..., tuple[int, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default book, to be spoilt; no settings but the defaults."""
    monkeypatch.chdir(tmp_path)
    copytree(POLICIES, tmp_path / "book", ignore=lambda *_: ["__pycache__"])
    return tmp_path / "book"


@pytest.fixture
def check(folder: Path) -> Check:
    """Runs the command; answers the exit code and what it says."""

    def run(*arguments: str) -> tuple[int, str]:
        ran = CliRunner().invoke(app, ["check", "--policies", str(folder), *arguments])
        return ran.exit_code, ran.stdout

    return run


def spoil(file: Path, old: str, new: str) -> None:
    """Replaces the first of some words in a file that holds them."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def faults(said: str) -> list[Problem]:
    """What `--json` says."""
    return [Problem(**json.loads(line)) for line in said.splitlines()]


def test_a_sound_configuration_says_nothing_as_json(check: Check) -> None:
    """No fault, no line, exit 0."""
    assert (0, "") == check("--json")
    assert "pooled as sla" in check()[1]


def test_every_file_is_looked_at_whatever_is_wrong_with_the_others(
    folder: Path, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Editions, board, rules, receivers, cards, people and tokens: each fault with its file, line and mend."""
    spoil(folder / "2026-01.yaml", "zone: Asia/Shanghai", "zone: Mars/Olympus")
    (folder / "2026-07.yaml").write_text("edition: 2026-07\neffective_from: soon\npolicies: [{name: x, targets: 5}]\n")
    spoil(folder / "wallboard.yaml", "chime:", "chimes:")
    spoil(folder / "alerts.yaml", "who: day shift, receiver", "who: day shift, reciever")
    spoil(folder / "alerts.yaml", "- {name: lead}", '- {name: lead, webhook: {url: "https://[host"}}')
    spoil(folder / "scorecards" / "internet-team.yaml", "periods:", "period:")
    spoil(folder / "scorecards" / "department-kpi.yaml", "title:", "titel:")
    (folder / "people.yaml").write_text("- {id: li}\n")
    tokens = folder.parent / "tokens"
    tokens.write_text("0123456789abcdef wall\nfedcba9876543210 everything\n")
    monkeypatch.setenv("SLAWATCH_TOKENS", str(tokens))

    code, said = check("--json")
    found = faults(said)
    lines = {(problem.file, problem.line) for problem in found}

    assert 1 == code
    assert {"2026-01.yaml", "2026-07.yaml", "wallboard.yaml", "alerts.yaml", "people.yaml", str(tokens)} | {
        f"scorecards/{name}.yaml" for name in ("internet-team", "department-kpi")
    } == {problem.file for problem in found}
    assert {("2026-07.yaml", 2), ("2026-07.yaml", 3), ("people.yaml", 1), (str(tokens), 2)} <= lines
    assert 2 == len({problem.line for problem in found if problem.file == "alerts.yaml"})
    assert all(problem.message and problem.mend for problem in found)
    assert 1 == check()[0]
    assert f"{len(found)} faults in 8 files." in check()[1]


def test_what_names_an_unreadable_file_is_not_at_fault_for_it(folder: Path, check: Check) -> None:
    """Calendars, policies, objectives and cards that cannot be read are there all the same."""
    spoil(folder / "2026-01.yaml", "calendars:", "calendars: [")
    spoil(folder / "scorecards" / "manager-after-sales.yaml", "title:", "titel:")

    found = faults(check("--json")[1])

    assert {"2026-01.yaml", "scorecards/manager-after-sales.yaml"} == {problem.file for problem in found}


def test_a_zone_that_cannot_be_read_differs_from_no_other(folder: Path, check: Check) -> None:
    """One fault, not a second one in each of the other editions."""
    text = (folder / "2026-01.yaml").read_text("utf-8")
    later = text.replace("edition: 2026-01", "edition: 2026-07").replace(
        "effective_from: 2026-01", "effective_from: 2026-07"
    )
    (folder / "2026-07.yaml").write_text(later, "utf-8")
    spoil(folder / "2026-01.yaml", "zone: Asia/Shanghai", "zone: Asia/Shanghigh")

    assert [("2026-01.yaml", 1)] == [(problem.file, problem.line > 0) for problem in faults(check("--json")[1])]


def test_settings_that_cannot_be_used_are_faults_too(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is named as it is written in the environment; a file of tokens that is not there is one."""
    monkeypatch.setenv("SLAWATCH_PARTITIONS", "many")
    code, said = check("--json")
    monkeypatch.delenv("SLAWATCH_PARTITIONS")
    monkeypatch.setenv("SLAWATCH_TOKENS", "nowhere")

    assert 1 == code
    assert "SLAWATCH_PARTITIONS" in faults(said)[0].message
    assert ["nowhere"] == [problem.file for problem in faults(check("--json")[1])]


def test_a_folder_that_is_not_there_is_one_fault(tmp_path: Path) -> None:
    """And nothing is said of files that might have been in it."""
    ran = CliRunner().invoke(app, ["check", "--policies", str(tmp_path / "none"), "--json"])

    assert 1 == ran.exit_code
    assert [str(tmp_path / "none")] == [problem.file for problem in faults(ran.stdout)]


def test_what_starts_refuses_what_check_finds(folder: Path, check: Check) -> None:
    """The faults of a book are the same, in the same order, for a worker and for `check`."""
    spoil(folder / "2026-01.yaml", "week:", "weak:")
    (folder / "2026-07.yaml").write_text("edition: 2026-01\npolicies: []\n")

    with pytest.raises(PolicyError) as refused:
        load_book(folder)

    assert refused.value.problems == faults(check("--json")[1])


def test_an_empty_file_is_said_to_lack_what_it_is_for(folder: Path, check: Check) -> None:
    """The mend names what belongs into it."""
    files = {"2027.yaml": "an edition", "alerts.yaml": "rules of alerting", "people.yaml": "people",
             "scorecards/new.yaml": "a scorecard", "wallboard.yaml": "a wallboard"}  # fmt: skip
    for name in files:
        (folder / name).write_text("")

    found = {problem.file: problem.mend for problem in faults(check("--json")[1])}

    assert {name: f"Write {what} into it, or take it out of the folder" for name, what in files.items()} == found


def test_the_folder_of_policies_may_be_named_in_a_file_beside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`.env` holds settings as the environment does; which one a command goes by is no matter of luck."""
    monkeypatch.delenv("SLAWATCH_POLICIES", raising=False)
    Path(".env").write_text(f"SLAWATCH_POLICIES={folder.parent / 'nowhere'}\n", "utf-8")

    assert "there is no such folder" in " ".join(CliRunner().invoke(app, ["check"]).output.split())
    monkeypatch.setenv("SLAWATCH_POLICIES", str(folder))
    assert 0 == CliRunner().invoke(app, ["check"]).exit_code
