"""Everything that an appraisal puts out, as files of one folder, with their manifest."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appraisal.files import file_name, form_path, json_files
from appraisal.form import Appraisal, FilledForm
from appraisal.output.manifest import NAME, manifest_of
from appraisal.output.tables import NoParquet, tickets_csv, totals_csv, totals_parquet
from appraisal.output.verify import Unverifiable, read_manifest

#: Writes a form as one kind of file: (form, `zh` or `en`) → bytes; None where this machine cannot.
Renderer = Callable[[FilledForm, str], bytes | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an appraisal was asked for, as the manifest keeps it: enough to ask for the same again."""

    subjects: tuple[str, ...] = ()
    scorecards: tuple[str, ...] = ()
    language: str = "zh"
    tickets: bool = False
    pseudonyms: bool = False
    pdf: bool = True


def asked_in(manifest: Mapping[str, Any]) -> Asked:
    """What a manifest says was asked for.

    Raises:
        KeyError, TypeError, AttributeError: it does not say so.
    """
    said = manifest["asked"]
    return Asked(
        tuple(map(str, said["subjects"])),
        tuple(map(str, said["scorecards"])),
        str(said["language"]),
        bool(said["tickets"]),
        bool(said["pseudonyms"]),
        bool(said.get("pdf", True)),
    )


def files_of(
    appraisal: Appraisal,
    asked: Asked,
    renderers: Mapping[str, Renderer],
    key: Ed25519PrivateKey | None = None,
) -> Mapping[PurePosixPath, bytes]:
    """The files by their path in the folder of the period, the manifest last; the same bytes for the same appraisal.

    `renderers` are by suffix; what one of them cannot write is left out. Parquet is written where its library is
    installed.
    """
    files = dict(json_files(appraisal))
    files[PurePosixPath("totals.csv")] = totals_csv(appraisal)
    with contextlib.suppress(NoParquet):
        files[PurePosixPath("totals.parquet")] = totals_parquet(appraisal)
    if asked.tickets:
        files[PurePosixPath("tickets.csv")] = tickets_csv(appraisal)
    for form in appraisal.forms:
        for suffix, render in renderers.items():
            content = render(form, asked.language) if asked.pdf or suffix != "pdf" else None
            if content is not None:
                files[form_path(form, suffix)] = content
    files[PurePosixPath(NAME)] = manifest_of(appraisal, files, asdict(asked), key)
    return files


def write_files(appraisal: Appraisal, files: Mapping[PurePosixPath, bytes], folder: Path) -> Path:
    """Writes the files into the period's folder, the manifest last: what is cut short has none, or an old one.

    Files of an earlier writing that are no longer among them are removed if the earlier manifest names them.

    Raises:
        OSError: the folder cannot be written to.
    """
    root = folder / file_name(appraisal.period)
    _clear(root, files)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def _clear(root: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    try:
        before = read_manifest(root).files.keys()
    except Unverifiable:
        return
    (root / NAME).unlink()
    for name in before - files.keys():
        if not name.is_absolute() and ".." not in name.parts:
            (root / name).unlink(missing_ok=True)
