"""What a policy book says once it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.instant import parse_ms
from models.objective import Objective
from models.policy import Level
from sla.policy import book_from, load_book

EXAMPLE = """\
edition: 2026-01
effective_from: 2026-01-01T00:00:00+08:00
zone: Asia/Shanghai
promised: [first_response, resolution]
calendars:
  always: {timezone: UTC, week: always}
  office:
    timezone: Asia/Shanghai
    week:
      mon: ["09:00-12:00", "13:00-18:00"]
      tue: ["09:00-18:00"]
    holidays: [2026-10-01, "05-01"]
    dates: {2026-10-10: ["09:00-18:00"]}
    breaks: {2026-03-05: ["14:00-15:30"]}
    public_holidays: {country: CN}
policies:
  - name: p0
    when: {priority: [P0], customer_tier: [vip, standard]}
    calendar: always
    targets:
      first_response: {within: 15m, warn_at: [50%, 75%, 90%, 2m left, 10m over]}
      resolution: {within: 4h, pause_on: [waiting_on_customer, on_hold], reopen: continue}
  - name: the rest
    calendar: office
    targets:
      first_response: {within: 4h, calendar: office}
      next_response: {within: 8h}
      update: {within: 1d}
      resolution: {business_days: 2, cutoff: "17:00", opens: "08:30"}
      assignment: {within: none}
"""


def book(text: str, folder: Path) -> Any:
    (folder / "book.yaml").write_text(text, encoding="utf-8")
    return load_book(folder)


def test_the_example_of_the_contract_is_read(tmp_path: Path) -> None:
    """Names, promises, targets and levels come out as they were written."""
    read = book(EXAMPLE, tmp_path)
    edition = read.edition_at(parse_ms("2026-06-01T00:00:00Z"))
    p0, rest = edition.policies

    assert (edition.name, read.zone, edition.promised) == ("2026-01", "Asia/Shanghai", ("first_response", "resolution"))
    assert parse_ms("2025-12-31T16:00:00Z") == edition.effective_from
    assert {"priority", "customer_tier"} == edition.fields
    assert (p0.name, rest.name) == ("p0", "the rest")
    assert (
        Level("50%", "share", 500_000),
        Level("75%", "share", 750_000),
        Level("90%", "share", 900_000),
        Level("2m left", "left", 120_000),
        Level("10m over", "over", 600_000),
    ) == p0.targets["first_response"].levels
    assert list(rest.targets) == ["first_response", "next_response", "update", "resolution", "assignment"]
    assert rest.targets["update"].within_ms == 86_400_000
    resolution = rest.targets["resolution"]
    assert (
        resolution.within_ms, resolution.business_days, resolution.cutoff, resolution.opens,
    ) == (None, 2, 17 * 60, 8 * 60 + 30)  # fmt: skip
    assert (rest.targets["assignment"].within_ms, rest.targets["assignment"].business_days) == (None, None)
    assert edition.calendars["office"] is rest.targets["first_response"].calendar
    assert edition.calendars["always"] is p0.targets["resolution"].calendar


def test_pauses_and_reopening_default_by_metric() -> None:
    """Update and resolution pause while the customer or somebody else is waited for; only resolution is reopened."""
    metrics = ["assignment", "first_response", "next_response", "update", "resolution"]
    plain = {
        "calendars": {"always": {"timezone": "UTC", "week": "always"}},
        "policies": [{"name": "a", "calendar": "always", "targets": {metric: {"within": "1h"} for metric in metrics}}],
    }
    targets = book_from(plain).edition_at(0).policies[0].targets
    waiting = {"waiting_on_customer", "on_hold"}

    assert [set(), set(), set(), waiting, waiting] == [set(targets[metric].pause_on) for metric in metrics]
    assert [targets[metric].reopen for metric in metrics] == [None, None, None, None, "continue"]


@pytest.mark.parametrize(
    ("target", "pause_on"),
    [
        ({"within": "1h", "pause_on": []}, set()),
        ({"within": "1h", "pause_on": "vendor"}, {"vendor"}),
        ({"within": "1h", "pause_on": ["vendor", "on_hold"]}, {"vendor", "on_hold"}),
        ({"business_days": 1, "pause_on": ["vendor"]}, set()),
        ({"business_days": 1}, set()),
    ],
)
def test_pauses_are_those_written_and_none_of_days(target: dict[str, Any], pause_on: set[str]) -> None:
    """An empty list means no pause at all, and a promise in days knows none."""
    plain = {
        "calendars": {"always": {"timezone": "UTC", "week": "always"}},
        "policies": [{"name": "a", "calendar": "always", "targets": {"resolution": target}}],
    }

    assert pause_on == book_from(plain).edition_at(0).policies[0].targets["resolution"].pause_on


def test_an_edition_holds_from_its_instant_and_the_first_before_it(tmp_path: Path) -> None:
    """A ticket created at the very instant has the new edition; one before all editions has the first."""
    for name, begin in (("b", "2026-02-01"), ("a", "2026-01-01"), ("c", "2026-03-01")):
        (tmp_path / f"{begin}.yaml").write_text(
            f"edition: {name}\neffective_from: {begin}T00:00:00Z\npolicies: []\n"
            f"promised: [{'update' if name == 'c' else 'resolution'}]\n"
        )
    (tmp_path / "alerts.yaml").write_text("receivers: []\n")
    (tmp_path / "scorecards").mkdir()
    (tmp_path / "scorecards" / "card.yaml").write_text("scorecard: x\n")
    read = load_book(tmp_path)

    assert [
        read.edition_at(parse_ms(instant)).name
        for instant in (
            "1990-01-01T00:00:00Z",
            "2026-01-31T23:59:59.999Z",
            "2026-02-01T00:00:00Z",
            "2026-02-28T23:59:59Z",
            "2099-01-01T00:00:00Z",
        )
    ] == ["a", "a", "b", "b", "c"]
    assert [read.promised.at(parse_ms(f"2026-{day}T00:00:00Z")) for day in ("01-15", "02-28", "03-01")] == [
        ("resolution",),
        ("resolution",),
        ("update",),
    ]


def test_an_edition_without_an_instant_always_held(tmp_path: Path) -> None:
    """The first edition may leave out from when it holds; without a name it is called after its file."""
    (tmp_path / "start.yaml").write_text("policies: []\n")
    (tmp_path / "later.yaml").write_text("edition: later\neffective_from: 2026-01-01T00:00:00Z\npolicies: []\n")
    read = load_book(tmp_path)

    assert [edition.name for edition in read.editions] == ["start", "later"]
    assert (read.zone, read.promised.at(0)) == ("UTC", ("first_response", "resolution"))


def test_yaml_is_read_as_1_2(tmp_path: Path) -> None:
    """`off`, `on` and `no` are text, a team 007 keeps its noughts, and dates stay what was written."""
    read = book(
        "calendars: {c: {timezone: UTC, week: always}}\n"
        "policies:\n  - {name: on, when: {status: [off, no, yes], team: 007}, calendar: c, targets: {}}\n",
        tmp_path,
    )
    policy = read.edition_at(0).policies[0]

    assert policy.name == "on"
    assert {"off", "no", "yes"} == policy.when["status"]
    assert {"007"} == policy.when["team"]


def test_a_yaml_1_1_directive_changes_nothing(tmp_path: Path) -> None:
    """A file that calls itself YAML 1.1 is read like the others."""
    read = book("%YAML 1.1\n---\npolicies:\n  - {name: on, when: {status: [off]}, targets: {}}\n", tmp_path)

    assert {"off"} == read.edition_at(0).policies[0].when["status"]


def test_objectives_are_read() -> None:
    """An objective has its share in millionths, and a minimum of one if nothing is said."""
    objectives = [
        {"name": "a", "metric": "first_response", "when": {"priority": ["P0"], "team": "x"}, "attainment": "99.95%",
         "period": "month", "minimum": 20},
        {"name": "b", "metric": "sla", "attainment": "95%", "period": "quarter"},
    ]  # fmt: skip
    targets = {"first_response": {"within": "15m", "calendar": "always"}}
    calendars = {"always": {"timezone": "UTC", "week": "always"}}
    policies = [{"name": "all", "targets": targets}]
    read = book_from({"calendars": calendars, "policies": policies, "objectives": objectives})

    when = {"priority": frozenset({"P0"}), "team": frozenset({"x"})}

    assert (
        Objective("a", "first_response", 999_500, "month", 20, when),
        Objective("b", "sla", 950_000, "quarter", 1, {}),
    ) == read.edition_at(0).objectives  # fmt: skip


def test_the_digest_names_what_is_said_and_not_how(tmp_path: Path) -> None:
    """Comments, spacing, order of keys and the file's name keep the digest; any promise changes it."""
    digest = book(EXAMPLE, tmp_path).digest
    (tmp_path / "book.yaml").rename(tmp_path / "other.yaml")
    renamed = load_book(tmp_path).digest
    (tmp_path / "other.yaml").unlink()
    zone, promised = "\nzone: Asia/Shanghai", "\npromised: [first_response, resolution]"
    swapped = EXAMPLE.replace(zone + promised, promised + "  # two" + zone)
    changes = {
        change: book(EXAMPLE.replace(*change), tmp_path).digest
        for change in [
            ("15m, warn", "16m, warn"),
            ("09:00-12:00", "09:00-12:01"),
            ("[P0]", "[P1]"),
            ("90%", "91%"),
            ("[first_response, resolution]", "[first_response]"),
            ('"05-01"', '"05-02"'),
            ("2026-01-01T00:00:00+08:00", "2026-01-01T00:00:01+08:00"),
            ("reopen: continue", "reopen: total"),
        ]
    }

    assert swapped != EXAMPLE
    assert digest == renamed == book(swapped, tmp_path).digest
    assert len({digest, *changes.values()}) == len(changes) + 1


def test_the_digest_is_the_same_in_another_process() -> None:
    """Nothing in it hangs on the hash seed of one run."""
    import subprocess
    import sys

    plain = {"policies": [{"name": "a", "when": {"team": ["x", "y", "z"]}, "targets": {}}]}
    ask = f"from sla.policy import book_from; print(book_from({plain!r}).digest)"
    digests = {
        subprocess.run(
            [sys.executable, "-c", ask],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[3],
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(digests) == 1


def test_inline_policies_are_read_as_in_cases() -> None:
    """The smallest book of a case has no calendars and no policies."""
    read = book_from({"calendars": {}, "policies": []})

    assert read.edition_at(0).select({"priority": "P0"}) is None
