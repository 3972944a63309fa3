"""Whether a folder still holds what its manifest says, and whether the same comes out when it is computed anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import orjson

from appraisal.output import manifest


class Unverifiable(ValueError):
    """A folder that nothing can be checked in.

    Operator action: name the folder that `slawatch appraisal --out` wrote, or that of one of its periods.
    """


class Verdict(NamedTuple):
    """What was found in the folder of one period; without faults it is as it was written."""

    folder: Path
    manifest: Manifest
    signer: str | None
    faults: list[str]


class Manifest(NamedTuple):
    """A manifest as it lies in a folder: all that it says, and the digest of each file."""

    said: Mapping[str, Any]
    files: Mapping[PurePosixPath, str]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder.

    Raises:
        Unverifiable: there is none, or it cannot be read.
    """
    path = folder / manifest.NAME
    try:
        said = orjson.loads(path.read_bytes())
        return Manifest(said, {PurePosixPath(name): str(digest) for name, digest in said["files"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"{path} cannot be read as a manifest: {error}"
        raise Unverifiable(msg) from error


def folders_of(root: Path) -> list[Path]:
    """The folders with a manifest: the one named, or those in it.

    Raises:
        Unverifiable: there is none.
    """
    if (root / manifest.NAME).is_file():
        return [root]
    found = sorted(path.parent for path in root.glob(f"*/{manifest.NAME}")) if root.is_dir() else []
    if not found:
        msg = f"{root} holds no {manifest.NAME}: name the folder that slawatch appraisal --out wrote"
        raise Unverifiable(msg)
    return found


def verify_folder(folder: Path) -> Verdict:
    """Holds each file of a folder against its manifest.

    Raises:
        Unverifiable: the manifest cannot be read.
    """
    said, files = read_manifest(folder)
    faults = list(_faults(folder, files))
    signer = None
    try:
        signer = manifest.signer_of(said)
    except ValueError as error:
        faults.append(f"{manifest.NAME}: {error}")
    return Verdict(folder, Manifest(said, files), signer, faults)


def compare(files: Mapping[PurePosixPath, str], anew: Mapping[PurePosixPath, bytes]) -> list[str]:
    """What differs between the digests of a manifest and the same files computed anew."""
    anew = {name: content for name, content in anew.items() if name != PurePosixPath(manifest.NAME)}
    faults = [
        f"{name}: only in the folder, not among what is computed anew" for name in sorted(files.keys() - anew.keys())
    ]
    for name in sorted(anew):
        if name not in files:
            faults.append(f"{name}: computed anew, but not in the manifest")
        elif hashlib.sha256(anew[name]).hexdigest() != files[name]:
            faults.append(f"{name}: computed anew it is different")
    return faults


def _faults(folder: Path, files: Mapping[PurePosixPath, str]) -> Iterator[str]:
    for name, digest in sorted(files.items()):
        if name.is_absolute() or ".." in name.parts:
            yield f"{name}: the manifest points out of its folder"
            continue
        try:
            content = (folder / name).read_bytes()
        except FileNotFoundError:
            yield f"{name}: missing"
            continue
        except OSError as error:
            yield f"{name}: cannot be read ({error.strerror})"
            continue
        if hashlib.sha256(content).hexdigest() != digest:
            yield f"{name}: changed since it was written"
    here = {PurePosixPath(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()}
    for name in sorted(here - files.keys() - {PurePosixPath(manifest.NAME)}):
        yield f"{name}: not in the manifest"
