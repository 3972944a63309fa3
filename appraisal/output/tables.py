"""Totals and tickets as tables: CSV that a spreadsheet opens without harm, and Parquet where its library is there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from appraisal.form import Appraisal, TicketRow, TotalRow

TOTALS: Final = (
    "period",
    "revision",
    "subject",
    "name",
    "measure",
    "split",
    "value",
    "unit",
    "numerator",
    "denominator",
    "cases",
    "status",
    "score",
    "editions",
)
TICKETS: Final = ("period", "subject", "measure", "ticket", "numerator", "denominator")
_NUMBERS: Final = frozenset({"value", "numerator", "denominator", "cases", "score"})
#: Spreadsheets take a cell for a formula by its first character; a tab or a return before it is skipped by some.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_MARK: Final = "\ufeff"


class NoParquet(Exception):
    """The library that writes Parquet is not installed.

    Operator action: pip install 'slawatch[parquet]'.
    """


def totals_csv(appraisal: Appraisal) -> bytes:
    """`totals.csv`: UTF-8 with BOM, a row for each subject, measure and split; editions are separated by spaces."""
    return _csv(TOTALS, (_total(row) for row in appraisal.totals))


def tickets_csv(appraisal: Appraisal) -> bytes:
    """`tickets.csv`: what each ticket adds to each figure, in the units of the totals."""
    return _csv(TICKETS, (_ticket(row) for row in appraisal.tickets))


def totals_parquet(appraisal: Appraisal) -> bytes:
    """`totals.parquet`: the columns of the CSV, numbers as doubles, `revision` as an integer, editions as a list.

    Raises:
        NoParquet: its library is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 -- an extra
        import pyarrow.parquet as pq  # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise NoParquet from error
    kinds = {"revision": pa.int64(), "editions": pa.list_(pa.string())} | dict.fromkeys(_NUMBERS, pa.float64())
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in TOTALS])
    rows = [row.model_dump(mode="json") for row in appraisal.totals]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), sink, compression="zstd", store_schema=False)
    return bytes(sink.getvalue().to_pybytes())


def defused(cell: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what begins like one."""
    return "'" + cell if cell.startswith(_FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell.strip() == cell and cell[1:2] not in {"", "i", "n", "I", "N"}


def _total(row: TotalRow) -> Sequence[str]:
    fields = row.model_dump(mode="json")
    fields["editions"] = " ".join(row.editions)
    return [_cell(fields[name]) for name in TOTALS]


def _ticket(row: TicketRow) -> Sequence[str]:
    fields = row.model_dump(mode="json")
    return [_cell(fields[name]) for name in TICKETS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return defused(value) if isinstance(value, str) else repr(value)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return (_MARK + text.getvalue()).encode()
