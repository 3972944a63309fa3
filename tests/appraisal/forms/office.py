"""Workbooks read as they lie in their files, and LibreOffice, asked to work them out anew."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from tests.servers.needs import missing

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STORED = re.compile(rb"(<c [^>]*?)( t=\"str\")?(>)(<f>[^<]*</f>)<v>[^<]*</v>")


class Cell(NamedTuple):
    """A cell: its formula, if it has one, and the number or the text that it shows; an empty text shows nothing."""

    formula: str
    value: float | str


#: Cells that are not empty, by the name of the sheet and of the cell.
Cells = Mapping[tuple[str, str], Cell]


def cells_of(content: bytes) -> Cells:
    """All cells of a workbook."""
    found: dict[tuple[str, str], Cell] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        texts = [
            "".join(part.text or "" for part in item.iter(f"{_MAIN}t"))
            for item in _read(book, "xl/sharedStrings.xml").iter(f"{_MAIN}si")
        ]
        for number, sheet in enumerate(_read(book, "xl/workbook.xml").iter(f"{_MAIN}sheet"), 1):
            for cell in _read(book, f"xl/worksheets/sheet{number}.xml").iter(f"{_MAIN}c"):
                formula, value = cell.findtext(f"{_MAIN}f") or "", cell.findtext(f"{_MAIN}v")
                if formula or value is not None:
                    found[sheet.attrib["name"], cell.attrib["r"]] = Cell(formula, _value(cell, value or "", texts))
    return found


def _read(book: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(book.read(name))  # noqa: S314 -- we wrote it, or LibreOffice did


def _value(cell: ET.Element, value: str, texts: list[str]) -> float | str:
    kind = cell.get("t", "n")
    if kind == "s":
        return texts[int(value)]
    return float(value) if kind == "n" and value else value


def formulas(content: bytes) -> Mapping[tuple[str, str], str]:
    """The formulas of a workbook."""
    return {place: cell.formula for place, cell in cells_of(content).items() if cell.formula}


def part(content: bytes, name: str) -> str:
    """A file within a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read(name).decode()


def parts(content: bytes) -> list[str]:
    """The names of the files within a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.namelist()


def forgetful(content: bytes) -> bytes:
    """The workbook without a single value that a formula came to, so that none can be taken as it stands."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name.startswith("xl/worksheets/"):
                body = _STORED.sub(rb"\1\3\4", body)
                assert b"</f><v>" not in body
            new.writestr(name, body)
    return into.getvalue()


def recalculated(books: Mapping[str, bytes], folder: Path) -> dict[str, Cells]:
    """What LibreOffice makes of workbooks that have forgotten their values; one start for all of them."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        missing("LibreOffice Calc")
    paths = []
    for name, content in books.items():
        path = folder / f"{name}.xlsx"
        path.write_bytes(forgetful(content))
        paths.append(path)
    out = folder / "out"
    command = [
        office, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *map(str, paths),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return {name: cells_of((out / f"{name}.xlsx").read_bytes()) for name in books}
