"""CSV files of observations, ratings and adjustments: the good rows taken, the others named by line and field."""

from __future__ import annotations

import pytest

from appraisal.entries import Entries
from appraisal.intake import entry_of
from appraisal.rows import Fault, UnusableFile, judged_against, kind_of_columns, read_rows
from tests.appraisal.test_entries import RATING

HEADER = "event_id,occurred_at,metric,subject,value,of,replaces\n"
GOOD = "o1,2026-11-20T09:00:00+08:00,kb_contributions,team:网络组,3,,\n"


def read(text: str) -> tuple[list[str], list[Fault]]:
    """Ids taken, and faults, of a file beside nothing known."""
    rows = judged_against(read_rows(text.encode(), "metric.observed"), Entries())
    return [entry.event_id for _, entry in rows.entries], rows.faults


def test_good_rows_are_taken_and_wrong_ones_named_by_line_and_field() -> None:
    """A line counts as an editor counts it, also behind a quoted cell of several lines and a blank line."""
    text = (
        HEADER + GOOD + 'o2,2026-11-20,kb_contributions,all,1,,\n\n"o\n3",x,kb_contributions,all,1,,\n' + "o4,,,,,,\n"
    )
    taken, faults = read(text + GOOD.replace("o1", "o5").replace("3,,", "three,,"))

    assert ["o1"] == taken
    assert [(3, "occurred_at"), (5, "event_id"), (7, "occurred_at"), (8, "value")] == [
        (f.line, f.field) for f in faults
    ]


def test_a_second_import_changes_nothing_and_another_body_under_an_id_is_a_fault() -> None:
    """What is known is left out; to correct it, a new id replaces it."""
    known = Entries()
    rows = read_rows((HEADER + GOOD).encode(), "metric.observed")
    for _, entry in rows.entries:
        known.add(entry)

    assert ([], []) == tuple(judged_against(rows, known))
    changed = judged_against(read_rows((HEADER + GOOD.replace(",3,", ",4,")).encode(), "metric.observed"), known)
    assert [] == changed.entries
    assert [(2, "event_id")] == [(fault.line, fault.field) for fault in changed.faults]


def test_the_same_row_twice_in_a_file_counts_once_and_two_bodies_are_a_fault() -> None:
    """The first stands, the second is named with the line of the first."""
    assert (["o1"], []) == read(HEADER + GOOD + GOOD)
    taken, faults = read(HEADER + GOOD + GOOD.replace(",3,", ",4,"))

    assert ["o1"] == taken
    assert (3, "event_id") == faults[0][:2]
    assert "line 2" in faults[0].message


def test_a_correction_has_to_name_what_it_corrects() -> None:
    """In the same file or known before, in whatever order."""
    correction = GOOD.replace("o1", "o2").replace("3,,", "4,,o1")

    assert (["o2", "o1"], []) == read(HEADER + correction + GOOD)
    taken, faults = read(HEADER + correction)
    assert [] == taken
    assert (2, "replaces") == faults[0][:2]


def test_a_correction_corrects_no_rating() -> None:
    """What is known under that id has to be an observation."""
    known = Entries()
    known.add(entry_of(RATING))
    rows = judged_against(read_rows((HEADER + GOOD.replace("3,,", "4,,r1")).encode(), "metric.observed"), known)

    assert [(2, "replaces")] == [(fault.line, fault.field) for fault in rows.faults]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("event_id,occurred_at,metric,subject\n", "column value is missing"),
        (HEADER.replace(",", ";"), "separated by commas"),
        (HEADER.replace("replaces", "replace"), "did you mean 'replaces'"),
        (HEADER.replace("of", "value"), "there twice"),
        ("", "is missing"),
    ],
)
def test_a_file_without_its_columns_is_refused_as_a_whole(text: str, message: str) -> None:
    """Nothing of it would be understood."""
    with pytest.raises(UnusableFile, match=message):
        read_rows(text.encode(), "metric.observed")


def test_a_file_in_another_encoding_is_refused_with_the_mend() -> None:
    """Guessing would turn names into others."""
    with pytest.raises(UnusableFile, match="save it as CSV UTF-8"):
        read_rows((HEADER + GOOD).encode("gb18030"), "metric.observed")


def test_a_byte_order_mark_short_rows_and_foreign_columns_do_no_harm() -> None:
    """As spreadsheets save them; but a cell too many is a comma that should have been quoted."""
    marked = "\ufeff" + HEADER.replace("replaces", "replaces,备注") + GOOD.strip() + ",ok\n" + "o2," + GOOD[3:-3] + "\n"

    assert (["o1", "o2"], []) == read(marked)
    assert [3] == [fault.line for fault in read(HEADER + GOOD + GOOD.replace("o1", "o9,1"))[1]]


def test_an_unclosed_quote_is_a_fault_of_its_row() -> None:
    """Rows before it are taken."""
    taken, faults = read(HEADER + GOOD + '"o2,2026\n')

    assert ["o1"] == taken
    assert 3 == faults[0].line


def test_columns_tell_what_a_file_is() -> None:
    """So that files without servers need no other name."""
    assert "metric.observed" == kind_of_columns(HEADER.strip().split(","))
    assert "rating.given" == kind_of_columns(
        ["event_id", "occurred_at", "period", "scorecard", "subject", "role", "rater", "dimension", "score"]
    )
    assert None is kind_of_columns(["a"])
