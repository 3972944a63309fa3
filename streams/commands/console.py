"""What commands share: how they print, read files of events and cases, and load the policy book."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from sla.policy import PolicyBook, load_book
from streams.errors import Unusable
from streams.settings import environment

Policies = Annotated[
    Path | None,
    typer.Option(
        "--policies",
        envvar="SLAWATCH_POLICIES",
        help="Folder of the policy book; default ./policies, else the book in the package.",
    ),
]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class _Plain(SafeConstructor):
    """YAML 1.2 has no instants: what looks like one is text, as it is in JSON."""


_Plain.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def progress(unit: str) -> Progress:
    """A progress bar on standard error; nothing where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit))
    return Progress(*columns, TimeRemainingColumn(), console=err, disable=not err.is_terminal, transient=True)


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not blank, with their numbers; `.gz` is unpacked.

    Raises:
        Unusable: the file cannot be read.
    """
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip(b"\r\n")
    except (OSError, EOFError) as error:
        msg = f"{path} cannot be read: {error}. Name a file of JSON lines, plain or gzipped"
        raise Unusable(msg) from error


def cases_of(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The cases of a file, JSON lines or a YAML list, each with its place.

    Raises:
        Unusable: the file cannot be read, or something in it is no case.
    """
    if path.suffix in {".yaml", ".yml"}:
        try:
            yaml = YAML(typ="safe", pure=True)
            yaml.Constructor = _Plain
            found = yaml.load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, YAMLError) as error:
            msg = f"{path} cannot be read: {error}"
            raise Unusable(msg) from error
        if not isinstance(found, list):
            msg = f"{path} holds no list: write the cases as `- id: …`"
            raise Unusable(msg)
        read = [(f"{path}[{index}]", case) for index, case in enumerate(found, 1)]
    else:
        read = [(f"{path}:{number}", _json(line, f"{path}:{number}")) for number, line in lines_of(path)]
    for place, case in read:
        if not isinstance(case, dict):
            msg = f"{place} is no case: write an object with `id`, and `calendar` or `policies`"
            raise Unusable(msg)
        yield place, case


def _json(line: bytes, place: str) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        msg = f"{place} is not JSON: {error}"
        raise Unusable(msg) from error


def book_of(folder: Path | None) -> PolicyBook:
    """The policy book of a folder; without one `./policies`, else the book in the package.

    Raises:
        PolicyError: the book is not usable.
    """
    return load_book(policies_at(folder))


def policies_at(folder: Path | None) -> Path:
    """The folder of policies that is meant: the one named, else `./policies`, else the one in the package."""
    here = Path("policies")
    if folder is None and (named := environment().get("SLAWATCH_POLICIES")):  # typer does not read `.env`
        return Path(named)
    return folder or (here if here.is_dir() else packaged_policies())


def packaged_policies() -> Path:
    """The folder of the default book, as it is installed."""
    return Path(str(files("policies") / ""))
