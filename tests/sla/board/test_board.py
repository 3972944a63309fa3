"""The wallboard's file: what it says, and every way to write it wrong, with line and mend."""

# ruff: noqa: E501 - a table is read by its columns

from __future__ import annotations

from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.objective import Objective
from models.wallboard import Better, Limits, Tile, Unit, Wallboard
from sla.board import level_of, load_board, tiles_for
from sla.board.book import MOST_TILES, board_from
from sla.board.limits import limit_of
from sla.policy import PolicyBook, PolicyError, load_book
from sla.policy.words import Unreadable

BOOK = load_book(Path(str(files("policies"))))
#: A board with nothing wrong; each row of the table puts something wrong in place of one of its lines.
GOOD = """\
chime: on
limits:
  live.breached: {amber: 1, red: 5}
  today.sla.attainment: {amber: 95%, red: 90%}
tiles:
  - {field: live.open, label: Open, red: 120}
  - {field: 24h.resolution.p90_s, scope: "team:网络|priority:P0", label: {en: Slow, zh: 慢}, amber: 4h, red: 1d}
  - {field: budget.P0 answered in time.burn.1h, red: 14.4, last_week: off}
"""
LIMIT = "  live.breached: {amber: 1, red: 5}\n"
OPEN = "  - {field: live.open, label: Open, red: 120}\n"
SLOW = '"team:网络|priority:P0"'
BURN = "budget.P0 answered in time.burn.1h"


def board(content: str) -> Wallboard:
    return board_from(content, BOOK)


def test_a_board_is_what_its_file_says() -> None:
    """Tiles in their order, limits in the unit of the figure, a plain label in both languages."""
    read = board(GOOD)

    assert read.chime
    assert {"live.breached": Limits(1, 5), "today.sla.attainment": Limits(0.95, 0.9)} == read.limits
    assert (
        Tile("live.open", "count", "less", None, {"en": "Open", "zh": "Open"}, Limits(None, 120), None, last_week=True),
        Tile(
            "24h.resolution.p90_s",
            "s",
            "less",
            "team:网络|priority:P0",
            {"en": "Slow", "zh": "慢"},
            Limits(14_400, 86_400),
        ),
        Tile(BURN, "rate", "less", limits=Limits(None, 14.4)),
    ) == read.tiles


ROWS = [
    ("chime: on\n", "chime: yes\n", 1, "chime is 'yes'", "Write on or off"),
    ("chime: on\n", "chime: true\n", 1, "chime is 'true'", "Write on or off"),
    ("chime: on\n", "chime: [on]\n", 1, "chime is ''", "Write on or off"),
    ("chime: on\n", "chimes: on\n", 1, "unknown key `chimes` in the wallboard of wallboard.yaml", "`chime`"),
    (LIMIT, "  live.broken: {amber: 1}\n", 3, "there is no figure 'live.broken'", "Did you mean"),
    (LIMIT, "  live.breached: {amber: 5, red: 1}\n", 3, "amber of live.breached lies beyond its red", "below the red"),
    (LIMIT, "  live.breached: {amber: 5, red: 5}\n", 3, "amber of live.breached lies beyond its red", "below the red"),
    (LIMIT, "  today.sla.met: {amber: 5, red: 9}\n", 3, "amber of today.sla.met lies beyond its red: more is better", "above the red"),
    (LIMIT, "  live.breached: {amber: 5%}\n", 3, "'5%' is no number", "Write a number"),
    (LIMIT, "  live.breached: {amber: 1.5}\n", 3, "'1.5' is no whole number", "whole number"),
    (LIMIT, "  live.breached: {green: 1}\n", 3, "unknown key `green` in limits of live.breached", "known here are amber, red"),
    (LIMIT, "  live.breached: 5\n", 3, "limits of live.breached is a number, not a mapping", "mapping"),
    ("red: 90%", "red: 0.9", 4, "'0.9' is no share", "Write it as 95%"),
    ("red: 90%", "red: 101%", 4, "'101%' is no share", "from 0% to 100%"),
    (OPEN, "  - {label: Open}\n", 6, "a tile has no `field`", "Write `field:`"),
    (OPEN, "  - {field: live.opn}\n", 6, "there is no figure 'live.opn'", "`live.open`"),
    (OPEN, "  - {field: 2h.sla.met}\n", 6, "there is no figure '2h.sla.met'", "Did you mean"),
    (OPEN, "  - {field: nonsense}\n", 6, "there is no figure 'nonsense'", "Write such as live.open"),
    (OPEN, "  - live.open\n", 6, "a tile is text, not a mapping", "mapping"),
    (OPEN, OPEN + OPEN, 7, "a second tile shows live.open; the first stands on line 6", "Keep one"),
    (OPEN, "  - {field: live.open, colour: red}\n", 6, "unknown key `colour` in a tile", "known here are"),
    (OPEN, "  - {field: live.open, label: {de: Offen}}\n", 6, "unknown key `de` in label of live.open", "en"),
    (OPEN, "  - {field: today.sla.met, last_week: on}\n", 6, "nothing is kept of today.sla.met a week ago", "live.open"),
    (OPEN, "  - {field: 1h.sla.mean_s, red: 15}\n", 6, "'15' is no duration", "15m"),
    (OPEN, "  - {field: today.csat.mean_pct, red: 101}\n", 6, "'101' is more than 100 points", "such as 80"),
    (SLOW, "priority:P9", 7, "names the priority 'P9', which no ticket has", "P0, P1"),
    (SLOW, '"priority:P0|team:网络"', 7, "for which no figures are kept", "team:NAME|priority:P0"),
    (SLOW, '"team:"', 7, "scope of 24h.resolution.p90_s is 'team:'", "Write all"),
    (SLOW, "network", 7, "scope of 24h.resolution.p90_s is 'network'", "team:NAME"),
    (SLOW, '"agent:li"', 7, "24h.resolution.p90_s is not kept of agent:li", "a person has `today`"),
    (BURN, "budget.nobody.left", 8, "names the objective 'nobody', which is in no edition", "there are: P0 answered in time, answered"),
    (BURN, "budget.P0 answered in time.burn.7h", 8, "there is no figure", "Write such as"),
    (GOOD[GOOD.index("tiles") :], "", 1, "the wallboard has no `tiles`", "Write `tiles:`"),
    (GOOD[GOOD.index("tiles") :], "tiles: []\n", 5, "tiles is empty", "List the figures"),
    (GOOD[GOOD.index("tiles") :], "tiles:\n" + "".join(f"  - {{field: live.open, scope: 'team:{n}'}}\n" for n in range(MOST_TILES + 1)), 46, "there are 41 tiles", "nobody acts on"),
    (GOOD, "", 1, "the file is empty", "Write a wallboard into it"),
    (GOOD, GOOD + "---\n" + GOOD, 10, "a second document begins here", "holds a wallboard"),
    (GOOD, "- a\n", 1, "the wallboard is a list, not a mapping", "mapping"),
    (GOOD, "tiles: [\n", 2, "this is no YAML", "Mend the line"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "line", "message", "mend"), ROWS, ids=[f"{row[1][-50:]!r}" for row in ROWS])
def test_what_can_never_be_shown_is_refused_with_its_line_and_mend(
    good: str, bad: str, line: int, message: str, mend: str
) -> None:
    """One thing wrong is one problem: the file, the line, what is wrong, and what to do about it."""
    assert GOOD.count(good) == 1

    with pytest.raises(PolicyError) as raised:
        board(GOOD.replace(good, bad))

    told = [one for one in raised.value.problems if message in one.message and mend in one.mend]
    assert [("wallboard.yaml", line)] == [(one.file, one.line) for one in told]


def test_everything_wrong_with_a_board_is_told_at_once() -> None:
    """One round of mending is enough."""
    with pytest.raises(PolicyError) as raised:
        board(GOOD.replace("live.open", "live.opn").replace("chime: on", "chime: 1").replace('P0"', 'P7"'))

    assert [1, 6, 7] == sorted(problem.line for problem in raised.value.problems)


def test_a_folder_without_a_board_has_the_one_in_the_package(tmp_path: Path) -> None:
    """It fits any book: it names no objective, and stands for all of them."""
    shipped = load_board(Path(str(files("policies"))), BOOK)

    assert shipped == load_board(tmp_path, BOOK) == load_board(tmp_path, PolicyBook(()))


def test_a_folders_own_board_is_read(tmp_path: Path) -> None:
    """With a byte order mark, too."""
    (tmp_path / "wallboard.yaml").write_text(GOOD, encoding="utf-8-sig")

    assert board(GOOD) == load_board(tmp_path, BOOK)


def test_a_board_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "wallboard.yaml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(PolicyError, match="Save it as UTF-8"):
        load_board(tmp_path, BOOK)


# Tiles of a page

KEPT = Objective("kept", "sla", 900_000, "month")
URGENT = Objective("urgent", "first_response", 950_000, "month", 20, {"priority": frozenset({"P0"})})
TEAMS = Objective(
    "teams", "resolution", 900_000, "year", 1, {"team": frozenset({"网络", "b"}), "priority": frozenset({"P0"})}
)
ALL = (KEPT, URGENT, TEAMS)


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ("all", ["kept", "urgent", "teams"]),
        ("priority:P0", ["kept", "urgent", "teams"]),
        ("priority:P1", ["kept"]),
        ("team:网络", ["kept", "urgent", "teams"]),
        ("team:c", ["kept", "urgent"]),
        ("team:b|priority:P0", ["kept", "urgent", "teams"]),
        ("agent:li", ["kept", "urgent", "teams"]),
    ],
)
def test_the_tile_of_every_objective_is_one_for_each_that_concerns_the_page(scope: str, names: list[str]) -> None:
    """What is about another team or priority is left out."""
    tiles = tiles_for(board("tiles: [{field: budget.*.left, label: {en: Left}, red: 0%}]"), scope, ALL)

    assert [f"budget.{name}.left" for name in names] == [tile.field for tile in tiles]
    assert {f"Left: {name}" for name in names} == {tile.label["en"] for tile in tiles}
    assert {Limits(None, 0)} == {tile.limits for tile in tiles}


@pytest.mark.parametrize(
    ("field", "scope", "target"),
    [
        ("today.sla.attainment", "all", 0.9),
        ("month.sla_attainment", "all", 0.9),
        ("month.sla_attainment", "team:b", None),
        ("24h.first_response.attainment", "priority:P0", 0.95),
        ("month.first_response_attainment", "priority:P0", 0.95),
        ("month.first_response_attainment", "all", None),
        ("month.resolution_rate", "all", None),
        ("today.sla.met", "all", None),
        ("live.open", "all", None),
    ],
)
def test_attainment_is_held_against_the_objective_on_just_that(field: str, scope: str, target: float | None) -> None:
    """The same metric and the same scope; an objective on more or less says nothing about it."""
    (tile,) = tiles_for(board(f"tiles: [{{field: {field}}}]"), scope, ALL)

    assert (target, scope) == (tile.target, tile.scope)


def test_a_tile_is_red_below_its_objective_unless_it_says_otherwise() -> None:
    """Own limits come first, then the objective's, then those of the figure wherever it stands."""
    limits = "limits: {today.sla.attainment: {amber: 80%, red: 70%}, live.open: {red: 9}}\n"
    tiles = f"{limits}tiles: [{{field: live.open}}, {{field: today.sla.attainment}}, {{field: month.sla_attainment, red: 50%}}]"

    assert [Limits(None, 9), Limits(0.95, 0.9), Limits(None, 0.5)] == [
        tile.limits for tile in tiles_for(board(tiles), "all", ALL)
    ]
    assert Limits(0.8, 0.7) == tiles_for(board(tiles), "team:b", ALL)[1].limits


def test_a_tile_with_a_scope_of_its_own_keeps_it() -> None:
    """Whatever the page is about."""
    tiles = board('tiles: [{field: live.open, scope: "team:b"}, {field: live.breached}]')

    assert ["team:b", "priority:P1"] == [tile.scope for tile in tiles_for(tiles, "priority:P1", ALL)]


# Limits


@pytest.mark.parametrize(
    ("value", "better", "level"),
    [
        (None, "less", ""), (0, "less", ""), (4, "less", ""), (5, "less", "amber"), (9, "less", "amber"), (10, "less", "red"),
    ],
)  # fmt: skip
def test_where_less_is_better_a_limit_is_passed_by_reaching_it(value: float | None, better: Better, level: str) -> None:
    """No figure is neither good nor bad."""
    assert level == level_of(value, Limits(5, 10), better)


@pytest.mark.parametrize(
    ("value", "level"), [(None, ""), (0.95, ""), (0.9499, "amber"), (0.9, "amber"), (0.8999, "red")]
)
def test_where_more_is_better_a_limit_is_passed_by_falling_below_it(value: float | None, level: str) -> None:
    """An objective that is just kept is kept."""
    assert level == level_of(value, Limits(0.95, 0.9), "more")


@pytest.mark.parametrize(
    ("text", "unit", "limit"),
    [
        ("95%", "ratio", 0.95), ("99.95%", "ratio", 0.9995), ("0%", "ratio", 0), ("15m", "s", 900), ("3d", "ticket", 259_200),
        ("20", "count", 20), ("14.4", "rate", 14.4), ("80", "points", 80), ("2.5", "weight", 2.5),
    ],
)  # fmt: skip
def test_a_limit_is_read_in_the_unit_of_its_figure(text: str, unit: Unit, limit: float) -> None:
    """Shares with a percent sign, durations with their unit, all else as numbers."""
    assert limit == limit_of(text, unit)


@given(st.text(alphabet="0123456789.%mhd -eE", max_size=8), st.sampled_from(("count", "s", "ratio", "points", "rate")))
def test_no_text_is_a_limit_below_nothing(text: str, unit: Unit) -> None:
    """What is read is a number from 0 on; all else is refused in words."""
    with suppress(Unreadable):
        assert limit_of(text, unit) >= 0
