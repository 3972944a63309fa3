"""The tables hold what the appraisal holds, and no cell of them is run by a spreadsheet."""

from __future__ import annotations

import csv
import io

import orjson
import pyarrow.parquet as pq
import pytest

from appraisal.files import form_path
from appraisal.output.tables import TOTALS, defused, tickets_csv, totals_csv, totals_parquet
from models import scope
from tests.appraisal.output.made import appraisal, total


def rows_of(content: bytes) -> list[dict[str, str]]:
    """A table as a program reads it."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_totals_begin_with_a_mark_and_the_columns_of_the_contract() -> None:
    """Excel takes a file for UTF-8 by its first three bytes."""
    columns = "period revision subject name measure split value unit numerator denominator cases status score editions"

    head = "\ufeff" + columns.replace(" ", ",") + "\r\n"
    assert totals_csv(appraisal()).startswith(head.encode())


def test_a_row_for_each_subject_measure_and_split() -> None:
    """What the table says is what the appraisal says, row by row."""
    expected = [(row.subject, row.measure, row.split, row.status) for row in appraisal().totals]

    found = [(row["subject"], row["measure"], row["split"], row["status"]) for row in rows_of(totals_csv(appraisal()))]
    assert expected == found


def test_numbers_are_those_of_the_json() -> None:
    """Both print the same digits, and what is not known is empty and not 0."""
    said = [row.model_dump(mode="json") for row in appraisal().totals]

    for row, expected in zip(rows_of(totals_csv(appraisal())), said, strict=True):
        for name in ("value", "numerator", "denominator", "cases", "score"):
            assert ("" if expected[name] is None else orjson.dumps(expected[name]).decode()) == row[name]


def test_a_name_that_is_a_formula_is_text() -> None:
    """A spreadsheet would run it, with the rights of whoever opens the file."""
    names = {row["subject"]: row["name"] for row in rows_of(totals_csv(appraisal()))}

    assert "'=1+cmd|' /C calc'!A0" == names["agent:eve"]
    assert "王丽" == names["agent:wang.li"]


@pytest.mark.parametrize(
    ("expected", "cell"),
    [
        ("'=1", "=1"),
        ("'+x", "+x"),
        ("'-x", "-x"),
        ("'@x", "@x"),
        ("'\t=1", "\t=1"),
        ("'\r=1", "\r=1"),
        ("'-inf", "-inf"),
        ("'+nan", "+nan"),
        ("'-", "-"),
        ("-5", "-5"),
        ("+1.5", "+1.5"),
        ("-1e3", "-1e3"),
        ("x=1", "x=1"),
        ("", ""),
        ("王丽", "王丽"),
    ],
)
def test_what_begins_like_a_formula_and_is_no_number_is_defused(expected: str, cell: str) -> None:
    """Numbers stay numbers, signs and all."""
    assert expected == defused(cell)


def test_tickets_are_listed_and_defused() -> None:
    """The id of a ticket is a customer's system's choice."""
    (row,) = rows_of(tickets_csv(appraisal()))

    assert ("agent:wang.li", "first_response_attainment", "'@T1", "1", "1") == (
        row["subject"],
        row["measure"],
        row["ticket"],
        row["numerator"],
        row["denominator"],
    )


def test_parquet_holds_the_same_rows() -> None:
    """A data scientist reads the same figures as HR."""
    table = pq.read_table(io.BytesIO(totals_parquet(appraisal())))

    assert list(TOTALS) == table.column_names
    assert [row.subject for row in appraisal().totals] == table.column("subject").to_pylist()
    place = appraisal().totals.index(total("first_response_attainment", "agent:eve"))
    assert (0.0, 1.0, "ratio") == tuple(
        table.slice(place, 1).to_pylist()[0][name] for name in ("value", "cases", "unit")
    )


def test_a_subject_is_encoded_once_in_the_name_of_its_file() -> None:
    """`:` as `-`; what was encoded in the subject's name stays as it is, and nothing leaves the folder."""
    form = appraisal().forms[0]

    def path(person: str) -> str:
        subject = form.subject.model_copy(update={"id": scope.agent(person)})
        return form_path(form.model_copy(update={"subject": subject}), "xlsx").name

    assert ["agent-wang.li.xlsx", "agent-a%2Fb%3Ac%25d.xlsx", "agent-...xlsx", "agent-%3F%2A.xlsx"] == [
        path(person) for person in ("wang.li", "a/b:c%d", "..", "?*")
    ]
