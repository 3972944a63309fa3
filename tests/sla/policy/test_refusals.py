"""Every way to write a policy book wrong, and what is said to it: file, line, message, mend."""

# ruff: noqa: E501 - a table is read by its columns

from __future__ import annotations

from pathlib import Path

import pytest

from models.policy import Problem
from sla.policy import PolicyError, book_from, load_book

#: A book with nothing wrong; each row of the table puts something wrong in place of one of its lines.
GOOD = """\
edition: 2026-01
effective_from: 2026-01-01T00:00:00+08:00
zone: Asia/Shanghai
promised: [first_response]
calendars:
  office:
    timezone: Asia/Shanghai
    week: {mon: ["09:00-17:00"]}
policies:
  - name: p0
    when: {priority: [P0]}
    calendar: office
    targets:
      first_response: {within: 15m}
  - name: the rest
    calendar: office
    targets:
      resolution: {within: 4h}
objectives:
  - {name: fast, metric: first_response, attainment: 95%, period: month}
"""
CALENDAR = '    week: {mon: ["09:00-17:00"]}\n'
P0 = "      first_response: {within: 15m}\n"
REST = "      resolution: {within: 4h}\n"
WHEN = "    when: {priority: [P0]}\n"
OBJECTIVE = "  - {name: fast, metric: first_response, attainment: 95%, period: month}\n"


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(PolicyError) as raised:
        load_book(folder)
    return raised.value.problems


ROWS = [
    # unknown keys, missing keys, wrong types
    ("\nzone: Asia/Shanghai\n", "\nzone: UTC\nzonne: UTC\n", 4, "unknown key `zonne` in the edition of book.yaml", "`zone`"),
    (CALENDAR, CALENDAR + "    weeek: always\n", 9, "unknown key `weeek` in calendar 'office'", "`week`"),
    (CALENDAR, "    week: {monday: []}\n", 8, "unknown key `monday` in week of calendar 'office'", "`mon`"),
    (WHEN, "    when: {prio: [P0]}\n", 11, "unknown key `prio` in when of policy 'p0'", "`priority`"),
    (P0, "      first_response: {within: 15m, warn: 50%}\n", 14, "unknown key `warn` in first_response", "`warn_at`"),
    (P0, "      first_respons: {within: 15m}\n", 14, "unknown key `first_respons` in targets", "`first_response`"),
    (WHEN, WHEN + "    comment: x\n", 12, "unknown key `comment` in a policy", "known here are name, when"),
    (OBJECTIVE, OBJECTIVE.replace("period", "over"), 20, "unknown key `over` in an objective", "known here are"),
    ("  - name: p0\n", "  - title: p0\n", 10, "a policy has no `name`", "Write `name:`"),
    ("    targets:\n" + P0, "", 10, "a policy has no `targets`", "Write `targets:`"),
    ("    timezone: Asia/Shanghai\n", "", 7, "calendar 'office' has no `timezone`", "Write `timezone:`"),
    (CALENDAR, "", 7, "calendar 'office' has no `week`", "Write `week:`"),
    (CALENDAR, "    week: 5\n", 8, "week of calendar 'office' is a number, not a mapping", "Write a mapping here"),
    (CALENDAR, "    week: {mon: 09:00-17:00}\n", 8, "mon of calendar 'office' is text, not a list", "Write a list"),
    (CALENDAR, "    week: {mon: }\n", 8, "mon of calendar 'office' is nothing, not a list", "Write a list"),
    (P0, "      first_response: 15m\n", 14, "first_response of policy 'p0' is text, not a mapping", "mapping"),
    (P0, "      first_response: {within: [15m]}\n", 14, "within of first_response of policy 'p0' is a list", "Write text"),
    (P0, "      first_response: {within: true}\n", 14, "is true or false, not text", "Write text"),
    (WHEN, "    when: [priority]\n", 11, "when of policy 'p0' is a list, not a mapping", "Write a mapping"),
    (WHEN, "    when: {team: {a: b}}\n", 11, "team in when of policy 'p0' is a mapping, not a list", "Write a list"),
    (WHEN, "    when: {team: [[a]]}\n", 11, "an item of team in when of policy 'p0' is a list", "Write text"),
    (WHEN, "    when: {complexity: high}\n", 11, "complexity in when of policy 'p0' is text, not a number", "number"),
    ("edition: 2026-01\n", "edition: ''\n", 1, "edition is empty", "Write something"),
    # names
    (P0, P0 + P0, 15, "'first_response' is given twice; it already stands on line 14", "Keep one of them"),
    ("  office:\n", "  office: {timezone: UTC, week: always}\n  office:\n", 7, "'office' is given twice", "rename one"),
    ("\nzone: Asia/Shanghai\n", "\nzone: UTC\nzone: UTC\n", 4, "'zone' is given twice", "Keep one of them"),
    ("  - name: the rest\n", "  - name: p0\n", 15, "a second policy is called 'p0'; the first stands on line 10", "name"),
    (OBJECTIVE, OBJECTIVE * 2, 21, "a second objective is called 'fast'", "a name of its own"),
    # zones, instants
    ("\nzone: Asia/Shanghai\n", "\nzone: Asia/Shangai\n", 3, "zone: there is no time zone 'Asia/Shangai'", "IANA"),
    ("    timezone: Asia/Shanghai\n", "    timezone: CET+1\n", 7, "there is no time zone 'CET+1'", "IANA"),
    ("    timezone: Asia/Shanghai\n", "    timezone: localtime\n", 7, "there is no time zone 'localtime'", "IANA"),
    ("effective_from: 2026-01-01T00:00:00+08:00\n", "effective_from: 2026-01-01\n", 2, "is no instant", "offset"),
    ("effective_from: 2026-01-01T00:00:00+08:00\n", "effective_from: 2026-01-01T00:00:00\n", 2, "no instant", "offset"),
    # calendars
    (CALENDAR, "    week: {}\n", 7, "calendar 'office' has no open time", "Write hours under `week`"),
    (CALENDAR, '    week: {mon: ["09:00-09:00"]}\n', 7, "calendar 'office' has no open time", "Write hours"),
    (CALENDAR, '    week: {mon: ["09:00-13:00", "12:00-17:00"]}\n', 8, "12:00-17:00 overlaps 09:00-13:00", "Let one end"),
    (CALENDAR, '    week: {mon: ["22:00-30:00"], tue: ["05:00-12:00"]}\n', 8, "22:00-30:00 on mon overlaps", "Let one end"),
    (CALENDAR, '    week: {sun: ["22:00-30:00"], mon: ["05:00-12:00"]}\n', 8, "22:00-30:00 on sun overlaps", "Let one end"),
    (CALENDAR, CALENDAR + '    dates: {2026-03-01: ["20:00-34:00"]}\n', 9, "around 2026-03-01, 20:00-34:00 overlaps", "end"),
    (CALENDAR, '    week: {mon: ["9-17"]}\n', 8, "'9' is no time of the day", "Write it as 09:30"),
    (CALENDAR, '    week: {mon: ["09:00"]}\n', 8, "'09:00' is no span of hours", '"09:00-17:30"'),
    (CALENDAR, '    week: {mon: ["24:00-30:00"]}\n', 8, "'24:00' is no time of the day", "from 00:00 to 23:59"),
    (CALENDAR, '    week: {mon: ["22:00-06:00"]}\n', 8, "a span that ends before it starts", '"22:00-30:00"'),
    (CALENDAR, '    week: {mon: ["09:00-48:01"]}\n', 8, "'48:01' is no time of the day", "to 48:00"),
    (CALENDAR, CALENDAR + "    holidays: [2026-02-30]\n", 9, "'2026-02-30' is no date", "2026-10-01"),
    (CALENDAR, CALENDAR + '    holidays: ["13-01"]\n', 9, "'13-01' is no date", '"05-01"'),
    (CALENDAR, CALENDAR + "    holidays: {a: b}\n", 9, "holidays of calendar 'office' is a mapping", "Write a list"),
    (CALENDAR, CALENDAR + '    dates: {05-01: ["09:00-10:00"]}\n', 9, "'05-01' is no date", "2026-10-01"),
    (CALENDAR, CALENDAR + '    breaks: {2026-03-02: "09:00-10:00"}\n', 9, "2026-03-02 in breaks of calendar", "list"),
    (CALENDAR, CALENDAR + "    public_holidays: {country: XX}\n", 9, "no public holidays are known for country 'XX'", "ISO 3166"),
    (CALENDAR, CALENDAR + "    public_holidays: {}\n", 9, "public_holidays of calendar 'office' has no `country`", "country:"),
    (CALENDAR, CALENDAR + "    public_holidays: CN\n", 9, "is text, not a mapping", "Write a mapping"),
    (
        CALENDAR, CALENDAR + "    public_holidays: {country: DE, subdivision: ZZ}\n", 9,
        "country 'DE', part 'ZZ'", "ISO 3166",
    ),
    # policies that no ticket reaches
    (WHEN, "    when: {priority: [P9]}\n", 11, "names 'P9', which no ticket has, so it can never match", "P0, P1"),
    (WHEN, "    when: {priority: []}\n", 11, "priority in when of policy 'p0' is empty", "take `priority` out"),
    (WHEN, "", 14, "policy 'the rest' can never match", "Move it up"),
    (WHEN, "    when: {priority: [P0, P1, P2, P3, P4]}\n", 15, "policy 'the rest' can never match", "Move it up"),
    # targets
    ("    calendar: office\n    targets:\n" + P0, "    targets:\n" + P0, 13, "first_response of policy 'p0' has no calendar", "calendars of this edition: office"),
    ("    calendar: office\n    targets:\n" + P0, "    calendar: ofice\n    targets:\n" + P0, 12, "policy 'p0' names the calendar 'ofice', which is not there", "office"),
    (P0, "      first_response: {within: 15m, calendar: night}\n", 14, "names the calendar 'night'", "Write it under `calendars`"),
    (P0, "      first_response: {}\n", 14, "first_response of policy 'p0' promises nothing", "`within: none`"),
    (P0, "      first_response: {within: 1h, business_days: 1}\n", 14, "both `within` and `business_days`", "Keep `within`"),
    (P0, "      first_response: {within: 15}\n", 14, "'15' is no duration", "90s, 15m"),
    (P0, "      first_response: {within: 15 m}\n", 14, "'15 m' is no duration", "90s, 15m"),
    (P0, "      first_response: {within: P1M}\n", 14, "'P1M' is no duration", "PT15M"),
    (P0, "      first_response: {within: 0s}\n", 14, "'0s' is no time at all", "`none`"),
    (P0, "      first_response: {within: 99999d}\n", 14, "longer than ten years", "2d"),
    (P0, "      first_response: {business_days: 1.5}\n", 14, "business_days of first_response of policy 'p0' is '1.5'", "whole number"),
    (P0, "      first_response: {business_days: 0}\n", 14, "is '0'", "from 1 to"),
    (P0, "      first_response: {business_days: 1, cutoff: 5pm}\n", 14, "'5pm' is no time of the day", "09:30"),
    (P0, '      first_response: {business_days: 1, opens: "24:00"}\n', 14, "'24:00' is no time of the day", "09:30"),
    (P0, '      first_response: {within: 1h, cutoff: "17:00"}\n', 14, "has `cutoff` without `business_days`", "Take it out"),
    (P0, "      first_response: {within: 1h, reopen: continue}\n", 14, "first_response of policy 'p0' has `reopen`", "only resolution"),
    (REST, "      resolution: {within: 1h, reopen: restrat}\n", 18, "reopen of resolution of policy 'the rest' is 'restrat'", "`restart`"),
    (REST, "      resolution: {within: 1h, pause_on: {a: b}}\n", 18, "pause_on of resolution of policy 'the rest' is a mapping", "list"),
    # levels
    (P0, "      first_response: {within: 15m, warn_at: [100%]}\n", 14, "'100%' is no share below the whole", "below 100%"),
    (P0, "      first_response: {within: 15m, warn_at: [0%]}\n", 14, "'0%' is no share", "above 0%"),
    (P0, "      first_response: {within: 15m, warn_at: [15m left]}\n", 14, "'15m left' is not less than all of `within`", "less than"),
    (P0, "      first_response: {within: 15m, warn_at: [0s over]}\n", 14, "'0s' is no time at all", "more than zero"),
    (P0, "      first_response: {within: 15m, warn_at: [soon]}\n", 14, "'soon' is no level", "2m left"),
    (P0, "      first_response: {within: 15m, warn_at: [75]}\n", 14, "'75' is no level", "75%"),
    (P0, "      first_response: {within: 15m, warn_at: [75%, 75%]}\n", 14, "names '75%' twice", "Take one"),
    (P0, "      first_response: {within: none, warn_at: [75%]}\n", 14, "warns although it promises nothing", "promise a duration"),
    # promises and objectives
    ("promised: [first_response]\n", "promised: [response]\n", 4, "a metric in promised is 'response'", "Did you mean"),
    ("promised: [first_response]\n", "promised: []\n", 4, "promised is empty", "Name the metrics"),
    (OBJECTIVE, OBJECTIVE.replace("first_response", "speed"), 20, "metric of objective 'fast' is 'speed'", "Write one of"),
    (OBJECTIVE, OBJECTIVE.replace("95%", "100%"), 20, "'100%' is no share below the whole", "95%"),
    (OBJECTIVE, OBJECTIVE.replace("95%", "0.95"), 20, "'0.95' is no share", "95%"),
    (OBJECTIVE, OBJECTIVE.replace("month", "monthly"), 20, "period of objective 'fast' is 'monthly'", "`month`"),
    (OBJECTIVE, OBJECTIVE.replace("}", ", minimum: -1}"), 20, "minimum of objective 'fast' is '-1'", "from 0"),
    (OBJECTIVE, OBJECTIVE.replace("}", ", when: {channel: [mail]}}"), 20, "unknown key `channel`", "priority, team"),
    (OBJECTIVE, OBJECTIVE.replace("95%", "0%"), 20, "'0%' is no share below the whole", "above 0%"),
    (OBJECTIVE, OBJECTIVE.replace("first_response", "update"), 20, "'fast' can never be decided: no policy promises update", "Write a target of update"),
    (OBJECTIVE, OBJECTIVE.replace("}", ", when: {priority: [P1]}}"), 20, "'fast' can never be decided: no policy promises first_response", "or ask for others"),
    (OBJECTIVE, OBJECTIVE.replace("}", ", when: {priority: [P1, P0]}}"), 20, "'fast' names priority 'P1', to which no policy promises first_response", "Take 'P1' out"),
    (OBJECTIVE, OBJECTIVE.replace("first_response", "sla").replace("}", ", when: {priority: P1}}"), 20, "no policy promises first_response to what it asks for", "within"),
    (OBJECTIVE, OBJECTIVE.replace("first_response", "resolution").replace("}", ", when: {priority: P0}}"), 20, "'fast' can never be decided: no policy promises resolution", "or ask for others"),
    (P0, "      first_response: {within: none}\n", 20, "'fast' can never be decided", "`within` or `business_days`"),
    # files
    (GOOD, "", 1, "the file is empty", "Write an edition into it"),
    (GOOD, "- a\n- b\n", 1, "the edition is a list, not a mapping", "Write a mapping"),
    (GOOD, GOOD + "---\n" + GOOD, 22, "a second document begins here", "a file of its own"),
    (CALENDAR, "    week: {mon: [\n", 10, "this is no YAML", "Mend the line"),
    (CALENDAR, '    week: !!set {mon: ["09:00-17:00"]}\n    ? [a]\n    : b\n', 9, "a key is no plain text", "Write a name"),
    (P0, "      first_response: !!binary aGk=\n", 14, "the tag tag:yaml.org,2002:binary is not known here", "Take the tag out"),
    (CALENDAR, "    week: &w {mon: *w}\n", 8, "nested too deeply|undefined alias", "Take out the alias|Mend the line"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "line", "message", "mend"), ROWS, ids=[f"{row[1][-60:]!r}" for row in ROWS])
def test_what_is_wrong_is_refused_with_its_line_and_mend(  # noqa: PLR0917 - a row has five columns
    tmp_path: Path, good: str, bad: str, line: int, message: str, mend: str
) -> None:
    """One thing wrong is one problem: the file, the line, what is wrong, and what to do about it."""
    assert GOOD.count(good) == 1
    (tmp_path / "book.yaml").write_text(GOOD.replace(good, bad))

    found = [
        problem
        for problem in problems(tmp_path)
        if any(part in problem.message for part in message.split("|"))
        and any(part in problem.mend for part in mend.split("|"))
    ]

    assert [("book.yaml", line)] == [(problem.file, problem.line) for problem in found]


def test_the_good_book_is_good(tmp_path: Path) -> None:
    """Nothing is wrong with the book that the table spoils."""
    (tmp_path / "book.yaml").write_text(GOOD)

    assert [edition.name for edition in load_book(tmp_path).editions] == ["2026-01"]


@pytest.mark.parametrize(
    ("second", "file", "line", "message"),
    [
        (GOOD, "second.yaml", 1, "edition '2026-01' is already in first.yaml"),
        (GOOD.replace("2026-01\n", "2026-02\n"), "second.yaml", 2, "edition '2026-02' begins at the same instant as the one in first.yaml"),
        (GOOD.replace("2026-01\n", "2026-02\n").replace("2026-01-01T", "2026-02-01T").replace("zone: Asia/Shanghai\np", "zone: Europe/Berlin\np"), "second.yaml", 3, "zone Europe/Berlin differs from Asia/Shanghai in first.yaml"),
        (GOOD.replace("2026-01\n", "2026-02\n").replace("2026-01-01T", "2026-02-01T").replace("zone: Asia/Shanghai\np", "p"), "second.yaml", 1, "zone UTC differs from Asia/Shanghai in first.yaml"),
    ],
)  # fmt: skip
def test_editions_must_differ_where_they_should(
    tmp_path: Path, second: str, file: str, line: int, message: str
) -> None:
    """Two files of one edition, two of one instant, and two zones are refused."""
    (tmp_path / "first.yaml").write_text(GOOD)
    (tmp_path / "second.yaml").write_text(second)

    assert [(file, line, message)] == [problem[:3] for problem in problems(tmp_path)]


def test_two_editions_without_an_instant_are_refused(tmp_path: Path) -> None:
    """Only one edition can have held for ever."""
    for name in ("a", "b"):
        text = GOOD.replace("2026-01\n", f"{name}\n").replace("effective_from: 2026-01-01T00:00:00+08:00\n", "")
        (tmp_path / f"{name}.yaml").write_text(text)

    assert [p.message for p in problems(tmp_path)] == ["edition 'b' has no `effective_from`, as the one in a.yaml"]


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    """One start tells all faults of all files, so that one round of mending is enough."""
    (tmp_path / "a.yaml").write_text(GOOD.replace("15m", "15x").replace("[P0]", "[P9]"))
    (tmp_path / "b.yaml").write_text("- nothing\n")

    assert {("a.yaml", 11), ("a.yaml", 14), ("b.yaml", 1)} == {problem[:2] for problem in problems(tmp_path)}


def test_the_error_itself_shows_every_problem(tmp_path: Path) -> None:
    """Printed, the error has a line for each problem: file, line, message, mend."""
    (tmp_path / "a.yaml").write_text(GOOD.replace("15m", "15x"))

    with pytest.raises(PolicyError) as raised:
        load_book(tmp_path)

    assert str(raised.value) == (
        "a.yaml:14: within of first_response of policy 'p0': '15x' is no duration. "
        "Write it as 90s, 15m, 4h, 1h30m, 2d or PT15M"
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "the folder holds no edition"),
        ({"alerts.yaml": "a: b", "wallboard.yaml": "", "people.yaml": "", "book.txt": GOOD}, "the folder holds no edition"),
        ({"book.yml": GOOD}, "not .yml"),
        ({".hidden.yaml": GOOD}, "the folder holds no edition"),
    ],
)  # fmt: skip
def test_a_folder_without_an_edition_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """Other files of the folder are no editions, and a folder of nothing else is a mistake."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    assert message in problems(tmp_path)[0].message


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The message names the setting to change."""
    assert "SLAWATCH_POLICIES" in problems(tmp_path / "nowhere")[0].mend


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are a problem of that file, not a crash."""
    (tmp_path / "book.yaml").write_bytes(b"edition: \xff\xfe\n")

    assert [problem[:2] for problem in problems(tmp_path)] == [("book.yaml", 1)]


def test_plain_data_is_refused_without_lines() -> None:
    """A policy written inside a case is refused with the same words."""
    with pytest.raises(PolicyError, match=r"policies: unknown key `polices` in the edition of policies. Did you mean"):
        book_from({"polices": []})
    with pytest.raises(PolicyError, match="there is no edition"):
        book_from([])
